"""Style indexes of a library: v0 by names and tags, v1 by clusters and measured motion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aivj.contracts.clusters import Clusters
from aivj.contracts.style_index import (
    Energy,
    StyleEntry,
    StyleGroup,
    StyleIndex,
    StyleIndexVersion,
)
from aivj.presets.tags import primary_category
from aivj.styles.name_rules import author_key, name_tags, named_energy

IndexMode = Literal["name", "tag"]


@dataclass(frozen=True)
class IndexedPreset:
    """What an index needs of a preset.

    Attributes:
        preset_id: Its id in the library's manifest.
        label: What it is called there.
        tags: Tags that its text decides.
        styles: Styles that people taught, if any were told.
    """

    preset_id: str
    label: str
    tags: Sequence[str] = ()
    styles: Sequence[str] = field(default=())

    @property
    def own_tags(self) -> list[str]:
        """Tags of what it draws, and its styles."""
        return [*self.tags, *(f"style:{style}" for style in self.styles)]


def index_v0(
    pack: str, presets: Sequence[IndexedPreset], *, mode: IndexMode, generated_at: str
) -> StyleIndex:
    """Returns an index that needs no rendering.

    Args:
        pack: Name of the library.
        presets: All of it, in its order.
        mode: Grouped by author, as the name has it, or by the first of the tags that say most.
        generated_at: ISO-8601 time.
    """
    entries = []
    for preset in presets:
        energy = named_energy(preset.label)
        key = author_key(preset.label) if mode == "name" else primary_category(preset.tags)
        tags = [*name_tags(preset.label, energy), *preset.own_tags]
        entries.append(
            StyleEntry(preset_id=preset.preset_id, author_key=key, energy=energy, tags=tags)
        )
    return StyleIndex(version="v0", generated_at=generated_at, pack=pack, entries=entries)


def cluster_index(
    clusters: Clusters,
    presets: Sequence[IndexedPreset],
    energy_of: Mapping[str, Energy],
    *,
    version: StyleIndexVersion,
    generated_at: str,
) -> StyleIndex:
    """Returns an index by clusters; presets that are in none are left out.

    Args:
        clusters: Of the library.
        presets: All of it, in its order.
        energy_of: Energy of the presets whose motion was measured; that of others is read from
            their names.
        version: v1, or v0 for a runtime that knows no other.
        generated_at: ISO-8601 time.
    """
    entries = []
    for preset in presets:
        cluster = clusters.assignments.get(preset.preset_id)
        if cluster is None:
            continue
        energy = energy_of.get(preset.preset_id) or named_energy(preset.label)
        tags = name_tags(preset.label, energy, with_author=False)
        entries.append(
            StyleEntry(
                preset_id=preset.preset_id,
                author_key=cluster,
                energy=energy,
                tags=[*tags, f"cluster:{cluster}", *preset.own_tags],
            )
        )
    groups = [
        StyleGroup(id=each.id, label=each.label or each.id, count=each.count)
        for each in clusters.clusters
    ]
    return StyleIndex(
        version=version,
        generated_at=generated_at,
        pack=clusters.pack,
        entries=entries,
        clusters=groups,
    )
