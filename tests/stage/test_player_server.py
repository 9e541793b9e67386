"""What the server answers the player beyond pages and presets: lists, music, presets as text."""

import io
import json

import aiohttp
import pytest
from yarl import URL

from aivj.errors import InputError
from aivj.stage.catalogue import catalogue
from aivj.stage.server import StageServer

PAIR = {"pair": 0, "fgUrl": "/presets/pairs/fg/a.milk", "bgUrl": "/presets/pairs/bg/a.milk"}
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def root(tmp_path):
    presets = tmp_path / "public" / "presets"
    for name, file, document in [
        (
            "pairs",
            "pairs-manifest.v0.json",
            {"pack": "pairs", "pairs": [PAIR, {**PAIR, "pair": 1}]},
        ),
        ("singles", "library-manifest.json", {"presets": [{}]}),
        ("empty", "pairs-manifest.v0.json", {"pairs": []}),
        ("broken", "library-manifest.json", None),
    ]:
        (presets / name).mkdir(parents=True)
        text = "{" if document is None else json.dumps(document)
        (presets / name / file).write_text(text)
    return tmp_path / "public"


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    (folder / "50% a b.mp3").write_bytes(bytes(range(100)))
    (folder / "notes.txt").write_text("not music")
    (tmp_path / "secret.mp3").write_text("outside the root")
    return folder


@pytest.fixture
async def server(root, music):
    async with StageServer(
        packs_root=root,
        convert=lambda data: json.dumps({"size": len(data)}).encode(),
        music_root=music,
    ) as server:
        yield server


async def ask(server, path, method="GET", **options):
    url = URL(server.origin + path, encoded=True)
    async with aiohttp.ClientSession() as client, client.request(method, url, **options) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_what_can_be_played_is_listed(server):
    status, body, _ = await ask(server, "/catalogue.json")
    assert status == 200
    listed = json.loads(body)
    assert listed["packs"] == [
        {"name": "pairs", "numPairs": 2, "numPresets": None},
        {"name": "singles", "numPairs": None, "numPresets": 1},
    ]
    (track,) = listed["music"]
    assert track["name"] == "50% a b.mp3"
    assert (await ask(server, track["url"]))[:2] == (200, bytes(range(100)))


def test_without_folders_there_is_nothing(tmp_path):
    assert catalogue(None, None) == {"packs": [], "music": []}
    assert catalogue(tmp_path, None) == {"packs": [], "music": []}
    with pytest.raises(InputError, match="folder of music"):
        catalogue(None, tmp_path / "missing")


async def test_music_is_sent_in_the_ranges_that_are_asked_for(server, music):
    url = f"/__local_audio?path={music.resolve() / '50%25%20a%20b.mp3'}"
    status, body, headers = await ask(server, url, headers={"Range": "bytes=10-19"})
    assert (status, body) == (206, bytes(range(10, 20)))
    assert headers["Content-Range"] == "bytes 10-19/100"
    assert headers["Content-Type"] == "audio/mpeg"
    assert (await ask(server, url, headers={"Range": "bytes=500-"}))[0] == 416


@pytest.mark.parametrize(
    "path",
    ["", "notes.txt", "missing.mp3", "../secret.mp3", "%2e%2e/secret.mp3", "/etc/passwd.mp3"],
)
async def test_nothing_but_the_folders_music_is_sent(server, path):
    status, body, _ = await ask(server, f"/__local_audio?path={path}")
    assert status == 404
    assert b"outside" not in body


async def test_a_preset_that_lies_nowhere_is_converted_from_its_text(server):
    status, body, _ = await ask(server, "/converted", "POST", data=b"[preset00]", headers=OCTETS)
    assert (status, json.loads(body)) == (200, {"size": 10})


async def test_pages_of_other_origins_cannot_have_anything_converted(server):
    plain = {"Content-Type": "text/plain"}
    assert (await ask(server, "/converted", "POST", data=b"x", headers=plain))[0] == 415
    status, _, headers = await ask(
        server, "/converted", "OPTIONS", headers={"Access-Control-Request-Method": "POST"}
    )
    assert status == 405
    assert "Access-Control-Allow-Origin" not in headers


async def test_a_preset_may_not_be_endless(server):
    endless = io.BytesIO(bytes(5 * 1024 * 1024))
    assert (await ask(server, "/converted", "POST", data=endless, headers=OCTETS))[0] == 413


async def test_the_page_may_hear_and_do_nothing_else(server):
    _, _, headers = await ask(server, "/")
    assert "microphone=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
