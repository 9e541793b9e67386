import json

import pytest
from gate.run_check.good_run import PACK, write_good_run


@pytest.fixture
def aivj(tmp_path, run_here):
    return lambda *words: run_here("--home", tmp_path / "home", *words)


@pytest.mark.parametrize(
    ("verb", "said", "following"),
    [("packs", "no pack in ", " pack --pack NAME"), ("runs", "no run in ", " sample --pack NAME")],
)
def test_an_empty_home_says_how_to_begin_and_stays_empty(aivj, tmp_path, verb, said, following):
    ended = aivj(verb)
    assert ended.exit_code == 0
    assert ended.stdout.startswith(said)
    assert following in ended.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("columns", ["80", "200"])
def test_runs_fit_the_terminal_and_name_what_follows(aivj, tmp_path, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    run = write_good_run(tmp_path / "home" / "artifacts" / ("a long name " * 5).strip())

    ended = aivj("runs")

    heading, first, *_ = ended.stdout.splitlines()
    assert heading.split() == ["run", "pack", "rows", "failed", "ok", "state", "when"]
    assert all(len(line) <= int(columns) for line in ended.stdout.splitlines())
    assert {"tested", "10/11", "80%", "complete"} <= set(first.split())
    assert f"report '{run.path}'" in ended.stderr


def test_runs_of_one_pack_for_programs(aivj, tmp_path):
    run = write_good_run(tmp_path / "home" / "runs" / "one")
    (entry,) = json.loads(aivj("runs", "--pack", PACK, "--json").stdout)["runs"]
    assert (entry["path"], entry["numRows"], entry["state"]) == (str(run.path), 10, "complete")
    assert json.loads(aivj("runs", "--pack", "other", "--json").stdout)["runs"] == []


def test_packs_for_people_and_for_programs(aivj, tmp_path):
    folder = tmp_path / "home" / "public" / "presets" / "[red]"
    folder.mkdir(parents=True)
    ended = aivj("packs")
    assert ended.stdout.splitlines()[1].split()[:2] == ["[red]", "-"]
    assert "[red] cannot be used: pairs-manifest.v0.json" in ended.stdout
    (entry,) = json.loads(aivj("packs", "--json").stdout)["packs"]
    assert (entry["name"], entry["numPairs"]) == ("[red]", None)
