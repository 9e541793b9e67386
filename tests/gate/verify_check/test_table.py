from pathlib import Path

import pytest
from gate.verify_check.faults import FAULTS, FEATURE_FAULTS
from gate.verify_check.good_evidence import CONTROLS, SCORES, VERIFIED_AT

from aivj.contracts.json_text import iso_utc
from aivj.contracts.verification import (
    LogCounts,
    PageCheck,
    PageRenderer,
    VerifyReport,
    write_verify_report,
)
from aivj.gate.features import FEATURES
from aivj.gate.seen import JUDGES
from aivj.gate.uplift import measure_uplift
from aivj.gate.verify_check import RULE_BY_NAME, RULES, required_in
from aivj.storage import sha256_hex

DOCUMENT = Path(__file__).parents[3] / "docs" / "gates.md"
SOFTWARE = {"vendor": "Google Inc.", "renderer": "ANGLE (Google, SwiftShader Device)"}
TOLD = {rule.name for rule in RULES if not rule.required_in}


def verdicts(report, verdict):
    return {name for name, result in report.checks.items() if result.verdict == verdict}


def row(check):
    dev, release = (
        "required" if mode in check.required_in else "told" for mode in ("dev", "release")
    )
    never = check.not_applicable or "never"
    return f"| `{check.name}` | {check.expected} | {dev} | {release} | {never} |"


def test_the_document_has_the_table():
    lines = DOCUMENT.read_text().splitlines()
    start = lines.index("| check | what must hold | dev | release | does not apply when |")
    rows = lines[start + 2 : start + 2 + len(RULES) + 1]
    assert rows == [*map(row, RULES), ""]


def test_good_evidence_passes_every_check_that_applies(good_evidence):
    report = good_evidence.judge()
    assert report.passed, report.failed_checks
    assert verdicts(report, "pass") == {rule.name for rule in RULES}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.check}: {fault.name}")
def test_a_fault_fails_its_check_and_no_other(good_evidence, fault):
    fault.plant(good_evidence)
    report = good_evidence.judge()
    assert set(report.failed_checks) == {fault.check, *fault.others}, report.failed_checks
    assert fault.found in report.checks[fault.check].found
    assert report.checks[fault.check].remedy
    assert not report.passed


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.check}: {fault.name}")
def test_what_always_applies_always_does(good_evidence, fault):
    if fault.check == "report":
        return
    fault.plant(good_evidence)
    always = {rule.name for rule in RULES if not rule.not_applicable}
    for mode in ("dev", "release"):
        assert not always & verdicts(good_evidence.judge(mode), "not-applicable")


def test_every_check_of_our_own_report_has_a_rule_here():
    ours = {*JUDGES, *(feature.name for feature in FEATURES)}
    assert ours <= {rule.name for rule in RULES}


def test_every_required_check_has_a_fault_that_fails_it():
    assert {fault.check for fault in FAULTS} == {rule.name for rule in RULES} - TOLD
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_without_a_report_nothing_passes(good_evidence):
    (good_evidence.path / "report.json").unlink()
    report = good_evidence.judge()
    assert verdicts(report, "pass") == set()
    assert not report.passed


@pytest.mark.parametrize("fault", FEATURE_FAULTS, ids=lambda fault: f"{fault.check}: {fault.name}")
def test_controls_are_only_told_while_developing(good_evidence, fault):
    fault.plant(good_evidence)
    report = good_evidence.judge("dev")
    assert report.passed
    assert report.checks[fault.check].verdict in {"fail", "not-applicable"}


def test_a_control_that_is_missing_never_passes(good_evidence):
    good_evidence.edit("report.json", lambda report: report["checks"].pop("perfCaps"))
    assert good_evidence.judge("dev").checks["perfCaps"].verdict == "not-applicable"
    release = good_evidence.judge()
    assert release.failed_checks == {"perfCaps": "the report does not have it"}


@pytest.mark.parametrize("name", sorted(TOLD & {"dualRandom", "beatTempo", "outputsPanel"}))
def test_what_is_told_fails_no_gate(good_evidence, name):
    good_evidence.edit_checks(**{name: {"ok": False, "error": "no"}})
    report = good_evidence.judge()
    assert report.checks[name].verdict == "fail"
    assert report.passed


def test_scores_close_together_and_missing_presets_are_told(good_evidence):
    def change(document):
        for pair, score in zip(document["pairs"], (0.50, 0.52, 0.54, 0.95), strict=True):
            pair["quality01"] = score
        document["stats"]["missingFiles"] = 3

    good_evidence.edit_quality(change)
    report = good_evidence.judge()
    assert report.passed
    assert verdicts(report, "fail") == {"scoreGap", "missingFiles"}


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"netLoss": 4.8}, "fail", "worse than a constant: cross-entropy 4.800 against 0.500"),
        ({"numPairs": 6}, "not-applicable", "no claim on the net: 6 held-out pairs"),
        ({"numPairs": 6, "netLoss": 4.8}, "fail", "6 held-out pairs of 12 families are few"),
    ],
)
def test_a_net_worse_than_a_constant_is_told_at_once(good_evidence, changes, verdict, words):
    good_evidence.edit_quality(lambda it: it["provenance"]["judgement"].update(changes))
    report = good_evidence.judge()
    (_, (name, result), *_) = report.checks.items()
    assert (name, result.verdict) == ("netAgainstConstant", verdict)
    assert words in result.found
    assert report.passed


def test_while_developing_two_frames_are_too_few_and_three_are_enough(good_evidence):
    for frames, verdict in ((2, "fail"), (3, "pass")):
        value = {"initialized": None, "framesRendered": frames}
        good_evidence.edit_checks(projectMFramesRendered=value)
        result = good_evidence.judge("dev").checks["projectMFramesRendered"]
        assert (result.verdict, result.found) == (verdict, f"{frames} frames")


def test_frame_times_do_not_apply_to_a_software_renderer(good_evidence):
    good_evidence.edit_report(renderer=SOFTWARE)
    slow = good_evidence.path / "frame-time.json"
    slow.write_text('{"n": 20, "p50Ms": 104, "p95Ms": 267}')
    report = good_evidence.judge()
    assert report.checks["frameFigures"].verdict == "pass"
    assert report.checks["frameRate"].verdict == "not-applicable"
    slow.unlink()
    report = good_evidence.judge()
    assert report.passed
    assert report.checks["frameFigures"].verdict == "not-applicable"


def test_null_of_the_engines_own_canvas_does_not_apply(good_evidence):
    good_evidence.edit_checks(projectMCanvasNonEmpty=None, projectMCanvasChanges=None)
    report = good_evidence.judge()
    assert report.passed
    assert verdicts(report, "not-applicable") == {"projectMCanvasNonEmpty", "projectMCanvasChanges"}


def test_no_page_errors_log_is_no_page_error(good_evidence):
    (good_evidence.path / "page-errors.log").unlink()
    assert good_evidence.judge().checks["pageErrors"].verdict == "pass"


def test_a_report_without_schema_version_fails_only_when_one_is_required(good_evidence):
    good_evidence.edit("report.json", lambda report: report.pop("schemaVersion"))
    assert good_evidence.judge().checks["schemaVersion"].verdict == "not-applicable"
    strict = good_evidence.judge(require_schema_version=True)
    assert strict.failed_checks == {"schemaVersion": "schemaVersion is None"}


def test_a_page_without_pairs_or_run_manifest_has_neither_scores_nor_selection(good_evidence):
    good_evidence.edit_report(url="http://127.0.0.1:5174/", pack=None)
    report = good_evidence.judge()
    assert report.passed
    assert {"manifest", "scores", "pickUplift", "selection"} <= verdicts(report, "not-applicable")


def test_without_a_run_nobody_says_that_scores_are_fresh(good_evidence):
    report = good_evidence.judge(run_started_at=None)
    assert report.checks["scoresFresh"].verdict == "not-applicable"


def test_the_pack_is_also_known_by_the_address(good_evidence):
    good_evidence.edit_report(pack=None)
    assert good_evidence.judge().checks["scores"].verdict == "pass"


def test_our_own_report_is_good_enough_to_develop(good_evidence):
    required = required_in("dev")
    report = VerifyReport(
        url="http://127.0.0.1/?coupled=1&coupledPack=tested",
        started_at=iso_utc(VERIFIED_AT),
        duration_s=9.0,
        pack="tested",
        quality_digest=sha256_hex(good_evidence.pack.quality.read_bytes()),
        seed=0,
        gamma=4.0,
        verdict="passed",
        checks={
            name: PageCheck(
                ok=True, required=name in required, meaning=RULE_BY_NAME[name].meaning, reason=""
            )
            for name in JUDGES
        },
        uplift=measure_uplift([(9, 0.95)] * 50, [(0, 0.1)] * 50, SCORES, seed=0),
        renderer=PageRenderer(
            profile="software-egl",
            renderer_class="llvmpipe",
            vendor="Mesa",
            renderer="llvmpipe (LLVM 19)",
            gl_version="",
            chromium_version="",
        ),
        counts=LogCounts(console=1, page_errors=0),
        artifacts={},
    )
    write_verify_report(good_evidence.path, report)
    result = good_evidence.judge("dev")
    assert result.passed, result.failed_checks
    assert result.checks["otherChecks"].verdict == "not-applicable"
    assert set(good_evidence.judge().failed_checks) == set(CONTROLS)
