"""The table of what a page must do: where each rule is required, and when it does not apply.

`aivj verify-check` judges the evidence of any verification by it. `aivj verify`, which plays the
page itself, writes down what it saw of the rules of the same names: see `aivj.gate.seen`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aivj.contracts.checks import Mode
from aivj.contracts.log_stats import LAG_ABOVE_MS, MIN_FRAME_SAMPLES
from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.gate.arms import MIN_FRAMES
from aivj.gate.rules import Rule
from aivj.gate.uplift import MIN_SAMPLES
from aivj.gate.verify_check import page_rules, score_rules
from aivj.gate.verify_check.evidence import Evidence
from aivj.gate.verify_check.page_rules import said
from aivj.gate.verify_check.score_rules import PackJudge, of_pack, of_scores

_BOTH: frozenset[Mode] = frozenset({"dev", "release"})
_RELEASE: frozenset[Mode] = frozenset({"release"})
_NOWHERE: frozenset[Mode] = frozenset()

_VERIFY = "look at the evidence, mend the page or the pack, then run `aivj verify` again"
_FEATURE = "verify the runtime's own page: it has this control, and its report says how it did"
_MEASURE = "log frame times on a GPU; `aivj stats frame-time --write` makes frame-time.json"
_SCORE = "score the pack again with `aivj score`, then run `aivj verify` again"
_TOLD = "worth a look; nothing depends on it"

_NO_PACK = "the report is not about pairs"
_NOT_IN_REPORT = "the report does not say"
_NULL_IN_REPORT = "the report says null or nothing of it"
_NOT_IN_DEV = "while developing, if the report does not say"


@dataclass(frozen=True)
class PageRule(Rule[Evidence]):
    """A rule of a page.

    Attributes:
        not_applicable: When it does not apply; empty if it always does.
        required_in: Where the page does not pass unless the rule passes or does not apply.
        own_meaning: Its sentence in our own reports, if that is not `expected`.
    """

    not_applicable: str = ""
    required_in: frozenset[Mode] = _BOTH
    own_meaning: str = ""

    @property
    def meaning(self) -> str:
        """Its sentence in our own reports."""
        return self.own_meaning or f"{self.expected[0].upper()}{self.expected[1:]}."


def _seen(name: str, expected: str, own_meaning: str = "") -> PageRule:
    """What the report must have seen, if it looked."""
    return PageRule(name, expected, said(name), _VERIFY, _NOT_IN_REPORT, own_meaning=own_meaning)


def _drawn(name: str, expected: str, own_meaning: str) -> PageRule:
    """What the report must have seen."""
    return PageRule(name, expected, said(name, needed_in=_BOTH), _VERIFY, own_meaning=own_meaning)


def _feature(name: str, expected: str, own_meaning: str = "") -> PageRule:
    """A control that the runtime's page has, and other pages need not."""
    judge = said(name, needed_in=_RELEASE)
    return PageRule(name, expected, judge, _FEATURE, _NOT_IN_DEV, _RELEASE, own_meaning)


def _told(name: str, expected: str, own_meaning: str = "") -> PageRule:
    """What is told and decides nothing."""
    return PageRule(name, expected, said(name), _TOLD, _NOT_IN_REPORT, _NOWHERE, own_meaning)


def _scored(
    name: str,
    expected: str,
    judge: PackJudge,
    remedy: str = _SCORE,
    *,
    or_if: str = "",
    required_in: frozenset[Mode] = _BOTH,
) -> PageRule:
    """What scores that can be used have to be like."""
    never = f"{_NO_PACK}, or there are no usable scores{or_if}"
    return PageRule(name, expected, of_scores(judge), remedy, never, required_in)


_OF_THE_PAGE: tuple[PageRule, ...] = (
    _seen("pageOpened", "the page opened and answered", "The page opens in each arm and answers."),
    _seen(
        "manifestActive",
        "the page took all pairs of the pack",
        "The player took all pairs of the pack.",
    ),
    _seen("scoresMerged", "its pairs have the scores of the quality file"),
    _seen("coupledNext", "next loads, draws and changes the picture"),
    _told("everyNext", "next never met a pair that falls short"),
    _seen("canvasAttached", "the canvas is there"),
    PageRule(
        "projectMFramesRendered",
        f"presets draw: {MIN_FRAMES} frames; for a release one, by an engine that is initialized",
        page_rules.judge_frames,
        _VERIFY,
        own_meaning=f"It drew {MIN_FRAMES} frames.",
    ),
    _drawn("finalOutputNonEmpty", "the picture is not blank", "The canvas is not blank."),
    _drawn(
        "finalOutputChanges", "the picture does not stand still", "The canvas does not stand still."
    ),
    PageRule(
        "projectMCanvasNonEmpty",
        "the engine's own canvas is not blank",
        said("projectMCanvasNonEmpty"),
        _VERIFY,
        _NULL_IN_REPORT,
    ),
    PageRule(
        "projectMCanvasChanges",
        "the engine's own canvas does not stand still",
        said("projectMCanvasChanges"),
        _VERIFY,
        _NULL_IN_REPORT,
    ),
    _feature("perfCaps", "what limits the page's own work is within bounds"),
    _feature("aivjAccent", "the accent is diagnosed and traced"),
    _feature(
        "audioDrivePresets",
        "each setting of the audio drive takes effect",
        "Each setting of the audio drive counts.",
    ),
    _feature(
        "presetLoadShedding",
        "work is shed while presets load, and taken up again",
        "Work is shed while presets load, then not.",
    ),
    PageRule(
        "budgetDynamics",
        "the performance budget answers to load",
        page_rules.judge_budget,
        "put the page under load, then `aivj stats budget --write` makes budget-dynamics.json",
        "there is no budget-dynamics.json and the report does not say",
        _RELEASE,
    ),
    _told("dualRandom", "random changes both layers"),
    _told("favoritesCompare", "favourites are compared in a table"),
    _told(
        "presetStress",
        "fast changes of presets leave no long gap",
        "Fast changes leave no long gap.",
    ),
    _told("userFlow", "a user's way through the page works"),
    _told("beatTempo", "the tempo is found"),
    _told("outputsPanel", "the panel of outputs works", "The panel of outputs is there."),
)

# The panel of outputs is required where its report says so.
_JUDGED_ELSEWHERE = frozenset(
    {*(rule.name for rule in _OF_THE_PAGE), "pageErrors", "pickUplift"} - {"outputsPanel"}
)

RULES: tuple[PageRule, ...] = (
    PageRule(
        "report",
        "report.json is there, with url, startedAt and checks",
        page_rules.judge_report,
        "run `aivj verify` with this folder as --out-dir",
    ),
    _scored(
        "netAgainstConstant",
        "on families that it never saw, the net of the scores does better than a constant",
        score_rules.judge_net,
        "nothing depends on it, but such scores rank by chance: measure more pairs, train again",
        or_if=", they do not say, or too few pairs were judged",
        required_in=_NOWHERE,
    ),
    PageRule(
        "schemaVersion",
        f"the report's schemaVersion is {page_rules.SCHEMA_VERSION}",
        page_rules.judge_schema_version,
        "check with the aivj that wrote the report",
        "the report has none, unless --require-schema-version asks for one",
    ),
    *_OF_THE_PAGE,
    PageRule(
        "otherChecks",
        "whatever else the report itself requires passed",
        page_rules.judge_others(_JUDGED_ELSEWHERE),
        _VERIFY,
        "the report requires nothing else",
    ),
    PageRule(
        "pageErrors",
        "page-errors.log is empty or not there, and the report counts none",
        page_rules.judge_page_errors,
        _VERIFY,
        own_meaning="No uncaught exception, no failed request.",
    ),
    PageRule(
        "consoleErrors",
        "browser-console.log is there and no line begins with [error]",
        page_rules.judge_console,
        _VERIFY,
    ),
    PageRule(
        "selection",
        "enough of the selected presets are in the run manifest",
        page_rules.judge_selection,
        "name the runtime's logs/aivj-selection.log with --selection-log; let it select longer",
        "the page's address has no runManifestUrl",
        _RELEASE,
    ),
    PageRule(
        "frameFigures",
        "p95_frame_ms and jitter_p95_ms are numbers, in report.json or by frame-time.json of "
        f"{MIN_FRAME_SAMPLES} frames or more",
        page_rules.judge_frame_figures,
        _MEASURE,
        "a software renderer drew, and they are not there",
        _RELEASE,
    ),
    PageRule(
        "frameRate",
        f"p95_frame_ms is at most {LAG_ABOVE_MS:g}: one frame in twenty may lag",
        page_rules.judge_frame_rate,
        "draw less, or on a faster GPU",
        "a software renderer drew, or there are no frame times",
        _RELEASE,
    ),
    PageRule(
        "artifactsFresh",
        "files beside the report are not older than its startedAt",
        page_rules.judge_artifacts_fresh,
        "make them again from this run's logs, or remove them",
        "there are none",
    ),
    PageRule(
        "manifest",
        "the runtime can read the pack's manifest",
        of_pack(score_rules.judge_manifest),
        "name the folder above presets/ with --packs-root, or draw the pack again",
        _NO_PACK,
    ),
    PageRule(
        "scores",
        "the quality file is valid JSON, for the manifest's pack, with scores from 0 to 1",
        of_pack(score_rules.judge_scores),
        _SCORE,
        _NO_PACK,
    ),
    _scored(
        "scoresOfPack",
        "the scores were made for the manifest and the presets that the pack has",
        score_rules.judge_of_pack,
        or_if=", or they do not say",
    ),
    _scored(
        "scoreSpread",
        f"their standard deviation is at least {MIN_QUALITY_STD}",
        score_rules.judge_spread,
        "sample more pairs, add negatives, or train longer, then score the pack again",
    ),
    _scored(
        "scoreGap",
        f"the median is {score_rules.MIN_QUALITY_GAP} or more above the lowest",
        score_rules.judge_gap,
        _TOLD,
        required_in=_NOWHERE,
    ),
    _scored(
        "missingFiles",
        "no preset was missing when pairs were scored",
        score_rules.judge_missing_files,
        _TOLD,
        required_in=_NOWHERE,
    ),
    _scored(
        "scoresVerified",
        "the scores are those of the report's qualityDigest; without one, older than the report",
        score_rules.judge_verified,
        "run `aivj verify` again: these scores were never seen in a page",
    ),
    _scored(
        "scoresFresh",
        "the quality file is not older than the run of --run",
        score_rules.judge_fresh,
        or_if=", or no --run is named",
    ),
    PageRule(
        "pickUplift",
        f"of {MIN_SAMPLES} picks or more, weighted ones have the higher mean, surely by its 95 % "
        "interval, and hit the best fifth oftener",
        of_pack(score_rules.judge_uplift),
        "look at the scores: weighting by them gains nothing",
        _NO_PACK,
        own_meaning="Weighted picks score above shuffled ones.",
    ),
)
"""All rules, in the order in which they are told. None looks at another's finding."""

RULE_BY_NAME: Mapping[str, PageRule] = {rule.name: rule for rule in RULES}


def required_in(mode: Mode) -> frozenset[str]:
    """Returns the names of the rules that are required of evidence for `mode`."""
    return frozenset(rule.name for rule in RULES if mode in rule.required_in)
