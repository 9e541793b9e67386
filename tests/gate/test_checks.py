from dataclasses import replace

import pytest

from aivj.gate.arms import ActiveManifest, Arm, ArmEvidence, NextPick, SampledPick
from aivj.gate.checks import CHECKS, Findings, judge_all
from aivj.gate.expected import ExpectedPack
from aivj.gate.report import verdict_of
from aivj.gate.uplift import measure_uplift

SCORES = {0: 0.2, 3: 0.8}
GOOD_PICK = NextPick(
    loaded=True,
    pair=3,
    status_text="Coupled pair: 3",
    preset_ids_match=True,
    frames_drawn=4,
    non_background_cells=4096,
    changed_cells=100,
    changed_since_before=4000,
)


def arm(name, **evidence):
    values = {
        "ready": True,
        "active": True,
        "manifest": ActiveManifest(pairs=2, scored_pairs=2),
        "samples": [SampledPick(pair=3, quality01=0.8)] * 60,
        "picks": [GOOD_PICK, GOOD_PICK],
        "frames_rendered": 30,
        "status_text": "Coupled pair: 3",
    }
    return Arm(name, "http://127.0.0.1/", ArmEvidence(**{**values, **evidence}))


def uplift(weighted=60, shuffle=60, score=0.8):
    return measure_uplift([(3, score)] * weighted, [(0, 0.2)] * shuffle, SCORES.values(), seed=0)


GOOD = Findings(ExpectedPack(2, SCORES), [arm("weighted"), arm("shuffle")], uplift())


def failed(findings):
    results = judge_all(findings)
    return {name: result.reason for name, result in results.items() if result.ok is False}


def with_arm(**evidence):
    return replace(GOOD, arms=[arm("weighted"), arm("shuffle", **evidence)])


def with_pick(**changes):
    pick = GOOD_PICK.model_copy(update=changes)
    return with_arm(picks=[pick] * 4)


def test_everything_passes_on_good_findings():
    results = judge_all(GOOD)
    assert all(result.ok for result in results.values())
    assert verdict_of(results) == "passed"
    assert [check.name for check in CHECKS if not check.required] == ["everyNext"]


@pytest.mark.parametrize(
    ("findings", "names", "reason"),
    [
        (replace(GOOD, uplift=uplift(weighted=49)), ["pickUplift"], "49 samples"),
        (replace(GOOD, uplift=uplift(score=0.1)), ["pickUplift"], "uplift -0.1000"),
        (with_arm(frames_rendered=2), ["projectMFramesRendered"], "shuffle: 2 frames"),
        (
            with_arm(manifest=ActiveManifest(pairs=1, scored_pairs=2)),
            ["manifestActive"],
            "shuffle: 1 of 2 pairs",
        ),
        (
            with_arm(manifest=ActiveManifest(pairs=2, scored_pairs=1)),
            ["scoresMerged"],
            "shuffle: 1 pairs have a score, 2 should",
        ),
        (
            with_arm(samples=[SampledPick(pair=3, quality01=0.7)] * 60),
            ["scoresMerged"],
            "pair 3 has quality 0.7",
        ),
        (
            with_pick(non_background_cells=19),
            ["finalOutputNonEmpty", "coupledNext", "everyNext"],
            "blank",
        ),
        (
            with_pick(changed_cells=0),
            ["finalOutputChanges", "coupledNext", "everyNext"],
            "stood still",
        ),
        (
            with_pick(preset_ids_match=False),
            ["coupledNext", "everyNext"],
            "0 of 2 picks did: pair 3: preset ids of another pair",
        ),
        (
            with_pick(changed_since_before=0),
            ["coupledNext", "everyNext"],
            "the picture from before the pick",
        ),
        (
            with_pick(frames_drawn=2, status_text="Coupled pair stopped: a trap"),
            ["coupledNext", "everyNext"],
            "2 frames drawn (Coupled pair stopped: a trap)",
        ),
    ],
)
def test_each_fault_fails_its_own_check(findings, names, reason):
    problems = failed(findings)
    assert list(problems) == names
    assert reason in problems[names[0]]
    assert verdict_of(judge_all(findings)) == "failed"


def test_what_is_not_there_is_not_run_and_does_not_pass():
    lost = Arm("shuffle", "http://127.0.0.1/", problem="hung-page: no answer in 180 s")
    results = judge_all(replace(GOOD, arms=[arm("weighted"), lost], uplift=None))
    assert results["pageOpened"].ok is False
    assert "hung-page" in results["pageOpened"].reason
    for name in ("pageErrors", "manifestActive", "coupledNext", "pickUplift"):
        assert results[name].ok is None, name
    assert verdict_of(results) == "failed"


def test_a_required_check_that_was_not_run_spoils_the_verdict():
    results = judge_all(replace(GOOD, uplift=None))
    assert all(result.ok is not False for result in results.values())
    assert verdict_of(results) == "failed"


def test_many_problems_are_counted_not_listed():
    errors = tuple(f"error {number}" for number in range(9))
    noisy = replace(arm("weighted"), page_errors=errors)
    reason = failed(replace(GOOD, arms=[noisy, arm("shuffle")]))["pageErrors"]
    assert reason == "weighted: error 0; weighted: error 1; weighted: error 2; 6 more"
