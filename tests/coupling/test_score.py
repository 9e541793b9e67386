from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.contracts.pairs_quality import read_pairs_quality, write_pairs_quality
from aivj.coupling import FitConfig, build_training_set
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from aivj.coupling.fit import fit
from aivj.coupling.score import score_pack
from aivj.errors import GateError, InputError

CPU = torch.device("cpu")

Pack = tuple[PairsManifest, Path]


@pytest.fixture
def pack(make_pack: Callable[..., Pack]) -> Pack:
    return make_pack(12)


@pytest.fixture
def checkpoint(pack: Pack, make_row: Callable, tmp_path: Path) -> Checkpoint:
    manifest, root = pack
    rows = [
        make_row(pair.pair, 0.06 + 0.01 * place, 1e-4, renderer_class="software")
        for place, pair in enumerate(manifest.pairs)
    ]
    config = FitConfig(epochs=4, hidden_width=32, eval_target="compat")
    training_set = build_training_set(config, packs_root=root, manifests=[manifest], eval_rows=rows)
    return read_checkpoint(write_checkpoint(tmp_path, fit(training_set, config, device=CPU)))


def collapsed(checkpoint: Checkpoint, scale: float) -> Checkpoint:
    """Shrinks what the last layer says, so that scores bunch together in unchanged order."""
    with torch.no_grad():
        checkpoint.net.out.weight.mul_(scale)
    return checkpoint


def test_every_pair_is_scored_and_says_where_from(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    quality = score_pack(checkpoint, manifest, root, device=CPU, run_id="run-1")
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
    quality = score_pack(checkpoint, manifest, root, device=CPU)
    write_pairs_quality(tmp_path / "q.json", quality)
    assert read_pairs_quality(tmp_path / "q.json").pairs == quality.pairs


def test_a_score_does_not_depend_on_the_pairs_beside_it(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    whole = score_pack(checkpoint, manifest, root, device=CPU)
    part = manifest.model_copy(update={"pairs": manifest.pairs[::-2]})
    alone = score_pack(checkpoint, part, root, device=CPU, min_quality_std=0)
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
    quality = score_pack(checkpoint, manifest, root, device=CPU)
    assert quality.stats.missing_files == 2
    assert quality.stats.scored_pairs == len(quality.pairs) == 10
    assert {103, 105}.isdisjoint(row.pair for row in quality.pairs)


def test_a_pack_without_files_is_refused(
    pack: Pack, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="none of 12 pairs"):
        score_pack(checkpoint, pack[0], tmp_path / "elsewhere", device=CPU)


def test_collapsed_scores_stop_at_the_gate_and_nothing_is_written(
    pack: Pack, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    manifest, root = pack
    path = tmp_path / "pairs-quality.v0.json"
    path.write_text("the scores of yesterday")
    with pytest.raises(GateError) as caught:
        write_pairs_quality(
            path, score_pack(collapsed(checkpoint, 0.0), manifest, root, device=CPU)
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
    raw = score_pack(bunched, manifest, root, device=CPU, min_quality_std=0)
    assert raw.quality_stats.std < 0.03
    quality = score_pack(bunched, manifest, root, device=CPU, calibrate_std=0.05)
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
        score_pack(collapsed(checkpoint, 0.0), manifest, root, device=CPU, calibrate_std=0.05)


def test_wide_scores_are_not_stretched(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    plain = score_pack(checkpoint, manifest, root, device=CPU)
    quality = score_pack(checkpoint, manifest, root, device=CPU, calibrate_std=0.03)
    assert quality.pairs == plain.pairs
    assert quality.quality_stats.calibration.applied is False


def test_a_constant_checkpoint_has_no_order_to_stretch(pack: Pack, checkpoint: Checkpoint) -> None:
    manifest, root = pack
    constant = replace(collapsed(checkpoint, 0.0))
    quality = score_pack(
        constant, manifest, root, device=CPU, min_quality_std=0, calibrate_std=0.05
    )
    assert len({row.quality01 for row in quality.pairs}) == 1
