"""Ctrl-C and SIGTERM: every verb ends alike, and says how to go on."""

import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.cli.verb import Verb

# Of every verb: what it needs to begin, and where the work is that is interrupted.
INTERRUPTED = {
    "demo": (["--presets", "."], "aivj.pipeline.night_examination.examine"),
    "doctor": ([], "aivj.doctor.examine"),
    "pack": (["--pack", "p", "--presets", "."], "aivj.packs.scan.scan_presets"),
    "sample": (["--pack", "p"], "aivj.sampling.run.require_usable"),
    "train": (["--pack", "p"], "aivj.coupling.device.choose_device"),
    "evaluate": (["--pack", "p"], "aivj.coupling.device.choose_device"),
    "sweep": (["--pack", "p"], "aivj.coupling.device.choose_device"),
    "score": (["--pack", "p"], "aivj.pipeline.scoring.score"),
    "verify": (["--pack", "p"], "aivj.pipeline.labels.read_pack"),
    "accept": (["--pack", "p"], "aivj.pipeline.accepting.accept"),
    "promote": (["--pack", "p"], "aivj.contracts.pairs_quality.read_pairs_quality"),
    "check-run": (["."], "aivj.gate.run_check.check_run"),
}


@pytest.mark.parametrize("verb", INTERRUPTED)
def test_an_interrupted_verb_says_how_to_go_on(verb, run_here, monkeypatch, tmp_path):
    words, work = INTERRUPTED[verb]

    def stop(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(work, stop)
    monkeypatch.chdir(tmp_path)

    ended = run_here("--home", "here", verb, *words)

    assert ended.exit_code == 130
    what, how = ended.stderr.splitlines()[-2:]
    assert what.startswith("interrupted: ")
    assert what.endswith(" with")
    assert how.startswith(f"  aivj --home here {' '.join([verb, *words])}")
    assert ended.stdout == ""


def test_a_run_goes_on_in_its_folder_and_only_once(run_here, monkeypatch, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("aivj.sampling.run.require_usable", stop)
    monkeypatch.chdir(tmp_path)

    fresh = run_here("sample", "--pack", "p").stderr.splitlines()[-1].split()
    assert fresh[:5] == ["aivj", "sample", "--pack", "p", "--out-dir"]
    assert fresh[5].startswith("var/artifacts/coupled-eval/")
    assert fresh[6:] == ["--resume"]

    again = run_here("sample", "--pack", "p", "--outDir", "my run", "--resume").stderr
    assert again.splitlines()[-1] == "  aivj sample --pack p --outDir 'my run' --resume"


def test_every_verb_can_be_interrupted():
    for command in app.registered_commands:
        assert issubclass(command.cls, Verb), command.callback
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands:
            assert issubclass(command.cls, Verb), command.callback


@pytest.fixture
def hears_ctrl_c():
    """Servers and runners that other tests had in this process may have left it deaf."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_that_comes_in_a_del_is_not_lost(run_here, monkeypatch, number, exit_code):
    class Dying:
        def __del__(self):
            signal.raise_signal(number)

    def work(*_args, **_options):
        Dying()
        time.sleep(60)

    monkeypatch.setattr("aivj.pipeline.scoring.score", work)
    ended = run_here("score", "--pack", "p")
    assert ended.exit_code == exit_code
    assert "Traceback" not in ended.stderr


def test_sigterm_is_told_from_ctrl_c(monkeypatch):
    def ask(*_args, **_options):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("aivj.pipeline.scoring.score", ask)
    before = signal.getsignal(signal.SIGTERM)

    ended = CliRunner().invoke(app, ["score", "--pack", "p"])

    assert ended.exit_code == 143
    assert "ended by SIGTERM" in ended.stderr
    assert signal.getsignal(signal.SIGTERM) is before


def hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_real_ctrl_c_ends_a_process_without_a_traceback(tmp_path):
    log = tmp_path / "log"
    os.mkfifo(log)
    words = ["--home", str(tmp_path / "home"), "stats", "selection", str(log)]
    process = subprocess.Popen(
        [sys.executable, "-m", "aivj.cli", *words],
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what runs in its background deaf to Ctrl-C, and children inherit that.
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - this process has no threads that matter here
    )
    with log.open("w"):  # opens as soon as the process reads, which then waits for a line
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert said == (
        "interrupted: nothing was finished; begin again with\n"
        f"  python -m aivj.cli {' '.join(words)}\n"
    )
