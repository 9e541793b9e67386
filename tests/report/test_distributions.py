from collections.abc import Callable
from dataclasses import replace

from aivj.contracts.pairs_quality import PairsQuality
from aivj.contracts.run_meta import Heuristic
from aivj.report import ReportData
from aivj.report.distributions import distribution_charts
from aivj.report.pair_views import pair_views
from aivj.report.plot import Chart


def _charts(run: ReportData) -> dict[str, Chart]:
    views = pair_views(run)
    charts = distribution_charts(views, run.quality.quality_stats, run.thresholds)
    return {chart.title: chart for chart in charts}


def test_every_figure_has_its_chart_with_limits_and_words(run: ReportData) -> None:
    charts = _charts(run)
    assert list(charts) == ["Luma", "Motion", "Quality", "Quality over luma"]
    assert "too dark ≤ 0.06" in charts["Luma"].svg
    assert "too bright ≥ 0.96" in charts["Luma"].svg
    assert "too still &lt; 1.5\N{MULTIPLICATION SIGN}10⁻⁵" in charts["Motion"].svg
    assert "mean ± std 0.187" in charts["Quality"].svg
    assert "gate ± 0.03" in charts["Quality"].svg
    assert charts["Luma"].note.startswith("10 pairs, median 0.43.")
    assert charts["Quality"].note == (
        "13 pairs, median 0.5, from 0.200 to 0.800; wide enough for the gate."
    )
    assert charts["Quality over luma"].note == "10 pairs; linear correlation of the two +1.00."


def test_the_limits_are_those_of_the_run(run: ReportData) -> None:
    charts = _charts(replace(run, thresholds=Heuristic(luma_min=0.1, motion_min=1e-3)))
    assert "too dark ≤ 0.1" in charts["Luma"].svg
    assert "too still &lt; 0.001" in charts["Motion"].svg


def test_pairs_without_motion_stand_at_the_left_end(run: ReportData) -> None:
    still = [row.model_copy(update={"viz_avg_frame_delta": 0.0}) for row in run.rows[:4]]
    charts = _charts(replace(run, rows=still))
    assert charts["Motion"].note == (
        "4 pairs, median 0, 4 of them with none at all, drawn at the left end."
    )


def test_equal_scores_are_too_narrow_and_have_no_correlation(
    run: ReportData, make_quality: Callable[[dict[int, float]], PairsQuality]
) -> None:
    charts = _charts(replace(run, quality=make_quality(dict.fromkeys(range(10), 0.5))))
    assert "too narrow for the gate" in charts["Quality"].note
    assert "no correlation" in charts["Quality over luma"].note


def test_without_measurements_only_quality_is_drawn(run: ReportData) -> None:
    assert list(_charts(replace(run, rows=[]))) == ["Quality"]
    unmeasured = [row.model_copy(update={"viz_avg_frame_delta": None}) for row in run.rows]
    assert "Motion" not in _charts(replace(run, rows=unmeasured))


def test_names_in_tooltips_are_escaped(run: ReportData) -> None:
    names = dict.fromkeys(range(10), ("<script>.milk", "b&.milk"))
    svg = _charts(replace(run, preset_names=names))["Quality over luma"].svg
    assert "&lt;script&gt; over b&amp;: quality 0.650" in svg
    assert "<script" not in svg
