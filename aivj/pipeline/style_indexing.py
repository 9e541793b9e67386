"""Style indexes and policies are written beside a library's manifest."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.clusters import Clusters, read_clusters
from aivj.contracts.json_text import iso_utc
from aivj.contracts.jsonl_log import read_jsonl
from aivj.contracts.style_index import (
    Energy,
    StyleIndex,
    StyleIndexVersion,
    style_index_name,
    write_style_index,
)
from aivj.contracts.style_policy import STYLE_POLICY_NAME, StylePolicy, write_style_policy
from aivj.contracts.taught_styles import PresetStyles
from aivj.errors import InputError
from aivj.packs.feature_extraction import Extraction, extract
from aivj.pipeline.cluster_looks import Looks
from aivj.pipeline.clustering import MadeClusters
from aivj.pipeline.library_presets import ListedLibrary
from aivj.styles.energy import energy_by_motion
from aivj.styles.index import IndexedPreset, IndexMode, cluster_index, index_v0


def write_named_index(
    library: ListedLibrary, path: Path, *, mode: IndexMode, styles_path: Path | None = None
) -> StyleIndex:
    """Writes a v0 index, which needs neither pictures nor clusters.

    Args:
        library: Its presets.
        path: Where to.
        mode: What presets are grouped by.
        styles_path: What `aivj styles apply` wrote, whose styles become tags.

    Raises:
        InputError: No preset can be read, or the styles cannot.
        StorageError: The disk did not take it.
    """
    presets = indexed_presets(library, told_styles(styles_path))
    index = index_v0(library.name, presets, mode=mode, generated_at=_now())
    write_style_index(path, index)
    return index


def write_cluster_index(
    library: ListedLibrary,
    clusters: Clusters,
    presets: Sequence[IndexedPreset],
    looks: Looks,
    *,
    version: StyleIndexVersion,
    path: Path,
) -> StyleIndex:
    """Writes an index by clusters, and by the thirds of measured motion.

    Raises:
        StorageError: The disk did not take it.
    """
    listed = {preset.preset_id for preset in library.presets}
    motion = {name: value for name, value in looks.motion.items() if name in listed}
    index = cluster_index(
        clusters, presets, energy_by_motion(motion), version=version, generated_at=_now()
    )
    write_style_index(path, index)
    return index


def clusters_of(path: Path, library: ListedLibrary) -> Clusters:
    """Reads a clustering of a library.

    Raises:
        InputError: It cannot be read, or is of other presets.
    """
    clusters = read_clusters(path)
    listed = {preset.preset_id for preset in library.presets}
    if not listed & clusters.assignments.keys():
        raise InputError(
            f"clusters of presets of {library.name} in {path}",
            f"{len(clusters.assignments)} presets, all of other packs",
            f"cluster it anew: aivj cluster --pack {library.name}",
        )
    return clusters


def indexed_presets(
    library: ListedLibrary, styles: Mapping[str, Sequence[str]]
) -> list[IndexedPreset]:
    """Returns what an index needs of presets, by reading them; those that are gone are left out.

    Raises:
        InputError: None can be read.
    """
    found: list[IndexedPreset] = []
    readable = (
        (str(place), data)
        for place, preset in enumerate(library.presets)
        if (data := _data(preset.path)) is not None
    )
    for batch in extract(readable, Extraction(features=False, tags=True)):
        for name, tags in zip(batch.file_hashes, batch.tags, strict=True):
            preset = library.presets[int(name)]
            told = styles.get(preset.preset_id, ())
            found.append(IndexedPreset(preset.preset_id, preset.label, tags, told))
    if not found:
        raise InputError(
            f"presets of {library.name} that can be read", "none", "look at the pack's folder"
        )
    return found


def known_presets(library: ListedLibrary, made: MadeClusters) -> list[IndexedPreset]:
    """Returns what an index needs of presets that were clustered just now."""
    return [
        IndexedPreset(listed.preset_id, listed.label, known.tags, known.styles)
        for listed in library.presets
        if (known := made.presets.get(listed.preset_id)) is not None
    ]


def told_styles(path: Path | None) -> dict[str, Sequence[str]]:
    """Returns the styles of presets that `aivj styles apply` wrote, by id; none without a file.

    Raises:
        InputError: The file cannot be read.
    """
    if path is None:
        return {}
    return {row.preset_id: row.styles for row in read_jsonl(path, PresetStyles).rows}


def index_path(library: ListedLibrary, version: StyleIndexVersion) -> Path:
    """Returns where a runtime looks for an index of a library."""
    return library.folder / style_index_name(version)


def write_policy(library: ListedLibrary) -> Path:
    """Writes the usual policy beside a library's manifest.

    Raises:
        StorageError: The disk did not take it.
    """
    path = library.folder / STYLE_POLICY_NAME
    write_style_policy(path, StylePolicy(generated_at=_now(), pack=library.folder.name))
    return path


def energies(made: MadeClusters, looks: Looks) -> dict[str, Energy]:
    """Returns the energy of clustered presets whose motion is known."""
    assigned = made.clusters.assignments
    return energy_by_motion(
        {name: value for name, value in looks.motion.items() if name in assigned}
    )


def _data(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _now() -> str:
    return iso_utc(datetime.now(UTC))
