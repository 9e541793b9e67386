from dataclasses import replace

from aivj.report import CheckLine, ReportData
from aivj.report.overview import Fact, failure_kinds, first_facts, verdict_detail
from aivj.report.pair_views import pair_views


def _facts(run: ReportData) -> dict[str, Fact]:
    return {fact.label: fact for fact in first_facts(run, pair_views(run))}


def test_the_figures_that_are_asked_for_first(run: ReportData) -> None:
    facts = _facts(run)
    measured = Fact("Pairs measured", "10 / 13", "3 failed with a recorded reason", "good")
    assert facts["Pairs measured"] == measured
    assert facts["Spread of scores (std)"].value == "0.187"
    assert facts["Spread of scores (std)"].state == "good"
    assert facts["Pictures without a flag"].value == "7 / 10"
    assert facts["Renderer"].detail == "software: a CPU drew; Chromium 156.0"
    assert facts["Time"] == Fact("Time", "1 min 20 s", "most of it in sample; 15 ms a frame")


def test_what_is_missing_is_said(run: ReportData) -> None:
    facts = _facts(replace(run, rows=[], stages=[], num_target=20, is_software=False))
    assert facts["Pairs measured"].detail == "3 failed with a recorded reason, 17 missing"
    assert facts["Pairs measured"].state == "bad"
    assert facts["Pictures without a flag"].detail == "nothing was measured"
    assert facts["Time"].detail == "no stage was recorded"
    assert "a GPU drew" in facts["Renderer"].detail


def test_a_narrow_spread_is_bad(run: ReportData) -> None:
    stats = run.quality.quality_stats.model_copy(update={"std": 0.0299})
    quality = run.quality.model_copy(update={"quality_stats": stats})
    spread = _facts(replace(run, quality=quality))["Spread of scores (std)"]
    assert (spread.state, spread.detail) == ("bad", "less than the gate of 0.03")


def test_the_verdict_rests_on_required_checks_that_were_applicable(run: ReportData) -> None:
    assert verdict_detail(run.checks) == "1 of 2 required checks"
    informative = CheckLine("x", required=False, passed=True, detail="")
    assert verdict_detail([informative]) == "no required check was applicable"


def test_failures_are_counted_by_kind_the_most_frequent_first(run: ReportData) -> None:
    first, second = failure_kinds(run.failures)
    assert (first.kind, first.num_pairs, first.pairs, first.num_attempts) == (
        "shader-link",
        2,
        "10, 11",
        4,
    )
    assert first.example == "expected a shader that links; found error 10; leave it out"
    assert (second.kind, second.num_quarantined) == ("context-lost", 1)
    assert failure_kinds([]) == []
