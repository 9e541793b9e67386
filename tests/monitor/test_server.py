"""The server by its own wire: what it answers, whom it refuses, and that nothing leads outside."""

import asyncio
import contextlib
import json

import pytest
from aiohttp import ClientSession, DummyCookieJar
from monitor.fuzzing import SECRET, ask_whatever
from monitor.made_runs import STARTED_S, row, write_run

from aivj.monitor.guard import Guard, is_loopback
from aivj.monitor.library_index import KnownPreset, LibraryIndex
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import Library
from aivj.monitor.places import Places
from aivj.monitor.server import MonitorServer
from aivj.monitor.watches import Watches

TOKEN = "a-token-of-24-characters"  # noqa: S105
LOG = "[eval] first\n[eval] pack=demo_pack <script>alert(1)</script> \x1b[31mred\n[eval] last\n"


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    write_run(home / "runs" / "mine", [row(7), row(8)], log=LOG)
    picture = home / "runs" / "mine" / "thumbnails" / "demo_pack" / "7.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    for place in (tmp_path, home, home / "runs", home / "runs" / "mine"):
        (place / "secret").write_text(SECRET)
        (place / "7.webp").write_text(SECRET)
    return home


@contextlib.asynccontextmanager
async def served(home, token=None, **options):
    watches = Watches(Places(home), lambda: STARTED_S + 60)
    presets = [KnownPreset("a/Ann - Rain.milk", None, "", "calm", "ok")]
    shelf = LibraryShelf(lambda: Library(LibraryIndex(presets, {}), "audit made"))
    library = LibraryRoutes(shelf, LibraryPictures(str(home / "takes")))
    async with MonitorServer(watches, library, Guard(token), **options) as server:
        origin = await server.open("127.0.0.1", 0)
        async with ClientSession(cookie_jar=DummyCookieJar()) as client:

            async def ask(path, method="GET", **headers):
                async with client.request(
                    method, f"{origin}{path}", headers=headers, allow_redirects=False
                ) as response:
                    return response.status, await response.read(), response.headers

            yield ask, client, origin


async def test_everything_that_the_page_asks_is_answered(home):
    async with served(home) as (ask, _, _):
        status, body, headers = await ask("/")
        assert (status, b"AIVJ monitor" in body) == (200, True)
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert (await ask("/monitor.js"))[0] == (await ask("/monitor.css"))[0] == 200
        status, body, _ = await ask("/library")
        assert (status, b"AIVJ library" in body) == (200, True)
        assert (await ask("/library.js"))[0] == (await ask("/page.css"))[0] == 200
        assert json.loads((await ask("/api/library"))[1])["tiles"][0]["title"] == "Rain"
        assert (await ask("/api/library/picture?id=0"))[0] == 404
        assert json.loads((await ask("/api/status"))[1])["stamp"] == "mine"
        state = json.loads((await ask("/api/state?run=runs/mine"))[1])
        assert [(tile["pair"], tile["hasPicture"]) for tile in state["wall"]] == [
            (8, False),
            (7, True),
        ]
        answer = await ask("/api/picture?run=runs/mine&pack=demo_pack&pair=7")
        assert answer[:2] == (200, b"picture")
        assert (await ask("/api/status"))[2]["Cache-Control"] == "no-store"
        assert (await ask("/api/state?run=runs/none"))[0] == 404
        assert (await ask("/index.html"))[0] == 404
        assert (await ask("/player.js"))[0] == 404


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("kind=evalvite&lines=1", 200, "[eval] last"),
        ("kind=evalvite&lines=0", 200, "[eval] last"),
        ("kind=evaljsonl&lines=junk", 200, None),
        ("kind=meta", 200, None),
        ("kind=run", 404, None),
        ("kind=../secret", 400, None),
        ("", 400, None),
    ],
)
async def test_logs_are_told_by_kind(home, query, status, text):
    async with served(home) as (ask, _, _):
        answer = await ask(f"/api/log?{query}")
        assert answer[0] == status
        assert text is None or answer[1].decode() == text


async def test_what_a_log_says_is_text_without_control_characters_and_credentials(home):
    async with served(home, clean=lambda text: text.replace("first", "***")) as (ask, _, _):
        _, body, headers = await ask("/api/log?kind=evalvite")
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
        lines = body.decode().split("\n")
        assert lines[:2] == [
            "[eval] ***",
            "[eval] pack=demo_pack <script>alert(1)</script> \\x1b[31mred",
        ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "8.8.8.8"},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
async def test_pages_from_elsewhere_are_refused(home, headers):
    async with served(home) as (ask, _, _):
        for path in ("/", "/api/status", "/api/log?kind=meta", "/api/events", "/api/library"):
            status, body, _ = await ask(path, **headers)
            assert status in {400, 403}, path
            assert b"demo_pack" not in body
        assert (await ask("/health"))[1] == b"ok"


async def test_nothing_can_be_written(home):
    async with served(home) as (ask, _, _):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert (await ask("/api/status", method))[0] == 405


async def test_beyond_this_machine_a_token_is_asked_for(home):
    async with served(home, TOKEN) as (ask, _, _):
        for path in ("/", "/monitor.js", "/api/status", "/api/events", "/api/library", "/?token=x"):
            assert (await ask(path))[0] == 401
            assert (await ask(path, Authorization="Bearer wrong", Cookie="aivj-monitor=x"))[
                0
            ] == 401
        status, _, headers = await ask(f"/?token={TOKEN}")
        assert (status, headers["Location"]) == (303, "/")
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert (await ask("/api/status", Cookie=cookie.partition(";")[0]))[0] == 200
        assert (await ask("/api/status", Authorization=f"Bearer {TOKEN}"))[0] == 200
        by_address = {"Host": "192.168.1.7:5195", "Authorization": f"Bearer {TOKEN}"}
        assert (await ask("/api/status", **by_address))[0] == 200
        assert (await ask("/health"))[0] == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],  # noqa: S104
)
def test_what_listens_beyond_this_machine_is_known(host, local):
    assert is_loopback(host) is local


async def test_an_open_page_is_told_what_is_new_and_nothing_twice(home):
    async def event(stream):
        found = b""
        while not found.endswith(b"\n\n"):
            found += await asyncio.wait_for(stream.readline(), 30)
        return json.loads(found.partition(b"data: ")[2])

    async with (
        served(home, tick_s=0.05) as (_, client, origin),
        client.get(f"{origin}/api/events") as response,
    ):
        assert response.headers["Content-Type"] == "text/event-stream"
        assert (await event(response.content))["numRows"] == 2
        with (home / "runs" / "mine" / "eval.jsonl").open("a") as rows:
            rows.write(f"{json.dumps(row(9), separators=(',', ':'))}\n")
        assert (await event(response.content))["numRows"] == 3
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(response.content.readline(), 0.5)


ROUTES = [
    "/",
    "/library",
    "/api/status",
    "/api/state",
    "/api/log",
    "/api/picture",
    "/api/library",
    "/api/library/picture",
    "/monitor.js",
    "/x.js",
]
ASKED = ["run", "kind", "lines", "pack", "pair", "token", "text", "page", "id"]


async def test_whatever_is_asked_nothing_breaks_and_nothing_outside_is_told(home):
    async with served(home) as (ask, _, _):
        await ask_whatever(ask, ROUTES, ASKED, max_examples=150)


async def test_a_link_out_of_the_folder_is_no_picture(home):
    folder = home / "runs" / "mine" / "thumbnails" / "demo_pack"
    (folder / "8.webp").symlink_to(home / "7.webp")
    async with served(home) as (ask, _, _):
        assert (await ask("/api/picture?run=runs/mine&pack=demo_pack&pair=8"))[0] == 404
        for pack in ("..", "../..", "%2Fetc"):
            assert (await ask(f"/api/picture?run=runs/mine&pack={pack}&pair=7"))[0] == 404
