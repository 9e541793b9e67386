import threading
from pathlib import Path

from aivj.cli import console
from aivj.cli.console import bar
from aivj.cli.sampling_progress import SamplingProgress
from aivj.errors import StorageError
from aivj.runs.progress import SampleProgress


def test_off_a_terminal_every_tenth_is_a_line(capsys, monkeypatch):
    monkeypatch.setattr(console.err, "_force_terminal", False)
    with bar("sampling") as progress:
        for done in range(1, 31):
            progress.update(done, 30, f"{done // 20} failed")

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "sampling: 30/30 1 failed"
    assert lines[0].startswith("sampling: 1/30")


def test_sampling_says_what_it_does_now_and_then_and_at_the_end(capsys, monkeypatch):
    monkeypatch.setattr(console.err, "_force_terminal", False)
    with SamplingProgress("ANGLE (Mesa, llvmpipe)") as progress:
        for done in range(1, 101):
            progress.show(
                SampleProgress(
                    num_done=done,
                    num_target=100,
                    num_rows=done,
                    failures={"hung-page": 2},
                    recent_per_min=120,
                    overall_per_min=90,
                    eta_s=(100 - done) / 2,
                    dark_share=0.97,
                )
            )

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "120 pairs a minute, 90 overall, 0:00:50 to go" in lines[0]
    assert "2 hung-page" in lines[0]
    assert lines[1].startswith("note nearly all pairs are too dark")
    assert lines[2].startswith("sampling 100/100")


def test_on_a_terminal_there_is_a_table(capsys):
    progress = SamplingProgress("ANGLE (NVIDIA, RTX 4090)")

    console.err.print(progress._table(SampleProgress(num_done=1, num_target=10, num_replaced=3)))

    shown = capsys.readouterr().err
    assert "RTX 4090" in shown
    assert "browsers replaced: 3" in shown


def test_a_block_that_says_nothing_is_told_to_be_at_work(capsys, monkeypatch):
    monkeypatch.setattr(console, "_QUIET_S", 0.0)
    begun = threading.Event()
    say = console.say
    monkeypatch.setattr(console, "say", lambda text: (say(text), begun.set()))
    with console.breaking_silence("verify"):
        assert begun.wait(60)
    assert capsys.readouterr().err == "verify: getting ready\n"


def test_a_block_that_says_something_is_left_alone(capsys, monkeypatch):
    monkeypatch.setattr(console, "_QUIET_S", 3600.0)
    with console.breaking_silence("verify"):
        console.err.print("1. files ...")
    with console.breaking_silence("verify"):
        pass
    assert capsys.readouterr().err == "1. files ...\n"


def test_no_credential_reaches_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("RAY_AUTH_TOKEN", "0123456789abcdef")
    console.err.print("the head said 401 to 0123456789abcdef")
    console.say("asking http://ada:pw@head:8265")
    console.print_error(StorageError("an answer", "0123456789abcdef refused", "ask for another"))

    told = capsys.readouterr().err
    assert "0123456789abcdef" not in told
    assert "pw" not in told
    assert told.count("***") == 3


def test_a_disk_that_takes_no_copy_takes_no_word_from_the_screen(capsys):
    with console.copied_to(Path("/dev/full")):
        console.say("still here")
    assert "still here" in capsys.readouterr().err
