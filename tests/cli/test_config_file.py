"""`--config FILE.yaml`: what stands in a file is as if it had been typed, and the line wins."""

import pytest
import typer
from conftest import command_made_once

from aivj.cli.app import app
from aivj.errors import InputError
from aivj.settings import Settings


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Returns what a verb is given for a file and words of the line."""
    monkeypatch.delenv("AIVJ_GPU", raising=False)
    monkeypatch.delenv("AIVJ_HOME", raising=False)

    def make(verb, text, *words):
        path = tmp_path / "options.yaml"
        path.write_text(text)
        root = command_made_once(app)
        above = typer.Context(root, info_name="aivj", obj=Settings())
        above.params = {"home": None}
        command = root.commands[verb]
        return command.make_context(verb, ["--config", str(path), *words], parent=above)

    return make


def test_a_file_says_what_the_line_could(made):
    context = made(
        "sample",
        "pack: [one, two]\ngpu: software\nwidth: 64\nactor-gpus: 0.25\nresume: true\n"
        "outDir: runs/mine\nbrowser_slots: 1\n",
    )
    line = made(
        *("sample", "{}", "--pack", "one", "--pack", "two", "--gpu", "software", "--width", "64"),
        *("--actor-gpus", "0.25", "--resume", "--out-dir", "runs/mine", "--browser-slots", "1"),
    )
    assert context.params == line.params


def test_the_line_wins_then_the_environment(made, monkeypatch):
    monkeypatch.setenv("AIVJ_GPU", "require")
    text = "pack: mine\ngpu: software\nwidth: 64\nheight: 36\n"
    params = made("sample", text, "--width", "128").params
    assert (params["gpu"], params["width"], params["height"]) == ("require", 128, 36)
    assert made("sample", text, "--pack", "yours").params["packs"] == ["yours"]


def test_a_single_value_is_a_list_of_one_where_more_may_stand(made):
    assert made("train", "pack: mine\n").params["packs"] == ["mine"]


def test_both_ways_of_a_flag(made):
    assert made("train", "pack: p\nall-epochs: yes\n").params["early_stopping"] is False
    assert made("train", "pack: p\nearly-stopping: no\n").params["early_stopping"] is False
    assert made("train", "pack: p\nallow-cpu: on\n").params["allow_cpu"] is True


def test_the_home_may_stand_in_a_file_and_the_environment_wins(made, monkeypatch, tmp_path):
    assert made("packs", f"home: {tmp_path}\n").obj.home == tmp_path
    monkeypatch.setenv("AIVJ_HOME", "elsewhere")
    assert made("packs", f"home: {tmp_path}\n").obj.home != tmp_path


@pytest.mark.parametrize(
    ("text", "found", "remedy"),
    [
        ("pack: p\nworker: 3\n", "'worker'", "did you mean workers?"),
        ("pack: p\nqqqqqqqq: 3\n", "'qqqqqqqq'", "leave it out"),
        ("pack: p\nwidth: [1, 2]\n", "a list", "one line"),
        ("pack: p\nresume: maybe\n", "'maybe'", "choose one"),
        ("- pack\n", "a list", "KEY: VALUE"),
        ("pack: [\n", "while parsing", "KEY: VALUE"),
    ],
)
def test_what_cannot_be_used_is_told(made, text, found, remedy):
    with pytest.raises(InputError) as refused:
        made("sample", text)
    assert found in refused.value.found
    assert remedy in refused.value.remedy


def test_a_file_that_is_not_there_is_told(made):
    with pytest.raises(InputError, match="No such file"):
        made("sample", "", "--config", "absent.yaml")


def test_a_value_out_of_its_bounds_is_refused_as_on_the_line(made):
    with pytest.raises(typer.BadParameter, match="greater than or equal to 64"):
        made("sample", "pack: p\nwidth: -5\n")
