import json
import subprocess
import sys

import pytest
from gate.verify_check.good_evidence import write_good_evidence


@pytest.fixture
def evidence(tmp_path):
    return write_good_evidence(tmp_path)


def accept(evidence, *options, environment=()):
    out = evidence.path.parent / "out"
    command = ["--home", str(evidence.path.parent), "accept", "--pack", "tested", *options]
    return subprocess.run(
        [sys.executable, "-m", "aivj.cli", *command, "--out-dir", str(out)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(evidence.path.parent), **dict(environment)},
        check=False,
    )


def test_evidence_that_is_there_is_judged_by_option_or_variable(evidence):
    by_variable = {"AIVJ_ACCEPT_USE_ARTIFACTS": "1", "HEADLESS_ARTIFACTS_DIR": str(evidence.path)}
    for options, environment in (
        (["--artifacts", str(evidence.path)], {}),
        ([], by_variable),
    ):
        done = accept(evidence, *options, environment=environment.items())
        assert done.returncode == 0, done.stderr
        assert "passed: " in done.stdout
        assert "not-applicable preload" in done.stdout
        out = evidence.path.parent / "out"
        document = json.loads((out / "accept.json").read_text())
        assert (document["verdict"], document["usedArtifacts"]) == ("passed", True)
        html = (out / "accept.html").read_text()
        assert "✓ Accepted" in html
        assert "Judged by evidence that was there" in html


def test_a_step_that_fails_ends_with_7_and_says_what_to_do(evidence):
    evidence.edit_checks(finalOutputChanges=False)
    done = accept(evidence, "--artifacts", str(evidence.path))
    assert done.returncode == 7
    assert "fail           verifyDev: finalOutputChanges: false" in done.stdout
    assert "verifyDev, verifyRelease" in done.stderr


def test_no_time_is_no_acceptance(evidence):
    done = accept(
        evidence,
        "--artifacts",
        str(evidence.path),
        environment={"AIVJ_ACCEPT_TIMEOUT_MS": "0"}.items(),
    )
    assert done.returncode == 7
    assert "hard timeout: 0 s are over" in done.stdout
