import io
import json
import sys
from pathlib import Path

import pytest
from takes.store.made_takes import CONDITIONS, drawn, failed

from aivj.takes.store import TakeStore

NVIDIA = CONDITIONS.model_copy(update={"renderer_class": "nvidia", "clip": "c" * 64})


@pytest.fixture
def aivj(tmp_path, run_here):
    return lambda *words: run_here("--home", tmp_path / "home", "takes", *words)


@pytest.fixture
def place(tmp_path):
    """Two takes of one renderer, a shard each, and one of another."""
    place = tmp_path / "home" / "takes"
    for conditions, takes in (
        (CONDITIONS, [drawn("a"), failed("b")]),
        (NVIDIA, [drawn("a")]),
    ):
        writer = TakeStore.open(place, conditions).writer()
        for take in takes:
            writer.add(take)
            writer.flush()
    return place


def left(place):
    return sorted(path.name for path in place.iterdir())


@pytest.mark.parametrize("verb", ["status", "verify", "compact"])
def test_a_store_that_is_not_there_is_empty_and_nothing_is_made(aivj, tmp_path, verb):
    ended = aivj(verb)
    assert ended.exit_code == 0
    assert "takes in" in ended.stdout
    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("place")
def test_status_tells_what_is_there(aivj):
    ended = aivj("status")
    assert ended.exit_code == 0
    heading, *rows = ended.stdout.splitlines()
    assert heading.split()[:3] == ["conditions", "renderer", "size"]
    told = {row.split()[0]: row.split() for row in rows[:2]}
    assert told[CONDITIONS.digest][1:7] == [
        *("llvmpipe", "256x144", "30+40", CONDITIONS.clip[:8], "1", "1")
    ]
    assert told[NVIDIA.digest][1:7] == ["nvidia", "256x144", "30+40", "c" * 8, "1", "0"]
    assert rows[2] == f"{CONDITIONS.digest} failed: shader-link (1)"


def test_status_for_programs(aivj, place):
    read = json.loads(aivj("status", "--json").stdout)
    assert read["takes"] == str(place)
    first, second = sorted(
        read["folders"], key=lambda folder: folder["numDrawn"] - folder["numShards"]
    )
    assert (first["digest"], first["failures"]) == (CONDITIONS.digest, {"shader-link": 1})
    assert second["conditions"]["rendererClass"] == "nvidia"


def test_another_store_is_named_by_its_address(aivj, tmp_path, place):
    place.rename(tmp_path / "else where")
    ended = aivj("status", "--takes", (tmp_path / "else where").as_uri())
    assert CONDITIONS.digest in ended.stdout


@pytest.mark.usefixtures("place")
def test_verify_finds_a_whole_store_whole(aivj):
    ended = aivj("verify")
    assert ended.exit_code == 0
    assert f"{CONDITIONS.digest}  2 takes in 2 shards: whole" in ended.stdout


def test_verify_names_damage_and_mends_it(aivj, place):
    shard = min((place / CONDITIONS.digest).glob("*.arrow"))
    shard.write_bytes(shard.read_bytes()[:-1000])
    ended = aivj("verify", "--conditions", CONDITIONS.digest[:4])
    assert ended.exit_code == 7
    assert f"damaged: {shard.name}" in ended.stdout
    assert "aivj takes verify --repair" in ended.stderr

    assert aivj("verify", "--repair").exit_code == 0
    assert aivj("verify").exit_code == 0


def test_compact_merges_and_says_so(aivj, place):
    ended = aivj("compact")
    assert f"{CONDITIONS.digest}  2 shards merged into 1" in ended.stdout
    assert len(list((place / CONDITIONS.digest).iterdir())) == 3
    assert TakeStore.open(place, CONDITIONS).contents() == ["a", "b"]


@pytest.mark.parametrize(
    "chosen",
    [
        ("--renderer", "llvmpipe"),
        ("--conditions", CONDITIONS.digest[:6]),
        ("--clip", CONDITIONS.clip[:6]),
        ("--clip", CONDITIONS.clip, "--renderer", "llvmpipe"),
    ],
)
def test_drop_removes_what_was_named_and_nothing_else(aivj, place, chosen):
    ended = aivj("drop", *chosen, "--yes")
    assert ended.exit_code == 0
    assert f"removed {CONDITIONS.digest}: 2 takes" in ended.stdout
    assert left(place) == [NVIDIA.digest]


@pytest.mark.parametrize(
    ("options", "exit_code", "said"),
    [
        ((), 3, "--conditions, --renderer or --clip"),
        (("--renderer", "llvmpipe"), 3, "--yes"),
        (("--renderer", "amd", "--yes"), 0, "takes status"),
        (("--clip", "", "--yes"), 0, "takes status"),
        (("--renderer", "nvidia", "--clip", CONDITIONS.clip, "--yes"), 0, "takes status"),
    ],
)
def test_drop_removes_nothing_by_mistake(aivj, place, options, exit_code, said):
    before = left(place)
    ended = aivj("drop", *options)
    assert ended.exit_code == exit_code
    assert said in ended.stderr
    assert left(place) == before


@pytest.mark.parametrize(("answer", "num_left"), [("y", 1), ("n", 2)])
def test_drop_asks_whoever_sits_there(aivj, place, monkeypatch, answer, num_left):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    ended = aivj("drop", "--renderer", "llvmpipe")
    assert ended.exit_code == 0
    assert "Remove 2 takes for good?" in ended.stderr
    assert len(left(place)) == num_left


@pytest.mark.parametrize("verb", ["status", "verify", "compact"])
def test_a_bucket_that_does_not_answer_ends_with_8(aivj, monkeypatch, verb):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    ended = aivj(verb, "--takes", "s3://show/takes")
    assert ended.exit_code == 8
    assert "http://127.0.0.1:9" in ended.stderr


def test_a_folder_that_cannot_be_read_is_told_and_the_rest_is_listed(aivj, place):
    Path(place, NVIDIA.digest, "conditions.json").write_text("{}")
    ended = aivj("status")
    assert ended.exit_code == 0
    assert f"{NVIDIA.digest} cannot be used" in ended.stderr
    assert CONDITIONS.digest in ended.stdout
