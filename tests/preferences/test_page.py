"""The page's server, asked as the page asks it, and as pages elsewhere would like to."""

import contextlib
import errno
import json
import os
import socket
from datetime import UTC, datetime

import aiohttp
import pytest
from gate.tested_packs import MOVING, write_pack

from aivj.audio.click import click_track
from aivj.audio.clip import read_clip
from aivj.contracts.pairs_manifest import read_pairs_manifest
from aivj.contracts.preferences import read_preferences
from aivj.errors import InputError
from aivj.preferences.bradley_terry import Prior
from aivj.preferences.judging import JudgingSession
from aivj.preferences.page import serve_page
from aivj.stage.server import CONTENT_SECURITY_POLICY

PAIRS = [0, 3, 6, 9]


class Page:
    """What a page at an address can do."""

    def __init__(self, client: aiohttp.ClientSession, address: str) -> None:
        self.client = client
        self.url, _, self.token = address.partition("#")
        self.origin = self.url.removesuffix("/prefer.html")
        self.headers = {"Origin": self.origin, "X-AIVJ-Token": self.token}

    async def get(self, path="/prefer/state", **headers):
        wanted = {**self.headers, **headers}
        async with self.client.get(self.origin + path, headers=wanted) as response:
            return response.status, await response.read(), response.headers

    async def post(self, what, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        wanted = {**self.headers, **headers}
        url = f"{self.origin}/prefer/{what}"
        async with self.client.post(url, data=data, headers=wanted) as response:
            text = await response.text()
            return response.status, json.loads(text) if text.startswith("{") else text

    async def state(self):
        status, body, _ = await self.get()
        assert status == 200
        return json.loads(body)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "preferences.jsonl"


@pytest.fixture
def failures():
    return []


@pytest.fixture
def served(tmp_path, log, failures):
    """Serves a pack of four pairs, as one run of the command does."""
    pack = write_pack(tmp_path, [MOVING] * len(PAIRS), [0.5] * len(PAIRS))
    manifest = read_pairs_manifest(pack.manifest)

    @contextlib.asynccontextmanager
    async def served(port=0):
        clip = click_track(2.0)
        with JudgingSession(
            log,
            pack=pack.name,
            pairs=PAIRS,
            by="ada",
            clip=clip.name,
            prior=Prior.ignorant(len(PAIRS)),
            seed=0,
            now=lambda: datetime.now(UTC),
        ) as session:
            async with (
                serve_page(
                    session,
                    manifest,
                    packs_root=tmp_path,
                    clip=clip,
                    convert=bytes,
                    on_failure=lambda *failure: failures.append(failure),
                    port=port,
                ) as address,
                aiohttp.ClientSession() as client,
            ):
                yield Page(client, address)

    return served


@pytest.fixture
async def page(served):
    async with served() as page:
        yield page


async def test_the_page_is_told_what_to_draw(page):
    state = await page.state()
    left, right = state["couple"]["left"], state["couple"]["right"]
    assert left["pair"] != right["pair"]
    assert left["fgUrl"] == f"/presets/tested/fg/p{left['pair'] // 3}.milk"
    assert right["bgUrl"] == f"/presets/tested/bg/p{right['pair'] // 3}.milk"
    del state["couple"]
    assert state == {
        "pack": "tested",
        "by": "ada",
        "number": 1,
        "numComparisons": 0,
        "numToday": 0,
        "orderCertainty01": 0.5,
        "canUndo": False,
    }


async def test_judging_and_taking_back(page, log):
    state = await page.state()
    pairs = [state["couple"][side]["pair"] for side in ("left", "right")]
    status, after = await page.post("judge", {"number": 1, "better": "right"})
    [row] = read_preferences(log).rows
    assert [row.loser.pair, row.winner.pair] == pairs
    assert (row.tie, row.shown, row.by) == (False, "right", "ada")
    assert (status, after["number"], after["numComparisons"], after["numToday"]) == (200, 2, 1, 1)
    assert after["canUndo"]
    assert after["orderCertainty01"] > 0.5
    assert {after["couple"][side]["pair"] for side in ("left", "right")}.isdisjoint(pairs)
    status, back = await page.post("undo", {"number": 2})
    assert (status, back["number"], back["couple"]) == (200, 3, state["couple"])
    assert not back["canUndo"]
    assert read_preferences(log).rows == ()
    assert await page.state() == back


async def test_a_tie_is_half_a_win(page, log):
    status, after = await page.post("judge", {"number": 1, "better": "neither"})
    assert (status, after["numComparisons"]) == (200, 1)
    assert read_preferences(log).rows[0].tie


async def test_skipping_writes_nothing(page, log):
    before = await page.state()
    status, after = await page.post("skip", {"number": 1})
    assert (status, after["number"], after["numComparisons"]) == (200, 2, 0)
    assert after["couple"] != before["couple"]
    assert log.read_bytes() == b""


async def test_a_pair_that_cannot_be_drawn_is_told_and_left_out(page, log, failures):
    state = await page.state()
    failed = state["couple"]["left"]["pair"]
    body = {"number": 1, "pair": failed, "reason": "foreground: no preset \ud800"}
    status, after = await page.post("fail", body)
    assert (status, after["number"]) == (200, 2)
    assert failures == [(failed, "foreground: no preset \\ud800")]
    for number in range(2, 8):
        assert failed not in {after["couple"][side]["pair"] for side in ("left", "right")}
        _, after = await page.post("judge", {"number": number, "better": "left"})
    assert len(read_preferences(log).rows) == 6


async def test_with_one_pair_left_there_is_no_couple(page):
    state = await page.state()
    for number in range(1, 4):
        body = {"number": number, "pair": state["couple"]["left"]["pair"], "reason": "black"}
        _, state = await page.post("fail", body)
    assert state["couple"] is None
    status, refusal = await page.post("judge", {"number": 4, "better": "left"})
    assert status == 400
    assert "expected a couple on show; found none" in refusal["error"]


async def test_a_restart_goes_on_from_the_file_with_another_token(served, log):
    async with served() as page:
        for number in range(1, 4):
            _, state = await page.post("judge", {"number": number, "better": "left"})
        token = page.token
    text = log.read_bytes()
    async with served() as page:
        again = await page.state()
        assert page.token != token
        assert (await page.get(**{"X-AIVJ-Token": token}))[0] == 403
    assert (again["couple"], again["numComparisons"]) == (state["couple"], 3)
    assert log.read_bytes() == text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-AIVJ-Token": ""},
        {"X-AIVJ-Token": "guess"},
        {"X-AIVJ-Token": "größe"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "example.org"},
        {"Host": "127.0.0.1.example.org"},
        {"Host": "example.org:80", "Origin": "http://example.org:80"},
    ],
)
async def test_nobody_else_is_answered(page, log, headers):
    assert (await page.post("judge", {"number": 1, "better": "left"}, **headers))[0] == 403
    status, body, answered = await page.get(**headers)
    assert status == 403
    assert b"couple" not in body
    assert answered["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert (await page.get("/prefer/music.wav", **headers))[0] == 403
    if "X-AIVJ-Token" not in headers:
        assert (await page.get("/presets/tested/fg/p0.milk", **headers))[0] == 403
        assert (await page.get("/prefer.html", **headers))[0] == 403
    assert log.read_bytes() == b""


async def test_a_forwarded_port_is_no_other_host(page):
    headers = {"Host": "localhost:8080", "Origin": "http://localhost:8080"}
    assert (await page.get(**headers))[0] == 200


@pytest.mark.parametrize(
    ("what", "body", "status", "reason"),
    [
        ("judge", {"number": 2, "better": "left"}, 409, "no longer the one on show"),
        ("judge", {"number": 0, "better": "left"}, 409, "no longer the one on show"),
        ("judge", {"number": 1, "better": "both"}, 400, "VerdictGiven in the request, at better"),
        ("judge", {"number": "1", "better": "left"}, 400, "at number"),
        ("judge", {"better": "left"}, 400, "no such key"),
        ("judge", [1], 400, "VerdictGiven"),
        ("judge", b"{", 400, "JSON in the request"),
        ("judge", b"\xff", 400, "UTF-8"),
        ("skip", {}, 400, "at number"),
        ("undo", {"number": 1}, 400, "expected a judgement by ada; found none"),
        ("fail", {"number": 1, "pair": 77, "reason": "x"}, 400, "which are shown"),
        ("fail", {"number": 1, "pair": "0", "reason": "x"}, 400, "at pair"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(page, log, failures, what, body, status, reason):
    before = await page.state()
    answer = await page.post(what, body)
    assert answer[0] == status
    assert reason in answer[1]["error"]
    assert await page.state() == before
    assert log.read_bytes() == b""
    assert failures == []


async def test_a_disk_that_takes_nothing_is_told_and_the_couple_stays(page, log, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = await page.state()
    with monkeypatch.context() as context:
        context.setattr(os, "fsync", full)
        status, refusal = await page.post("judge", {"number": 1, "better": "left"})
    assert status == 500
    assert "No space left" in refusal["error"]
    assert await page.state() == before
    assert log.read_bytes() == b""
    assert (await page.post("judge", {"number": 1, "better": "left"}))[0] == 200


async def test_people_hear_the_same_music_as_the_pairs(page, tmp_path):
    status, wav, headers = await page.get("/prefer/music.wav")
    assert (status, headers["Content-Type"]) == (200, "audio/wav")
    heard = tmp_path / "music.wav"
    heard.write_bytes(wav)
    assert read_clip(heard, duration_s=None).digest == click_track(2.0).digest
    status, planar, _ = await page.get("/clips/music.u8")
    assert (status, len(planar)) == (200, 3 * 2 * 44_100)


async def test_a_port_that_is_taken_is_told(served):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="name another --port"):
            async with served(taken.getsockname()[1]):
                pass
