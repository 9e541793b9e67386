"""A pack's presets are grouped by what they are compared by, and the groups written down."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aivj.contracts.clusters import Cluster, ClusterMode, Clusters, read_clusters
from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.contracts.json_text import iso_utc
from aivj.errors import InputError
from aivj.packs.term_library import DescribedLibrary, describe_library
from aivj.packs.term_table import TermTable
from aivj.pipeline.library_presets import ListedLibrary, ListedPreset
from aivj.pipeline.styles import styled_files, told_shares
from aivj.presets.code_terms import code_terms
from aivj.presets.milk import parse_milk
from aivj.presets.tags import primary_category
from aivj.styles.cluster_ids import kept_ids
from aivj.styles.comparing import Compared, by_code_and_pictures, by_pictures
from aivj.styles.kmeans import MIN_PER_CLUSTER, KMeansResult, grouped, kmeans
from aivj.styles.pictures import PictureLookup
from aivj.styles.planes import Floats
from aivj.styles.taught import styles_of
from aivj.styles.taught_files import TaughtModel
from aivj.styles.telling import cluster_label, telling_terms

NUM_NEAREST = 12
"""Presets nearest a centre that are named; a sheet shows so many pictures of a cluster."""

DEFAULT_K = 32

_MAX_TOLD = 4000
_MIN_NAMED = 0.5

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ClusterRequest:
    """What presets are compared by, and how many clusters are wanted.

    Attributes:
        mode: What they are compared by.
        k: How many clusters; None for the usual number or, by tags and taught styles, a group each.
        seed: Where k-means begins.
        embeddings: Vectors of pictures, for the modes that compare them.
        taught: Learned styles: presets get them as tags, clusters their names.
        tell_by: Pictures that the styles are told by beside the text.
        before: The last clustering, whose ids are kept; None begins anew.
    """

    mode: ClusterMode
    k: int | None = None
    seed: int = 1
    embeddings: EmbeddingFiles | None = None
    taught: TaughtModel | None = None
    tell_by: PictureLookup | None = None
    before: Path | None = None


@dataclass(frozen=True)
class KnownPreset:
    """What reading a preset told.

    Attributes:
        listed: Its entry in the manifest.
        content_hash: What it is, however it is written.
        tags: Tags that its text decides.
        styles: Taught styles; none where nobody taught any.
    """

    listed: ListedPreset
    content_hash: str
    tags: tuple[str, ...]
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class MadeClusters:
    """A clustering, and what its index and its sheet are made from.

    Attributes:
        clusters: What is written.
        presets: What is known of each preset that could be read, by id.
        left_out: Presets that are in no cluster, by reason.
        notes: What a person should know.
    """

    clusters: Clusters
    presets: Mapping[str, KnownPreset]
    left_out: Counter[str]
    notes: list[str] = field(default_factory=list)


def make_clusters(
    library: ListedLibrary,
    request: ClusterRequest,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> MadeClusters:
    """Groups the presets of a library.

    Args:
        library: Its presets.
        request: What is wanted.
        on_progress: Told how many files of how many were read.

    Raises:
        InputError: What presets are to be compared by is not there, or they are too few.
    """
    reading = _read(library, request, on_progress)
    compared = _compared(request, reading)
    if not compared.names:
        raise InputError("presets that can be read", "none", "look at the pack's folder")
    result, method, labels = _grouped(compared, request)
    terms = _terms(reading, compared.names, result)
    labels = labels or _labels(reading, compared.names, result, terms)
    before = _assigned_before(request)
    ids = kept_ids(result.labels.tolist(), compared.names, before, len(result.centres))
    sizes = np.bincount(result.labels, minlength=len(ids)).tolist()
    clusters = [
        Cluster(
            id=ids[place],
            count=sizes[place],
            label=labels[place],
            terms=terms[place],
            nearest=[compared.names[row] for row in result.nearest(place, NUM_NEAREST)],
        )
        for place in range(len(ids))
    ]
    left_out = reading.left_out
    left_out["no embedding"] += len(reading.presets) - len(compared.names)
    return MadeClusters(
        Clusters(
            generated_at=iso_utc(datetime.now(UTC)),
            pack=library.name,
            k=len(ids),
            seed=request.seed,
            method=method,
            mode=request.mode,
            space=compared.space,
            assignments={
                name: ids[label]
                for name, label in zip(compared.names, result.labels.tolist(), strict=True)
            },
            clusters=sorted(clusters, key=lambda cluster: cluster.id),
        ),
        reading.presets,
        +left_out,
        _notes(method, len(ids), len(compared.names)),
    )


@dataclass(frozen=True, eq=False)
class _ReadLibrary:
    """What reading the files of a library told.

    Attributes:
        presets: Those that could be read, by id, in their order.
        rows: Row of each in what was described.
        described: Where contents lie in the space of terms.
        shares: [N, S] logarithm of how likely each taught style is, rows as `presets`.
        style_names: What the styles are called.
        left_out: Presets that could not be read.
    """

    presets: dict[str, KnownPreset]
    rows: list[int]
    described: DescribedLibrary
    shares: Floats | None
    style_names: list[str]
    left_out: Counter[str]


def _read(library: ListedLibrary, request: ClusterRequest, on_progress: Progress) -> _ReadLibrary:
    paths = [preset.path for preset in library.presets]
    described = describe_library(paths, on_progress=on_progress)
    shares: Floats | None = None
    style_names: list[str] = []
    if request.taught is not None:
        files = styled_files(library)
        style_names = request.taught.names
        shares = np.zeros((len(files), len(style_names)))
        for place, logs in told_shares(request.taught, files, request.tell_by):
            shares[place] = logs
    presets: dict[str, KnownPreset] = {}
    kept = []
    for place, listed in enumerate(library.presets):
        row = int(described.row_of[place])
        if row < 0:
            continue
        styles = () if shares is None else styles_of(np.exp(shares[place]), style_names)
        presets[listed.preset_id] = KnownPreset(
            listed, described.content_hashes[row], described.tags[row], tuple(styles)
        )
        kept.append(place)
    left_out = Counter({"file that cannot be read": len(paths) - len(kept)})
    return _ReadLibrary(
        presets=presets,
        rows=described.row_of[kept].tolist(),
        described=described,
        shares=None if shares is None else shares[kept],
        style_names=style_names,
        left_out=left_out,
    )


def _compared(request: ClusterRequest, reading: _ReadLibrary) -> Compared:
    names = list(reading.presets)
    described = reading.described
    if request.mode == "taught":
        return _by_styles(names, reading)
    if request.mode == "tag":
        groups = [primary_category(preset.tags) for preset in reading.presets.values()]
        kinds = sorted(set(groups))
        vectors = np.array([[group == kind for kind in kinds] for group in groups], np.float32)
        return Compared(names, vectors, "tags", groups)
    places = described.places[reading.rows]
    if request.mode == "text":
        return Compared(names, places, described.space.spec)
    if request.embeddings is None:
        raise InputError(
            "embeddings of pictures to compare presets by",
            "none were named",
            "name their folder with --embeddings, or say --mode text",
        )
    embeddings = read_embeddings(request.embeddings)
    if request.mode == "embeddings":
        return by_pictures(names, embeddings)
    return by_code_and_pictures(names, places, described.space.spec, embeddings)


def _by_styles(names: list[str], reading: _ReadLibrary) -> Compared:
    if reading.shares is None:
        raise InputError(
            "styles that were taught, to compare presets by",
            "none were named",
            "teach some with `aivj styles teach FOLDER`, and name them with --styles",
        )
    likeliest = reading.shares.argmax(axis=1).tolist()
    groups = [reading.style_names[place] for place in likeliest]
    return Compared(names, reading.shares.astype(np.float32), "taught styles", groups)


def _grouped(compared: Compared, request: ClusterRequest) -> tuple[KMeansResult, str, list[str]]:
    """Returns the groups, how they came to be, and what they are called if they have names."""
    if request.k is None and compared.groups is not None:
        names, labels = np.unique(np.array(compared.groups), return_inverse=True)
        result = grouped(compared.vectors, labels.astype(np.int64), len(names))
        return result, f"likeliest {request.mode}", [str(name) for name in names]
    result = kmeans(compared.vectors, request.k or DEFAULT_K, seed=request.seed)
    return result, "kmeans", []


def _assigned_before(request: ClusterRequest) -> Mapping[str, str]:
    """Returns the last clustering's assignments, if presets were compared by the same thing."""
    if request.before is None:
        return {}
    before = read_clusters(request.before)
    return before.assignments if before.mode == request.mode else {}


def _terms(reading: _ReadLibrary, names: Sequence[str], result: KMeansResult) -> list[list[str]]:
    """Returns what tells each cluster, by some of its presets where there are very many."""
    drawn = np.random.default_rng(0).permutation(len(names))[:_MAX_TOLD]
    table = TermTable()
    kept = []
    for row in np.sort(drawn).tolist():
        try:
            data = reading.presets[names[row]].listed.path.read_bytes()
        except OSError:
            continue  # gone since it was read
        table.add(code_terms(parse_milk(data)))
        kept.append(row)
    return telling_terms(reading.described.space, table, result.labels[kept], len(result.centres))


def _labels(
    reading: _ReadLibrary,
    names: Sequence[str],
    result: KMeansResult,
    terms: Sequence[Sequence[str]],
) -> list[str]:
    """Returns what clusters are called: a taught style that rules them, else what tells them."""
    labels = []
    for cluster, told in enumerate(terms):
        members = np.flatnonzero(result.labels == cluster).tolist()
        styles = Counter(
            style for row in members for style in reading.presets[names[row]].styles[:1]
        )
        ruling, num = next(iter(styles.most_common(1)), ("", 0))
        rules = num >= _MIN_NAMED * len(members)
        parts = [ruling] if rules and ruling else []
        labels.append(": ".join([*parts, cluster_label(told)] if told else parts))
    return labels


def _notes(method: str, k: int, num_presets: int) -> list[str]:
    if method == "kmeans" and k * MIN_PER_CLUSTER > num_presets:
        return [f"{k} clusters of {num_presets} presets are many: --k 32 or 64 is for a thousand"]
    return []
