"""The page on a clustering: pictures of each cluster, to see whether it holds together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aivj.report.study import StudyPage, StudyPicture, StudySheet, TableRow, write_study
from aivj.report.text import counted


@dataclass(frozen=True)
class ShownPreset:
    """A preset of a cluster.

    Attributes:
        title: What it is called.
        energy: calm, groove or peak.
        webp: Picture of it; empty if there is none.
    """

    title: str
    energy: str
    webp: bytes = b""


@dataclass(frozen=True)
class ShownCluster:
    """One cluster.

    Attributes:
        cluster_id: c01, c02, ...
        label: What it is called.
        num_presets: How many it has.
        terms: What tells it from the others.
        energies: How many of its presets are calm, groove and peak.
        presets: Those nearest its centre.
    """

    cluster_id: str
    label: str
    num_presets: int
    terms: Sequence[str]
    energies: tuple[int, int, int]
    presets: Sequence[ShownPreset]


@dataclass(frozen=True)
class ClusterStudy:
    """What the page is made from.

    Attributes:
        pack: Name of the pack.
        generated_at: When it was clustered.
        facts: What it was clustered by, and how: labels and values.
        conclusion: What there is, in a sentence.
        notes: What a reader should know.
        clusters: The clusters, in their order.
    """

    pack: str
    generated_at: datetime
    facts: Sequence[tuple[str, str]]
    conclusion: str
    notes: Sequence[str]
    clusters: Sequence[ShownCluster]


def write_clusters_page(path: Path, study: ClusterStudy) -> None:
    """Writes the page, whole or not at all. The same data give the same bytes.

    Raises:
        StorageError: The disk did not take it.
    """
    page = StudyPage(
        title=f"Pack {study.pack}: clusters",
        generated_at=study.generated_at,
        facts=study.facts,
        conclusions=[study.conclusion],
        notes=study.notes,
        columns=["presets", "calm", "groove", "peak"],
        rows=[_row(cluster) for cluster in study.clusters],
        charts=[],
        sheets=[_sheet(cluster) for cluster in study.clusters],
    )
    write_study(path, page)


def _row(cluster: ShownCluster) -> TableRow:
    return TableRow(_title(cluster), [str(cluster.num_presets), *map(str, cluster.energies)])


def _sheet(cluster: ShownCluster) -> StudySheet:
    pictured = [preset for preset in cluster.presets if preset.webp]
    shown = [
        StudyPicture(preset.title, preset.energy, f"#{rank}", preset.webp)
        for rank, preset in enumerate(pictured, start=1)
    ]
    told = [
        f"{counted(cluster.num_presets, 'preset')}.",
        f"{len(shown)} nearest the centre, named where one points." if shown else "",
        f"What tells it: {', '.join(cluster.terms)}." if cluster.terms else "",
    ]
    return StudySheet(_title(cluster), " ".join(filter(None, told)), shown)


def _title(cluster: ShownCluster) -> str:
    label = cluster.label
    return f"{cluster.cluster_id} {label}" if label else cluster.cluster_id
