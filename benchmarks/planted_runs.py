"""Runs that went wrong in every way that the monitor has an alert for."""

import json
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from aivj.contracts.json_text import iso_utc
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.run_folder import EVAL_NAME, FAILURES_NAME, LOG_NAME, META_NAME, picture_name

PACK = "night_pack"
_NUM_PAIRS = 400
_NUM_BEFORE = 150
_NUM_STUCK = 30
_NUM_FAILED = 90
_STALE_S = 700
_HOUR_S = 3600
_SIZE = (320, 180)


def write_planted_runs(home: Path) -> None:
    """Writes two runs into a home: one that stands still with all faults, and one that failed."""
    draw = random.Random(0)  # noqa: S311 - figures of made runs
    now_s = time.time()
    _write_scores(home)
    failed = {"code": "SilentAudioError", "message": "expected sound; found RMS 0.0000"}
    _write_run(home / "runs" / "ended-badly", now_s - _HOUR_S, draw, error=failed)
    _write_run(home / "runs" / "stands-still", now_s, draw, error=None)


def _write_run(
    folder: Path, now_s: float, draw: random.Random, *, error: dict[str, str] | None
) -> None:
    folder.mkdir(parents=True)
    began_s = now_s - 1.6 * _HOUR_S
    rows = list(_rows(began_s, now_s - _STALE_S, draw))
    text = "".join(f"{_compact(row)}\n" for row in rows)
    # What a disk that was full leaves of a line.
    (folder / EVAL_NAME).write_text(f'{text}{{"tMs":17\n{_compact(rows[-1])}\n', encoding="utf-8")
    failures = [
        {"tMs": int(1e3 * (began_s + 30 * number)), "pack": PACK, "pair": 300 + number}
        | {"kind": draw.choice(["wasm-abort", "shader-compile", "page-hang"])}
        for number in range(_NUM_FAILED)
    ]
    (folder / FAILURES_NAME).write_text("".join(f"{_compact(each)}\n" for each in failures))
    lines = [f"[eval] WARN pack={PACK} pair={row['pair']} too-dark" for row in rows]
    (folder / LOG_NAME).write_text("\n".join([*lines, "[eval] ERROR no sound at the analyser\n"]))
    for row in rows[-48:]:
        path = folder / picture_name(PACK, row["pair"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_picture(row["pair"]))
    meta = _meta(began_s) | ({} if error is None else {"error": error})
    if error is not None:
        meta["finishedAt"] = _iso(now_s - _STALE_S)
    (folder / META_NAME).write_text(json.dumps(meta), encoding="utf-8")
    for name in (EVAL_NAME, META_NAME):
        _set_age(folder / name, now_s - _STALE_S)


def _meta(began_s: float) -> dict[str, Any]:
    pack = {"pack": PACK, "manifestPath": "m", "pairCount": _NUM_PAIRS}
    pack |= {"uniquePairIds": _NUM_PAIRS, "targetUniquePairs": _NUM_PAIRS}
    renderer = "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)"
    return {
        "kind": "coupled_eval.v0",
        "startedAt": _iso(began_s),
        "finishedAt": None,
        "urlBase": "http://127.0.0.1:5174/",
        "vitePort": 5174,
        "budget": {
            "inputMaxHours": 2,
            "effectiveMaxHours": 2,
            "wasClamped": False,
            "startTimeIso": _iso(began_s),
            "deadlineTimeIso": _iso(began_s + 2 * _HOUR_S),
        },
        "driver": "stage",
        "packs": [pack],
        "audio": {"mode": "file"},
        "stuck": {"browserMaxRestarts": 12},
        "timing": {"browserRestartCount": 12, "browserStartCount": 14},
        "runtime": {"requireGpu": True, "webgl": {"ok": True, "renderer": renderer}},
        "renderer": {
            "rendererClass": "swiftshader",
            "chromiumVersion": "156.0",
            "launchArgs": [],
        },
    }


def _rows(began_s: float, last_s: float, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Yields rows that come fast at first, then slowly, and at last of one and the same pair."""
    num = _NUM_BEFORE + _NUM_STUCK
    for number in range(num):
        is_stuck = number >= _NUM_BEFORE
        share = number / _NUM_BEFORE
        at_s = last_s - (num - number) * 8 if is_stuck else began_s + share * 0.9 * _HOUR_S
        motion = 10 ** (-6.5 + draw.random())
        yield {
            "tMs": int(1e3 * at_s),
            "pack": PACK,
            "pair": _NUM_BEFORE if is_stuck else number,
            "quality01": None,
            "vizAvgLuma": 0.02 * draw.random(),
            "vizAvgFrameDelta": motion,
            "pmAvgLumaFg": 0.02,
            "pmAvgLumaBg": 0.02,
            "audioRms": 0.0 if is_stuck else 0.08,
            "audioPeak": 0.0 if is_stuck else 0.6,
            "okHeuristic": False,
            "reasons": ["too-dark", "low-motion"],
            "audioResponse": 0.0,
            "lastLuma": 0.02,
        }


def _write_scores(home: Path) -> None:
    folder = home / "public" / "presets" / PACK
    folder.mkdir(parents=True)
    pairs = [{"pair": number, "quality01": 0.5} for number in range(_NUM_PAIRS)]
    scores = {"pack": PACK, "qualityStats": {"std": 0.004}, "pairs": pairs}
    (folder / PAIRS_QUALITY_NAME).write_text(json.dumps(scores), encoding="utf-8")


def _picture(pair: int) -> bytes:
    """Returns a picture that is brighter than its row says."""
    ramp = Image.linear_gradient("L").resize(_SIZE)
    hue = Image.new("L", _SIZE, 23 * pair % 256)
    picture = Image.merge("HSV", (hue, Image.new("L", _SIZE, 160), ramp)).convert("RGB")
    data = BytesIO()
    picture.save(data, "WEBP", quality=60)
    return data.getvalue()


def _compact(document: object) -> str:
    return json.dumps(document, separators=(",", ":"))


def _iso(time_s: float) -> str:
    return iso_utc(datetime.fromtimestamp(time_s, UTC))


def _set_age(path: Path, time_s: float) -> None:
    os.utime(path, (time_s, time_s))
