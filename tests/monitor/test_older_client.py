"""A program written for the older monitor gets from ours, by HTTP, what it got from that."""

import contextlib
import json
import os
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession
from fake_nvidia import install_program
from monitor.made_runs import META, STARTED_S, row, write_run

from aivj.monitor.guard import Guard
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import read_library
from aivj.monitor.places import Places
from aivj.monitor.server import MonitorServer
from aivj.monitor.watches import Watches

STAMP = "2026-03-01_010000"
NOW_S = STARTED_S + 3600
EARLIER, LATER = "2026-03-01T00:59:00.000Z", "2026-03-01T01:50:00.000Z"
RENDERER = "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)"
RECORD = META | {
    "packs": [META["packs"][0] | {"pack": pack} for pack in ("demo_pack", "other", "third")],
    "runtime": {"webgl": {"ok": True, "vendor": "Google", "renderer": RENDERER}},
    "aFieldOfTheirs": {"kept": [1, "as it is"]},
}
ROWS = [row(7), row(0), row(7), "{broken", row(3, pack="other"), row(9, aFieldOfTheirs=1.5)]
STATS = {"std": 0.12, "mean": 0.5, "count": 2}
GPU = "NVIDIA L4, 41, 12, 2048, 23034, 55, 31.50, 1200, [N/A]"


def written(path, text, at_s):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at_s, at_s))
    return path


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A runtime's project after a night of the original's scripts, with all that they leave."""
    install_program(tmp_path / "bin", f"echo '{GPU}'", monkeypatch)
    artifacts, presets = tmp_path / "artifacts", tmp_path / "public" / "presets"
    run = artifacts / "coupled-eval" / f"overnight-{STAMP}"
    write_run(run, ROWS, meta=RECORD, now_s=NOW_S, age_s=601, log="vite\nready\n")
    scores = json.dumps({"pack": "demo_pack", "qualityStats": STATS, "pairs": []})
    written(presets / "demo_pack" / "pairs-quality.v0.json", scores, STARTED_S + 3000)
    written(presets / "other" / "pairs-quality.v0.json", "{}", STARTED_S - 60)
    models = tmp_path / "outputs" / "coupling" / "models"
    written(models / "coupling_net_final.pth", "weights", STARTED_S + 3000)
    logs = artifacts / "overnight-logs"
    for name in (
        f"run-coupled-quality-overnight.{STAMP}.log",
        f"overnight-{STAMP}.monitor.log",
        f"watch-coupled-eval-progress.v4.{STAMP}.log",
    ):
        written(logs / name, f"first\nlast of {name}\n", STARTED_S)
    return tmp_path


@contextlib.asynccontextmanager
async def asked(project):
    shelf = LibraryShelf(lambda: read_library(project / "none", None, project))
    library = LibraryRoutes(shelf, LibraryPictures(str(project / "takes")))
    watches = Watches(Places(project / "home", project), lambda: NOW_S)
    async with MonitorServer(watches, library, Guard(None)) as server:
        origin = await server.open("127.0.0.1", 0)
        async with ClientSession() as client:

            async def get(path, **query):
                async with client.get(f"{origin}{path}?{urlencode(query)}") as response:
                    return response.status, await response.text(), response.headers

            yield get


def expected(project):
    """The documented answer on that folder, key by key."""
    run = project / "artifacts" / "coupled-eval" / f"overnight-{STAMP}"
    logs, presets = project / "artifacts" / "overnight-logs", project / "public" / "presets"
    quality = presets / "demo_pack" / "pairs-quality.v0.json"
    checkpoint = project / "outputs" / "coupling" / "models" / "coupling_net_final.pth"
    stale = {"level": "error", "kind": "eval_stale", "message": "no update for 601s"}
    software = {"level": "warn", "kind": "webgl_swiftshader"}
    return {
        "ok": True,
        "at": "2026-03-01T02:00:00.000Z",
        "stamp": STAMP,
        "evalDir": str(run),
        "stage": "scored",
        "runStartedAt": "2026-03-01T01:00:00.000Z",
        "alerts": [software | {"message": f"drawn on the CPU by {RENDERER}"}, stale],
        "paths": {
            "runLog": str(logs / f"run-coupled-quality-overnight.{STAMP}.log"),
            "monitorLog": str(logs / f"overnight-{STAMP}.monitor.log"),
            "watchLog": str(logs / f"watch-coupled-eval-progress.v4.{STAMP}.log"),
            "metaJson": str(run / "meta.json"),
            "evalJsonl": str(run / "eval.jsonl"),
            "evalViteLog": str(run / "vite.log"),
        },
        "eval": {
            "meta": RECORD,
            "metaError": None,
            "derived": {
                "lines": 6,
                "parseFail": 1,
                "byPack": {"demo_pack": {"visitedUnique": 3}, "other": {"visitedUnique": 1}},
            },
            "derivedError": None,
            "last": row(9, aFieldOfTheirs=1.5),
            "evalJsonl": {
                "sizeBytes": (run / "eval.jsonl").stat().st_size,
                "mtime": "2026-03-01T01:49:59.000Z",
                "ageSec": 601,
            },
        },
        "outputs": {
            "qualities": [
                {
                    "pack": "demo_pack",
                    "path": str(quality),
                    "mtime": LATER,
                    "sizeBytes": quality.stat().st_size,
                    "freshForRun": True,
                    "qualityStats": STATS,
                },
                {
                    "pack": "other",
                    "path": str(presets / "other" / "pairs-quality.v0.json"),
                    "mtime": EARLIER,
                    "sizeBytes": 2,
                    "freshForRun": False,
                    "qualityStats": None,
                },
                {
                    "pack": "third",
                    "path": str(presets / "third" / "pairs-quality.v0.json"),
                    "exists": False,
                },
            ],
            "modelCheckpoint": {
                "path": str(checkpoint),
                "mtime": LATER,
                "sizeBytes": 7,
                "freshForRun": True,
            },
        },
        "gpu": {
            "nvidiaSmi": {
                "ok": True,
                "kind": "query",
                "at": "2026-03-01T02:00:00.000Z",
                "gpus": [
                    {
                        "name": "NVIDIA L4",
                        "utilGpuPct": 41,
                        "utilMemPct": 12,
                        "memUsedMb": 2048,
                        "memTotalMb": 23034,
                        "tempC": 55,
                        "powerW": 31.5,
                        "clockGrMHz": 1200,
                        "clockMemMHz": None,
                    }
                ],
            }
        },
    }


async def test_every_field_of_a_status_is_as_documented(project):
    async with asked(project) as get:
        status, text, headers = await get("/api/status")
        assert (status, headers["Cache-Control"]) == (200, "no-store")
        assert json.loads(text) == expected(project)
        evidence = project / "artifacts" / "headless-coupled" / f"overnight-{STAMP}"
        evidence.mkdir(parents=True)
        told = json.loads((await get("/api/status"))[1])
        assert told == expected(project) | {"stage": "verified_or_running"}


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("run", f"last of run-coupled-quality-overnight.{STAMP}.log"),
        ("monitor", f"last of overnight-{STAMP}.monitor.log"),
        ("watch", f"last of watch-coupled-eval-progress.v4.{STAMP}.log"),
        ("evalvite", "ready"),
        ("evaljsonl", json.dumps(ROWS[-1], separators=(",", ":"))),
        ("meta", json.dumps(RECORD)),
    ],
)
async def test_every_kind_of_log_is_told(project, kind, last):
    async with asked(project) as get:
        assert (await get("/api/log", kind=kind, lines=1))[:2] == (200, last)


async def test_what_is_not_there_and_what_nobody_knows_are_told_by_status(project):
    for path in (project / "artifacts" / "overnight-logs").iterdir():
        path.unlink()
    async with asked(project) as get:
        assert (await get("/api/log", kind="run"))[0] == 404
        assert (await get("/api/log", kind="other"))[0] == 400
        paths = json.loads((await get("/api/status"))[1])["paths"]
    assert (paths["runLog"], paths["monitorLog"], paths["watchLog"]) == ("", "", "")
