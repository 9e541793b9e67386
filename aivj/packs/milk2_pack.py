"""A coupled pack of MilkDrop 3's double presets: what each file holds, laid out as a pair."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aivj.errors import InputError
from aivj.packs.drawing import DrawnPair, DrawnPreset, Rejection, name_pairs
from aivj.packs.milk2 import MAX_DOUBLE_BYTES, DoublePreset, InnerPreset, split_double_preset
from aivj.packs.milk2_sniff import read_head
from aivj.packs.pairing import MAX_PACK_BYTES, MEGABYTE, DrawnPack, lay_out_pack
from aivj.packs.provenance import PassedOverList, PassedOverPreset, Provenance, pair_origins
from aivj.packs.scan import PresetFile, written_name
from aivj.presets.author import preset_family
from aivj.presets.digest import hash_milk
from aivj.presets.milk import parse_milk

DOUBLE_SUFFIX = ".milk2"
MAX_LISTED = 100_000
"""Files of one folder that are looked at."""


@dataclass(frozen=True)
class DoublesPack:
    """A pack of double presets in its place.

    Attributes:
        drawn: The pack.
        num_sprites: Pictures over the presets that were left out.
    """

    drawn: DrawnPack
    num_sprites: int


def listed_doubles(paths: Sequence[Path]) -> list[Path]:
    """Returns the files that are named, and those `.milk2` files that lie in named folders.

    Folders below these are not looked into.

    Raises:
        InputError: A path is neither, or no file is there.
    """
    found: list[Path] = []
    for path in paths:
        found += _in_folder(path) if path.is_dir() else [path]
    if not found:
        raise InputError(
            f"a {DOUBLE_SUFFIX} file in {', '.join(map(str, paths))}",
            "none",
            "name the files, or the folder in which they lie",
        )
    return list(dict.fromkeys(found))


def convert_doubles(
    files: Sequence[Path],
    *,
    pack: str,
    packs_root: Path,
    generated_at: datetime,
    swap: bool = False,
    replace: bool = False,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None,
) -> DoublesPack:
    """Lays double presets out as a pack: the first preset in front, the second behind.

    What is no double preset is refused with what was found; the others make the pack. Nothing of a
    file decides where anything is written.

    Args:
        files: The files, one or more; their order is that of the pairs.
        pack: Name of the pack; a single safe path segment.
        packs_root: The runtime's public root.
        generated_at: Aware time to be written into the manifest.
        swap: Whether the second preset comes to the front.
        replace: Whether another drawn pack of that name may be replaced.
        on_progress: Told how many files of how many were read.

    Raises:
        InputError: No file holds two presets, or as `aivj.packs.pairing.lay_out_pack`.
        StorageError: The disk did not take the pack.
    """
    refused: list[PassedOverPreset] = []
    doubles: list[tuple[Path, DoublePreset]] = []
    num_bytes = 0
    for number, path in enumerate(files, start=1):
        double = split_double_preset(read_head(path, MAX_DOUBLE_BYTES + 1)[0])
        if isinstance(double, Rejection):
            refused.append(_passed_over(path, double))
        else:
            doubles.append((path, double))
            num_bytes += len(double.first.data) + len(double.second.data)
            _require_room(num_bytes)
        on_progress(number, len(files))
    if not doubles:
        raise _nothing_found(refused)
    pairs = name_pairs("p", 0, [_layers(*each, swap=swap) for each in doubles])
    provenance = _provenance(files, pairs, [each for _, each in doubles], refused, swap=swap)
    drawn = lay_out_pack(
        pairs,
        provenance,
        PassedOverList(presets=refused),
        pack=pack,
        packs_root=packs_root,
        generated_at=generated_at,
        replace=replace,
    )
    return DoublesPack(drawn, sum(double.num_sprites for _, double in doubles))


def _in_folder(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(_doubles(entries, folder))
    except OSError as error:
        raise InputError(
            f"a folder that can be read at {folder}",
            error.strerror or str(error),
            "mend its permissions, or name the files",
        ) from error
    return [folder / name for name in names]


def _doubles(entries: Iterable[os.DirEntry[str]], folder: Path) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if number >= MAX_LISTED:
            raise InputError(
                f"at most {MAX_LISTED} entries in {folder}", "more", "name the files themselves"
            )
        if entry.name.lower().endswith(DOUBLE_SUFFIX) and entry.is_file():
            yield entry.name


def _require_room(num_bytes: int) -> None:
    if num_bytes > MAX_PACK_BYTES:
        raise InputError(
            f"at most {MAX_PACK_BYTES / MEGABYTE:g} MB of presets to copy",
            "more",
            "convert fewer files at a time",
        )


def _nothing_found(refused: Sequence[PassedOverPreset]) -> InputError:
    first = refused[0]
    others = f", and {len(refused) - 1} other files" if len(refused) > 1 else ""
    return InputError(
        "a text with two presets, between [PRESET1_BEGIN] and [PRESET2_END], or behind [preset00] "
        "and [preset01]",
        f"{first.reason} in {first.source}: {first.detail}{others}",
        "look at it with `aivj milk2 sniff`; what is no such text is not converted",
    )


def _passed_over(path: Path, why: Rejection) -> PassedOverPreset:
    return PassedOverPreset(source=written_name(path.name), reason=why.reason, detail=why.detail)


def _layers(path: Path, double: DoublePreset, *, swap: bool) -> tuple[DrawnPreset, DrawnPreset]:
    first, second = (
        _drawn(path, number, inner)
        for number, inner in enumerate((double.first, double.second), start=1)
    )
    return (second, first) if swap else (first, second)


def _drawn(path: Path, number: int, inner: InnerPreset) -> DrawnPreset:
    # What the file calls the preset tells its author, as a file's name would.
    name = (inner.name or path.stem).replace("/", "_")
    source = PresetFile(f"{written_name(path.name)}#{number}/{written_name(name)}.milk", path)
    milk = parse_milk(inner.data)
    family = preset_family(name, milk)
    return DrawnPreset(source, inner.data, milk, hash_milk(milk), family)


def _provenance(
    files: Sequence[Path],
    pairs: Sequence[DrawnPair],
    doubles: Sequence[DoublePreset],
    refused: Sequence[PassedOverPreset],
    *,
    swap: bool,
) -> Provenance:
    skipped: Mapping[str, int] = Counter(each.reason for each in refused)
    origins = [
        origin.model_copy(update={"blending": dict(double.blending)})
        for origin, double in zip(pair_origins(pairs), doubles, strict=True)
    ]
    return Provenance(
        kind="double-presets",
        seed=None,
        parameters={"swap": int(swap)},
        source_folder=files[0].absolute().parent.name,
        num_presets=len(files),
        skipped=dict(sorted(skipped.items())),
        pairs=origins,
    )
