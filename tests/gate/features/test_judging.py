import pytest
from gate.features.good_answers import GOOD, SHED, caps, good, stats, with_part

from aivj.gate.features import FEATURES, FeatureAnswers
from aivj.gate.features import judge_features as judge_with
from aivj.gate.verify_check import required_in

CONTROLS = {"perfCaps", "aivjAccent", "audioDrivePresets", "presetLoadShedding"}


def judge_features(answers, *, is_software=False, problem="", required=None):
    required = required_in("release") if required is None else required
    return judge_with(answers, is_software=is_software, problem=problem, required=required)


def failed(answers, **options):
    results = judge_features(answers, **options)
    return {name: result.reason for name, result in results.items() if result.ok is False}


def test_a_page_with_every_feature_passes_every_check():
    results = judge_features(good())
    assert list(results) == [feature.name for feature in FEATURES]
    assert all(result.ok for result in results.values())
    assert {name for name, result in results.items() if result.required} == {
        *CONTROLS,
        "budgetDynamics",
    }


def drive(name, **changes):
    return good(audioDrive={**GOOD["audioDrive"], name: {**GOOD["audioDrive"][name], **changes}})


@pytest.mark.parametrize(
    ("answers", "name", "reason"),
    [
        (good(perfCaps=caps(audio=20)), "perfCaps", "high 20/30/33/55"),
        (good(perfCaps=caps(beat=15)), "perfCaps", "high 60/15/33/55"),
        (good(perfCaps=caps(fg=34)), "perfCaps", "high 60/30/34/55"),
        (good(perfCaps=caps(bg=67)), "perfCaps", "high 60/30/33/67"),
        (good(perfCaps=caps(mode="wild")), "perfCaps", "wild"),
        (good(perfCaps={}), "perfCaps", "None none/none/none/none"),
        (with_part("accent", diagnosticsText="Heard"), "aivjAccent", "do not name"),
        (with_part("accent", traceFound=False), "aivjAccent", "no accent with a figure"),
        (drive("punch", attackMs=83), "audioDrivePresets", "punch: 83/460/2.9/0.96, not 80/460"),
        (drive("subtle", mixToMacros=0.54), "audioDrivePresets", "subtle: 160/750/1.6/0.54"),
        (drive("intense", maxDeltaPerSec=None), "audioDrivePresets", "60/360/none/1"),
        (
            good(audioDrive={**GOOD["audioDrive"], "balanced": None}),
            "audioDrivePresets",
            "balanced: not taken",
        ),
        (with_part("shedding", pressed=False), "presetLoadShedding", "no pressure within 8 s"),
        (with_part("shedding", relieved=False), "presetLoadShedding", "did not end within 12 s"),
        (
            with_part("shedding", during=caps()),
            "presetLoadShedding",
            "under pressure high 60/30/33/55, not 30/10/70/120",
        ),
        (
            with_part("shedding", analysesPerS=60.0),
            "presetLoadShedding",
            "60.0 analyses a second under pressure, 30 at most",
        ),
        (
            with_part("shedding", beatStepsPerS=30.0),
            "presetLoadShedding",
            "30.0 steps of the beat a second",
        ),
        (
            with_part("budget", during=stats("high", 0.8)),
            "budgetDynamics",
            "levels high, high, high; aggressiveness 0.8/0.8/0.8",
        ),
        (with_part("budget", during=stats("minimal", 0.8)), "budgetDynamics", "minimal"),
        (with_part("budget", after=stats("minimal", 0.2)), "budgetDynamics", "high, minimal, min"),
        (with_part("dualRandom", bgChanged=False), "dualRandom", "the same background"),
        (with_part("presetStress", maxRafGapMs=1500.0), "presetStress", "1500 ms are too long"),
        (with_part("presetStress", selectionsAttempted=3), "presetStress", "stopped answering"),
        (with_part("presetStress", nextClicks=5), "presetStress", "stopped answering"),
        (with_part("favourites", thCount=2), "favoritesCompare", "2 columns"),
        (with_part("favourites", exportEnabled=False), "favoritesCompare", "3 columns"),
        (good(beatTempo={"beatsPerMinute": None}), "beatTempo", "no tempo"),
        (with_part("outputs", visible=False), "outputsPanel", "none to be seen"),
        (good(errors={"perfCaps": "TypeError: x"}), "perfCaps", "TypeError: x"),
        (good(perfCaps="fast"), "perfCaps", "at perfCaps"),
    ],
)
def test_each_fault_fails_its_own_check(answers, name, reason):
    problems = failed(answers)
    assert list(problems) == [name]
    assert reason in problems[name]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_what_the_page_does_not_have_is_not_applicable(feature):
    answers = good().model_copy(update={feature.step: None})
    result = judge_features(answers, required=frozenset({feature.name}))[feature.name]
    assert (result.ok, result.reason) == (None, "the page does not have it")


def test_what_nobody_asked_for_is_left_out_where_it_is_not_there():
    names = set(judge_features(FeatureAnswers(ready=True)))
    assert names == {feature.name for feature in FEATURES if not feature.asked}


def test_a_page_that_did_not_answer_passes_nothing():
    for results in (
        judge_features(FeatureAnswers(), problem="hung-page: no answer in 9 s"),
        judge_features(FeatureAnswers()),
    ):
        assert {result.ok for result in results.values()} == {None}


def test_too_few_presets_are_no_stress():
    result = judge_features(with_part("presetStress", optionCount=5))["presetStress"]
    assert (result.ok, result.reason) == (None, "5 presets, 6 are needed")


def test_gaps_of_a_software_renderer_are_not_judged_but_its_answers_are():
    slow = with_part("presetStress", maxRafGapMs=2000.0)
    assert judge_features(slow, is_software=True)["presetStress"].ok is None
    stuck = with_part("presetStress", maxRafGapMs=2000.0, nextClicks=1)
    assert judge_features(stuck, is_software=True)["presetStress"].ok is False


def test_the_report_has_the_runtimes_shapes():
    results = judge_features(good())
    documents = {name: result.model_dump(mode="json") for name, result in results.items()}
    shapes = {
        "perfCaps": {"caps", "audioAnalysisOk", "beatTempoOk", "pmAudioOk"},
        "aivjAccent": {"diagnosticsText", "topologyText", "traceFound"},
        "audioDrivePresets": {"results"},
        "presetLoadShedding": {"before", "during", "after"},
        "budgetDynamics": {"before", "during", "after", "prefetchAggressivenessChanged"},
        "dualRandom": {"attempts", "initial", "final", "fgChanged", "bgChanged"},
        "presetStress": {
            "optionCount",
            "selectionsAttempted",
            "nextClicks",
            "maxRafGapMs",
            "finalPresetStatus",
        },
        "favoritesCompare": {
            "favoritesCount",
            "selectedCount",
            "compareTable",
            "exportEnabled",
            "thCount",
        },
    }
    for name, keys in shapes.items():
        assert {"ok", "error", *keys} <= set(documents[name]), name
    assert documents["presetLoadShedding"]["during"]["audioAnalysisFpsCap"] == 30
    assert SHED["pmAudioFeedIntervalMs"] == {"fg": 70, "bg": 120}
