"""A night of styles, watched: pictures of a pack's presets, and what is made of them.

It only reads: `artifacts/aivj/<pack>` and `public/presets/<pack>` of a home or a runtime's project.
"""

import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from aivj.contracts.alert_limits import STALE_S
from aivj.contracts.dashboard_status import (
    DashboardLog,
    DashboardOutputs,
    DashboardProgress,
    DashboardStatus,
    DashboardThumb,
    DashboardThumbs,
    NightPhase,
    NightState,
    ThumbMode,
)
from aivj.contracts.frames_index import FRAMES_INDEX_NAME, FrameMetrics, FramesRow, frame_files
from aivj.contracts.json_text import parse_json
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.run_manifest import RUN_MANIFEST_NAME
from aivj.contracts.style_index import VERSIONS, style_index_name
from aivj.contracts.style_policy import STYLE_POLICY_NAME
from aivj.errors import InputError, UnsafePathError
from aivj.monitor.documents import iso_of
from aivj.monitor.frames_digest import FramesDigest
from aivj.monitor.logs import USUAL_LINES
from aivj.monitor.styles_log import changed_s, log_of, tail, told_phase
from aivj.storage import resolve_under

SHOWN_TYPES = {
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
"""What of a night's files is shown: their endings, and how they are served."""

_PICTURES = "artifacts/aivj"
_QA_INDEX = Path("qa-samples") / "index.html"
_EMBEDDINGS_NAME = "embeddings.npy"
_MAX_MANIFEST_BYTES = 256 << 20


class StylesWatch:
    """Watches the pack whose pictures were taken last; safe to be asked from several threads.

    Args:
        base: A home, or a runtime's project.
        pack: Only this pack.
        now_s: Seconds since 1970.
    """

    def __init__(
        self, base: Path, pack: str | None = None, now_s: Callable[[], float] = time.time
    ) -> None:
        self._base = base
        self._pictures = base / _PICTURES
        self._packs = base / "public" / "presets"
        self._pack = pack
        self._now_s = now_s
        self._lock = threading.Lock()
        self._frames: FramesDigest | None = None
        self._targets: dict[Path, tuple[float | None, int]] = {}

    def status(self) -> DashboardStatus:
        """Returns how the night stands."""
        with self._lock:
            folder = self._folder()
            frames = self._read(folder)
            log = log_of(folder, self._base)
            outputs = self._outputs(folder)
            phase = _phase(log, frames, outputs)
            state = self._state(phase, frames, log)
            return DashboardStatus(
                updated_at=iso_of(self._now_s()),
                state=state,
                queue=self._queue(),
                progress=self._progress(frames, state),
                outputs=outputs,
                log=DashboardLog(
                    path="" if log is None else str(log),
                    tail="" if log is None else tail(log, USUAL_LINES),
                    phase=phase,
                ),
            )

    def thumbs(
        self, num: int, frame: int, luma_min: float, motion_min: float, mode: ThumbMode
    ) -> DashboardThumbs:
        """Returns the newest pictures that are bright enough, move enough, or either.

        Args:
            num: How many at most.
            frame: Which picture of each preset, 0 and on; the last one in the place of a later.
            luma_min: Least mean luma, 0 to 1.
            motion_min: Least motion, 0 to 1.
            mode: Whether both are asked for, or one.
        """

        def fits(row: FramesRow) -> bool:
            metrics = row.metrics or FrameMetrics()
            found = (metrics.avg_luma or 0.0) >= luma_min, (metrics.motion or 0.0) >= motion_min
            return all(found) if mode == "both" else any(found)

        with self._lock:
            folder = self._folder()
            frames = self._read(folder)
            if folder is None or frames is None:
                return DashboardThumbs(pack="", thumbs=[])
            rows = (row for row in frames.newest(fits) if frame_files(row, folder))
            thumbs = [_thumb(folder.name, row, frame) for row in islice(rows, num)]
            return DashboardThumbs(pack=folder.name, thumbs=thumbs)

    def log(self, num: int) -> str | None:
        """Returns the last lines of the night's log; None if there is none."""
        with self._lock:
            log = log_of(self._folder(), self._base)
        return None if log is None else tail(log, num)

    def run_manifest(self) -> Path | None:
        """Returns where the run's manifest is: the runtime's, else the pack's; None without one."""
        with self._lock:
            folder = self._folder()
        places = [self._packs.parent / RUN_MANIFEST_NAME]
        places += [] if folder is None else [folder / RUN_MANIFEST_NAME]
        own = self._base.resolve()
        return next(
            (path for path in places if path.is_file() and path.resolve().is_relative_to(own)), None
        )

    def file(self, path: str) -> Path | None:
        """Returns a picture, page or document of a night; None if it is none of these.

        Args:
            path: Below the base, or the same as an absolute path.
        """
        for base in (self._base.resolve(), self._base):
            path = path.removeprefix(f"{base.as_posix()}/")
        inside = path.removeprefix(f"{_PICTURES}/")
        if inside == path:
            return None
        try:
            # A `%` in a name is no escape here, and `resolve_under` undoes escapes.
            found = resolve_under(self._pictures, inside.replace("%", "%25"))
            return found if found.suffix in SHOWN_TYPES and found.is_file() else None
        except (UnsafePathError, OSError, ValueError):
            return None

    def _folder(self) -> Path | None:
        """Returns the folder of the pack that is looked at."""
        folders = [self._pictures / self._pack] if self._pack else _children(self._pictures)
        dated = [
            (found, folder)
            for folder in folders
            if (found := changed_s(folder / FRAMES_INDEX_NAME)) is not None
        ]
        return max(dated, default=(0.0, None))[1]

    def _read(self, folder: Path | None) -> FramesDigest | None:
        if folder is None:
            return None
        if self._frames is None or self._frames.path.parent != folder:
            self._frames = FramesDigest(folder)
        self._frames.look()
        return self._frames

    def _progress(self, frames: FramesDigest | None, state: NightState) -> DashboardProgress:
        if frames is None:
            return DashboardProgress(pack=self._pack or "", status=state)
        folder = frames.path.parent
        target = self._target(self._packs / folder.name / LIBRARY_MANIFEST_NAME)
        share = min(1.0, (frames.ok + frames.failed) / target) if target else 0.0
        return DashboardProgress(
            pack=folder.name,
            status=state,
            target_count=target,
            index_path=str(frames.path),
            out_dir=str(folder),
            total=frames.total,
            ok=frames.ok,
            failed=frames.failed,
            percent=round(100 * share, 1),
            last_preset_id=frames.last,
        )

    def _target(self, manifest: Path) -> int:
        """Returns how many presets a library's manifest lists; 0 if it cannot be read."""
        mtime_s = changed_s(manifest)
        known = self._targets.get(manifest)
        if known is None or known[0] != mtime_s:
            known = self._targets[manifest] = (mtime_s, _num_listed(manifest))
        return known[1]

    def _outputs(self, folder: Path | None) -> DashboardOutputs:
        if folder is None:
            return DashboardOutputs()
        pack = self._packs / folder.name
        indexes = [pack / style_index_name(version) for version in VERSIONS]
        style_index = next((path for path in indexes if path.is_file()), indexes[0])
        policy, sheet = pack / STYLE_POLICY_NAME, folder / _QA_INDEX
        return DashboardOutputs(
            style_index_path=str(style_index),
            style_index_ready=style_index.is_file(),
            policy_path=str(policy),
            policy_ready=policy.is_file(),
            qa_index_path=str(sheet),
            qa_index_ready=sheet.is_file(),
        )

    def _queue(self) -> list[str]:
        return sorted(
            pack.name
            for pack in _children(self._packs)
            if (pack / LIBRARY_MANIFEST_NAME).is_file()
            and not (self._pictures / pack.name / FRAMES_INDEX_NAME).is_file()
        )

    def _state(
        self, phase: NightPhase, frames: FramesDigest | None, log: Path | None
    ) -> NightState:
        if phase in ("done", "idle"):
            return phase
        touched_s = [0.0 if frames is None else frames.mtime_s]
        touched_s += [] if log is None else [changed_s(log) or 0.0]
        return "running" if self._now_s() - max(touched_s) <= STALE_S else "stopped"


def _phase(log: Path | None, frames: FramesDigest | None, outputs: DashboardOutputs) -> NightPhase:
    """Returns how far the night is: by its log, or without one that tells by what is there."""
    told = None if log is None else told_phase(log)
    if told is not None:
        return told
    if frames is None:
        return "idle" if log is None else "starting"
    if outputs.policy_ready:
        return "done"
    if outputs.style_index_ready:
        return "cluster"
    if (frames.path.parent / _EMBEDDINGS_NAME).is_file():
        return "embed"
    return "render" if frames.total else "starting"


def _thumb(pack: str, row: FramesRow, frame: int) -> DashboardThumb:
    metrics = row.metrics or FrameMetrics()
    picture = row.frames[min(frame, len(row.frames) - 1)]
    return DashboardThumb(
        preset_id=row.preset_id,
        rel_path=row.rel_path,
        path=f"{_PICTURES}/{pack}/{picture}",
        avg_luma=metrics.avg_luma,
        motion=metrics.motion,
        at=row.at,
    )


def _num_listed(manifest: Path) -> int:
    try:
        if manifest.stat().st_size > _MAX_MANIFEST_BYTES:
            return 0
        told = parse_json(manifest.read_bytes(), manifest.name)
    except (InputError, OSError):
        return 0
    presets = told.get("presets") if isinstance(told, dict) else None
    return len(presets) if isinstance(presets, list) else 0


def _children(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []
