import sys

import pytest
import typer
from typer.testing import CliRunner

from aivj.cli.next_steps import gpu_option, program, say_next


@pytest.fixture
def on_path(tmp_path, monkeypatch):
    """A program of our name on PATH."""
    script = tmp_path / "bin" / "aivj"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    return script


def test_the_program_is_named_as_it_can_be_typed(on_path, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(on_path)])
    assert program() == "aivj"

    elsewhere = tmp_path / "my venv" / "aivj"
    elsewhere.parent.mkdir()
    elsewhere.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(elsewhere)])
    assert program() == f"'{elsewhere}'"

    monkeypatch.setattr(sys, "argv", ["/somewhere/aivj/cli/__main__.py"])
    assert program() == "python -m aivj.cli"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "next: aivj serve --pack 'my pack'  # look\n"),
        (["--home", "a b"], "next: aivj --home 'a b' serve --pack 'my pack'  # look\n"),
    ],
)
def test_the_next_command_is_whole_and_on_stderr(options, told, on_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(on_path)])
    app = typer.Typer()

    @app.callback()
    def shared(home: str = typer.Option(None)):
        """Has what every verb shares."""

    @app.command()
    def verb(context: typer.Context):
        say_next(context, "serve", "--pack", "my pack", why="look")

    done = CliRunner().invoke(app, [*options, "verb"])

    assert (done.stdout, done.stderr) == ("", told)


def test_the_renderer_that_this_machine_has(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_option() == ("--gpu", "software")
    (tmp_path / "nvidia-smi").touch(mode=0o755)
    assert gpu_option() == ("--gpu", "require")
