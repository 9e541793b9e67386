from dataclasses import replace

import pytest

from aivj.gate.arms import ActiveManifest, Arm, ArmAnswers, CanvasSize, NextPick, SampledPick
from aivj.gate.expected import ExpectedPack
from aivj.gate.seen import JUDGES, Seen, judge_seen
from aivj.gate.uplift import measure_uplift
from aivj.gate.verify_check import required_in

SCORES = {0: 0.2, 3: 0.8}
PACK = [0.2, 0.5, 0.8]
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
        "canvas": CanvasSize(width=320, height=180, css_width=640, css_height=360),
        "initialized": True,
        "frames_rendered": 30,
        "status_text": "Coupled pair: 3",
    }
    return Arm(name, "http://127.0.0.1/", ArmAnswers(**{**values, **evidence}))


def uplift(weighted=60, shuffle=60, score=0.8):
    return measure_uplift([(3, score)] * weighted, [(0, 0.2)] * shuffle, PACK, seed=0)


GOOD = Seen(ExpectedPack(2, SCORES), [arm("weighted"), arm("shuffle")], uplift())


def judge_all(seen):
    return judge_seen(seen, required=required_in("dev"))


def failed(seen):
    results = judge_all(seen)
    return {name: result.reason for name, result in results.items() if result.ok is False}


def with_arm(**evidence):
    return replace(GOOD, arms=[arm("weighted"), arm("shuffle", **evidence)])


def with_pick(**changes):
    pick = GOOD_PICK.model_copy(update=changes)
    return with_arm(picks=[pick] * 4)


def test_everything_passes_on_good_seen():
    results = judge_all(GOOD)
    assert all(result.ok for result in results.values())
    assert [name for name, result in results.items() if not result.required] == ["everyNext"]
    assert list(results) == list(JUDGES)


@pytest.mark.parametrize(
    ("seen", "names", "reason"),
    [
        (replace(GOOD, uplift=uplift(weighted=49)), ["pickUplift"], "49 samples"),
        (replace(GOOD, uplift=uplift(score=0.1)), ["pickUplift"], "uplift -0.1000"),
        (with_arm(frames_rendered=2), ["projectMFramesRendered"], "shuffle: 2 frames"),
        (with_arm(canvas=None), ["canvasAttached"], "shuffle: no #viz-canvas"),
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
def test_each_fault_fails_its_own_check(seen, names, reason):
    problems = failed(seen)
    assert list(problems) == names
    assert reason in problems[names[0]]


def test_what_is_not_there_is_not_run_and_does_not_pass():
    lost = Arm("shuffle", "http://127.0.0.1/", problem="hung-page: no answer in 180 s")
    results = judge_all(replace(GOOD, arms=[arm("weighted"), lost], uplift=None))
    assert results["pageOpened"].ok is False
    assert "hung-page" in results["pageOpened"].reason
    for name in ("pageErrors", "manifestActive", "coupledNext", "pickUplift"):
        assert results[name].ok is None, name
    assert "framesRendered" not in results["projectMFramesRendered"].model_dump(mode="json")


def test_an_uplift_that_may_be_chance_fails():
    scores = [0.2, 0.8] * 30
    weighted = [(3, score) for score in [*scores, 0.8]]
    shuffle = [(0, score) for score in [*scores, 0.2]]
    chance = measure_uplift(weighted, shuffle, PACK, seed=0)
    assert chance.mean > 0 > chance.low95
    assert "(95 %: -" in failed(replace(GOOD, uplift=chance))["pickUplift"]


def test_the_engine_stands_in_the_report_as_the_runtime_has_it():
    document = judge_all(GOOD)["projectMFramesRendered"].model_dump(mode="json")
    assert document["ok"] is True
    assert document["initialized"] is True
    assert (document["framesRendered"], document["maxFramesRendered"]) == (30, 30)


def test_a_page_that_does_not_count_its_pairs_is_not_judged_by_them():
    foreign = {"manifest": None}
    arms = [arm("weighted", **foreign), arm("shuffle", **foreign)]
    results = judge_all(replace(GOOD, arms=arms))
    assert results["manifestActive"].ok is None
    assert results["scoresMerged"].ok is True


def test_without_a_pack_there_is_nothing_to_say_of_pairs():
    results = judge_all(Seen(None, [arm("page")], None))
    names = [name for name, result in results.items() if result.ok is None]
    assert names == ["manifestActive", "scoresMerged", "pickUplift"]


def test_many_problems_are_counted_not_listed():
    errors = tuple(f"error {number}" for number in range(9))
    noisy = replace(arm("weighted"), page_errors=errors)
    reason = failed(replace(GOOD, arms=[noisy, arm("shuffle")]))["pageErrors"]
    assert reason == "weighted: error 0; weighted: error 1; weighted: error 2; 6 more"
