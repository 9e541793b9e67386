from collections.abc import Callable
from dataclasses import replace

import pytest

from aivj.contracts.pairs_quality import PairsQuality
from aivj.report import ReportData
from aivj.report.pair_views import PresetName, galleries, pair_views

MakeQuality = Callable[[dict[int, float]], PairsQuality]


@pytest.mark.parametrize(
    ("source", "title", "folder"),
    [
        ("stock/Geiss - Planet 1.milk", "Geiss - Planet 1", "stock"),
        ("a/b/x.y.milk", "x.y", "a/b"),
        ("alone.milk", "alone", ""),
        (".milk", ".milk", ""),
        ("", "", ""),
    ],
)
def test_names_are_split_into_title_and_folder(source: str, title: str, folder: str) -> None:
    assert PresetName.of(source) == PresetName(title, folder)


def test_measured_pairs_come_first_by_falling_score(run: ReportData) -> None:
    views = pair_views(run)
    assert [view.pair for view in views] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 12, 11, 10]
    assert [view.rank for view in views] == [*range(1, 11), None, None, None]
    assert views[0].foreground.title == "Fore 9"
    assert views[0].color == "#d600ff"
    assert [view.complaints for view in views[-3:]] == [
        ("context-lost",),
        ("shader-link",),
        ("shader-link",),
    ]


def test_the_last_row_of_a_pair_counts_and_clears_its_failure(run: ReportData) -> None:
    row = run.rows[5].model_copy(update={"pair": 10, "composite_avg_luma": None})
    again = row.model_copy(update={"viz_avg_luma": 0.77})
    (view,) = [v for v in pair_views(replace(run, rows=[row, again])) if v.pair == 10]
    assert (view.luma, view.failure, view.rank, view.color) == (0.77, None, 1, "#7a00ff")


def test_what_speaks_against_a_pair(run: ReportData, make_quality: MakeQuality) -> None:
    worse = {"degraded": ["fg:warp"], "composite_color_g": None, "flash_unsafe": True}
    degraded = run.rows[5].model_copy(update=worse)
    views = {
        view.pair: view
        for view in pair_views(
            replace(run, rows=[run.rows[0], degraded], quality=make_quality({99: 0.5}))
        )
    }
    assert views[0].complaints == ("too-dark", "low-motion")
    assert views[5].complaints == ("unsafe flashes", "not all drawn: fg:warp")
    assert views[5].is_flagged
    assert views[5].color is None
    assert views[99].complaints == ("not measured",)
    assert (views[99].luma, views[99].motion, views[99].color) == (None, None, None)
    assert views[99].foreground.title == "unnamed preset"


def test_best_and_worst_have_no_pair_in_common(run: ReportData) -> None:
    best, worst = galleries(pair_views(run))
    assert [view.pair for view in best.pairs] == [9, 8, 7, 6, 5]
    assert [view.pair for view in worst.pairs] == [0, 1, 2, 3, 4]


def test_galleries_hold_eight_at_most(run: ReportData, make_quality: MakeQuality) -> None:
    rows = [run.rows[5].model_copy(update={"pair": pair}) for pair in range(32)]
    quality = make_quality({pair: pair / 32 for pair in range(32)})
    best, worst = galleries(pair_views(replace(run, rows=rows, failures=[], quality=quality)))
    assert [view.pair for view in best.pairs] == [31, 30, 29, 28, 27, 26, 25, 24]
    assert [view.pair for view in worst.pairs] == [0, 1, 2, 3, 4, 5, 6, 7]


def test_three_pairs_make_two_best_and_one_worst(
    run: ReportData, make_quality: MakeQuality
) -> None:
    quality = make_quality({0: 0.1, 1: 0.2, 2: 0.3})
    best, worst = galleries(pair_views(replace(run, failures=[], quality=quality)))
    assert [view.pair for view in best.pairs] == [2, 1]
    assert [view.pair for view in worst.pairs] == [0]


def test_a_single_pair_equal_scores_and_no_scores(
    run: ReportData, make_quality: MakeQuality
) -> None:
    def titles(scores: dict[int, float]) -> list[str]:
        return [g.title for g in galleries(pair_views(replace(run, quality=make_quality(scores))))]

    assert titles({3: 0.4}) == ["The pair"]
    assert titles(dict.fromkeys(range(10), 0.5)) == ["Pairs"]
    assert titles({10: 0.5}) == []
