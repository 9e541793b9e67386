"""One fault or more for each rule, each planted in good evidence."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gate.tested_packs import STILL
from gate.verify_check.good_evidence import CONTROLS, LIBRARY, RUN_STARTED_AT, EvidenceFolder, write

BEFORE = RUN_STARTED_AT.replace(hour=1)


@dataclass(frozen=True)
class Fault:
    """What is wrong, the check that finds it, what it says, and which others fail with it."""

    check: str
    name: str
    plant: Callable[[EvidenceFolder], object]
    found: str
    others: tuple[str, ...] = ()


def _checks(**values):
    return lambda evidence: evidence.edit_checks(**values)


def _report(**values):
    return lambda evidence: evidence.edit_report(**values)


def _without(name):
    return lambda evidence: (evidence.path / name).unlink()


def _text(name, text):
    return lambda evidence: write(evidence.path / name, text)


def _scored(*scores):
    def change(document):
        for pair, score in zip(document["pairs"], scores, strict=True):
            pair["quality01"] = score

    return lambda evidence: evidence.edit_quality(change)


def _uplift(**values):
    return lambda evidence: evidence.edit("report.json", lambda r: r["uplift"].update(values))


def _picks(mode, **values):
    def change(report):
        report["uplift"][mode].update(values)

    return lambda evidence: evidence.edit("report.json", change)


def _stale(name):
    def plant(evidence):
        path = evidence.path / name
        write(path, path.read_text(), BEFORE)

    return plant


def _drawn_again(evidence):
    document = json.loads(evidence.pack.manifest.read_text())
    evidence.pack.manifest.write_text(json.dumps({**document, "generatedAt": "2026-03-02T09:00Z"}))


def _stale_scores(evidence):
    write(evidence.pack.quality, evidence.pack.quality.read_text(), BEFORE)


def _nan_score(evidence):
    evidence.write_quality(evidence.pack.quality.read_text().replace("0.95", "NaN"))


def _plain_library(evidence, *, matched, unmatched):
    address = "http://127.0.0.1/?runManifestUrl=http://127.0.0.1/run-manifest.json"
    evidence.edit_report(url=address)
    lines = [f"selected preset a{n} (m=0.1)\n" for n in range(matched)]
    lines += [f"selected preset b{n}\n" for n in range(unmatched)]
    write(evidence.path / "aivj-selection.log", "".join(lines))


FEATURE_FAULTS = tuple(
    fault
    for name in CONTROLS
    for fault in (
        Fault(name, "not ok", _checks(**{name: {"ok": False, "error": "stuck"}}), "stuck"),
        Fault(name, "not run", _checks(**{name: {"ok": None}}), "the report says"),
    )
)

FAULTS = (
    Fault("report", "missing", _without("report.json"), "no report.json"),
    Fault("report", "NaN", _text("report.json", '{"checks": {"x": NaN}}'), "NaN at line 1"),
    Fault("report", "another document", _text("report.json", "[]"), "report.json: []"),
    Fault("report", "no time", _report(startedAt="yesterday"), "startedAt is 'yesterday'"),
    Fault("report", "no address", _report(url=None), "url is None"),
    Fault("schemaVersion", "of the future", _report(schemaVersion=2), "schemaVersion is 2"),
    Fault("schemaVersion", "a boolean", _report(schemaVersion=True), "schemaVersion is True"),
    *(
        Fault(name, "seen to fail", _checks(**{name: {"ok": False, "reason": "no"}}), "no")
        for name in ("pageOpened", "manifestActive", "scoresMerged", "coupledNext")
    ),
    Fault(
        "otherChecks",
        "a panel of outputs that the report requires",
        _checks(outputsPanel={"ok": False, "required": True, "reason": "none to be seen"}),
        "outputsPanel: none to be seen",
    ),
    Fault("canvasAttached", "no canvas", _checks(canvasAttached=False), "false"),
    Fault(
        "projectMFramesRendered",
        "a preset that never draws",
        _checks(projectMFramesRendered={"initialized": True, "framesRendered": 0}),
        "0 frames",
    ),
    Fault(
        "projectMFramesRendered",
        "an engine that is not up",
        _checks(projectMFramesRendered={"initialized": False, "framesRendered": 9}),
        "initialized is False",
    ),
    Fault(
        "projectMFramesRendered",
        "of our own report",
        _checks(projectMFramesRendered={"ok": False, "reason": "weighted: 0 frames"}),
        "weighted: 0 frames",
    ),
    Fault("finalOutputNonEmpty", "blank", _checks(finalOutputNonEmpty=False), "false"),
    Fault("finalOutputNonEmpty", "not run", _checks(finalOutputNonEmpty=None), "not run"),
    Fault("finalOutputChanges", "frozen frames", _checks(finalOutputChanges=False), "false"),
    Fault(
        "finalOutputChanges",
        "frozen frames of our own report",
        _checks(finalOutputChanges={"ok": False, "required": True, "reason": "stood still"}),
        "stood still",
    ),
    Fault("projectMCanvasNonEmpty", "blank", _checks(projectMCanvasNonEmpty=False), "false"),
    Fault("projectMCanvasChanges", "frozen", _checks(projectMCanvasChanges=False), "false"),
    *FEATURE_FAULTS,
    Fault(
        "otherChecks",
        "a required check failed",
        _checks(ownCheck={"ok": False, "required": True, "reason": "0 of 2 did"}),
        "ownCheck: 0 of 2 did",
    ),
    Fault(
        "otherChecks",
        "a required check was not run",
        _checks(ownCheck={"ok": None, "required": True, "reason": ""}),
        "ownCheck: None",
    ),
    Fault(
        "pageErrors",
        "a page error",
        _text("page-errors.log", "\nweighted: boom\n"),
        "line 2: weighted: boom",
    ),
    Fault("pageErrors", "counted", _report(counts={"pageErrors": 2}), "the report counted 2"),
    Fault(
        "pageErrors",
        "found by the report alone",
        _checks(pageErrors={"ok": False, "required": True}),
        "own check failed",
    ),
    Fault(
        "consoleErrors",
        "an error",
        _text("browser-console.log", "[info] x\n[error] y\n"),
        "line 2: [error] y",
    ),
    Fault("consoleErrors", "no console", _without("browser-console.log"), "no browser-console.log"),
    Fault("selection", "no log", _without("aivj-selection.log"), "no log of selected presets"),
    Fault(
        "selection",
        "another library",
        _text("aivj-selection.log", "selected preset x (m=1)\n" * 9),
        f"0 of them begin with {LIBRARY}-",
    ),
    Fault("selection", "nothing", _text("aivj-selection.log", ""), "nothing was selected"),
    Fault(
        "selection",
        "too few of any library",
        partial(_plain_library, matched=2, unmatched=4),
        "2 in the run manifest, at least 3",
    ),
    Fault(
        "frameFigures",
        "no figures",
        _text("frame-time.json", '{"n": 20, "p95Ms": null}'),
        "no p95_frame_ms; no jitter_p95_ms",
    ),
    Fault(
        "frameFigures",
        "of too few frames",
        _text("frame-time.json", '{"n": 19, "p95Ms": 16, "p50Ms": 16}'),
        "no p95_frame_ms; no jitter_p95_ms",
    ),
    Fault(
        "frameRate",
        "slow",
        _text("frame-time.json", '{"n": 20, "p95Ms": 33.5, "p50Ms": 16}'),
        "33.5 ms",
    ),
    Fault("frameRate", "slow by the report", _report(p95_frame_ms=40), "40.0 ms"),
    Fault(
        "budgetDynamics",
        "not ok",
        _text("budget-dynamics.json", '{"ok": false, "error": "1 value"}'),
        "ok is False, 1 value",
    ),
    Fault("budgetDynamics", "broken", _text("budget-dynamics.json", "{"), "budget-dynamics.json:"),
    *(
        Fault("artifactsFresh", f"a stale {name}", _stale(name), f"{name} is of 2026-03-01T01")
        for name in ("frame-time.json", "budget-dynamics.json", "aivj-selection.log")
    ),
    Fault(
        "manifest",
        "broken",
        lambda evidence: evidence.pack.manifest.write_text("[]"),
        "pairs-manifest.v0.json",
        others=("scores",),
    ),
    Fault("manifest", "no pack's name", _report(pack="../x"), "../x", others=("scores",)),
    Fault("scores", "missing", lambda evidence: evidence.pack.quality.unlink(), "nothing there"),
    Fault("scores", "NaN in it", _nan_score, "NaN at line"),
    Fault(
        "scores",
        "of another pack",
        lambda evidence: evidence.edit_quality(lambda d: d.update(pack="other")),
        "is for pack 'other'",
    ),
    Fault("scores", "above 1", _scored(0.1, 0.3, 0.6, 1.2), "pair 9 has quality 1.2"),
    Fault("scoresOfPack", "of another manifest", _drawn_again, "its manifest was sha256"),
    Fault(
        "scoresOfPack",
        "of other presets",
        lambda evidence: next(evidence.pack.manifest.parent.glob("*/p2.milk")).write_bytes(STILL),
        "its pairs' presets were sha256",
    ),
    Fault("scoreSpread", "alike", _scored(0.5, 0.5, 0.5, 0.55), "deviation of 0.0217"),
    Fault(
        "scoresVerified",
        "changed since",
        lambda evidence: write(
            evidence.pack.quality, evidence.pack.quality.read_text().replace("0.95", "0.96")
        ),
        "the page had sha256",
    ),
    Fault(
        "scoresVerified",
        "newer than a report without a digest",
        lambda evidence: (
            evidence.edit_report(qualityDigest=None),
            write(evidence.pack.quality, evidence.pack.quality.read_text()),
        ),
        "scores of 2026-03-01T11:00:00.000Z, report of 2026-03-01T10:00:00.000Z",
    ),
    Fault("scoresFresh", "a stale file", _stale_scores, "scores of 2026-03-01T01"),
    Fault("pickUplift", "no comparison", _report(uplift=None), "no comparison"),
    Fault("pickUplift", "no uplift", _uplift(mean=0.0), "uplift +0.0000"),
    Fault("pickUplift", "hits alike", _picks("weighted", top20HitRate=0.0), "0.0% and 0.0%"),
    Fault("pickUplift", "49 picks", _picks("shuffle", samples=49), "49 samples in an arm"),
    Fault("pickUplift", "broken", _report(uplift={}), "at mean"),
)
