from aivj.cli import console
from aivj.cli.console import bar
from aivj.cli.sample import show_progress
from aivj.sampling.run import SampleProgress


def test_off_a_terminal_every_tenth_is_a_line_of_its_phase(capsys, monkeypatch):
    monkeypatch.setattr(console.err, "_force_terminal", False)
    with bar("sampling") as progress:
        for done in range(1, 31):
            show_progress(progress, SampleProgress("indexing", done, 30, 0))
        for done in range(1, 31):
            show_progress(progress, SampleProgress("sampling", done, 30, done // 20))

    lines = capsys.readouterr().err.splitlines()
    assert sum(line.startswith("indexing: ") for line in lines) == 11
    assert lines[-1] == "sampling: 30/30 1 failed"
    assert lines[11].startswith("sampling: 1/30")
