from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from coupling.made_takes import contents_of, take_store

from aivj.contracts.elite_manifest import EliteEntry, EliteManifest
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.contracts.preferences import PairRef, Preference
from aivj.coupling import EliteClass, FitConfig, Source, TrainingSet
from aivj.coupling.pair_inputs import INPUT_NAMES, PAIR_SPEC
from aivj.coupling.taken_pairs import TakenPairs
from aivj.errors import InputError
from aivj.packs.extra_features import read_extra_features
from aivj.presets.digest import content_hash
from aivj.presets.features import FEATURE_NAMES, FEATURE_SPEC

MakePack = Callable[..., tuple[PairsManifest, Path]]
MakeRow = Callable[..., EvalRow]
Built = Callable[..., TrainingSet]


def entry(manifest: PairsManifest, root: Path, place: int, score: float) -> EliteEntry:
    pair = manifest.pairs[place]
    fg, bg = preset_path(root, pair.fg_url), preset_path(root, pair.bg_url)
    return EliteEntry(rank=None, score=score, fg=fg, bg=bg)


def column(training_set: TrainingSet, source: Source, name: str) -> list[float]:
    values = getattr(training_set, name)[training_set.source == source]
    return [pytest.approx(value) for value in values.tolist()]


def test_three_sources_become_one_set(built: Built, make_pack: MakePack, make_row: MakeRow) -> None:
    manifest, root = make_pack(12)
    scores = (5.0, 4.0, 3.0, 2.0, 0.5)
    elite = EliteManifest([entry(manifest, root, n, s) for n, s in enumerate(scores)], 0)
    rows = [make_row(106, 0.18, 6e-4, renderer_class="gpu"), make_row(107, 0.12, 0.0)]
    training_set = built(
        FitConfig(eval_target="compat", neg_min_pair_distance=5),
        root,
        manifest,
        elite=elite,
        eval_rows=rows,
        mix_renderers=True,
    )
    assert column(training_set, Source.ELITE, "target") == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert column(training_set, Source.ELITE, "elite_class") == [
        EliteClass.POSITIVE,
        EliteClass.POSITIVE,
        EliteClass.NONE,
        EliteClass.NEGATIVE,
        EliteClass.NEGATIVE,
    ]
    assert column(training_set, Source.EVAL, "target") == [1.0, 0.325]
    negatives = training_set.num_rows(Source.NEGATIVE)
    assert negatives == (12 - 5) * (12 - 5 + 1)
    assert column(training_set, Source.NEGATIVE, "target") == [0.0] * negatives
    assert training_set.feature_spec == FEATURE_SPEC
    assert training_set.preset_features.shape == (24, len(FEATURE_NAMES))
    assert training_set.feature_blocks == (len(FEATURE_NAMES),)
    assert training_set.measured_luma[training_set.source == Source.EVAL].tolist() == [
        pytest.approx(0.18),
        pytest.approx(0.12),
    ]
    assert np.isnan(training_set.measured_luma[training_set.source != Source.EVAL]).all()
    assert training_set.renderer_class == "gpu"
    assert training_set.notes == ()


class FirstIsGood:
    """Stands for takes: the first crossing asked for is good, of the second nothing is known."""

    conditions = ("abc",)

    def inputs(self, pairs, target):
        assert target == "compat"
        assert all(len(content) == 64 for pair in pairs for content in pair)
        worth = np.array([0.75, np.nan, *[0.25] * (len(pairs) - 2)], np.float32)
        return np.repeat(worth[:, None], len(INPUT_NAMES), axis=1)


@pytest.mark.parametrize(
    ("neg_label", "worth"), [("measured", [0.75, 0.0, 0.25]), ("assumed", [0.0, 0.0, 0.0])]
)
def test_a_negative_is_worth_what_its_takes_say(
    built: Built, make_pack: MakePack, neg_label: str, worth: list[float]
) -> None:
    manifest, root = make_pack(12)
    config = FitConfig(eval_target="compat", neg_min_pair_distance=5, neg_label=neg_label)

    training_set = built(config, root, manifest, taken=FirstIsGood())

    targets = column(training_set, Source.NEGATIVE, "target")
    assert targets[:3] == worth
    assert any("taken as worth nothing" in note for note in training_set.notes) == (
        neg_label == "measured"
    )


def test_a_small_pack_says_that_its_negatives_are_closer(built: Built, make_pack: MakePack) -> None:
    manifest, root = make_pack(6)
    training_set = built(FitConfig(eval_target="compat"), root, manifest)
    assert training_set.num_rows(Source.NEGATIVE) == (6 - 3) * (6 - 3 + 1)
    assert training_set.notes == (
        "pack tiny: negatives at a distance of 3 instead of 50: 6 pairs allow no more",
    )


def test_negatives_are_capped_and_shared_among_packs_by_size(
    built: Built, make_pack: MakePack
) -> None:
    large, root = make_pack(30, pack="large")
    small, _ = make_pack(10, pack="small")
    training_set = built(
        FitConfig(eval_target="compat", neg_samples=40, neg_min_pair_distance=3), root, large, small
    )
    num_large = np.count_nonzero(training_set.fg_index < 60)
    assert (num_large, len(training_set)) == (30, 40)


def test_a_crossing_that_is_a_real_pair_is_no_negative(built: Built, make_pack: MakePack) -> None:
    manifest, root = make_pack(6)
    # The last background becomes the first one's: crossing 0 with 5 gives both pairs once more.
    first, last = (preset_path(root, manifest.pairs[n].bg_url) for n in (0, 5))
    last.write_bytes(first.read_bytes())
    training_set = built(FitConfig(eval_target="compat", neg_min_pair_distance=3), root, manifest)
    assert training_set.num_rows(Source.NEGATIVE) == (6 - 3) * (6 - 3 + 1) - 2


def test_equal_content_is_read_into_one_preset(built: Built, make_pack: MakePack) -> None:
    manifest, root = make_pack(6)
    for pair in manifest.pairs[1:]:
        path = preset_path(root, pair.bg_url)
        first = preset_path(root, manifest.pairs[0].bg_url).read_bytes()
        path.write_bytes(first.replace(b"\n", b"\r\n"))
    training_set = built(
        FitConfig(eval_target="compat", neg_min_pair_distance=3),
        root,
        manifest,
        elite=EliteManifest([entry(manifest, root, 0, 4.0)], 0),
    )
    assert len(training_set.preset_hashes) == len(training_set.preset_features) == 7
    assert training_set.num_rows(Source.NEGATIVE) == 0


def test_what_cannot_be_used_is_counted(
    built: Built, make_pack: MakePack, make_row: MakeRow
) -> None:
    manifest, root = make_pack(6)
    elite = EliteManifest([entry(manifest, root, 0, 4.0), entry(manifest, root, 1, 4.0)], 0)
    for place in (1, 3):
        preset_path(root, manifest.pairs[place].fg_url).unlink()
    rows = [
        make_row(102, 0.1, 1e-4),
        make_row(103, 0.1, 1e-4),
        make_row(104, None, None),
        make_row(105, 0.1, 1e-4, degraded=["bg.warp"]),
        make_row(999, 0.1, 1e-4),
    ]
    training_set = built(
        FitConfig(eval_target="compat", neg_samples=0),
        root,
        manifest,
        elite=elite,
        eval_rows=rows,
    )
    assert training_set.source.tolist() == [Source.ELITE, Source.EVAL]
    assert training_set.notes == (
        "elite entries left out since a preset cannot be read: 1",
        "eval rows left out since they lack what the eval target needs: 1",
        "eval rows left out since a part was not drawn: 1",
        "measured pairs left out since no given manifest has them: 1",
        "measured pairs left out since a preset cannot be read: 1",
    )


def test_nothing_to_learn_is_refused(built: Built, make_pack: MakePack) -> None:
    manifest, root = make_pack(1)
    with pytest.raises(InputError, match="at least one labelled pair"):
        built(FitConfig(eval_target="compat"), root, manifest)


def test_what_comes_twice_is_counted(built: Built, make_pack: MakePack, make_row: MakeRow) -> None:
    manifest, root = make_pack(6)
    listed = [entry(manifest, root, place, 4.0) for place in (0, 1, 0)]
    judged = [preference(103, 100), preference(103, 100), preference(103, 100, at="12:00")]
    training_set = built(
        FitConfig(eval_target="compat", neg_samples=0),
        root,
        manifest,
        elite=EliteManifest(listed, 2),
        eval_rows=[make_row(103, 0.1, 1e-4)] * 4,
        preferences=judged,
        notes=["read: 1"],
    )
    assert len(training_set.comparisons) == 2
    assert training_set.num_rows_by_source == {
        "elite": 3,
        "eval": 1,
        "negative": 0,
        "comparisons": 2,
    }
    assert training_set.notes == (
        "read: 1",
        "elite entries left out: no score, or a file is not there: 2",
        "elite entries of a pair that the list has already, counted again: 1",
        "eval rows averaged into another one of the same pair: 3",
        "preferences left out since they came twice: 1",
    )


def test_a_table_that_knows_no_preset_is_refused(
    built: Built, make_pack: MakePack, tmp_path: Path
) -> None:
    manifest, root = make_pack(3)
    table = pa.table({"content_hash": ["0" * 64, "1" * 64], "luma": [0.5, float("nan")]})
    pq.write_table(table, tmp_path / "more.parquet")
    extra = read_extra_features(tmp_path / "more.parquet")
    assert extra.num_unusable == 1
    with pytest.raises(InputError, match="1 usable rows, none of them of the 6 presets"):
        built(FitConfig(), root, manifest, extra=extra)


def test_digest_follows_what_is_learned(
    built: Built, make_pack: MakePack, make_row: MakeRow
) -> None:
    manifest, root = make_pack(8)
    rows = [make_row(102, 0.1, 1e-4), make_row(103, 0.15, 1e-4)]

    def digest(eval_rows: list[EvalRow], **options: float) -> str:
        return built(
            FitConfig(eval_target="compat", **options),
            root,
            manifest,
            eval_rows=eval_rows,
        ).dataset_digest()

    before = digest(rows)
    assert digest(rows[::-1]) == before
    assert digest(rows, learning_rate=0.5) == before
    assert digest([rows[0], make_row(103, 0.16, 1e-4)]) != before
    assert digest(rows, neg_weight=0.3) == before
    assert digest(rows, neg_samples=3) != before
    path = preset_path(root, manifest.pairs[2].fg_url)
    path.write_text(path.read_text().replace("rot=", "rot=0"))
    path.write_text(path.read_text() + "zoomexp=1.5\n")
    assert digest(rows) != before


def test_the_order_of_completion_does_not_reach_the_fit(
    built: Built, make_pack: MakePack, make_row: MakeRow
) -> None:
    manifest, root = make_pack(8)
    rows = [make_row(100 + n, 0.06 + 0.01 * n, 1e-4 * n) for n in range(8)]
    config = FitConfig(eval_target="compat", neg_min_pair_distance=3)

    first = built(config, root, manifest, eval_rows=rows)
    second = built(config, root, manifest, eval_rows=[*rows[::2], *rows[::-2]])
    assert np.array_equal(first.fg_index, second.fg_index)
    assert np.array_equal(first.target, second.target)


def preference(winner: int, loser: int, *, tie: bool = False, at: str = "10:00") -> Preference:
    return Preference(
        winner=PairRef(pack="tiny", pair=winner),
        loser=PairRef(pack="tiny", pair=loser),
        tie=tie,
        by="ann",
        at=f"2026-03-01T{at}:00.000Z",
    )


def test_preferences_become_comparisons(built: Built, make_pack: MakePack) -> None:
    manifest, root = make_pack(6)
    preset_path(root, manifest.pairs[5].bg_url).unlink()
    judged = [
        preference(103, 100, at="11:00"),
        preference(101, 102, tie=True),
        preference(101, 999),
        preference(105, 100),
    ]
    config = FitConfig(neg_samples=0)
    training_set = built(config, root, manifest, preferences=judged)
    again = built(config, root, manifest, preferences=judged[::-1])
    compared = training_set.comparisons
    hashes = training_set.preset_hashes
    first = content_hash(preset_path(root, manifest.pairs[1].fg_url).read_bytes())
    assert hashes[compared.winner_fg[0]] == first
    assert compared.is_tie.tolist() == [True, False]
    assert training_set.dataset_digest() == again.dataset_digest()
    assert all(map(np.array_equal, compared.layers, again.comparisons.layers))
    assert training_set.notes == (
        "preferences left out since a pair is not in a given manifest or not whole: 2",
    )


def test_more_features_stand_behind_those_of_the_text(
    built: Built, make_pack: MakePack, tmp_path: Path
) -> None:
    manifest, root = make_pack(4)
    known = content_hash(preset_path(root, manifest.pairs[0].fg_url).read_bytes())
    pq.write_table(pa.table({"content_hash": [known], "luma": [0.25]}), tmp_path / "more.parquet")
    extra = read_extra_features(tmp_path / "more.parquet")
    training_set = built(FitConfig(), root, manifest, extra=extra)
    assert training_set.feature_blocks == (len(FEATURE_NAMES), 2)
    assert training_set.feature_spec != FEATURE_SPEC
    row = training_set.preset_hashes.index(known)
    assert training_set.preset_features[row, -2:].tolist() == [0.25, 0.0]
    assert np.isnan(np.delete(training_set.preset_features, row, axis=0)[:, -2]).all()


def test_pairs_of_presets_that_are_drawn_are_told(
    built: Built, make_pack: MakePack, make_row: MakeRow, tmp_path: Path
) -> None:
    manifest, root = make_pack(8)
    contents = contents_of(manifest, root)
    taken = TakenPairs([take_store(tmp_path / "takes", contents[2:])])
    rows = [make_row(pair.pair, 0.1, 1e-4) for pair in manifest.pairs]
    config = FitConfig(eval_target="compat", neg_min_pair_distance=3)
    given = {"eval_rows": rows, "preferences": [preference(100, 101)], "taken": taken}

    told = built(config, root, manifest, **given)

    texts, _, pairs = told.feature_spec.rpartition("+")
    assert (texts, pairs) == (FEATURE_SPEC, PAIR_SPEC)
    assert told.takes == tuple(taken.conditions)
    known = told.pair_inputs.knows(told.fg_index, told.bg_index)
    is_row = told.source == Source.EVAL
    assert known[is_row].tolist() == [False] + [True] * 7
    assert told.pair_inputs.knows(*told.comparisons.sides[1]).tolist() == [True]
    inputs = told.pair_inputs.of(told.fg_index, told.bg_index)
    is_negative = told.source == Source.NEGATIVE
    assert np.nan_to_num(inputs[is_negative, 0]).tolist() == told.target[is_negative].tolist()
    assert any(note.startswith("labelled pairs of which a preset is not") for note in told.notes)
    untold = built(config.model_copy(update={"figures": "none"}), root, manifest, **given)
    assert untold.feature_spec == FEATURE_SPEC
    assert untold.pair_inputs.width == 0
    assert untold.target.tolist() == told.target.tolist()
    assert untold.dataset_digest() != told.dataset_digest()


def test_without_takes_nothing_is_told(built: Built, make_pack: MakePack, tmp_path: Path) -> None:
    manifest, root = make_pack(6)
    empty = TakenPairs([take_store(tmp_path / "takes", [])])

    training_set = built(FitConfig(), root, manifest, taken=empty)

    assert training_set.feature_spec == FEATURE_SPEC
    assert training_set.takes == ()


def test_terms_of_code_stand_behind_the_features_of_the_text(
    built: Built, make_pack: MakePack
) -> None:
    manifest, root = make_pack(8)

    first, again = (
        built(FitConfig(code_terms=True), root, pack, mix_renderers=True)
        for pack in (manifest, manifest.model_copy(update={"pairs": manifest.pairs[::-1]}))
    )

    space = first.term_space
    assert first.feature_spec == f"{FEATURE_SPEC}+{space.spec}" == again.feature_spec
    assert first.feature_blocks == (len(FEATURE_NAMES), space.num_directions)
    row, other = (each.preset_hashes.index(first.preset_hashes[3]) for each in (first, again))
    assert first.preset_features[row].tolist() == again.preset_features[other].tolist()
