from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from coupling.made_takes import contents_of, take_store

from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.contracts.pairs_quality import PairsQuality, read_pairs_quality, write_pairs_quality
from aivj.coupling import FitConfig
from aivj.coupling.calibration import Stretch
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from aivj.coupling.fit import fit
from aivj.coupling.net import TARGET_GAIN, TARGET_SPAN
from aivj.coupling.score import score_pack
from aivj.coupling.served_files import USUAL_FIGURES
from aivj.coupling.served_model import ServedModel
from aivj.coupling.taken_pairs import TakenPairs
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


@dataclass(frozen=True)
class Told:
    """A net that was told what the pairs of its pack look like."""

    checkpoint: Checkpoint
    pack: Pack
    contents: list[str]
    folder: Path

    def taken(self, contents: list[str], **failed: list[str]) -> TakenPairs:
        name = f"{len(contents)}-{len(failed)}"
        return TakenPairs([take_store(self.folder / name, contents, **failed)])


@pytest.fixture
def told(pack: Pack, make_row: Callable, built: Callable, tmp_path: Path) -> Told:
    manifest, root = pack
    contents = contents_of(manifest, root)
    taken = TakenPairs([take_store(tmp_path / "takes", contents)])
    rows = [make_row(pair.pair, 0.1, 1e-4) for pair in manifest.pairs]
    config = FitConfig(epochs=4, eval_target="compat", code_terms=True)
    training_set = built(config, root, manifest, eval_rows=rows, taken=taken)
    path = write_checkpoint(tmp_path, fit(training_set, config, device=CPU))
    return Told(read_checkpoint(path), pack, contents, tmp_path)


def test_a_net_that_is_told_of_pairs_scores_them_by_what_is_measured(told: Told) -> None:
    taken = told.taken(told.contents)

    quality = scored(told.checkpoint, *told.pack, taken=taken, min_quality_std=0)

    assert quality.stats.unmeasured_pairs == 0
    assert quality.stats.target_spearman > 0.5
    assert quality.provenance.feature_spec == told.checkpoint.card.feature_spec
    pairs = list(zip(told.contents[::2], told.contents[1::2], strict=True))
    target = taken.inputs(pairs, "compat")[:, 0]
    with torch.no_grad():
        told.checkpoint.net.out.weight.zero_()
        told.checkpoint.net.out.bias.zero_()
    plain = scored(told.checkpoint, *told.pack, taken=taken, min_quality_std=0)
    target = np.clip(target.astype(np.float64), *TARGET_SPAN)
    expected = 1 / (1 + ((1 - target) / target) ** TARGET_GAIN)
    assert [row.quality01 for row in plain.pairs] == pytest.approx(expected, abs=1e-6)
    assert plain.stats.target_spearman == pytest.approx(1)


def test_presets_that_nobody_tried_to_draw_are_refused(told: Told) -> None:
    cases = ((None, "24 of 24 presets, in 12 of 12"), (told.contents[3:], "3 of 24 presets, in 2"))
    for contents, found in cases:
        taken = None if contents is None else told.taken(contents)
        with pytest.raises(InputError, match=f"none of {found}") as caught:
            scored(told.checkpoint, *told.pack, taken=taken)
        assert "aivj takes draw" in caught.value.remedy


def test_a_pair_that_a_run_left_out_is_counted(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aivj.coupling.score.MAX_UNTRIED_SHARE", 1 / 12)

    quality = scored(
        told.checkpoint, *told.pack, taken=told.taken(told.contents[2:]), min_quality_std=0
    )

    assert quality.stats.unmeasured_pairs == 1
    assert quality.stats.scored_pairs == 12


def test_a_pair_with_a_preset_that_cannot_be_drawn_is_counted(told: Told) -> None:
    whole = scored(told.checkpoint, *told.pack, taken=told.taken(told.contents), min_quality_std=0)
    taken = told.taken(told.contents, failed=told.contents[5:6])

    quality = scored(told.checkpoint, *told.pack, taken=taken, min_quality_std=0)

    assert quality.stats.unmeasured_pairs == 1
    assert quality.stats.scored_pairs == 12
    changed = [
        one.pair
        for one, other in zip(whole.pairs, quality.pairs, strict=True)
        if one.quality01 != other.quality01
    ]
    assert changed == [102]


def test_figures_of_another_version_are_refused(told: Told) -> None:
    card = told.checkpoint.card
    spec = f"{card.preset_spec}+pair-v0/20"
    other = replace(told.checkpoint, card=card.model_copy(update={"feature_spec": spec}))
    with pytest.raises(InputError, match="pair-v0/20"):
        scored(other, *told.pack, taken=told.taken(told.contents))


def test_a_served_net_asks_for_the_figures_of_its_pairs(told: Told) -> None:
    manifest, root = told.pack
    model = ServedModel(told.checkpoint, Stretch(0.5, 1.0), None)
    files = {
        "fg": [str(preset_path(root, pair.fg_url)) for pair in manifest.pairs],
        "bg": [str(preset_path(root, pair.bg_url)) for pair in manifest.pairs],
    }
    with pytest.raises(InputError, match="fg, bg") as caught:
        model.predict(pd.DataFrame(files))
    assert "spatial_detail" in caught.value.expected
    figures = {name: [value] * 12 for name, value in USUAL_FIGURES.items()}
    usual = model.predict(pd.DataFrame({**files, **figures}))["score"]
    assert usual.between(0, 1).all()
    brighter = {**figures, "viz_avg_luma": [0.01] * 12}
    assert (model.predict(pd.DataFrame({**files, **brighter}))["score"] != usual).all()
