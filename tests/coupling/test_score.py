from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.contracts.pairs_quality import PairsQuality, read_pairs_quality, write_pairs_quality
from aivj.coupling import FitConfig
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from aivj.coupling.fit import fit
from aivj.coupling.score import score_pack
from aivj.errors import GateError, InputError
from aivj.packs.feature_store import FeatureStore
from aivj.presets.digest import content_hash

CPU = torch.device("cpu")

Pack = tuple[PairsManifest, Path]


@pytest.fixture
def pack(make_pack: Callable[..., Pack]) -> Pack:
    return make_pack(12)


@pytest.fixture
def checkpoint(pack: Pack, make_row: Callable, built: Callable, tmp_path: Path) -> Checkpoint:
    manifest, root = pack
    rows = [
        make_row(pair.pair, 0.06 + 0.01 * place, 1e-4, renderer_class="software")
        for place, pair in enumerate(manifest.pairs)
    ]
    config = FitConfig(epochs=4, hidden_width=32, eval_target="compat")
    training_set = built(config, root, manifest, eval_rows=rows)
    return read_checkpoint(write_checkpoint(tmp_path, fit(training_set, config, device=CPU)))


def scored(checkpoint: Checkpoint, manifest: PairsManifest, root: Path, **options) -> PairsQuality:
    return score_pack(checkpoint, manifest, root, store=FeatureStore(None), device=CPU, **options)


def collapsed(checkpoint: Checkpoint, scale: float) -> Checkpoint:
    """Shrinks what the last layer says, so that scores bunch together in unchanged order."""
    with torch.no_grad():
        checkpoint.net.out.weight.mul_(scale)
    return checkpoint


def test_every_pair_is_scored_and_says_where_from(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    quality = scored(checkpoint, manifest, root, run_id="run-1")
    assert [row.pair for row in quality.pairs] == [pair.pair for pair in manifest.pairs]
    scores = np.array([row.quality01 for row in quality.pairs])
    assert ((scores >= 0) & (scores <= 1)).all()
    assert quality.pack == manifest.pack
    assert quality.quality_stats.std == pytest.approx(scores.std())
    assert quality.quality_stats.calibration.applied is False
    assert quality.stats.total_pairs == quality.stats.scored_pairs == 12
    assert quality.stats.missing_files == 0
    assert quality.provenance.run_id == "run-1"
    assert quality.provenance.checkpoint_digest == checkpoint.digest
    assert quality.provenance.dataset_digest == checkpoint.card.dataset_digest
    assert quality.provenance.feature_spec == checkpoint.card.feature_spec
    assert quality.provenance.renderer_class == "software"


def test_scores_survive_the_file(pack: Pack, checkpoint: Checkpoint, tmp_path: Path) -> None:
    manifest, root = pack
    quality = scored(checkpoint, manifest, root)
    write_pairs_quality(tmp_path / "q.json", quality)
    assert read_pairs_quality(tmp_path / "q.json").pairs == quality.pairs


def test_a_score_does_not_depend_on_the_pairs_beside_it(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    whole = scored(checkpoint, manifest, root)
    part = manifest.model_copy(update={"pairs": manifest.pairs[::-2]})
    alone = scored(checkpoint, part, root, min_quality_std=0)
    expected = {row.pair: row.quality01 for row in whole.pairs}
    assert {row.pair: row.quality01 for row in alone.pairs} == {
        row.pair: pytest.approx(expected[row.pair], abs=1e-6) for row in alone.pairs
    }


def test_missing_files_are_counted_and_not_scored(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    preset_path(root, manifest.pairs[3].fg_url).unlink()
    unreadable = preset_path(root, manifest.pairs[5].bg_url)
    unreadable.unlink()
    unreadable.mkdir()
    quality = scored(checkpoint, manifest, root)
    assert quality.stats.missing_files == 2
    assert quality.stats.scored_pairs == len(quality.pairs) == 10
    assert {103, 105}.isdisjoint(row.pair for row in quality.pairs)


def test_a_pack_without_files_is_refused(
    pack: Pack, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="none of 12 pairs"):
        scored(checkpoint, pack[0], tmp_path / "elsewhere")


def test_collapsed_scores_stop_at_the_gate_and_nothing_is_written(
    pack: Pack, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    manifest, root = pack
    path = tmp_path / "pairs-quality.v0.json"
    path.write_text("the scores of yesterday")
    with pytest.raises(GateError) as caught:
        write_pairs_quality(
            path,
            scored(collapsed(checkpoint, 0.0), manifest, root),
        )
    assert "0.03" in caught.value.expected
    remedies = ["measure more pairs", "neg_weight", "train longer", "stretch"]
    places = [caught.value.remedy.index(remedy) for remedy in remedies]
    assert places == sorted(places)
    assert path.read_text() == "the scores of yesterday"
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_stretch_rescues_bunched_scores_in_their_order(
    pack: Pack, checkpoint: Checkpoint
) -> None:
    manifest, root = pack
    bunched = collapsed(checkpoint, 0.05)
    raw = scored(bunched, manifest, root, min_quality_std=0)
    assert raw.quality_stats.std < 0.03
    quality = scored(bunched, manifest, root, calibrate_std=0.05)
    assert quality.quality_stats.std == pytest.approx(0.05)
    before = np.argsort([row.quality01 for row in raw.pairs])
    assert np.argsort([row.quality01 for row in quality.pairs]).tolist() == before.tolist()
    calibration = quality.quality_stats.calibration
    assert calibration.method == "std_stretch.v0"
    assert calibration.applied is True
    assert calibration.scale == pytest.approx(0.05 / raw.quality_stats.std)
    assert calibration.std_before == pytest.approx(raw.quality_stats.std)


def test_a_stretch_that_stays_below_the_gate_is_refused(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    with pytest.raises(GateError, match="before calibration"):
        scored(collapsed(checkpoint, 0.0), manifest, root, calibrate_std=0.05)


def test_wide_scores_are_not_stretched(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    plain = scored(checkpoint, manifest, root)
    quality = scored(checkpoint, manifest, root, calibrate_std=0.03)
    assert quality.pairs == plain.pairs
    assert quality.quality_stats.calibration.applied is False


def test_a_constant_checkpoint_has_no_order_to_stretch(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    constant = replace(collapsed(checkpoint, 0.0))
    quality = scored(constant, manifest, root, min_quality_std=0, calibrate_std=0.05)
    assert len({row.quality01 for row in quality.pairs}) == 1


def test_another_kind_of_features_is_refused(pack: Pack, checkpoint: Checkpoint) -> None:
    card = checkpoint.card.model_copy(update={"feature_spec": "milk-v0/1"})
    with pytest.raises(InputError, match="milk-v0/1") as caught:
        scored(replace(checkpoint, card=card), *pack)
    assert "--preset-features" in caught.value.remedy


def test_pairs_that_the_net_was_kept_from_are_named(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    names = {
        pair.pair: {content_hash(preset_path(root, url).read_bytes()) for url in urls}
        for pair, urls in ((pair, (pair.fg_url, pair.bg_url)) for pair in manifest.pairs)
    }
    out = names[102] | names[104] | {next(iter(names[107]))}
    card = checkpoint.card.model_copy(update={"held_out_presets": sorted(out)})
    quality = scored(replace(checkpoint, card=card), manifest, root)
    assert quality.provenance.held_out_pairs == [102, 104]
