"""A coupled pack: pairs of different presets, drawn with a seed and laid out for the runtime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
    require_pack_name,
    write_pairs_manifest,
)
from aivj.errors import InputError
from aivj.packs.drawing import Accept, DrawnPair, DrawnPreset, SeededDraw, name_pairs
from aivj.packs.keeping import REPLACED_FOLDER, carry_over, keep_replaced, made_beside
from aivj.packs.placement import drawn_files, holds, replaced_folder, require_drawn_or_free
from aivj.packs.provenance import (
    PASSED_OVER_NAME,
    PROVENANCE_NAME,
    Parameter,
    PassedOverList,
    Provenance,
    passed_over_list,
    read_provenance,
    trace,
)
from aivj.packs.scan import PresetFile
from aivj.presets.base_features import base_value

MEGABYTE = 1_000_000
MAX_PACK_BYTES = 512 * MEGABYTE
"""Most bytes of presets that a pack copies, unless it is told otherwise: some 40,000 presets."""

NO_PARAMETERS: Mapping[str, Parameter] = {}
_DIFFERENCE_DECIMALS = 6


@dataclass(frozen=True)
class DrawnPack:
    """A pack in its place.

    Attributes:
        folder: `<packs_root>/presets/<pack>`.
        manifest: Its pairs.
        provenance: Where each preset came from.
        passed_over: What was looked at and not drawn.
        was_there: Whether this very pack lay there already, and was left alone.
        kept: Where the pack that it replaced is kept; None if that had nothing worth keeping.
    """

    folder: Path
    manifest: PairsManifest
    provenance: Provenance
    passed_over: PassedOverList
    was_there: bool = False
    kept: Path | None = None


def draw_coupled_pack(
    library: Sequence[PresetFile],
    *,
    pack: str,
    num_pairs: int,
    seed: int,
    packs_root: Path,
    generated_at: datetime,
    accept: Accept | None = None,
    passed_over: Mapping[str, int] | None = None,
    fewer_will_do: bool = False,
    replace: bool = False,
    parameters: Mapping[str, Parameter] = NO_PARAMETERS,
    source: str | None = None,
    max_bytes: int = MAX_PACK_BYTES,
) -> DrawnPack:
    """Draws `num_pairs` pairs of presets and copies them to `<packs_root>/presets/<pack>`.

    No preset comes twice in a pack, by content. The same seed, library and `accept` give the
    same pack, byte for byte; if that pack is there already, it is left alone, or mended, with
    whatever later stages wrote beside it. Any other drawn pack of that name is replaced only if
    asked for, and what was made beside it is kept with it in another place.

    Args:
        library: The presets to draw from.
        pack: Name of the pack; a single safe path segment.
        num_pairs: At least 1.
        seed: Decides which presets are drawn, and how they are paired.
        packs_root: The runtime's public root.
        generated_at: Aware time to be written into the manifest.
        accept: Called in the order of the draw; a preset for which it is false is passed over.
        passed_over: What the scan of the library passed over, by reason.
        fewer_will_do: Whether a library that is too small gives as many pairs as it can.
        replace: Whether another drawn pack of that name may be replaced.
        parameters: What else decided the draw, for the provenance.
        source: Name of the library, if it is no folder.
        max_bytes: Most bytes of presets that are copied.

    Raises:
        InputError: The name is unsafe, too few presets can be drawn or too many bytes would be
            copied, the folder of that name is no drawn pack, or another one that may not be
            replaced.
        StorageError: The disk did not take the pack; what was there before is whole.
    """
    require_pack_name(pack)
    draw = SeededDraw(
        library, purpose="coupled-pack", seed=seed, accept=accept, passed_over=passed_over
    )
    pairs = _draw_pairs(draw, num_pairs, 1 if fewer_will_do else num_pairs, max_bytes)
    provenance = trace(
        draw,
        pairs,
        kind="coupled-pack",
        parameters={"numPairs": num_pairs, **parameters},
        source=source,
    )
    return lay_out_pack(
        pairs,
        provenance,
        passed_over_list(draw),
        pack=pack,
        packs_root=packs_root,
        generated_at=generated_at,
        replace=replace,
    )


def lay_out_pack(
    pairs: Sequence[DrawnPair],
    provenance: Provenance,
    passed_over: PassedOverList,
    *,
    pack: str,
    packs_root: Path,
    generated_at: datetime,
    replace: bool,
) -> DrawnPack:
    """Copies pairs to `<packs_root>/presets/<pack>`, with a manifest and where they came from.

    If that pack is there already, it is left alone, or mended; another one is replaced only if
    asked for.

    Args:
        pairs: One or more, see `name_pairs`.
        provenance: Where they came from.
        passed_over: What was looked at and is not in them.
        pack: Name of the pack; a single safe path segment.
        packs_root: The runtime's public root.
        generated_at: Aware time to be written into the manifest.
        replace: Whether another drawn pack of that name may be replaced.

    Raises:
        InputError: The name is unsafe, the folder of that name is no drawn pack, or another one
            that may not be replaced.
        StorageError: The disk did not take the pack; what was there before is whole.
    """
    require_pack_name(pack)
    manifest = PairsManifest(
        generated_at=iso_utc(generated_at),
        pack=pack,
        pairs=[_manifest_pair(pack, pair) for pair in pairs],
    )
    folder = packs_root / "presets" / pack
    files = drawn_files(pairs, provenance)
    if passed_over.presets:
        files[PASSED_OVER_NAME] = document_bytes(passed_over)
    if (there := _manifest_there(folder, files, manifest)) is not None:
        return DrawnPack(folder, there, provenance, passed_over, was_there=True)
    is_damaged = holds(folder, {PROVENANCE_NAME: files[PROVENANCE_NAME]})
    if not (is_damaged or replace):
        _refuse_another(folder)
    with replaced_folder(folder, files) as fresh:
        write_pairs_manifest(fresh / PAIRS_MANIFEST_NAME, manifest)
        if is_damaged:
            carry_over(folder, fresh)
        kept = None if is_damaged else keep_replaced(folder)
    return DrawnPack(folder, manifest, provenance, passed_over, kept=kept)


def refuse_other_draw(
    folder: Path, *, seed: int, source: str, parameters: Mapping[str, Parameter]
) -> None:
    """Checks, before anything is drawn, that no pack lies in `folder` that was drawn otherwise.

    Raises:
        InputError: One does, or something that was not drawn.
    """
    require_drawn_or_free(folder)
    if not (folder / PROVENANCE_NAME).is_file():
        return
    there = read_provenance(folder)
    asked = (seed, source, dict(parameters))
    if (there.seed, there.source_folder, there.parameters) != asked:
        _refuse_another(folder)


def _refuse_another(folder: Path) -> None:
    if not (folder / PROVENANCE_NAME).is_file():
        return
    made = made_beside(folder)
    beside = f", and beside it {', '.join(made)}" if made else ""
    raise InputError(
        f"no pack in {folder}, or the very one that this draws",
        f"one that was drawn otherwise{beside}",
        "choose another name, or add --replace: what was made beside it is kept with it "
        f"in {folder.parent.parent / REPLACED_FOLDER}",
    )


def _draw_pairs(draw: SeededDraw, num_pairs: int, fewest: int, max_bytes: int) -> list[DrawnPair]:
    if num_pairs < 1:
        raise InputError("at least 1 pair to draw", f"{num_pairs}", "ask for one or more pairs")
    presets: list[DrawnPreset] = []
    num_bytes = 0
    for preset in islice(draw, 2 * num_pairs):
        num_bytes += len(preset.data)
        if num_bytes > max_bytes:
            raise InputError(
                f"at most {max_bytes / MEGABYTE:g} MB of presets to copy",
                f"more in the first {len(presets) + 1} of {2 * num_pairs} presets",
                "ask for fewer --pairs, or allow more with --max-mb",
            )
        presets.append(preset)
    if len(presets) < 2 * fewest:
        skipped = ", ".join(f"{num} {why}" for why, num in sorted(draw.skipped.items()))
        raise InputError(
            f"two different presets for each of {fewest} pairs",
            f"{len(presets)} to use among {len(draw.presets)}; passed over: {skipped or 'none'}",
            "name a larger folder of presets or ask for fewer pairs"
            + _where_links_lead(draw.skipped),
        )
    return name_pairs("p", 0, list(zip(presets[::2], presets[1::2], strict=False)))


def _where_links_lead(skipped: Mapping[str, int]) -> str:
    if not any("link" in why for why in skipped):
        return ""
    return "; links are followed within the folder alone, so name the one that they lead to"


def _manifest_pair(pack: str, pair: DrawnPair) -> ManifestPair:
    base_url = f"/presets/{quote(pack, safe='')}"
    return ManifestPair(
        pair=pair.number,
        fg_url=f"{base_url}/{pair.fg_file}",
        bg_url=f"{base_url}/{pair.bg_file}",
        warp_diff=_difference(pair, "warp"),
        cx_diff=_difference(pair, "cx"),
    )


def _difference(pair: DrawnPair, name: str) -> float:
    """Returns how far apart the layers' base values are, without the noise of binary fractions."""
    difference = abs(base_value(pair.fg.milk, name) - base_value(pair.bg.milk, name))
    return round(difference, _DIFFERENCE_DECIMALS)


def _manifest_there(
    folder: Path, files: Mapping[str, bytes], manifest: PairsManifest
) -> PairsManifest | None:
    """Returns the manifest in `folder` if the very same pack is there already."""
    if not holds(folder, files):
        return None
    try:
        there = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=manifest.pack)
    except InputError:
        return None
    return there if there.pairs == manifest.pairs else None
