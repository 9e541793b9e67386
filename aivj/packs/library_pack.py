"""A library pack: single presets drawn from a library, copied with a manifest and a report."""

import stat
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from aivj.contracts.blacklist import Blacklist
from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.library_manifest import (
    LIBRARY_MANIFEST_NAME,
    LibraryManifest,
    LibraryPreset,
    LibraryVersion,
    SampleMode,
    WasmCompat,
    read_library_manifest,
    write_library_manifest,
)
from aivj.contracts.library_reports import DrawCounts, Excluded, ExclusionReason, QualityReport
from aivj.contracts.pairs_manifest import require_pack_name
from aivj.contracts.preset_audit import AuditEntry
from aivj.contracts.preset_audit_reasons import is_hard
from aivj.errors import InputError, UnsafePathError
from aivj.packs.audited import PoolReader
from aivj.packs.drawing import MAX_PRESET_BYTES
from aivj.packs.library_entries import sampled_entry
from aivj.packs.library_sampling import Candidate, ListedCandidates, sampled
from aivj.packs.pairing import MAX_PACK_BYTES, MEGABYTE
from aivj.packs.placement import holds, replaced_folder, require_drawn_or_free
from aivj.packs.provenance import PROVENANCE_NAME, Parameter, Provenance
from aivj.packs.scan import PRESET_SUFFIX
from aivj.presets.digest import content_hash
from aivj.presets.milk import parse_milk
from aivj.storage import resolve_under

_FATAL = frozenset({"binary-nul", "stat-failed", "read-failed", "huge"})
"""Faults of a file for which it is never taken."""

_PROBE = "aivj audit"
_HUGE_BYTES = 16 * MAX_PRESET_BYTES


@dataclass(frozen=True)
class LibraryDraw:
    """How presets are drawn.

    Attributes:
        num: How many presets, at most.
        mode: `reservoir`: evenly, by the seed. `first`: the first ones.
        seed: Decides which.
        scan_limit: Presets that are listed at most; 0 for all.
        blacklist: Presets that must not be used.
        prefilter: Whether the blacklist is heeded before presets are drawn, so that others come
            in their place.
        exclude_hygiene_bad: Whether odd files are left out, too: empty ones, large ones.
        version: Of the manifest; None: v1 of an audited pool, else v0.
        max_bytes: Most bytes that are copied.
    """

    num: int
    mode: SampleMode = "reservoir"
    seed: int = 0
    scan_limit: int = 0
    blacklist: Blacklist = field(default_factory=Blacklist)
    prefilter: bool = True
    exclude_hygiene_bad: bool = False
    version: LibraryVersion | None = None
    max_bytes: int = MAX_PACK_BYTES


@dataclass(frozen=True)
class LibraryPack:
    """A library pack in its place.

    Attributes:
        folder: `<packs_root>/presets/<pack>`.
        manifest: Its presets.
        report: What was left out, and what is odd.
        was_there: Whether this very pack lay there already, and was left alone.
    """

    folder: Path
    manifest: LibraryManifest
    report: QualityReport
    was_there: bool = False


def draw_library_pack(
    candidates: Iterable[Candidate],
    draw: LibraryDraw,
    *,
    pack: str,
    root: Path,
    packs_root: Path,
    now: datetime,
    reader: PoolReader | None = None,
    replace: bool = False,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None,
) -> LibraryPack:
    """Draws presets and copies them to `<packs_root>/presets/<pack>`.

    The same candidates, files and draw give the same pack; if it is there already, it is left
    alone. Nothing of a path decides where anything outside the pack is written.

    Args:
        candidates: Presets of the library; taken one by one.
        draw: How they are drawn.
        pack: Name of the pack.
        root: The library's folder, which paths start from.
        packs_root: The runtime's public root.
        now: Aware time to be written into manifest and report.
        reader: Of the audited pool that the candidates come from.
        replace: Whether another drawn pack of that name may be replaced.
        on_progress: Told how many presets are taken, and how many can become so at most: fewer with
            each that is left out.

    Raises:
        InputError: No preset can be taken, too much would be copied, or another pack lies there.
        StorageError: The disk did not take it; what was there before is whole.
    """
    folder = packs_root / "presets" / require_pack_name(pack)
    require_drawn_or_free(folder)
    source = iter(candidates)
    listed = ListedCandidates(source, draw.scan_limit)
    drawing = _Drawing(draw, pack, root)
    chosen = sampled(drawing.kept(listed), mode=draw.mode, num=draw.num, seed=draw.seed)
    if reader is not None:
        deque(source, maxlen=0)  # what the pool is, is known after its last entry
        if reader.is_empty:
            raise reader.nothing()
    taken = drawing.take(chosen, on_progress)
    if not taken:
        raise drawing.nothing(listed.num_listed)
    files = {relative: data for relative, (data, _) in sorted(taken.items())}
    version: LibraryVersion = draw.version or ("v0" if reader is None else "v1")
    manifest = LibraryManifest(
        version=version,
        generated_at=iso_utc(now),
        source_root=str(root),
        total_files_scanned=listed.num_listed,
        total_presets_included=len(files),
        target=pack,
        sample_mode=draw.mode,
        scan_mode="folder" if reader is None else "audit",
        seed=draw.seed,
        scan_limit=draw.scan_limit,
        probed_with=None if reader is None or version == "v0" else _PROBE,
        presets=[
            _preset(pack, relative, len(data), taken[relative][1], version)
            for relative, data in files.items()
        ],
    )
    report = drawing.report(manifest, listed.num_listed, now)
    provenance = _provenance(draw, root, reader, report, drawing.num_duplicates)
    files[PROVENANCE_NAME] = document_bytes(provenance)
    if (there := _manifest_there(folder, files, manifest)) is not None:
        return LibraryPack(folder, there, report, was_there=True)
    if not replace:
        _refuse_another(folder)
    with replaced_folder(folder, files) as fresh:
        write_library_manifest(fresh / LIBRARY_MANIFEST_NAME, manifest)
    return LibraryPack(folder, manifest, report)


class _Drawing:
    """Presets on their way into a pack, and those that are left out.

    Attributes:
        num_duplicates: Left out since they are presets that were taken already, of another name.
    """

    def __init__(self, draw: LibraryDraw, pack: str, root: Path) -> None:
        self._draw = draw
        self._pack = pack
        self._root = root
        self.num_duplicates = 0
        self._num_prefiltered = 0
        self._num_considered = 0
        self._excluded: list[Excluded] = []
        self._warnings: list[str] = []

    def kept(self, candidates: Iterable[Candidate]) -> Iterable[Candidate]:
        """Yields those that the blacklist does not name, if it is heeded now."""
        for candidate in candidates:
            if self._draw.prefilter and self._why_listed(candidate.relative_path) is not None:
                self._num_prefiltered += 1
            else:
                yield candidate

    def take(
        self, candidates: Sequence[Candidate], on_progress: Callable[[int, int], None]
    ) -> dict[str, tuple[bytes, AuditEntry | None]]:
        """Returns the bytes of those that can be taken, by path, and what an audit found."""
        taken: dict[str, tuple[bytes, AuditEntry | None]] = {}
        first_of: dict[str, str] = {}
        num_bytes = 0
        for num_looked_at, candidate in enumerate(candidates):
            most = min(self._draw.num, len(taken) + len(candidates) - num_looked_at)
            on_progress(len(taken), most)
            if len(taken) == self._draw.num:
                break
            self._num_considered += 1
            data = self._read(candidate.relative_path)
            if isinstance(data, str):
                self._exclude(candidate.relative_path, data)
                continue
            first = first_of.setdefault(content_hash(data), candidate.relative_path)
            if first != candidate.relative_path:
                self.num_duplicates += 1
                self._warnings.append(f"{candidate.relative_path}: the same preset as {first}")
                continue
            num_bytes += len(data)
            if num_bytes > self._draw.max_bytes:
                raise self._too_much(len(taken))
            taken[candidate.relative_path] = (data, candidate.audited)
        on_progress(len(taken), len(taken))
        return taken

    def report(self, manifest: LibraryManifest, num_listed: int, now: datetime) -> QualityReport:
        """Says what was left out."""
        reasons = [each.reason for each in self._excluded]
        listed = sum(reason.startswith("blacklist") for reason in reasons)
        return QualityReport(
            version=manifest.version,
            generated_at=iso_utc(now),
            source_root=str(self._root),
            target=self._pack,
            sample_mode=self._draw.mode,
            seed=self._draw.seed,
            counts=DrawCounts(
                scanned=num_listed,
                considered=self._num_considered,
                included=len(manifest.presets),
                excluded=len(reasons),
                excluded_by_blacklist=listed,
                excluded_by_blacklist_prefilter=self._num_prefiltered,
                excluded_by_hygiene=reasons.count("hygiene"),
                warnings=len(self._warnings),
            ),
            excluded=self._excluded,
            warnings=self._warnings,
        )

    def nothing(self, num_listed: int) -> InputError:
        """Returns the error of a draw without a preset."""
        left_out = self._num_prefiltered + len(self._excluded)
        first = (
            ""
            if not self._excluded
            else f", first {self._excluded[0].rel}: {self._excluded[0].reason}"
        )
        return InputError(
            f"presets of {self._root} that can be taken",
            f"none of {num_listed}; {left_out} left out{first}",
            "check --source: paths of an audit and of a list start from there",
        )

    def _read(self, relative: str) -> bytes | ExclusionReason:
        if (why := self._why_listed(relative)) is not None:
            return why
        if not relative.lower().endswith(PRESET_SUFFIX):
            return "hygiene"
        try:
            path = resolve_under(self._root, quote(relative))
            resolve_under(Path("/pack"), quote(relative))
        except UnsafePathError:
            return "hygiene"
        fault, data = _hygiene(path)
        if fault == "missing":
            return "missing-source-file"
        if fault is not None:
            if self._draw.exclude_hygiene_bad or fault in _FATAL:
                return "hygiene"
            self._warnings.append(f"{relative}: {fault}")
        return data

    def _why_listed(self, relative: str) -> ExclusionReason | None:
        names = self._draw.blacklist
        if names.names(relative, pack=self._pack):
            return "blacklist"
        if not names.ids:
            return None
        is_named = names.names_id(sampled_entry(self._pack, relative, 0).id)
        return "blacklist-id" if is_named or names.names_id(relative) else None

    def _exclude(self, relative: str, why: ExclusionReason) -> None:
        url = f"/presets/{self._pack}/{relative}"
        self._excluded.append(Excluded(rel=relative, url=url, reason=why))

    def _too_much(self, num_taken: int) -> InputError:
        return InputError(
            f"at most {self._draw.max_bytes / MEGABYTE:g} MB of presets to copy",
            f"more in the first {num_taken + 1}",
            "a runtime's folder is no library: ask for fewer with --limit, or allow more with "
            "--max-mb",
        )


def _hygiene(path: Path) -> tuple[str | None, bytes]:
    """Returns what is wrong with a preset's file, and its bytes."""
    fault = _not_readable(path)
    if fault is not None:
        return fault, b""
    try:
        data = path.read_bytes()
    except OSError:
        return "read-failed", b""
    if b"\0" in data:
        return "binary-nul", data
    if len(data) > MAX_PRESET_BYTES:
        return "large", data
    return ("empty" if parse_milk(data).is_empty else None), data


def _not_readable(path: Path) -> str | None:
    """Returns why a file is not even read."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "stat-failed"
    if not stat.S_ISREG(status.st_mode):
        return "stat-failed"
    return "huge" if status.st_size > _HUGE_BYTES else None


def _preset(
    pack: str,
    relative: str,
    size: int,
    audited: AuditEntry | None,
    version: LibraryVersion,
) -> LibraryPreset:
    entry = sampled_entry(pack, relative, size)
    quality = None if audited is None else audited.quality
    if audited is None or quality is None or version == "v0":
        return entry
    hard = next((reason for reason in quality.reasons if is_hard(reason)), None)
    compat = WasmCompat(
        ok=quality.is_crash_safe,
        error_type=hard,
        message=quality.error_text,
        probed_at=audited.probed_at,
        probe_tool=_PROBE,
    )
    flags = None if version == "v1" else [*audited.warnings, *quality.reasons]
    return entry.model_copy(update={"wasm_compat": compat, "danger_flags": flags})


def _provenance(
    draw: LibraryDraw,
    root: Path,
    reader: PoolReader | None,
    report: QualityReport,
    num_duplicates: int,
) -> Provenance:
    pool: Mapping[str, Parameter] = {} if reader is None else reader.state.parameters
    counts = report.counts
    skipped = {
        "blacklist": counts.excluded_by_blacklist + counts.excluded_by_blacklist_prefilter,
        "hygiene": counts.excluded_by_hygiene,
        "duplicate": num_duplicates,
        "missing": sum(each.reason == "missing-source-file" for each in report.excluded),
    }
    return Provenance(
        kind="library",
        seed=draw.seed,
        parameters={
            "num": draw.num,
            "sampleMode": draw.mode,
            "scanLimit": draw.scan_limit,
            "excludeHygieneBad": int(draw.exclude_hygiene_bad),
            **pool,
        },
        source_folder=root.absolute().name,
        num_presets=counts.scanned,
        skipped={why: num for why, num in skipped.items() if num},
        pairs=[],
    )


def _manifest_there(
    folder: Path, files: Mapping[str, bytes], manifest: LibraryManifest
) -> LibraryManifest | None:
    """Returns the manifest in `folder` if the very same pack is there already."""
    if not holds(folder, files):
        return None
    try:
        there = read_library_manifest(folder / LIBRARY_MANIFEST_NAME)
    except InputError:
        return None
    return there if there.presets == manifest.presets else None


def _refuse_another(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            f"no pack in {folder}, or the very one that this draws",
            "one that was drawn otherwise",
            "choose another name, or add --replace: what later stages made beside it goes with it",
        )
