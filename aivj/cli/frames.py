"""`aivj frames`, `check-frames`, `review-frames`: pictures of a library's presets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.audited import say_if_unaudited, say_unaudited
from aivj.cli.console import bar, err, out
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import GpuOption, OutDirOption, ProfileOption, WorkersOption
from aivj.cli.places import shown
from aivj.cli.results import JsonOption, WriteOption, plain_table, print_json
from aivj.cli.stopping import goes_on_with
from aivj.cli.studio import ClipOption, studio_of, takes_uri
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.contracts.frames_quality import FramesQuality, FrameThresholds
    from aivj.frames.plan import CapturePlan, Limits
    from aivj.frames.subjects import Subjects
    from aivj.pipeline.framing import FramesRequest, FramesSummary
    from aivj.pipeline.render_options import RenderOptions
    from aivj.settings import Settings

_VERDICT_FAILED = 2
"""Of the contract, whose checker ends with 0, 2 or 3."""

PackIfGivenOption = Annotated[
    str | None,
    typer.Option("--pack", help="Name of the pack, a folder below public/presets."),
]
IndexOption = Annotated[
    Path | None,
    typer.Option("--index", help="Index of pictures, instead of the pack's frames-index.jsonl."),
]


def artifacts_of(settings: "Settings", pack: str | None, given: Path | None) -> Path:
    """Returns the folder of a pack's pictures, embeddings and clusters.

    Args:
        settings: Where the home is.
        pack: The pack's name.
        given: Another folder.

    Raises:
        InputError: Neither was said, or the name is no folder's.
    """
    if given is not None:
        return given
    if not pack or pack != Path(pack).name:
        raise InputError(
            "the name of a pack, or the folder of its artifacts",
            "neither" if pack is None else repr(pack),
            "say --pack NAME, or name the folder with --out-dir or --index",
        )
    return settings.home / "artifacts" / "aivj" / pack


@takes(
    request=From("aivj.pipeline.framing:FramesRequest"),
    plan=From("aivj.frames.plan:CapturePlan"),
    limits=From("aivj.frames.plan:Limits"),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def frames(
    context: typer.Context,
    request: "FramesRequest",
    plan: "CapturePlan",
    limits: "Limits",
    options: "RenderOptions",
    pack: PackIfGivenOption = None,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="The library-manifest.json of a pack that is elsewhere."),
    ] = None,
    source_root: Annotated[
        Path | None,
        typer.Option("--source-root", "--sourceRoot", help="A library, instead of a pack."),
    ] = None,
    rel_paths_file: Annotated[
        Path | None,
        typer.Option(
            "--rel-paths-file",
            "--relPathsFile",
            help="Its presets, a path a line. Default: the library's folder, walked whole.",
        ),
    ] = None,
    out_dir: OutDirOption = None,
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
    audio: ClipOption = "groove",
) -> None:
    """Take pictures of a pack's or a library's presets, and write frames-index.jsonl.

    They are those of takes: a preset that was drawn is not drawn again. The page draws where
    other pictures are asked for. Broken off, or out of time, the same command goes on.

    Example: aivj frames --pack mine

    A library: aivj frames --source-root ~/milkdrop --rel-paths-file ok.txt --out-dir var/all

    The runtime's own pictures: aivj frames --pack mine --source page
    """
    from dataclasses import replace
    from functools import partial

    from aivj.pipeline.framing import take_frames
    from aivj.takes.settings import RenderSettings

    settings: Settings = context.obj
    goes_on_with(context)
    folder = artifacts_of(settings, pack or _pack_of(manifest), out_dir)
    subjects = _subjects(settings, pack, manifest, source_root, rel_paths_file)
    if source_root is not None:
        say_unaudited(context, source_root.name or str(source_root))
    else:
        say_if_unaudited(context, [_pack_folder(settings, pack, manifest)])
    for reason, num in sorted(subjects.passed_over.items()):
        if num:
            err.print(f"passed over: {num} {reason}", markup=False)
    with bar("taking") as progress:

        def tell(label: str, num_done: int, num_all: int) -> None:
            if progress.label != label:
                progress.begin(label)
            progress.update(num_done, num_all)

        studio = studio_of(
            settings,
            replace(options, gpu=gpu, profile=profile),
            RenderSettings(),
            num_workers=num_workers,
            audio=audio,
            on_progress=partial(tell, "drawing"),
        )
        summary = take_frames(
            subjects.presets,
            folder,
            request,
            plan=plan,
            limits=limits,
            studio=studio,
            on_progress=partial(tell, "taking"),
        )
    _print_summary(summary)
    out.print(shown(context, summary.index), markup=False)
    named = ("--pack", pack) if pack and out_dir is None else ("--index", summary.index)
    say_next(context, "check-frames", *named)


@takes(thresholds=From("aivj.contracts.frames_quality:FrameThresholds"))
def check_frames(
    context: typer.Context,
    thresholds: "FrameThresholds",
    pack: PackIfGivenOption = None,
    index: IndexOption = None,
    at_scale: Annotated[
        bool,
        typer.Option(
            "--scale/--no-scale",
            help="Demand what a library gives too: 95 % ok, pictures unlike each other, dark "
            "and bright, still and lively.",
        ),
    ] = False,
    as_json: JsonOption = False,
    write: WriteOption = None,
) -> None:
    """Judge an index of pictures: how many are ok, measured, there, neither dark nor still.

    Ends with 0 if it will do, with 2 if not, with 3 if it cannot be read.

    Example: aivj check-frames --pack mine
    """
    from aivj.contracts.json_text import document_bytes
    from aivj.frames.checking import check_frames as judge
    from aivj.storage import write_atomic

    quality = judge(_index(context, pack, index), thresholds, at_scale=at_scale)
    if write is not None:
        write_atomic(write, document_bytes(quality))
    if as_json:
        print_json(quality)
    else:
        _print_quality(quality)
    if not quality.verdict.ok:
        reasons = "; ".join(quality.verdict.reasons)
        err.print(f"Error: the pictures will not do: {reasons}", markup=False)
        raise typer.Exit(_VERDICT_FAILED)


def review_frames(
    context: typer.Context,
    pack: PackIfGivenOption = None,
    index: IndexOption = None,
    out_dir: OutDirOption = None,
    film: Annotated[
        bool, typer.Option("--film", help="Also a WebM film, each preset for a second.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="Presets, the first ones.")
    ] = 512,
) -> None:
    """Make sheets of pictures with names, and a film, to look through by eye.

    Example: aivj review-frames --pack mine --film
    """
    from aivj.contracts.frames_index import best_rows, read_frames_index
    from aivj.frames.review import write_film, write_sheets

    path = _index(context, pack, index)
    rows = [row for row in best_rows(read_frames_index(path).rows).values() if row.status == "ok"]
    if not rows:
        raise InputError(f"presets with pictures in {path}", "none", "run `aivj frames` first")
    folder = out_dir or path.parent / "review"
    with bar("sheets") as progress:
        for sheet in write_sheets(rows[:limit], path.parent, folder, progress.update):
            out.print(str(sheet), markup=False)
        if film:
            progress.begin("film")
            written = write_film(rows[:limit], path.parent, folder / "film.webm", progress.update)
            out.print(str(written), markup=False)


def _pack_of(manifest: Path | None) -> str | None:
    return None if manifest is None else manifest.absolute().parent.name


def _subjects(
    settings: "Settings",
    pack: str | None,
    manifest: Path | None,
    source_root: Path | None,
    rel_paths_file: Path | None,
) -> "Subjects":
    from aivj.frames import subjects

    if sum(each is not None for each in (pack, manifest, source_root)) != 1:
        raise InputError(
            "one of --pack, --manifest and --source-root",
            "none or several",
            "name a pack, a pack's library-manifest.json, or a library",
        )
    if source_root is not None:
        if rel_paths_file is not None:
            return subjects.of_list(source_root, rel_paths_file)
        return subjects.of_folder(source_root)
    from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME

    return subjects.of_manifest(
        manifest or _pack_folder(settings, pack, manifest) / LIBRARY_MANIFEST_NAME
    )


def _pack_folder(settings: "Settings", pack: str | None, manifest: Path | None) -> Path:
    """Returns the folder of a pack that is named, or whose manifest is."""
    if manifest is not None:
        return manifest.absolute().parent
    return settings.packs_root / "presets" / str(pack)


def _index(context: typer.Context, pack: str | None, index: Path | None) -> Path:
    from aivj.contracts.frames_index import FRAMES_INDEX_NAME

    settings: Settings = context.obj
    return index or artifacts_of(settings, pack, None) / FRAMES_INDEX_NAME


def _print_summary(summary: "FramesSummary") -> None:
    told = ", ".join(f"{num} {status}" for status, num in summary.statuses.most_common())
    origin = "of takes" if summary.source == "takes" else "drawn by the page"
    err.print(f"pictures {origin}: {told or 'nothing to do'}", markup=False)
    if summary.num_before:
        err.print(f"{summary.num_before} were there already")
    if summary.num_left:
        err.print(f"{summary.num_left} are left, time was over")
    if reasons := ", ".join(f"{num} {why}" for why, num in summary.reasons.most_common(8)):
        err.print(f"failed: {reasons}", markup=False)


def _print_quality(quality: "FramesQuality") -> None:
    table = plain_table(header=False)
    for name, num in quality.counts:
        table.add_row(name.replace("_", " "), str(num))
    for name, share in quality.ratios:
        if share is not None:
            table.add_row(f"share {name.replace('_', ' ')}", f"{share:.3f}")
    for name, extent in quality.ranges:
        if extent is not None:
            table.add_row(name.replace("_", " "), f"{extent.min:.3f} to {extent.max:.3f}")
    out.print(table, soft_wrap=False)
    if quality.verdict.ok:
        out.print("the pictures will do")
