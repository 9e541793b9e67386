"""Made runs: rows, records and folders of the form that the older sampler writes, and of ours."""

import json
import os

META = {
    "kind": "coupled_eval.v0",
    "startedAt": "2026-03-01T01:00:00.000Z",
    "finishedAt": None,
    "urlBase": "http://127.0.0.1:5174/",
    "vitePort": 5174,
    "budget": {
        "inputMaxHours": 1,
        "effectiveMaxHours": 1,
        "wasClamped": False,
        "startTimeIso": "2026-03-01T01:00:00.000Z",
        "deadlineTimeIso": "2026-03-01T02:00:00.000Z",
    },
    "packs": [
        {
            "pack": "demo_pack",
            "manifestPath": "public/presets/demo_pack/pairs-manifest.v0.json",
            "pairCount": 100,
            "uniquePairIds": 100,
            "targetUniquePairs": 99,
        }
    ],
}
STARTED_S = 1772326800.0  # META's start


def row(pair, *, t_ms=int(STARTED_S * 1000), pack="demo_pack", **figures):
    return {
        "tMs": t_ms,
        "pack": pack,
        "pair": pair,
        "quality01": None,
        "vizAvgLuma": 0.118,
        "vizAvgFrameDelta": 0.00041,
        "pmAvgLumaFg": 0.121,
        "pmAvgLumaBg": 0.114,
        "audioRms": 0.083,
        "audioPeak": 0.62,
        "okHeuristic": True,
        "reasons": [],
    } | figures


def failure(pair, kind="script-error", **figures):
    return {"tMs": int(STARTED_S * 1000), "pack": "demo_pack", "pair": pair, "kind": kind} | figures


def compact(document):
    return json.dumps(document, separators=(",", ":"))


def write_run(folder, rows=(), *, meta=None, age_s=0.0, now_s=STARTED_S, failures=(), log=""):
    """Writes a run's folder; its rows were changed `age_s` before `now_s`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta.json").write_text(json.dumps(META | (meta or {})))
    (folder / "vite.log").write_text(log)
    path = folder / "eval.jsonl"
    path.write_text(
        "".join(f"{each if isinstance(each, str) else compact(each)}\n" for each in rows)
    )
    os.utime(path, (now_s - age_s, now_s - age_s))
    if failures:
        text = "".join(f"{compact(each)}\n" for each in failures)
        (folder / "failures.jsonl").write_text(text)
    return folder
