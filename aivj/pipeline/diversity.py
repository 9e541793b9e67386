"""How varied a pack is: its texts, its pictures where they are drawn, a report and a page."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from aivj.contracts.diversity import DiversityReport
from aivj.contracts.json_text import iso_utc
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME, read_library_manifest
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    preset_path,
    read_pairs_manifest,
    require_pack_name,
)
from aivj.curation.candidates import Floats
from aivj.curation.diversity import (
    MAX_DUPLICATE_SHARE,
    JudgedPictures,
    Limits,
    Pictures,
    judge,
    judge_pictures,
    text_figures,
)
from aivj.curation.homogeneity import text_homogeneity
from aivj.curation.looks import describe, looked_at
from aivj.errors import InputError
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.packs.provenance import original_names
from aivj.packs.scan import PresetFile
from aivj.pipeline.taking import Takable
from aivj.presets.digest import hash_milk
from aivj.presets.milk import Milk, parse_milk
from aivj.storage import resolve_under, sha256_hex
from aivj.takes.cells import Bytes
from aivj.takes.compose import composed_picture, screen_blend
from aivj.takes.store import TakeStore
from aivj.takes.take import Drawn

Progress = Callable[[int, int], None]
TakePresets = Callable[[Sequence[Takable]], TakeStore]
"""Draws those presets that no take exists of, and returns where the takes of all are."""

_AT_A_TIME = 64
_FEWEST = 2


class DiversityRequest(BaseModel):
    """Which pack, and what it has to be like."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    pack: str = Field("", description="The same, as an option.")
    packs_root: Path
    min_vendi: float | None = Field(
        None, ge=1, le=200, description="Least Vendi score. Default: an eighth of what is compared."
    )
    max_duplicate_share: float = Field(
        MAX_DUPLICATE_SHARE,
        ge=0,
        le=1,
        description="Most presets, or pictures, that another one stands for: 0 to 1.",
    )
    text_only: bool = Field(
        default=False, description="Read texts alone: nothing is drawn, no picture is judged."
    )
    max_pictures: int = Field(
        5000, ge=2, le=20_000, description="Pictures that are looked at, drawn by the seed."
    )
    seed: int = Field(0, ge=0, description="Same seed, same figures.")

    @property
    def limits(self) -> Limits:
        """What the pack has to be like."""
        return Limits(self.min_vendi, self.max_duplicate_share)


@dataclass(frozen=True)
class PackItems:
    """What a pack shows: pairs, or single presets.

    Attributes:
        pack: Its name.
        manifest_digest: SHA-256 of the manifest.
        files: Its presets, each file once.
        items: Places among the files, one or two of each item, foreground first.
        names: What each item is called.
    """

    pack: str
    manifest_digest: str
    files: Sequence[PresetFile]
    items: Sequence[tuple[int, ...]]
    names: Sequence[str]


@dataclass(frozen=True)
class Look:
    """A repeated look, as a page shows it.

    Attributes:
        num: How many pictures have it.
        examples: Some of them.
        webp: The picture of the one that the others are like.
    """

    num: int
    examples: Sequence[str]
    webp: bytes


@dataclass(frozen=True)
class JudgedPack:
    """A pack that was judged.

    Attributes:
        report: Figures and verdict.
        pictures: What of the pictures a page shows; None if texts alone were read.
        looks: The most repeated looks.
    """

    report: DiversityReport
    pictures: JudgedPictures | None
    looks: Sequence[Look]


def judge_pack(
    request: DiversityRequest,
    take_presets: TakePresets,
    *,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> JudgedPack:
    """Judges how varied a pack is.

    Args:
        request: Which pack, and what it has to be like.
        take_presets: Draws presets; not asked if texts alone are read.
        on_progress: Told how many presets of how many were read.

    Raises:
        InputError: There is no such pack, a preset of it is missing, or too few can be drawn.
        AivjError: As `take_presets`.
    """
    pack = read_items(request.packs_root, request.pack)
    contents: list[str] = []
    first: dict[str, str] = {}

    def milks() -> Iterator[Milk]:
        for number, file in enumerate(pack.files, start=1):
            milk = parse_milk(_read(file.path))
            contents.append(hash_milk(milk))
            on_progress(number, len(pack.files))
            if contents[-1] not in first:
                first[contents[-1]] = file.relative_path
                yield milk

    homogeneity = text_homogeneity(milks())
    group_of = dict(zip(first, homogeneity.groups.tolist(), strict=True))
    shown = {tuple(group_of[contents[place]] for place in item) for item in pack.items}
    text = text_figures(
        homogeneity, list(first.values()), repeated_share=1 - len(shown) / len(pack.items)
    )
    judged, looks = None, []
    if not request.text_only:
        seen = _Seen(pack, contents, request)
        judged = judge_pictures(seen.pictures(take_presets), seed=request.seed)
        looks = seen.looks(judged)
    figures = None if judged is None else judged.figures
    checks = judge(text, figures, request.limits)
    is_failed = any(check.verdict == "fail" for check in checks.values())
    report = DiversityReport(
        pack=pack.pack,
        generated_at=iso_utc(datetime.now(UTC)),
        manifest_digest=pack.manifest_digest,
        verdict="failed" if is_failed else "passed",
        checks=checks,
        text=text,
        pictures=figures,
    )
    return JudgedPack(report, judged, looks)


def read_items(packs_root: Path, pack: str) -> PackItems:
    """Reads what a pack shows: its pairs, or its presets if it is a library.

    Raises:
        InputError: There is no such pack, or nothing in it can be used.
    """
    folder = packs_root / "presets" / require_pack_name(pack)
    library = folder / LIBRARY_MANIFEST_NAME
    if not (folder / PAIRS_MANIFEST_NAME).exists() and library.exists():
        return _library(packs_root, pack, library)
    path = folder / PAIRS_MANIFEST_NAME
    manifest = read_pairs_manifest(path, pack=pack)
    files: dict[str, int] = {}
    items = [
        tuple(files.setdefault(url, len(files)) for url in (pair.fg_url, pair.bg_url))
        for pair in manifest.pairs
    ]
    paths = [preset_path(packs_root, url) for url in files]
    return PackItems(
        pack=pack,
        manifest_digest=sha256_hex(path.read_bytes()),
        files=[PresetFile(*each) for each in zip(original_names(paths), paths, strict=True)],
        items=items,
        names=[f"pair {pair.pair}" for pair in manifest.pairs],
    )


def _library(packs_root: Path, pack: str, path: Path) -> PackItems:
    manifest = read_library_manifest(path)
    files = [
        PresetFile(preset.rel_path, resolve_under(packs_root / "presets", quote(preset.rel_path)))
        for preset in manifest.presets
    ]
    return PackItems(
        pack=pack,
        manifest_digest=sha256_hex(path.read_bytes()),
        files=files,
        items=[(place,) for place in range(len(files))],
        names=[file.relative_path for file in files],
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"a preset at {path}",
            error.strerror or str(error),
            "make the pack again, or copy what is missing into it",
        ) from error


class _Seen:
    """The pictures of a pack: as many as are looked at, in the pack's order."""

    def __init__(self, pack: PackItems, contents: Sequence[str], request: DiversityRequest) -> None:
        chosen = np.arange(len(pack.items))
        if len(chosen) > request.max_pictures:
            rng = np.random.Generator(np.random.PCG64(request.seed))
            chosen = np.sort(rng.permutation(len(chosen))[: request.max_pictures])
        self._items = [pack.items[place] for place in chosen.tolist()]
        self._names = [pack.names[place] for place in chosen.tolist()]
        self._files = pack.files
        self._contents = contents

    def pictures(self, take_presets: TakePresets) -> Pictures:
        """Returns what they look like.

        Raises:
            InputError: Fewer than two can be drawn.
        """
        used = {self._contents[place]: place for item in self._items for place in item}
        presets = [
            PresetOnDisk(self._files[place], content) for content, place in sorted(used.items())
        ]
        self._takes = take_presets(presets)
        drawn = [each.content_hash for each in presets if self._is_drawn(each.content_hash)]
        rows = {content: row for row, content in enumerate(drawn)}
        num_all = len(self._items)
        whole = [all(self._contents[place] in rows for place in item) for item in self._items]
        self._items = [item for item, is_whole in zip(self._items, whole, strict=True) if is_whole]
        self._names = [name for name, is_whole in zip(self._names, whole, strict=True) if is_whole]
        if len(self._items) < _FEWEST:
            raise self._too_few(presets)
        conditions = self._takes.conditions
        frames = looked_at(conditions.settings.measure_frames + 1)
        seen = np.stack([cells.music[frames] for cells in self._takes.read_cells(drawn)])
        return Pictures(
            self._names,
            self._described(seen, rows),
            num_all - len(self._items),
            conditions.renderer_class,
        )

    def looks(self, judged: JudgedPictures) -> list[Look]:
        """Returns the most repeated looks with a picture of each."""
        return [
            Look(len(group.members), figures.examples, self._picture(self._items[group.leader]))
            for group, figures in zip(judged.repeated, judged.figures.repeated, strict=True)
        ]

    def _is_drawn(self, content: str) -> bool:
        return content in self._takes and self._takes.failure(content) is None

    def _described(self, seen: Bytes, rows: Mapping[str, int]) -> Floats:
        places = np.array(
            [[rows[self._contents[place]] for place in item] for item in self._items], np.int64
        )
        parts = []
        for start in range(0, len(places), _AT_A_TIME):
            layers = [seen[column] for column in places[start : start + _AT_A_TIME].T]
            parts.append(describe(layers[0] if len(layers) == 1 else screen_blend(*layers)))
        return np.concatenate(parts)

    def _picture(self, item: Sequence[int]) -> bytes:
        takes = self._takes.read([self._contents[place] for place in item])
        layers = [take.outcome.pictures[1] for take in takes if isinstance(take.outcome, Drawn)]
        return layers[0] if len(layers) == 1 else composed_picture(*layers)

    def _too_few(self, presets: Sequence[PresetOnDisk]) -> InputError:
        failures = (self._takes.failure(preset.content_hash) for preset in presets)
        kinds = Counter(failure.kind for failure in failures if failure is not None)
        told = ", ".join(f"{num} {kind}" for kind, num in kinds.most_common())
        return InputError(
            f"at least {_FEWEST} pictures to compare",
            f"{len(self._items)}; not drawn: {told or 'none'}",
            "add presets, or judge texts alone with --text-only",
        )
