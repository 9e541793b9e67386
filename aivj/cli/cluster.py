"""`aivj cluster`: which presets of a pack belong together."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out, say, working
from aivj.cli.frames import PackIfGivenOption, artifacts_of
from aivj.cli.next_steps import say_next
from aivj.cli.options import OutDirOption
from aivj.cli.places import shown
from aivj.cli.results import plain_table
from aivj.cli.styles import DEFAULT_NAME, taught_folder, tell_by
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.contracts.style_index import Energy
    from aivj.pipeline.cluster_looks import Looks
    from aivj.pipeline.clustering import MadeClusters
    from aivj.pipeline.library_presets import ListedLibrary
    from aivj.settings import Settings
    from aivj.styles.taught_files import TaughtModel

_SHEET = Path("qa-samples") / "index.html"


class ComparedBy(StrEnum):
    """What presets are compared by."""

    EMBEDDINGS = "embeddings"
    TEXT = "text"
    BOTH = "both"
    TAUGHT = "taught"
    TAG = "tag"


class IndexVersion(StrEnum):
    """Versions of the style index."""

    V0 = "v0"
    V1 = "v1"


ManifestOption = Annotated[
    Path | None,
    typer.Option("--manifest", help="The library-manifest.json of a pack that is elsewhere."),
]
FramesIndexOption = Annotated[
    Path | None,
    typer.Option(
        "--frames-index",
        "--framesIndex",
        help="Pictures and motion. Default: the pack's frames-index.jsonl, else its takes.",
    ),
]
TakesOption = Annotated[
    str | None, typer.Option("--takes", help="Where takes are kept. Default: <home>/takes.")
]
StylesOption = Annotated[
    Path | None,
    typer.Option("--styles", help="What `aivj styles teach` wrote; its styles become tags."),
]


def cluster(
    context: typer.Context,
    pack: PackIfGivenOption = None,
    manifest: ManifestOption = None,
    mode: Annotated[
        ComparedBy | None,
        typer.Option(
            "--mode",
            help="What presets are compared by: pictures (embeddings), text (code), both, styles "
            "that were taught, or tags. Default: embeddings where there are any, else text.",
        ),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option(
            "--k",
            min=1,
            max=1024,
            help="Clusters. Default: 32; by tags and taught styles one for each.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**32 - 1, help="Same seed, same clusters.")
    ] = 1,
    embeddings: Annotated[
        Path | None,
        typer.Option(
            "--embeddings", help="embeddings.npy, or its folder. Default: the pack's artifacts."
        ),
    ] = None,
    styles: StylesOption = None,
    frames_index: FramesIndexOption = None,
    takes: TakesOption = None,
    out_dir: OutDirOption = None,
    style_index_version: Annotated[
        IndexVersion,
        typer.Option(
            "--style-index-version", "--styleIndexVersion", help="v1, or v0 for older runtimes."
        ),
    ] = IndexVersion.V1,
    out_style_index: Annotated[
        Path | None,
        typer.Option(
            "--out-style-index", "--outStyleIndex", help="Default: beside the pack's manifest."
        ),
    ] = None,
    keep_ids: Annotated[
        bool,
        typer.Option("--keep-ids/--new-ids", help="Groups keep the ids of the last clustering."),
    ] = True,
) -> None:
    """Group a pack's presets; write clusters.v0.json, the style index and a sheet to look at.

    Example: aivj cluster --pack mine --k 64

    By your own styles: aivj cluster --pack mine --mode taught
    """
    from aivj.contracts.clusters import CLUSTERS_NAME, write_clusters
    from aivj.contracts.embeddings import EmbeddingFiles
    from aivj.pipeline import style_indexing
    from aivj.pipeline.cluster_sheet import write_cluster_sheet
    from aivj.pipeline.clustering import ClusterRequest, make_clusters
    from aivj.pipeline.styles import styled_files

    settings: Settings = context.obj
    library = library_of(settings, pack, manifest)
    folder = artifacts_of(settings, library.name, out_dir)
    files = EmbeddingFiles.at(embeddings or folder)
    chosen = mode or (ComparedBy.EMBEDDINGS if files.vectors.is_file() else ComparedBy.TEXT)
    if mode is None:
        say(f"compared by {chosen}")
    path = folder / CLUSTERS_NAME
    taught = _taught(settings, styles, needed=chosen is ComparedBy.TAUGHT)
    # Pictures that were named to compare presets by need not be those that styles are told by.
    named = embeddings if chosen is ComparedBy.TAUGHT else None
    request = ClusterRequest(
        mode=chosen.value,
        k=k,
        seed=seed,
        embeddings=files,
        taught=taught,
        tell_by=None if taught is None else tell_by(taught, styled_files(library), folder, named),
        before=path if keep_ids and path.is_file() else None,
    )
    with bar("reading") as progress:
        made = make_clusters(library, request, progress.update)
    with working("looking at pictures"):
        contents = {name: preset.content_hash for name, preset in made.presets.items()}
        looks = looks_of(settings, folder, frames_index, takes, contents)
        energy_of = style_indexing.energies(made, looks)
        write_clusters(path, made.clusters)
        index_path = out_style_index or style_indexing.index_path(
            library, style_index_version.value
        )
        style_indexing.write_cluster_index(
            library,
            made.clusters,
            style_indexing.known_presets(library, made),
            looks,
            version=style_index_version.value,
            path=index_path,
        )
        write_cluster_sheet(folder / _SHEET, made, looks, energy_of)
    _print(made, energy_of, library, looks)
    for written in (path, index_path, folder / _SHEET):
        out.print(shown(context, written), markup=False)
    say_next(context, "style-policy", "--pack", library.name)


def library_of(settings: "Settings", pack: str | None, manifest: Path | None) -> "ListedLibrary":
    """Reads the library that a verb was told of.

    Raises:
        InputError: None was named, or two, or it cannot be read.
    """
    from aivj.pipeline.library_presets import library_manifest_path, read_library

    if (pack is None) == (manifest is None):
        raise InputError(
            "one of --pack and --manifest",
            "both" if pack else "neither",
            "name a pack, or the library-manifest.json of one that is elsewhere",
        )
    return read_library(manifest or library_manifest_path(settings.packs_root, pack or ""))


def looks_of(
    settings: "Settings",
    folder: Path,
    frames_index: Path | None,
    takes: str | None,
    contents: dict[str, str],
) -> "Looks":
    """Returns how presets look: by the index of their pictures, else by their takes.

    Args:
        settings: Where takes are, unless told otherwise.
        folder: Of the pack's artifacts.
        frames_index: An index elsewhere.
        takes: Takes elsewhere.
        contents: Content hash of each preset, by id.

    Raises:
        InputError: The index cannot be read.
        StorageError: The takes cannot.
    """
    from aivj.contracts.frames_index import FRAMES_INDEX_NAME
    from aivj.pipeline.cluster_looks import looks_of_frames, looks_of_takes

    index = frames_index or folder / FRAMES_INDEX_NAME
    if frames_index is not None or (takes is None and index.is_file()):
        return looks_of_frames(index)
    return looks_of_takes(takes or settings.takes_uri, contents)


def _taught(settings: "Settings", given: Path | None, *, needed: bool) -> "TaughtModel | None":
    """Reads the styles that were named; those of the usual place where they are needed."""
    from aivj.styles.taught_files import read_taught

    if given is None and not needed:
        return None
    return read_taught(given or taught_folder(settings, DEFAULT_NAME))


def _print(
    made: "MadeClusters",
    energy_of: "dict[str, Energy]",
    library: "ListedLibrary",
    looks: "Looks",
) -> None:
    table = plain_table()
    table.add_column("cluster")
    table.add_column("presets", justify="right")
    table.add_column("what tells it", overflow="ellipsis", no_wrap=True)
    for each in made.clusters.clusters:
        table.add_row(each.id, str(each.count), each.label)
    out.print(table, soft_wrap=False)
    err.print(f"{len(made.clusters.assignments)} of {len(library.presets)} presets are in clusters")
    for reason, num in sorted(made.left_out.items()):
        err.print(f"left out: {num} {reason}", markup=False)
    for note in made.notes:
        say(f"note: {note}")
    if len(energy_of) < len(made.clusters.assignments):
        num = len(made.clusters.assignments) - len(energy_of)
        say(
            f"note: motion of {num} presets is not known, their energy is read from their names; "
            f"known from {looks.source}: `aivj frames` or `aivj takes draw` measures it"
        )
