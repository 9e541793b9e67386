"""An audit: the text of every file of a library, the quality of every different preset.

Files are read once, one after the other; what was found goes into the store (`shards`) in lots, so
that whatever ends an audit costs the lot in hand, and the same call goes on behind it.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from aivj.contracts.json_text import iso_utc
from aivj.contracts.preset_audit import AuditQuality
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.library.record import STORE_FOLDER
from aivj.library.request import AuditRequest
from aivj.library.shards import ShardKind, find_shards, read_columns, write_shard
from aivj.library.text import MAX_BYTES, text_facts
from aivj.packs.scan import PresetFile
from aivj.presets.digest import content_hash
from aivj.presets.tags import measured_tags, primary_category

Progress = Callable[[str, int, int], None]
Stop = Literal["number", "time"]

_ROWS_A_LOT = 8192
_LOT_S = 60.0


class Prober(Protocol):
    """Finds out how good presets are."""

    def open(self, presets: Sequence[PresetOnDisk]) -> str:
        """Gets ready for some of `presets`.

        Returns:
            What decides its answers besides the preset: answers of another are asked for anew.
        """

    def judge(
        self, presets: Sequence[PresetOnDisk]
    ) -> Iterator[tuple[PresetOnDisk, AuditQuality | None]]:
        """Yields what was found of each, in any order; None if it could not be found out."""


@dataclass(frozen=True)
class AuditResult:
    """What a call did.

    Attributes:
        num_files: Files of the library that are known.
        num_presets: Different presets among them.
        num_read: Files whose text was read now.
        num_judged: Presets whose quality was found out now.
        num_unknown: Presets of which nothing could be found out through no fault of their own.
        stopped_by: What ended the call before the end; None if it was the end.
    """

    num_files: int
    num_presets: int
    num_read: int
    num_judged: int
    num_unknown: int
    stopped_by: Stop | None


def run_audit(
    request: AuditRequest,
    files: Sequence[PresetFile],
    prober: Prober | None,
    on_progress: Progress = lambda _what, _num_done, _num_all: None,
) -> AuditResult:
    """Looks at what nobody has looked at before.

    Args:
        request: What is asked for.
        files: The library, in the order of its paths.
        prober: Finds the quality out; None looks at the text alone.
        on_progress: Told what is done, and how many of how many are.

    Raises:
        AivjError: As the prober.
        StorageError: The disk did not take what was found.
    """
    audit = _Audit(request, on_progress)
    stopped_by = audit.read_texts(files, counts=prober is None)
    if stopped_by is None and prober is not None:
        stopped_by = audit.judge(prober)
    return AuditResult(
        num_files=audit.num_files,
        num_presets=len(audit.presets),
        num_read=audit.num_read,
        num_judged=audit.num_judged,
        num_unknown=audit.num_unknown,
        stopped_by=stopped_by,
    )


class _Audit:
    def __init__(self, request: AuditRequest, on_progress: Progress) -> None:
        self._request = request
        self._store = request.out_dir / STORE_FOLDER
        self._on_progress = on_progress
        self._begun = time.monotonic()
        self.presets: dict[str, PresetOnDisk] = {}
        self.num_files = self.num_read = self.num_judged = self.num_unknown = 0

    def read_texts(self, files: Sequence[PresetFile], *, counts: bool) -> Stop | None:
        """Reads the files that are new or were changed."""
        known = self._known_texts()
        with _Lot(self._store, "text") as lot:
            for number, file in enumerate(files, start=1):
                content = self._text(file, known.pop(file.relative_path, None), lot)
                self.num_files += 1
                if content is not None and content not in self.presets:
                    self.presets[content] = PresetOnDisk(file, content)
                self._on_progress("reading", number, len(files))
                if stop := self._stop(self.num_read if counts else 0):
                    return stop
            for path in known:
                lot.add({"rel_path": path, "is_there": False})
        return None

    def judge(self, prober: Prober) -> Stop | None:
        """Has those presets judged that this prober has not judged before."""
        presets = list(self.presets.values())
        probe = prober.open(presets)
        waiting = self._waiting(presets, probe)
        num_known = len(presets) - len(waiting)
        # A prober may draw all that it is given before it says anything of the first.
        outcomes = prober.judge(waiting[: self._request.stop_after or None])
        with _Lot(self._store, "quality") as lot:
            for number, (preset, quality) in enumerate(outcomes, start=num_known + 1):
                if quality is None:
                    self.num_unknown += 1
                else:
                    lot.add(_quality_row(preset, quality, probe))
                    self.num_judged += 1
                self._on_progress("judging", number, len(presets))
                if stop := self._stop(self.num_judged + self.num_unknown):
                    _close(outcomes)
                    return stop
        return None

    def _known_texts(self) -> dict[str, tuple[int, int, str | None]]:
        """Returns size, time and content of the files that the store knows, by path."""
        shards = [shard for shard in find_shards(self._store) if shard.kind == "text"]
        columns = ("rel_path", "is_there", "file_size", "modified_ns", "content")
        known: dict[str, tuple[int, int, str | None]] = {}
        for row in read_columns(shards, *columns):
            if row["is_there"]:
                known[row["rel_path"]] = (row["file_size"], row["modified_ns"], row["content"])
            else:
                known.pop(row["rel_path"], None)
        return known

    def _waiting(self, presets: Sequence[PresetOnDisk], probe: str) -> list[PresetOnDisk]:
        shards = [shard for shard in find_shards(self._store) if shard.kind == "quality"]
        latest = {row["content"]: row["probe"] for row in read_columns(shards, "content", "probe")}
        return [preset for preset in presets if latest.get(preset.content_hash) != probe]

    def _text(
        self, file: PresetFile, known: tuple[int, int, str | None] | None, lot: "_Lot"
    ) -> str | None:
        """Returns a file's content hash; None if it cannot be read, or is no preset by its size."""
        try:
            found = file.path.stat()
        except OSError:
            lot.add(_unread_row(file, 0, 0, ["stat-failed"]))
            self.num_read += 1
            return None
        size, modified_ns = found.st_size, found.st_mtime_ns
        if known is not None and known[:2] == (size, modified_ns):
            return known[2]
        self.num_read += 1
        if size > MAX_BYTES:
            lot.add(_unread_row(file, size, modified_ns, ["large", "read-failed"]))
            return None
        try:
            data = file.path.read_bytes()
        except OSError:
            lot.add(_unread_row(file, size, modified_ns, ["read-failed"]))
            return None
        content = content_hash(data)
        lot.add(_text_row(file, data, content, modified_ns))
        return content

    def _stop(self, num_done: int) -> Stop | None:
        request = self._request
        if request.stop_after and num_done >= request.stop_after:
            return "number"
        late = request.stop_after_sec and time.monotonic() - self._begun >= request.stop_after_sec
        return "time" if late else None


class _Lot:
    """Rows in hand, written when they are many or old, and when the block ends however it does."""

    def __init__(self, folder: Path, kind: ShardKind) -> None:
        self._folder = folder
        self._kind: ShardKind = kind
        self._rows: list[Mapping[str, Any]] = []
        self._since = time.monotonic()

    def add(self, row: Mapping[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _ROWS_A_LOT or time.monotonic() - self._since >= _LOT_S:
            self.write()

    def write(self) -> None:
        rows, self._rows, self._since = self._rows, [], time.monotonic()
        if rows:
            write_shard(self._folder, self._kind, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.write()


def _text_row(file: PresetFile, data: bytes, content: str, modified_ns: int) -> Mapping[str, Any]:
    facts = text_facts(data)
    return {
        "rel_path": file.relative_path,
        "is_there": True,
        "content": content,
        "file_size": len(data),
        "modified_ns": modified_ns,
        "decoded_as": facts.decoded_as,
        "warnings": facts.warnings,
        "fixes": facts.fixes,
        "line_count": facts.line_count,
        "counts": facts.counts.model_dump(by_alias=False),
        "params": facts.params,
        "tags": facts.tags,
        "primary_category": primary_category(facts.tags),
    }


def _unread_row(
    file: PresetFile, size: int, modified_ns: int, warnings: Sequence[str]
) -> Mapping[str, Any]:
    empty = _text_row(file, b"", "", modified_ns)
    return {**empty, "content": None, "file_size": size, "warnings": warnings}


def _quality_row(preset: PresetOnDisk, quality: AuditQuality, probe: str) -> Mapping[str, Any]:
    luma, delta = quality.avg_luma, quality.avg_frame_delta
    is_seen = luma is not None and delta is not None
    return {
        "content": preset.content_hash,
        "probe": probe,
        **quality.model_dump(by_alias=False),
        "crash_safe": quality.is_crash_safe,
        "measured_tags": (
            measured_tags(avg_luma=luma or 0.0, avg_frame_delta=delta or 0.0) if is_seen else ()
        ),
        "probed_at": iso_utc(datetime.now(UTC)),
    }


def _close(outcomes: Iterator[object]) -> None:
    """Ends what finds out, if it is a generator: its browsers are closed."""
    close = getattr(outcomes, "close", None)
    if close is not None:
        close()
