import json

import pytest

from aivj.contracts.json_text import document_bytes
from aivj.gate.stats import budget_stat, read_preload_log

NOW = "2026-03-01T09:00:00.000Z"


def stat(*lines):
    return budget_stat(read_preload_log(lines), sources=["preload.log"], started_at=NOW)


@pytest.mark.parametrize(
    ("values", "verdict", "level_changed"),
    [
        ([1, 0.8], "pass", True),
        ([0.8, 0.75], "pass", False),
        ([0.8, 0.8, 0.80], "fail", False),
        ([0.8], "not-applicable", False),
        ([], "not-applicable", False),
    ],
)
def test_both_sides_of_the_threshold(values, verdict, level_changed):
    result = stat(*(f"[Preload] aggr={value}" for value in values))
    assert result.verdict == verdict
    assert result.ok is (verdict == "pass")
    assert result.checks.level_changed is level_changed
    assert result.checks.prefetch_aggressiveness_samples == len(values)
    assert (result.error is None) == result.ok


def test_the_document():
    document = json.loads(document_bytes(stat("batch=2 aggr=1", "batch=1 aggr=0.4", "aggr=x")))
    assert document["startedAt"] == NOW
    assert document["ok"] is True
    assert document["inputs"] == {"logs": ["preload.log"]}
    assert document["checks"] == {
        "budgetDynamics": True,
        "prefetchAggressivenessChanged": True,
        "prefetchAggressivenessSamples": 2,
        "prefetchBatchSamples": 2,
        "levelChanged": True,
    }
    assert document["error"] is None
    assert document["numBadLines"] == 1
