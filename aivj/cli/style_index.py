"""`aivj style-index`, `style-policy`, `check-style-index`: what a runtime chooses presets by."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.cluster import (
    FramesIndexOption,
    ManifestOption,
    TakesOption,
    library_of,
    looks_of,
)
from aivj.cli.console import err, out, working
from aivj.cli.frames import PackIfGivenOption, artifacts_of
from aivj.cli.next_steps import say_next
from aivj.cli.places import shown
from aivj.cli.results import JsonOption, print_json

if TYPE_CHECKING:
    from aivj.settings import Settings

_INVALID = 2
"""Of the contract, whose checker ends with 0 or 2."""


class GroupedBy(StrEnum):
    """What presets of an index are grouped by."""

    TAG = "tag"
    NAME = "name"
    CLUSTERS = "clusters"


def style_index(
    context: typer.Context,
    pack: PackIfGivenOption = None,
    manifest: ManifestOption = None,
    mode: Annotated[
        GroupedBy,
        typer.Option(
            "--mode",
            help="tag and name: v0, from text alone, grouped by what presets draw, or by author. "
            "clusters: v1, of clusters.v0.json and measured motion.",
        ),
    ] = GroupedBy.TAG,
    clusters: Annotated[
        Path | None,
        typer.Option("--clusters", help="Default: clusters.v0.json in the pack's artifacts."),
    ] = None,
    preset_styles: Annotated[
        Path | None,
        typer.Option(
            "--preset-styles", help="What `aivj styles apply` wrote; its styles become tags."
        ),
    ] = None,
    frames_index: FramesIndexOption = None,
    takes: TakesOption = None,
    path: Annotated[
        Path | None, typer.Option("--out", help="Default: beside the pack's manifest.")
    ] = None,
) -> None:
    """Write the style index that a runtime reads beside a library's manifest.

    Example: aivj style-index --pack mine

    By clusters: aivj style-index --pack mine --mode clusters
    """
    from aivj.contracts.clusters import CLUSTERS_NAME
    from aivj.pipeline import style_indexing
    from aivj.presets.digest import content_hash

    settings: Settings = context.obj
    library = library_of(settings, pack, manifest)
    folder = artifacts_of(settings, library.name, None)
    with working("reading presets"):
        if mode is GroupedBy.CLUSTERS:
            target = path or style_indexing.index_path(library, "v1")
            known = style_indexing.clusters_of(clusters or folder / CLUSTERS_NAME, library)
            told = style_indexing.told_styles(preset_styles)
            presets = style_indexing.indexed_presets(library, told)
            contents = {
                each.preset_id: content_hash(each.path.read_bytes())
                for each in library.presets
                if each.path.is_file()
            }
            looks = looks_of(settings, folder, frames_index, takes, contents)
            index = style_indexing.write_cluster_index(
                library, known, presets, looks, version="v1", path=target
            )
        else:
            target = path or style_indexing.index_path(library, "v0")
            index = style_indexing.write_named_index(
                library,
                target,
                mode="name" if mode is GroupedBy.NAME else "tag",
                styles_path=preset_styles,
            )
    groups = len({entry.author_key for entry in index.entries})
    err.print(f"{len(index.entries)} of {len(library.presets)} presets in {groups} groups")
    out.print(shown(context, target), markup=False)
    say_next(context, "style-policy", "--pack", library.name)


def style_policy(
    context: typer.Context,
    pack: PackIfGivenOption = None,
    manifest: ManifestOption = None,
) -> None:
    """Write the usual style policy beside a library's manifest: which energy when.

    Example: aivj style-policy --pack mine
    """
    from aivj.pipeline.style_indexing import write_policy

    library = library_of(context.obj, pack, manifest)
    out.print(shown(context, write_policy(library)), markup=False)
    say_next(context, "serve", "--pack", library.name)


def check_style_index(
    manifest_url: Annotated[
        str,
        typer.Option("--manifest-url", "--manifestUrl", help="Address of a library-manifest.json."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Tell which style index a runtime would use: v1, else v0. Ends with 2 if neither is valid.

    Example: aivj check-style-index --manifest-url URL
    """
    from aivj.styles.checking import check_style_index as check

    with working("asking"):
        found = check(manifest_url)
    if as_json:
        print_json(found)
    else:
        for name, fault in found.faults.items():
            err.print(f"{name}: {fault}", markup=False)
        if found.used is not None:
            out.print(f"{found.used} is used: {found.num_entries} entries")
    if found.used is None:
        err.print("Error: no style index that can be used; presets are shown in their order")
        raise typer.Exit(_INVALID)
