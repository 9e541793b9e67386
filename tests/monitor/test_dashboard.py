"""The older dashboard's API, by its own wire: what it answers, whom, and of which files."""

import contextlib
import json
import os

import pytest
from aiohttp import ClientSession
from monitor.fuzzing import SECRET, ask_whatever

from aivj.contracts.frames_index import frame_path
from aivj.monitor.dashboard_server import DashboardServer
from aivj.monitor.guard import Guard
from aivj.monitor.styles_watch import StylesWatch

NOW_S = 1772326800.0
LUMAS = {"dim": (0.01, 0.5), "still": (0.5, 0.0), "first": (0.5, 0.5), "second": (0.6, 0.6)}


def line(name, status="ok", **more):
    luma, motion = LUMAS.get(name, (0.0, 0.0))
    told = {"version": "v0", "at": "2026-03-01T00:00:00.000Z", "presetId": name, "status": status}
    told |= {"relPath": f"{name}.milk", "filePath": f"/data/{name}.milk"}
    if status == "ok":
        told["frames"] = [frame_path(name, number) for number in range(3)]
        told["metrics"] = {"avgLuma": luma, "motion": motion}
    return json.dumps(told | more) + "\n"


@pytest.fixture
def base(tmp_path):
    base = tmp_path / "home"
    pictures, pack = base / "artifacts" / "aivj" / "mine", base / "public" / "presets" / "mine"
    pictures.mkdir(parents=True)
    pack.mkdir(parents=True)
    lines = [*map(line, LUMAS), line("broken", "failed", reasons=["wasm-abort"]), "no line\n"]
    (pictures / "frames-index.jsonl").write_text("".join(lines))
    os.utime(pictures / "frames-index.jsonl", (NOW_S, NOW_S))
    for name in LUMAS:
        for number in range(3):
            path = pictures / frame_path(name, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{name} {number}".encode())
    (pack / "library-manifest.json").write_text(json.dumps({"presets": [{}] * 10}))
    waiting = base / "public" / "presets" / "waiting"
    waiting.mkdir()
    (waiting / "library-manifest.json").write_text("{}")
    for place in (tmp_path, base, base / "artifacts", pictures):
        (place / "secret").write_text(SECRET)
        (place.parent / "secret.json").write_text(SECRET)
    return base


@contextlib.asynccontextmanager
async def served(base, token=None):
    watch = StylesWatch(base, now_s=lambda: NOW_S + 60)
    guard = Guard(token, neighbours=True)
    async with DashboardServer(watch, guard, clean=lambda text: text.replace("key", "***")) as made:
        origin = await made.open("127.0.0.1", 0)
        async with ClientSession() as client:

            async def ask(path, method="GET", **headers):
                async with client.request(method, f"{origin}{path}", headers=headers) as response:
                    return response.status, await response.read(), response.headers

            yield ask


async def told_by(base):
    async with served(base) as ask:
        return json.loads((await ask("/api/status"))[1])


async def test_a_status_has_the_documented_keys(base):
    pictures, pack = base / "artifacts" / "aivj" / "mine", base / "public" / "presets" / "mine"
    assert await told_by(base) == {
        "updatedAt": "2026-03-01T01:01:00.000Z",
        "state": "running",
        "queue": ["waiting"],
        "progress": {
            "pack": "mine",
            "status": "running",
            "targetCount": 10,
            "indexPath": str(pictures / "frames-index.jsonl"),
            "outDir": str(pictures),
            "total": 5,
            "ok": 4,
            "failed": 1,
            "percent": 50.0,
            "lastPresetId": "broken",
        },
        "outputs": {
            "styleIndexPath": str(pack / "aivj-style-index.v1.json"),
            "styleIndexReady": False,
            "policyPath": str(pack / "aivj-style-policy.v0.json"),
            "policyReady": False,
            "qaIndexPath": str(pictures / "qa-samples" / "index.html"),
            "qaIndexReady": False,
        },
        "log": {"path": "", "tail": "", "phase": "render"},
    }


@pytest.mark.parametrize(
    ("text", "phase", "state"),
    [
        ("", "render", "running"),
        ("[overnight] render frames\n", "render", "running"),
        ("[overnight] render frames\n[overnight] embed CLIP\n", "embed", "running"),
        ("[overnight] cluster embeddings\nk=64\n", "cluster", "running"),
        ("[overnight] write style policy\n[overnight] done.\n", "done", "done"),
        ("2/5 check mine\n3/5 embed mine\n", "embed", "running"),
    ],
)
async def test_the_phase_is_what_the_log_told_last(base, text, phase, state):
    log = base / "artifacts" / "aivj" / "mine" / "overnight-x.log"
    log.write_text(f"a key\n{text}")
    os.utime(log, (NOW_S, NOW_S))
    told = await told_by(base)
    assert (told["log"]["phase"], told["state"], told["log"]["path"]) == (phase, state, str(log))
    assert told["log"]["tail"].startswith("a ***")


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("1/9 pairs mine\nsummary  done  0 s\n", "render"),
        ("1/5 frames mine\n2/5 check mine\n", "render"),
        ("5/5 policy mine\nframes mine  done  3 s\npolicy mine  done  0 s\n", "done"),
    ],
)
async def test_a_night_of_ours_is_known_by_its_log_unless_it_was_one_of_pairs(base, text, phase):
    log = base / "artifacts" / "overnight-logs" / "run-coupled-quality-overnight.x.log"
    log.parent.mkdir()
    log.write_text(text)
    told = (await told_by(base))["log"]
    assert (told["phase"], told["path"]) == (phase, "" if "pairs" in text else str(log))


async def test_without_pictures_nothing_goes_on_and_what_stands_still_is_stopped(base, tmp_path):
    told = await told_by(tmp_path / "nowhere")
    assert (told["state"], told["log"]["phase"], told["progress"]["pack"]) == ("idle", "idle", "")
    index = base / "artifacts" / "aivj" / "mine" / "frames-index.jsonl"
    os.utime(index, (NOW_S - 9999, NOW_S - 9999))
    assert (await told_by(base))["state"] == "stopped"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["second", "first"]),
        ("?n=1", ["second"]),
        ("?n=99&mode=either", ["second", "first", "still", "dim"]),
        ("?lumaMin=0&motionMin=0", ["second", "first", "still", "dim"]),
        ("?lumaMin=0.55", ["second"]),
        ("?lumaMin=nan&motionMin=x&n=-3", ["second"]),
    ],
)
async def test_thumbs_are_the_newest_that_fit(base, query, names):
    async with served(base) as ask:
        told = json.loads((await ask(f"/api/thumbs{query}"))[1])
    assert [thumb["presetId"] for thumb in told["thumbs"]] == names


async def test_a_thumb_is_a_file_that_can_be_asked_for(base):
    async with served(base) as ask:
        for frame, shown in (("", 1), ("&frame=0", 0), ("&frame=9", 2)):
            thumb = json.loads((await ask(f"/api/thumbs?n=1{frame}"))[1])["thumbs"][0]
            for path in (thumb["path"], base / thumb["path"]):
                status, body, headers = await ask(f"/file?path={path}")
                assert (status, body) == (200, f"second {shown}".encode())
                assert headers["Content-Type"] == "image/webp"
                assert "sandbox" in headers["Content-Security-Policy"]


async def test_the_log_and_the_manifest_of_the_run_are_told(base):
    async with served(base) as ask:
        assert (await ask("/api/log"))[0] == (await ask("/api/run-manifest"))[0] == 404
        (base / "artifacts" / "aivj" / "mine" / "overnight-x.log").write_text("one\na key\x1b[1m\n")
        (base / "public" / "run-manifest.json").write_text('{"version":"v0"}')
        assert (await ask("/api/log?lines=1"))[1] == b"a ***\\x1b[1m"
        assert json.loads((await ask("/api/run-manifest"))[1]) == {"version": "v0"}


async def test_no_file_outside_of_the_pictures_is_told(base):
    pictures = base / "artifacts" / "aivj" / "mine"
    (pictures / "out.webp").symlink_to(base / "secret.json")
    (base / "public" / "run-manifest.json").symlink_to(base.parent / "secret.json")
    paths = ["secret", "public/presets/mine/library-manifest.json", "artifacts/aivj/mine/secret"]
    paths += ["artifacts/secret.json", "artifacts/aivj/../secret.json", f"{base}/secret.json"]
    paths += ["artifacts/aivj/mine/out.webp", "/etc/passwd", "artifacts/aivj/mine", ""]
    async with served(base) as ask:
        for path in paths:
            assert (await ask(f"/file?path={path}"))[0] == 404, path
        assert (await ask("/api/run-manifest"))[0] == 404
        routes = ["/", "/api/status", "/api/log", "/api/thumbs", "/api/run-manifest", "/file", "/x"]
        asked = ["path", "n", "frame", "lumaMin", "motionMin", "mode", "lines", "token"]
        await ask_whatever(ask, routes, asked)


async def test_pages_of_this_machine_may_ask_and_others_not(base):
    async with served(base) as ask:
        for origin in ("http://127.0.0.1:5174", "http://localhost:5174"):
            status, _, headers = await ask("/api/status", Origin=origin)
            assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Host": "evil.example"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        ):
            assert (await ask("/api/status", **headers))[0] == 403
        image = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}
        assert (await ask("/api/status", **image))[0] == 200
        assert (await ask("/api/status", "POST"))[0] == 405
    async with served(base, token="a-token") as ask:  # noqa: S106
        assert (await ask("/api/status", Origin="http://127.0.0.1:5174"))[0] == 401
        assert (await ask("/api/status", Authorization="Bearer a-token"))[0] == 200
