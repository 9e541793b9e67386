"""A run without a fault, written by the project's own writers, and ways to spoil it."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from aivj.contracts.eval_rows import EvalLog, EvalRow, ok_heuristic, read_eval_rows
from aivj.contracts.failures import FailureLog, FailureRow
from aivj.contracts.json_text import document_bytes, row_bytes
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.contracts.run_meta import (
    AudioUse,
    BrowserUse,
    Budget,
    PackProgress,
    PackTarget,
    Renderer,
    RunMeta,
    Runtime,
    Timing,
    Viewport,
    WebGl,
    write_run_meta,
)
from aivj.runs.table import write_table
from aivj.storage import sha256_hex, write_atomic

PACK = "tested"
PAIRS = tuple(range(0, 36, 3))
NUM_ROWS = 10
FAILED_PAIR = 30
STARTED_AT = "2026-03-01T01:00:00.000Z"
FIRST_MS = 1_772_326_830_000
"""Half a minute after the start."""

WEBGL = WebGl(ok=True, vendor="Google Inc. (NVIDIA)", renderer="ANGLE (NVIDIA GeForce RTX 4090)")
LOG = (
    "  VITE v6.0.0  ready in 200 ms",
    "[eval] Starting Vite dev server on port 5174",
    f"[eval] pack={PACK} coupledManifest=pairs-manifest.v0.json pairCount=12 url=http://x/",
    f"[eval] pack={PACK} audio:click ok=1 muted=1 lastAudioRms=0.0832 lastAudioPeak=0.62",
    f"[eval] pack={PACK} webgl={json.dumps(WEBGL.model_dump(exclude_none=True))}",
    f"[eval] pack={PACK} projectm-ready ok=1 frames=12 aborted=0",
    f"[eval] pack={PACK} self-test:ok",
    f"[eval] pack={PACK} iter=10 visited=10/11 elapsedMin=0.6",
    "[console.error] a shader has a warning",
    f"[eval] pack={PACK} done visited=11/11",
)

Json = dict[str, Any]


@dataclass(frozen=True)
class RunFolder:
    """A run's folder and its pack's root."""

    path: Path
    packs_root: Path

    @classmethod
    def below(cls, root: Path) -> Self:
        return cls(root / "2026-03-01_010000", root / "public")

    @property
    def eval_path(self) -> Path:
        return self.path / "eval.jsonl"

    @property
    def failures_path(self) -> Path:
        return self.path / "failures.jsonl"

    @property
    def meta_path(self) -> Path:
        return self.path / "meta.json"

    @property
    def log_path(self) -> Path:
        return self.path / "vite.log"

    @property
    def table_path(self) -> Path:
        return self.path / "eval.parquet"

    @property
    def manifest_path(self) -> Path:
        return self.packs_root / "presets" / PACK / "pairs-manifest.v0.json"

    def preset_path(self, layer: str) -> Path:
        """All pairs share the presets of their layers."""
        return self.packs_root / "presets" / PACK / layer / "p.milk"

    def picture_path(self, pair: int) -> Path:
        return self.path / "thumbnails" / f"{pair}.webp"

    def edit_line(self, number: int, edit: Callable[[str], str]) -> None:
        lines = self.eval_path.read_text().splitlines(keepends=True)
        edited = edit(lines[number - 1])
        assert edited != lines[number - 1]
        lines[number - 1] = edited
        self.write_rows("".join(lines).encode())

    def edit_row(self, number: int, **changes: object) -> None:
        self.edit_line(number, lambda line: row_bytes({**json.loads(line), **changes}).decode())

    def edit_rows(self, **changes: object) -> None:
        for number in range(1, NUM_ROWS + 1):
            self.edit_row(number, **changes)

    def edit_meta(self, edit: Callable[[Json], object]) -> None:
        document = json.loads(self.meta_path.read_text())
        edit(document)
        self.meta_path.write_bytes(document_bytes(document))

    def edit_log(self, old: str, new: str) -> None:
        text = self.log_path.read_text()
        assert old in text
        self.log_path.write_text(text.replace(old, new))

    def append(self, path: Path, text: str) -> None:
        with path.open("a") as file:
            file.write(text)

    def write_rows(self, data: bytes) -> None:
        """Replaces the rows; the table follows where it has rows of the same pairs."""
        rows = read_eval_rows(self.eval_path).rows
        self.eval_path.write_bytes(data)
        now = read_eval_rows(self.eval_path).rows
        if [row.pair for row in now] == [row.pair for row in rows]:
            self.make_table()

    def make_table(self) -> None:
        write_table(read_eval_rows(self.eval_path).rows, self.table_path)


def luma_of(index: int) -> float:
    return 0.04 + 0.005 * index if index < 2 else 0.1 + 0.05 * index


def picture(luma: float) -> bytes:
    """Grey all over."""
    pixels = np.full((36, 64, 3), round(255 * luma), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


def row(index: int) -> EvalRow:
    """The first two rows are too dark; the second one hardly moves either."""
    pair = PAIRS[index]
    luma = luma_of(index)
    motion = 1e-6 if index == 1 else 0.001 * (1 + index)
    ok, reasons = ok_heuristic(luma, motion, 0, 0)
    return EvalRow(
        t_ms=FIRST_MS + 2500 * index,
        pack=PACK,
        pair=pair,
        warp_diff=0.04,
        cx_diff=0.05,
        preset_fg_id=f"coupled:{PACK}:{pair}:fg",
        preset_bg_id=f"coupled:{PACK}:{pair}:bg",
        viz_avg_luma=luma,
        viz_avg_frame_delta=motion,
        pm_avg_luma_fg=luma + 0.01,
        pm_avg_luma_bg=luma - 0.01,
        audio_rms=0.0832,
        audio_peak=0.62,
        ok_heuristic=ok,
        reasons=reasons,
        driver="stage",
        renderer_class="nvidia",
        seed=1,
        composite_avg_luma=luma,
        luma_range=0.05,
        preset_fg_digest=sha256_hex(b"fg"),
        preset_bg_digest=sha256_hex(b"bg"),
        last_luma=luma,
        thumbnail_digest=sha256_hex(picture(luma)),
    )


def failure(pair: int = FAILED_PAIR) -> FailureRow:
    return FailureRow(
        t_ms=FIRST_MS,
        pack=PACK,
        pair=pair,
        kind="script-error",
        num_attempts=2,
        message="expected a picture; found a trap; look at the preset",
        quarantined=False,
    )


def meta(manifest_digest: str) -> RunMeta:
    return RunMeta(
        started_at=STARTED_AT,
        finished_at="2026-03-01T01:02:00.000Z",
        url_base="http://127.0.0.1:5174/",
        vite_port=5174,
        budget=Budget(
            input_max_hours=0.2,
            effective_max_hours=0.2,
            start_time_iso=STARTED_AT,
            deadline_time_iso="2026-03-01T01:12:00.000Z",
        ),
        packs=[
            PackTarget(
                pack=PACK,
                manifest_path=f"public/presets/{PACK}/pairs-manifest.v0.json",
                pair_count=len(PAIRS),
                unique_pair_ids=len(PAIRS),
                target_coverage=0.9,
                target_unique_pairs=11,
                manifest_digest=manifest_digest,
            )
        ],
        timing=Timing(sample_loop_start_iso="2026-03-01T01:00:21.000Z"),
        progress={
            PACK: PackProgress(iter=11, visited=11, target=11, target_mode="coverage", done=True)
        },
        audio=AudioUse(mode="click"),
        browser=BrowserUse(viewport=Viewport(width=1280, height=720, device_scale_factor=1)),
        runtime=Runtime(headed=True, require_gpu=True, webgl=WEBGL),
        driver="stage",
        seed=1,
        renderer=Renderer(renderer_class="nvidia", chromium_version="140.0", launch_args=[]),
    )


def write_good_run(root: Path) -> RunFolder:
    """Writes ten rows and a failure of a pack of twelve pairs, and everything that is beside."""
    run = RunFolder.below(root)
    with EvalLog(run.eval_path) as rows, FailureLog(run.failures_path) as failures:
        failures.append(failure())
        for index in range(NUM_ROWS):
            rows.append(row(index))
            write_atomic(run.picture_path(PAIRS[index]), picture(luma_of(index)))
    run.log_path.write_text("".join(f"{line}\n" for line in LOG))
    run.make_table()
    urls = {f"{layer}_url": f"/presets/{PACK}/{layer}/p.milk" for layer in ("fg", "bg")}
    pairs = [ManifestPair(pair=pair, **urls) for pair in PAIRS]
    write_pairs_manifest(
        run.manifest_path, PairsManifest(generated_at=STARTED_AT, pack=PACK, pairs=pairs)
    )
    for layer in ("fg", "bg"):
        write_atomic(run.preset_path(layer), layer.encode())
    write_run_meta(run.meta_path, meta(sha256_hex(run.manifest_path.read_bytes())))
    return run
