"""Pairs that a run is told not to visit: those that were stuck before, or a list by hand."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from aivj.contracts.fields import MAX_SAFE_INTEGER
from aivj.contracts.json_text import parse_json, read_bytes, shown, validated
from aivj.contracts.stuck_pairs import StuckPairsReport
from aivj.errors import InputError

_DIGITS = re.compile("[0-9]{1,16}")
_REMEDY = "name a run's stuck-pairs.json, or a file of pair ids: one a line, or a JSON list"


def read_skipped_pairs(path: Path, packs: Sequence[str]) -> Mapping[str, frozenset[int]]:
    """Reads which pairs are not to be visited.

    Args:
        path: A run's `stuck-pairs.json`, which names packs; or ids alone, one a line (`#` begins a
            remark) or as a JSON list, which are those of the one pack that is sampled.
        packs: Names of the packs that are sampled.

    Returns:
        Ids by pack; packs that are not sampled are left out.

    Raises:
        InputError: There is no such file, it is neither, or ids without a pack come with several.
    """
    data = read_bytes(path)
    if data.lstrip()[:1] == b"{":
        report = validated(StuckPairsReport, parse_json(data, str(path)), str(path))
        found: defaultdict[str, set[int]] = defaultdict(set)
        for stuck in report.pairs:
            found[stuck.pack].add(stuck.pair)
        return {pack: frozenset(found[pack]) for pack in packs if pack in found}
    ids = _listed(data, path)
    if len(packs) != 1:
        raise InputError(
            f"one pack, since {path} names pairs without their packs",
            ", ".join(packs) or "none",
            "sample the packs one by one, or name a run's stuck-pairs.json",
        )
    return {packs[0]: frozenset(ids)}


def _listed(data: bytes, path: Path) -> list[int]:
    if data.lstrip()[:1] == b"[":
        listed: list[object] = parse_json(data, str(path))
        return [_as_id(value, f"item {number} of {path}") for number, value in enumerate(listed)]
    lines = data.decode("utf-8-sig", "replace").splitlines()
    texts = [(number, line.partition("#")[0].strip()) for number, line in enumerate(lines, start=1)]
    return [_as_id(text, f"line {number} of {path}") for number, text in texts if text]


def _as_id(value: object, place: str) -> int:
    is_number = isinstance(value, str) and _DIGITS.fullmatch(value) is not None
    number = int(value) if is_number and isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int):
        raise InputError(f"a pair's id, a whole number, in {place}", shown(value), _REMEDY)
    if not 0 <= number <= MAX_SAFE_INTEGER:
        raise InputError(f"a pair's id, 0 or more, in {place}", shown(value), _REMEDY)
    return number
