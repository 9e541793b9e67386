"""The table: which checks the release gate has, where each is required, when it does not apply."""

from dataclasses import dataclass

from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.gate.arms import MIN_FRAMES
from aivj.gate.report import Mode
from aivj.gate.stats.preload import LAG_ABOVE_MS
from aivj.gate.stats.stat import MIN_FRAME_SAMPLES
from aivj.gate.uplift import MIN_SAMPLES
from aivj.gate.verify_check import figure_rules, log_rules, page_rules, score_rules
from aivj.gate.verify_check.page_rules import Judge, said

_BOTH: frozenset[Mode] = frozenset({"dev", "release"})
_RELEASE: frozenset[Mode] = frozenset({"release"})
_NOWHERE: frozenset[Mode] = frozenset()

_VERIFY = "look at the evidence, mend the page or the pack, then run `aivj verify` again"
_FEATURE = "verify the runtime's own page: it has this control, and its report says how it did"
_MEASURE = "log frame times on a GPU; `aivj stats frame-time --write` makes frame-time.json"
_SCORE = "score the pack again with `aivj score`, then run `aivj verify` again"
_TOLD = "worth a look; nothing depends on it"

_NO_PACK = "the report is not about pairs"
_NO_SCORES = f"{_NO_PACK}, or there are no usable scores"
_NOT_IN_REPORT = "the report does not say"
_NOT_IN_DEV = "while developing, if the report does not say"


@dataclass(frozen=True)
class Check:
    """A rule of the gate.

    Attributes:
        name: Its name in the result.
        required_in: Where the gate does not pass unless it passes or does not apply.
        expected: The rule.
        not_applicable: When it does not apply; empty if it always does.
        remedy: What to do when it fails.
        judge: Judges it, by a report that can be read.
    """

    name: str
    required_in: frozenset[Mode]
    expected: str
    not_applicable: str
    remedy: str
    judge: Judge


def _feature(name: str, expected: str) -> Check:
    """A control that the runtime's page has, and other pages need not."""
    judge = said(name, needed_in=_RELEASE)
    return Check(name, _RELEASE, expected, _NOT_IN_DEV, _FEATURE, judge)


def _told(name: str, expected: str) -> Check:
    """What is told and decides nothing."""
    return Check(name, _NOWHERE, expected, _NOT_IN_REPORT, _TOLD, said(name))


def _seen(name: str, expected: str) -> Check:
    """What the report must have seen, if it looked."""
    return Check(name, _BOTH, expected, _NOT_IN_REPORT, _VERIFY, said(name))


_OF_THE_PAGE: tuple[Check, ...] = (
    _seen("pageOpened", "the page opened and answered"),
    _seen("manifestActive", "the page took all pairs of the pack"),
    _seen("scoresMerged", "its pairs have the scores of the quality file"),
    _seen("coupledNext", "next loads, draws and changes the picture"),
    _told("everyNext", "next never met a pair that falls short"),
    _seen("canvasAttached", "the canvas is there"),
    Check(
        "projectMFramesRendered",
        _BOTH,
        f"presets draw: {MIN_FRAMES} frames; for a release one, by an engine that is initialized",
        "",
        _VERIFY,
        page_rules.judge_frames,
    ),
    Check(
        "finalOutputNonEmpty",
        _BOTH,
        "the picture is not blank",
        "",
        _VERIFY,
        said("finalOutputNonEmpty", needed_in=_BOTH),
    ),
    Check(
        "finalOutputChanges",
        _BOTH,
        "the picture does not stand still",
        "",
        _VERIFY,
        said("finalOutputChanges", needed_in=_BOTH),
    ),
    Check(
        "projectMCanvasNonEmpty",
        _BOTH,
        "the engine's own canvas is not blank",
        "the report says null or nothing of it",
        _VERIFY,
        said("projectMCanvasNonEmpty"),
    ),
    Check(
        "projectMCanvasChanges",
        _BOTH,
        "the engine's own canvas does not stand still",
        "the report says null or nothing of it",
        _VERIFY,
        said("projectMCanvasChanges"),
    ),
    _feature("perfCaps", "what limits the page's own work is within bounds"),
    _feature("aivjAccent", "the accent is diagnosed and traced"),
    _feature("audioDrivePresets", "each setting of the audio drive takes effect"),
    _feature("presetLoadShedding", "work is shed while presets load, and taken up again"),
    Check(
        "budgetDynamics",
        _RELEASE,
        "the performance budget answers to load",
        "there is no budget-dynamics.json and the report does not say",
        "put the page under load, then `aivj stats budget --write` makes budget-dynamics.json",
        figure_rules.judge_budget,
    ),
    _told("dualRandom", "random changes both layers"),
    _told("favoritesCompare", "favourites are compared in a table"),
    _told("presetStress", "fast changes of presets leave no long gap"),
    _told("userFlow", "a user's way through the page works"),
    _told("beatTempo", "the tempo is found"),
    _told("outputsPanel", "the panel of outputs works"),
)

# The panel of outputs is required where its report says so.
_JUDGED_ELSEWHERE = frozenset(
    {*(check.name for check in _OF_THE_PAGE), "pageErrors", "pickUplift"} - {"outputsPanel"}
)

CHECKS: tuple[Check, ...] = (
    Check(
        "report",
        _BOTH,
        "report.json is there, with url, startedAt and checks",
        "",
        "run `aivj verify` with this folder as --out-dir",
        page_rules.judge_report,
    ),
    Check(
        "netAgainstConstant",
        _NOWHERE,
        "on families that it never saw, the net of the scores does better than a constant",
        f"{_NO_SCORES}, they do not say, or too few pairs were judged",
        "nothing depends on it, but such scores rank by chance: measure more pairs, train again",
        score_rules.of_scores(score_rules.judge_net),
    ),
    Check(
        "schemaVersion",
        _BOTH,
        f"the report's schemaVersion is {page_rules.SCHEMA_VERSION}",
        "the report has none, unless --require-schema-version asks for one",
        "check with the aivj that wrote the report",
        page_rules.judge_schema_version,
    ),
    *_OF_THE_PAGE,
    Check(
        "otherChecks",
        _BOTH,
        "whatever else the report itself requires passed",
        "the report requires nothing else",
        _VERIFY,
        page_rules.judge_others(_JUDGED_ELSEWHERE),
    ),
    Check(
        "pageErrors",
        _BOTH,
        "page-errors.log is empty or not there, and the report counts none",
        "",
        _VERIFY,
        log_rules.judge_page_errors,
    ),
    Check(
        "consoleErrors",
        _BOTH,
        "browser-console.log is there and no line begins with [error]",
        "",
        _VERIFY,
        log_rules.judge_console,
    ),
    Check(
        "selection",
        _RELEASE,
        "enough of the selected presets are in the run manifest",
        "the page's address has no runManifestUrl",
        "name the runtime's logs/aivj-selection.log with --selection-log; let it select longer",
        log_rules.judge_selection,
    ),
    Check(
        "frameFigures",
        _RELEASE,
        "p95_frame_ms and jitter_p95_ms are numbers, in report.json or by frame-time.json of "
        f"{MIN_FRAME_SAMPLES} frames or more",
        "a software renderer drew, and they are not there",
        _MEASURE,
        figure_rules.judge_frame_figures,
    ),
    Check(
        "frameRate",
        _RELEASE,
        f"p95_frame_ms is at most {LAG_ABOVE_MS:g}: one frame in twenty may lag",
        "a software renderer drew, or there are no frame times",
        "draw less, or on a faster GPU",
        figure_rules.judge_frame_rate,
    ),
    Check(
        "artifactsFresh",
        _BOTH,
        "files beside the report are not older than its startedAt",
        "there are none",
        "make them again from this run's logs, or remove them",
        figure_rules.judge_artifacts_fresh,
    ),
    Check(
        "manifest",
        _BOTH,
        "the runtime can read the pack's manifest",
        _NO_PACK,
        "name the folder above presets/ with --packs-root, or draw the pack again",
        score_rules.of_pack(score_rules.judge_manifest),
    ),
    Check(
        "scores",
        _BOTH,
        "the quality file is valid JSON, for the manifest's pack, with scores from 0 to 1",
        _NO_PACK,
        _SCORE,
        score_rules.of_pack(score_rules.judge_scores),
    ),
    Check(
        "scoresOfPack",
        _BOTH,
        "the scores were made for the manifest and the presets that the pack has",
        f"{_NO_SCORES}, or they do not say",
        _SCORE,
        score_rules.of_scores(score_rules.judge_of_pack),
    ),
    Check(
        "scoreSpread",
        _BOTH,
        f"their standard deviation is at least {MIN_QUALITY_STD}",
        _NO_SCORES,
        "sample more pairs, add negatives, or train longer, then score the pack again",
        score_rules.of_scores(score_rules.judge_spread),
    ),
    Check(
        "scoreGap",
        _NOWHERE,
        f"the median is {score_rules.MIN_QUALITY_GAP} or more above the lowest",
        _NO_SCORES,
        _TOLD,
        score_rules.of_scores(score_rules.judge_gap),
    ),
    Check(
        "missingFiles",
        _NOWHERE,
        "no preset was missing when pairs were scored",
        _NO_SCORES,
        _TOLD,
        score_rules.of_scores(score_rules.judge_missing_files),
    ),
    Check(
        "scoresVerified",
        _BOTH,
        "the scores are those of the report's qualityDigest; without one, older than the report",
        _NO_SCORES,
        "run `aivj verify` again: these scores were never seen in a page",
        score_rules.of_scores(score_rules.judge_verified),
    ),
    Check(
        "scoresFresh",
        _BOTH,
        "the quality file is not older than the run of --run",
        f"{_NO_SCORES}, or no --run is named",
        _SCORE,
        score_rules.of_scores(score_rules.judge_fresh),
    ),
    Check(
        "pickUplift",
        _BOTH,
        f"of {MIN_SAMPLES} picks or more, weighted ones have the higher mean, surely by its 95 % "
        "interval, and hit the best fifth oftener",
        _NO_PACK,
        "look at the scores: weighting by them gains nothing",
        score_rules.of_pack(score_rules.judge_uplift),
    ),
)
"""All checks, in the order in which they are told. None looks at another's result."""


def required_in(mode: Mode) -> frozenset[str]:
    """Returns the names of the checks that are required of evidence for `mode`."""
    return frozenset(check.name for check in CHECKS if mode in check.required_in)
