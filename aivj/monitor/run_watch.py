"""One run, watched: each look reads what is new, and says all that is known of it."""

import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aivj.contracts.alert_limits import WORKERS_LOST_S
from aivj.contracts.eval_rows import LOW_MOTION, TOO_DARK_LUMA
from aivj.contracts.fields import finite_number
from aivj.contracts.json_text import parse_time, validated
from aivj.contracts.monitor_status import NvidiaSmi
from aivj.contracts.monitored_run import DiskState
from aivj.contracts.run_folder import EVAL_NAME, FAILURES_NAME, META_NAME
from aivj.contracts.run_meta import RunMeta
from aivj.errors import InputError
from aivj.monitor.documents import Document, Documents
from aivj.monitor.growing_file import GrowingFile
from aivj.monitor.outputs import Outputs
from aivj.monitor.places import RunPlace
from aivj.monitor.row_digest import PackDigest, RowDigest, parsed
from aivj.monitor.wall_pictures import WallPictures
from aivj.runs.directory import RunDirectory
from aivj.runs.listing import RunState, run_state

_KIND = "coupled_eval.v0"
_MAX_FIGURE = 1e12
_MAX_NAME_BYTES = 255
_DISK_STEP_BYTES = 64 << 20


@dataclass(frozen=True)
class RunLook:
    """All that is known of a run at a moment.

    Attributes:
        place: Which run.
        now_s: The moment, seconds since 1970.
        meta: Its record, as it is written.
        known_meta: The record, read by our rules; None if they do not fit.
        rows: Its file of rows.
        digest: What rows and failures say.
        read_share: Share of both that was read, 0 to 1.
        standing: How it stands.
        outputs: What was made of it.
        gpus: This machine's GPUs.
        disk: Room there is.
        num_replaced_lately: Browsers that were replaced in the last quarter of an hour.
        contradictions: Pictures of the wall that do not show what their rows say.
        pictures: Which pairs of the wall have a picture.
    """

    place: RunPlace
    now_s: float
    meta: Document
    known_meta: RunMeta | None
    rows: GrowingFile
    digest: RowDigest
    read_share: float
    standing: RunState | None
    outputs: Outputs
    gpus: NvidiaSmi
    disk: DiskState | None
    num_replaced_lately: int
    contradictions: tuple[str, ...] = ()
    pictures: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    @property
    def told(self) -> Mapping[str, Any]:
        """The record; empty if there is none."""
        return self.meta.value or {}

    @property
    def is_of_kind(self) -> bool:
        """Whether the record is one of a sampling run."""
        return self.told.get("kind") == _KIND

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended, well or not."""
        return bool(self.told.get("finishedAt"))

    @property
    def age_s(self) -> int | None:
        """Whole seconds since the rows changed last; None without any."""
        return None if self.rows.size is None else max(0, int(self.now_s - self.rows.mtime_s))

    @property
    def packs(self) -> list[str]:
        """Names of the packs that the record names."""
        return packs_of(self.told)

    @property
    def renderer(self) -> str:
        """What draws, in the browser's words."""
        found = self.told.get("runtime")
        webgl = found.get("webgl") if isinstance(found, dict) else None
        renderer = webgl.get("renderer") if isinstance(webgl, dict) else None
        return renderer if isinstance(renderer, str) else ""

    @property
    def num_replaced(self) -> int:
        """Browsers that were replaced, by the record."""
        return int(number_at(self.told, "timing", "browserRestartCount"))


class RunWatch:
    """Watches one run's folder.

    Args:
        place: The run.
        gpus: Tells of this machine's GPUs.
        now_s: Seconds since 1970.
    """

    def __init__(
        self,
        place: RunPlace,
        gpus: Callable[[], NvidiaSmi],
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.place = place
        self._gpus = gpus
        self._now_s = now_s
        self._documents = Documents()
        self._rows = GrowingFile(place.folder / EVAL_NAME)
        self._failures = GrowingFile(place.folder / FAILURES_NAME)
        self._digest = RowDigest(luma_min=TOO_DARK_LUMA, motion_min=LOW_MOTION)
        self._limits = (TOO_DARK_LUMA, LOW_MOTION)
        self._replaced: deque[tuple[float, int]] = deque()
        self._pictures = WallPictures(place.folder)

    def look(self, budget_s: float = 1.0) -> RunLook:
        """Reads what is new, for so long at most, and returns what is known then."""
        deadline_s = time.monotonic() + budget_s
        meta = self._documents.read(self.place.folder / META_NAME)
        told = meta.value or {}
        self._read(told, deadline_s)
        now_s = self._now_s()
        known = _known(meta)
        directory = RunDirectory(self.place.folder)
        started_s = time_of(told.get("startedAt"))
        replaced = int(number_at(told, "timing", "browserRestartCount"))
        is_there = self._rows.size is not None or meta.mtime_s is not None
        pictures = self._pictures.look(self._digest.wall)
        return RunLook(
            place=self.place,
            now_s=now_s,
            meta=meta,
            known_meta=known,
            rows=self._rows,
            digest=self._digest,
            read_share=self._read_share(),
            standing=run_state(directory, known) if is_there else None,
            outputs=Outputs(self.place, self._documents, started_s, packs_of(told)),
            gpus=self._gpus(),
            disk=self._disk(),
            num_replaced_lately=self._replaced_lately(now_s, replaced),
            contradictions=pictures.contradictions,
            pictures=pictures.there,
        )

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read, so that the next look should come soon."""
        return bool(self._rows.num_unread or self._failures.num_unread)

    def last_row(self) -> dict[str, Any] | None:
        """Returns the last row: the unfinished line at the end, if it is one."""
        return parsed(self._rows.rest) or self._digest.last

    def _read(self, told: Mapping[str, Any], deadline_s: float) -> None:
        limits = (
            number_at(told, "heuristic", "lumaMin", TOO_DARK_LUMA),
            number_at(told, "heuristic", "motionMin", LOW_MOTION),
        )
        is_other = [self._rows.look(), self._failures.look()]
        if any(is_other) or limits != self._limits:
            self._limits = limits
            self._rows = GrowingFile(self._rows.path)
            self._failures = GrowingFile(self._failures.path)
            self._rows.look()
            self._failures.look()
            self._digest = RowDigest(luma_min=limits[0], motion_min=limits[1])
        for line in self._failures.lines(deadline_s):
            self._digest.add_failure(line)
        for line in self._rows.lines(deadline_s):
            self._digest.add_row(line)

    def _read_share(self) -> float:
        total = (self._rows.size or 0) + (self._failures.size or 0)
        unread = self._rows.num_unread + self._failures.num_unread
        return 1.0 if not unread else round(1 - unread / total, 4)

    def _replaced_lately(self, now_s: float, replaced: int) -> int:
        """Returns how many browsers were replaced of late, as far as it was watched."""
        seen = self._replaced
        if not seen or seen[-1][1] != replaced:
            seen.append((now_s, replaced))
        while len(seen) > 1 and seen[1][0] <= now_s - WORKERS_LOST_S:
            seen.popleft()
        return max(0, replaced - seen[0][1])

    def _disk(self) -> DiskState | None:
        try:
            usage = shutil.disk_usage(self.place.folder)
        except OSError:
            return None
        # In steps, so that a look at a run that rests is the same as the one before.
        free = usage.free // _DISK_STEP_BYTES * _DISK_STEP_BYTES
        return DiskState(free_bytes=free, total_bytes=usage.total)


def packs_of(meta: Mapping[str, Any]) -> list[str]:
    """Returns the packs that a record names, as far as a folder may be called so."""
    listed = meta.get("packs")
    entries = listed if isinstance(listed, list) else []
    names = [entry.get("pack") for entry in entries if isinstance(entry, dict)]
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and is_name(name)))


def is_name(text: str) -> bool:
    """Tells whether a text is the name of a file or folder, and no way to another place."""
    is_plain = not any(character in text for character in "/\\\0") and text.isprintable()
    return (
        bool(text)
        and is_plain
        and text not in {".", ".."}
        and len(text.encode()) <= _MAX_NAME_BYTES
    )


def time_of(text: object) -> float | None:
    """Returns an ISO-8601 time in seconds since 1970; None if it is none."""
    try:
        return parse_time(text).timestamp() if isinstance(text, str) else None
    except (InputError, OverflowError, ValueError):
        return None


def number_at(told: Mapping[str, Any], part: str, key: str, default: float = 0.0) -> float:
    """Returns a figure of a part of a record; the default if there is none."""
    found = told.get(part)
    number = finite_number(found.get(key)) if isinstance(found, dict) else None
    return default if number is None or not 0 <= number < _MAX_FIGURE else number


def pack_digest(digest: RowDigest, pack: str) -> PackDigest:
    """Returns what is known of a pack; nothing yet, if nothing is."""
    return digest.packs.get(pack) or PackDigest()


def _known(meta: Document) -> RunMeta | None:
    if meta.value is None:
        return None
    try:
        return validated(RunMeta, meta.value, META_NAME)
    except InputError:
        return None
