"""`manifest.jsonl` of a source pack: the pairs a generator left, before they are synced."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from aivj.contracts.fields import NumberIfAny, Omittable, PairId
from aivj.contracts.foreign_paths import path_in_pack
from aivj.contracts.json_text import ContractModel, parse_json, read_bytes, validated
from aivj.contracts.pairs_manifest import require_pack_name
from aivj.errors import InputError


class SourceRow(ContractModel):
    """One pair of a source pack; the paths are as the generator wrote them."""

    pair: PairId = Field(description="Pair id, handed on to the pairs manifest")
    fg: str = Field(min_length=1, description="Foreground's path: WSL, Windows or POSIX")
    bg: str = Field(min_length=1, description="Background's path: WSL, Windows or POSIX")
    warp_diff: Omittable[NumberIfAny] = Field(
        default=None, alias="warp_diff", description="Difference of the layers' warp"
    )
    cx_diff: Omittable[NumberIfAny] = Field(
        default=None, alias="cx_diff", description="Difference of the layers' cx"
    )


@dataclass(frozen=True)
class SourcePair:
    """A row with the places its files take below the pack's folder, `/`-separated."""

    row: SourceRow
    fg_relative: str
    bg_relative: str


@dataclass(frozen=True)
class SourceManifest:
    """The pairs of a source pack.

    Attributes:
        pairs: The pairs, in file order.
        num_bad_lines: Lines that were not blank and not a usable pair.
    """

    pairs: list[SourcePair]
    num_bad_lines: int


def read_source_manifest(path: Path, *, pack: str) -> SourceManifest:
    """Reads a source pack's manifest.

    Raises:
        InputError: There is no such file, no usable pair in it, or lines of the other generator,
            which number pairs by `pair_id` and name no `pair`.
    """
    require_pack_name(pack)
    pairs: list[SourcePair] = []
    num_bad_lines = 0
    for number, line in enumerate(read_bytes(path).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            value = parse_json(line, f"{path}:{number}")
        except InputError:
            num_bad_lines += 1
            continue
        _refuse_pair_id(value, f"{path}:{number}")
        try:
            pairs.append(_pair(validated(SourceRow, value, str(path)), pack))
        except InputError:
            num_bad_lines += 1
    if not pairs:
        raise InputError(
            f"at least one line with pair, fg and bg in {path}",
            f"{num_bad_lines} lines that are not",
            "check that it is the pack's own manifest.jsonl",
        )
    return SourceManifest(pairs, num_bad_lines)


def _refuse_pair_id(value: Any, source: str) -> None:
    if isinstance(value, dict) and "pair" not in value and "pair_id" in value:
        raise InputError(
            f"a line with `pair` at {source}",
            "a line with `pair_id`, from another generator",
            "rename the key to `pair` and give it the number by which scores shall be matched",
        )


def _pair(row: SourceRow, pack: str) -> SourcePair:
    return SourcePair(
        row,
        path_in_pack(row.fg, pack=pack, layer="fg"),
        path_in_pack(row.bg, pack=pack, layer="bg"),
    )
