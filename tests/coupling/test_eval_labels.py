from collections.abc import Callable

import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling.eval_labels import EvalLabels, eval_labels
from aivj.errors import InputError

MakeRow = Callable[..., EvalRow]


def targets(labels: EvalLabels) -> dict[tuple[str, int], float]:
    return {pair: label.target for pair, label in labels.of_pair.items()}


def test_rows_of_a_pair_are_averaged(make_row: MakeRow) -> None:
    # Luma 0.12 is half way up its span, motion 6e-4 at the top of its own.
    rows = [make_row(7, 0.12, 0.0), make_row(7, 0.18, 6e-4), make_row(8, 0.12, 6e-4)]
    labels = eval_labels(rows, target="compat", mix_renderers=False)
    assert targets(labels) == {
        ("tiny", 7): pytest.approx((0.325 + 1.0) / 2),
        ("tiny", 8): pytest.approx(0.325 + 0.35),
    }
    assert labels.of_pair["tiny", 7].luma == pytest.approx(0.15)


def test_the_same_id_in_two_packs_is_two_pairs(make_row: MakeRow) -> None:
    rows = [make_row(7, 0.18, 0.0), make_row(7, 0.06, 0.0, pack="other")]
    labels = eval_labels(rows, target="compat", mix_renderers=False)
    assert targets(labels) == {("tiny", 7): pytest.approx(0.65), ("other", 7): 0.0}


def test_rows_without_measurement_are_dropped_not_scored_zero(make_row: MakeRow) -> None:
    rows = [
        make_row(1, None, 1e-4),
        make_row(2, 0.1, None),
        make_row(3, 0.0, 0.0),
        make_row(None, 0.1, 1e-4),
        make_row(4, 0.0, 0.0, pm_avg_luma_fg=0.0),
    ]
    labels = eval_labels(rows, target="compat", mix_renderers=False)
    assert targets(labels) == {("tiny", 4): 0.0}
    assert labels.num_unmeasured == 4


def test_rows_of_degraded_presets_are_dropped(make_row: MakeRow) -> None:
    rows = [make_row(1, 0.1, 1e-4, degraded=["fg.comp"]), make_row(2, 0.1, 1e-4, degraded=[])]
    labels = eval_labels(rows, target="compat", mix_renderers=False)
    assert set(labels.of_pair) == {("tiny", 2)}
    assert labels.num_degraded == 1


def test_renderer_classes_are_not_mixed(make_row: MakeRow) -> None:
    rows = [make_row(1, 0.1, 1e-4, renderer_class="gpu"), make_row(2, 0.1, 1e-4)]
    with pytest.raises(InputError) as caught:
        eval_labels(rows, target="compat", mix_renderers=False)
    assert caught.value.found == "gpu, rows that do not say"
    assert "--mix-renderers" in caught.value.remedy


def test_renderer_classes_are_mixed_when_told_to(make_row: MakeRow) -> None:
    rows = [make_row(n, 0.1, 1e-4, renderer_class=name) for n, name in enumerate("ba")]
    labels = eval_labels(rows, target="compat", mix_renderers=True)
    assert len(labels.of_pair) == 2
    assert labels.renderer_class == "a+b"


def test_a_dropped_row_has_no_say_in_the_renderer(make_row: MakeRow) -> None:
    rows = [
        make_row(1, 0.1, 1e-4, renderer_class="software"),
        make_row(2, None, None, renderer_class="gpu"),
    ]
    assert eval_labels(rows, target="compat", mix_renderers=False).renderer_class == "software"


def test_what_is_seen_is_the_composite_where_it_was_measured(make_row: MakeRow) -> None:
    rows = [make_row(1, 0.1, 1e-4, composite_avg_luma=0.3), make_row(2, 0.1, 1e-4)]
    labels = eval_labels(rows, target="compat", mix_renderers=False)
    assert [label.luma for label in labels.of_pair.values()] == [0.3, 0.1]
