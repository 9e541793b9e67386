"""What lies in a home folder: packs with all that was made of them, and runs."""

from collections import Counter
from pathlib import Path

from pydantic import Field

from aivj.contracts.fields import Number
from aivj.contracts.json_text import ContractModel, parse_json, read_bytes
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.pack_size import pack_size
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, PairsManifest, read_pairs_manifest
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, read_pairs_quality
from aivj.contracts.preferences import PREFERENCES_NAME, read_preferences
from aivj.errors import InputError
from aivj.release.pointer import pointer_key, read_pointer
from aivj.runs.listing import RunEntry, runs_below
from aivj.settings import Settings
from aivj.storage import open_bucket, sha256_hex


class PackEntry(ContractModel):
    """One pack or library below `public/presets`."""

    name: str
    num_pairs: int | None = Field(description="Pairs of its manifest; null without one to read")
    num_presets: int = Field(description="Different presets that it names")
    quality_std: Number | None = Field(description="Deviation of its scores; null without scores")
    num_scored: int = Field(description="Pairs with a score")
    num_preferences: int = Field(description="Judgements of people that stand")
    num_runs: int = Field(description="Runs in this home that sampled it")
    released: str | None = Field(description="Digest of the scores that the bucket serves")
    is_released: bool = Field(description="Whether those are the very scores of the pack")
    problem: str | None = Field(description="Why it cannot be used; null if it can")
    oddities: list[str] = Field(
        default=[], description="Entries left out, presets that repeat, another size than known"
    )


class Packs(ContractModel):
    """All packs of a home, by name."""

    version: str = "v0"
    home: str
    bucket: str
    packs: list[PackEntry]


class Runs(ContractModel):
    """All runs of a home, the latest first."""

    version: str = "v0"
    home: str
    runs: list[RunEntry]


def list_packs(settings: Settings, bucket_uri: str) -> Packs:
    """Lists the packs of a home, and what the bucket serves of them.

    Raises:
        StorageError: The bucket does not answer.
    """
    root = settings.packs_root / "presets"
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    num_runs = Counter(pack for run in runs_below(settings.home) for pack in run.packs)
    entries = [
        _pack_entry(folder, num_runs[folder.name], _served(bucket_uri, folder.name))
        for folder in folders
        if not folder.name.startswith(".")
    ]
    return Packs(home=str(settings.home), bucket=bucket_uri, packs=entries)


def list_runs(home: Path) -> Runs:
    """Lists the runs of a home, the latest first."""
    runs = sorted(runs_below(home), key=lambda run: (run.started_at or "", run.path), reverse=True)
    return Runs(home=str(home), runs=runs)


def _pack_entry(folder: Path, num_runs: int, served: str | None) -> PackEntry:
    manifest, num_presets, problem = _contents(folder)
    std, num_scored = _scores(folder / PAIRS_QUALITY_NAME)
    path = folder / PAIRS_QUALITY_NAME
    return PackEntry(
        name=folder.name,
        num_pairs=None if manifest is None else len(manifest.pairs),
        num_presets=num_presets,
        quality_std=std,
        num_scored=num_scored,
        num_preferences=_num_preferences(folder / PREFERENCES_NAME),
        num_runs=num_runs,
        released=served,
        is_released=served is not None
        and path.is_file()
        and sha256_hex(path.read_bytes()) == served,
        problem=problem,
        oddities=[] if manifest is None else _oddities(manifest),
    )


def _oddities(manifest: PairsManifest) -> list[str]:
    left_out = [manifest.left_out] if manifest.left_out else []
    return [*left_out, *pack_size(manifest).oddities]


def _contents(folder: Path) -> tuple[PairsManifest | None, int, str | None]:
    """Returns a pack's manifest, how many presets it names, and what is wrong with it."""
    library = folder / LIBRARY_MANIFEST_NAME
    if library.is_file() and not (folder / PAIRS_MANIFEST_NAME).exists():
        try:
            presets = parse_json(read_bytes(library), str(library))["presets"]
            return None, len(presets), None
        except (InputError, KeyError, TypeError):
            return None, 0, f"{LIBRARY_MANIFEST_NAME} lists no presets"
    try:
        manifest = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=folder.name)
    except InputError as error:
        return None, 0, f"{PAIRS_MANIFEST_NAME}: {error.found}"
    urls = {url for pair in manifest.pairs for url in (pair.fg_url, pair.bg_url)}
    return manifest, len(urls), None


def _scores(path: Path) -> tuple[float | None, int]:
    try:
        quality = read_pairs_quality(path)
    except InputError:
        return None, 0
    return quality.quality_stats.std, len(quality.pairs)


def _num_preferences(path: Path) -> int:
    try:
        return len(read_preferences(path).rows)
    except InputError:
        return 0


def _served(bucket_uri: str, pack: str) -> str | None:
    try:
        found = read_pointer(open_bucket(bucket_uri), pointer_key(pack))
    except InputError:
        return None
    return None if found is None else found[0].digest
