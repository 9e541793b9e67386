import json

import pytest
from gate.tested_packs import MOVING
from gate.verify_check.good_evidence import CONTROLS, LIBRARY, write, write_good_evidence

from aivj.errors import RendererRefusedError
from aivj.gate.accept import STEPS, AcceptSubject, run_suite

SOFTWARE = {"vendor": "Google Inc.", "renderer": "ANGLE (Google, SwiftShader Device)"}
FRAMES = "[debug] [Preload] frame-time {}ms\n"


@pytest.fixture
def evidence(tmp_path):
    """Evidence that passes every step, on a GPU."""
    folder = write_good_evidence(tmp_path)
    write(folder.path / "preload.log", "[Preload] batchSize 2\n" + FRAMES.format(16) * 20)
    budget = {"ok": True, "error": None, "reason": "7 values of aggr=, 2 different"}
    write(folder.path / "budget-dynamics.json", json.dumps(budget))
    return folder


def subject_of(evidence, **options):
    return AcceptSubject(
        pack="tested", packs_root=evidence.pack.root, evidence=evidence.path, **options
    )


def accepted(evidence, tmp_path, *, timeout_s=720.0, **options):
    return run_suite(subject_of(evidence, **options), tmp_path / "out", timeout_s=timeout_s)


def ended(report, verdict):
    return {name for name, step in report.steps.items() if step.verdict == verdict}


def test_a_good_pack_is_accepted_with_evidence_for_each_step(evidence, tmp_path):
    report = accepted(evidence, tmp_path)
    assert report.passed, report.failed_steps
    assert list(report.steps) == [step.name for step in STEPS]
    assert ended(report, "pass") == set(report.steps) - {"diversity"}
    out = tmp_path / "out"
    assert json.loads((out / "accept.json").read_text())["verdict"] == "passed"
    assert json.loads((out / "steps" / "4-verifyRelease.json").read_text())["mode"] == "release"
    for name, step in report.steps.items():
        assert bool(step.evidence) == (name not in {"files", "lint", "diversity"}), name
        assert all((out / file).is_file() for file in step.evidence)


# The scores were made for the presets as they were.
NOT_AS_SCORED = ("verifyDev", "verifyRelease")


def _remove_preset(evidence):
    (evidence.pack.root / "presets/tested/fg/p0.milk").unlink()


def _empty_preset(evidence):
    (evidence.pack.root / "presets/tested/fg/p0.milk").write_bytes(b"[preset00]\r\n")


def _lose_characters(evidence):
    path = evidence.pack.root / "presets/tested/bg/p1.milk"
    path.write_bytes(MOVING + "// Fl\ufffdgel\r\n".encode())


def _spoil_scores(evidence):
    evidence.write_quality(evidence.pack.quality.read_text().replace("0.95", "NaN"))


def _log(name, text):
    return lambda evidence: write(evidence.path / name, text)


def _selected(*motions):
    lines = [f"selected preset {LIBRARY}-{n} (m={m}, tier=t)\n" for n, m in enumerate(motions)]
    return _log("aivj-selection.log", "".join(lines))


def _unlinked(evidence):
    unmatched = [f"selected preset {LIBRARY}-x{n}\n" for n in range(9)]
    matched = f"selected preset {LIBRARY}-1 (m=0.3, tier=t)\n"
    write(evidence.path / "aivj-selection.log", "".join([*unmatched, matched]))


@pytest.mark.parametrize(
    ("spoil", "steps", "found"),
    [
        (_remove_preset, {"files", *NOT_AS_SCORED}, "no file for /presets/tested/fg/p0.milk"),
        (_empty_preset, {"lint", *NOT_AS_SCORED}, "nothing in it says what to draw"),
        (_lose_characters, {"lint", *NOT_AS_SCORED}, "lost characters (U+FFFD)"),
        (_spoil_scores, {"files", "verifyDev", "verifyRelease"}, "NaN"),
        (
            lambda evidence: evidence.edit_checks(finalOutputChanges=False),
            {"verifyDev", "verifyRelease"},
            "finalOutputChanges: false",
        ),
        (
            lambda evidence: evidence.edit_checks(**{CONTROLS[0]: {"ok": False, "error": "stuck"}}),
            {"verifyRelease"},
            "perfCaps: stuck",
        ),
        (_selected(0.3, 0.3, 0.01, 0.01, 0.3, 0.3), {"selectionRatio"}, "4 of 6"),
        (_unlinked, {"dataLink", "verifyRelease"}, "selection: 1 in the run manifest"),
        (_log("preload.log", FRAMES.format(50) * 20), {"preload"}, "20 of 20 frames above 33"),
        (
            _log("frame-time.json", '{"n": 20, "p50Ms": 16, "p95Ms": 40}'),
            {"frameTime", "verifyRelease"},
            "frameRate: 40.0 ms",
        ),
        (
            _log("budget-dynamics.json", '{"ok": false, "error": "1 value"}'),
            {"budgetDynamics", "verifyRelease"},
            "budgetDynamics: ok is False",
        ),
    ],
)
def test_each_fault_fails_its_steps(evidence, tmp_path, spoil, steps, found):
    spoil(evidence)
    report = accepted(evidence, tmp_path)
    assert set(report.failed_steps) == steps
    assert any(found in text for text in report.failed_steps.values()), report.failed_steps
    assert all(report.steps[name].remedy for name in steps)
    assert not report.passed


def test_a_step_with_nothing_to_read_is_not_applicable(evidence, tmp_path):
    evidence.edit_report(url="http://127.0.0.1/?coupled=1&coupledPack=tested", renderer=SOFTWARE)
    for name in ("aivj-selection.log", "preload.log", "frame-time.json", "budget-dynamics.json"):
        (evidence.path / name).unlink()
    evidence.edit_checks(budgetDynamics=None)
    report = accepted(evidence, tmp_path)
    assert ended(report, "pass") == {"files", "lint", "verifyDev", "verifyRelease"}
    assert len(ended(report, "not-applicable")) == 6
    assert report.passed


def test_frames_of_a_software_renderer_are_told_and_not_judged(evidence, tmp_path):
    evidence.edit_report(renderer=SOFTWARE)
    _log("preload.log", FRAMES.format(200) * 20)(evidence)
    _log("frame-time.json", '{"n": 20, "p50Ms": 104, "p95Ms": 267}')(evidence)
    report = accepted(evidence, tmp_path)
    assert ended(report, "not-applicable") == {"diversity", "preload", "frameTime"}
    assert (
        report.steps["frameTime"].found == "a software renderer drew: p95 267.0 ms over 20 frames"
    )
    assert report.passed


def test_a_report_on_variety_is_required_where_it_is_asked_for(evidence, tmp_path):
    assert accepted(evidence, tmp_path).steps["diversity"].verdict == "not-applicable"
    report = accepted(evidence, tmp_path, diversity=tmp_path / "missing.json")
    assert "missing.json" in report.failed_steps["diversity"]
    assert "aivj diversity" in STEPS[-1].remedy


def test_without_evidence_nothing_is_accepted(evidence, tmp_path):
    for path in evidence.path.iterdir():
        path.unlink()
    evidence.path.rmdir()
    report = accepted(evidence, tmp_path)
    assert set(report.failed_steps) == {"verifyDev", "verifyRelease"}
    assert ended(report, "pass") == {"files", "lint"}
    assert not report.passed


def test_evidence_is_made_when_it_comes_to_it(evidence, tmp_path):
    seconds = []
    report = accepted(evidence, tmp_path, make_evidence=seconds.append, timeout_s=60)
    assert report.passed
    assert not report.used_artifacts
    assert 0 < seconds[0] <= 60


def test_a_renderer_that_is_refused_fails_its_step_and_the_rest_is_taken(evidence, tmp_path):
    def refuse(_):
        raise RendererRefusedError("a GPU", "llvmpipe", "use --gpu software")

    report = accepted(evidence, tmp_path, make_evidence=refuse)
    assert report.failed_steps == {"verifyDev": "expected a GPU; found llvmpipe"}
    assert report.steps["verifyDev"].remedy == "use --gpu software"
    assert report.steps["budgetDynamics"].verdict == "pass"


def test_steps_that_come_too_late_fail(evidence, tmp_path):
    report = accepted(evidence, tmp_path, timeout_s=0)
    assert set(report.failed_steps) == set(report.steps)
    assert report.steps["lint"].found == "hard timeout: 0 s are over"
    assert "AIVJ_ACCEPT_TIMEOUT_MS" in report.steps["lint"].remedy


def test_a_library_is_looked_at_too(evidence, tmp_path):
    folder = evidence.pack.root / "presets" / "mega"
    folder.mkdir()
    (folder / "x.milk").write_bytes(b"")
    report = accepted(evidence, tmp_path, libraries=("mega",))
    assert "library-manifest.json" in report.failed_steps["files"]
    assert "presets/mega/x.milk" in report.failed_steps["lint"]


def test_the_document_has_the_steps():
    from gate.test_environment import DOCUMENT

    lines = DOCUMENT.read_text().splitlines()
    start = lines.index("| step | passes when | does not apply when |") + 2
    rows = lines[start : start + len(STEPS)]
    assert [row.split("`")[1] for row in rows] == [step.name for step in STEPS]
