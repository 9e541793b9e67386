"""Library packs from a library, a list of its paths, or the pool of its audit."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from aivj.contracts.blacklist import Blacklist, read_blacklist
from aivj.contracts.json_text import document_bytes
from aivj.contracts.library_manifest import LibraryVersion, SampleMode
from aivj.errors import InputError
from aivj.packs.audited import PoolReader
from aivj.packs.library_pack import LibraryDraw, LibraryPack, draw_library_pack
from aivj.packs.library_sampling import Candidate, from_folder, from_list, from_pool
from aivj.packs.pairing import MAX_PACK_BYTES, MEGABYTE
from aivj.packs.scan import MAX_ENTRIES
from aivj.storage import write_atomic

PoolChoice = Literal["crash-safe", "ok-only", "any"]


class PoolRequest(BaseModel):
    """Which presets make a library pack, and how they are drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Name of the new pack.")
    packs_root: Path
    source: Path = Field(description="Folder of the library; paths start from there.")
    audit: Path | None = Field(
        None, description="The library's preset-audit.json: read through, no folder is walked."
    )
    pool: PoolChoice = Field(
        "crash-safe",
        description="Of the audit: what broke nothing, what has no fault; any needs none.",
    )
    rel_paths_file: Path | None = Field(
        None, description="Only these: a file of paths below --source, one a line."
    )
    limit: int = Field(200, ge=1, le=100_000, description="How many presets, at most.")
    sample: SampleMode = Field(
        "reservoir", description="Evenly by the seed, or the first that come."
    )
    scan_limit: int = Field(
        0, ge=0, le=100_000_000, description="Presets that are listed at most. 0: all."
    )
    seed: int = Field(0, ge=0, description="Same seed, same presets.")
    blacklists: Sequence[Path] = Field(
        (), description="JSON with badSourceRelPaths, badIds or badUrls; repeatable."
    )
    prefilter_blacklist: bool = Field(
        default=True, description="Whether others are drawn in place of those on a blacklist."
    )
    exclude_hygiene_bad: bool = Field(
        default=False, description="Leave empty and large files out, too."
    )
    manifest_version: LibraryVersion | None = Field(
        None, description="Of library-manifest.json. Default: v1 with an audit, else v0."
    )
    quality_report_out: Path | None = Field(
        None, description="Default: <home>/artifacts/presets/NAME/quality-report.json."
    )
    max_files: int = Field(
        MAX_ENTRIES,
        ge=1,
        le=100_000_000,
        description="Files and folders of --source looked at, where it is walked.",
    )
    max_mb: int = Field(
        MAX_PACK_BYTES // MEGABYTE,
        ge=1,
        le=1_000_000,
        description="Megabytes of presets copied, at most.",
    )
    replace: bool = Field(
        default=False, description="Replace a pack of that name that was drawn otherwise."
    )


def draw_pool(
    request: PoolRequest, on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None
) -> LibraryPack:
    """Draws a library pack and writes its quality report.

    Raises:
        InputError: As `draw_library_pack`, or a pool is asked for and no audit is named.
        StorageError: The disk did not take it.
    """
    reader = _reader(request)
    drawn = draw_library_pack(
        _candidates(request, reader),
        LibraryDraw(
            num=request.limit,
            mode=request.sample,
            seed=request.seed,
            scan_limit=request.scan_limit,
            blacklist=_blacklist(request.blacklists),
            prefilter=request.prefilter_blacklist,
            exclude_hygiene_bad=request.exclude_hygiene_bad,
            version=request.manifest_version,
            max_bytes=request.max_mb * MEGABYTE,
        ),
        pack=request.name,
        root=request.source,
        packs_root=request.packs_root,
        now=datetime.now(UTC),
        reader=reader,
        replace=request.replace,
        on_progress=on_progress,
    )
    if request.quality_report_out is not None:
        write_atomic(request.quality_report_out, document_bytes(drawn.report))
    return drawn


def _reader(request: PoolRequest) -> PoolReader | None:
    if request.pool == "any":
        return None
    if request.audit is None:
        raise InputError(
            f"--audit FILE for the pool {request.pool}",
            "none",
            "name the library's preset-audit.json (`aivj audit`), or take all with --pool any",
        )
    return PoolReader(request.audit, request.pool)


def _candidates(request: PoolRequest, reader: PoolReader | None) -> Iterable[Candidate]:
    if not request.source.is_dir():
        raise InputError(
            f"a library at {request.source}", "no folder", "name the folder that holds the presets"
        )
    if reader is None:
        if request.rel_paths_file is not None:
            return from_list(request.rel_paths_file)
        return from_folder(request.source, request.max_files)
    if request.rel_paths_file is None:
        return from_pool(reader)
    wanted = {each.relative_path for each in from_list(request.rel_paths_file)}
    return (each for each in from_pool(reader) if each.relative_path in wanted)


def _blacklist(paths: Sequence[Path]) -> Blacklist:
    lists = Blacklist()
    for path in paths:
        lists |= read_blacklist(path)
    return lists
