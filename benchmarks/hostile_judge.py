"""Whether the ending of a hostile preset is honest: drawn whole, in part and told, or failed.

Independent of the converter: what a preset holds is read by `aivj.presets`, brackets are counted
here, and what was broken on purpose is known from its making.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.presets.milk import Milk, parse_milk
from aivj.stage.converted_preset import ConvertedPreset
from benchmarks.hostile_texts import Hostile

OUR_FAULTS = frozenset({"worker-error", "page-error", "page-load", "overdue", "missing-preset"})
"""Kinds of failure that no preset may bring about."""
LOST = frozenset({"hung-page", "page-crash", "browser-crash", "gpu-crash", "context-lost"})
"""Kinds that cost a page or a browser."""
_OPENING, _CLOSING = "([{", ")]}"
_COMMENT = re.compile(r"//.*|\\\\.*")


@dataclass(frozen=True)
class Ending:
    """What became of a hostile preset.

    Attributes:
        row: Its row, if it was drawn.
        failure: Its recorded failure, if it was not.
        converted: What the converter made of it.
        base: What it made of the preset that it was made of; None if it was made of none.
    """

    row: EvalRow | None
    failure: FailureRow | None
    converted: ConvertedPreset
    base: ConvertedPreset | None

    @property
    def told(self) -> list[str]:
        """All that is said to be left out."""
        return [*((self.row and self.row.degraded) or []), *self.converted.degraded_reasons]

    @property
    def name(self) -> str:
        """`whole`, `degraded`, or the kind of the failure."""
        if self.failure is not None:
            return self.failure.kind
        return "degraded" if self.row is not None and self.row.degraded else "whole"


def endings_of(
    hostiles: Sequence[Hostile],
    rows: Iterable[EvalRow],
    failures: Iterable[FailureRow],
    convert: Callable[[bytes], ConvertedPreset],
) -> list[Ending]:
    """Returns what became of each hostile preset, in a pack whose ids are their places."""
    row_of = {row.pair: row for row in rows}
    failure_of = {failure.pair: failure for failure in failures}
    return [
        Ending(
            row_of.get(number),
            failure_of.get(number),
            convert(hostile.data),
            convert(hostile.base) if hostile.base else None,
        )
        for number, hostile in enumerate(hostiles)
    ]


def problems(hostile: Hostile, ending: Ending) -> Iterator[str]:
    """Yields what is wrong with an ending; nothing if it is honest."""
    if (ending.row is None) == (ending.failure is None):
        yield "it did not end exactly once"
        return
    if ending.failure is not None:
        if ending.failure.kind in OUR_FAULTS:
            yield f"a fault of ours: {ending.failure.kind}: {ending.failure.message}"
        return
    if hostile.expected == "told" and not _names(ending.told, hostile.parts):
        yield f"passes, and nothing says '{' or '.join(hostile.parts)}'"
    if hostile.expected == "same" and ending.base is not None:
        if ending.converted.butterchurn != ending.base.butterchurn:
            yield "is not read as the preset that it was made of"
        if ending.converted.degraded != ending.base.degraded:
            yield "is not told as the preset that it was made of"
    yield from (f"passes without {part}" for part in left_out(hostile.data, ending))


def left_out(data: bytes, ending: Ending) -> Iterator[str]:
    """Yields the parts that the text has and the drawing has not, and of which nothing is said."""
    milk = parse_milk(data)
    if milk.is_empty and not _names(ending.told, ("no preset",)):
        yield "anything"
    drawn = ending.converted.butterchurn
    for name, text, kept in _parts(milk, drawn):
        is_shader = name.endswith("shader")
        lost = not kept.strip() if is_shader else kept.strip() != text.strip()
        if (
            text.strip()
            and (lost or _is_open(text, is_shader))
            and not _names(ending.told, (name,))
        ):
            yield name


def _parts(milk: Milk, drawn: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yields name, source and what is drawn of each block that would run."""
    yield "per_frame_init", milk.init, drawn.get("init_eqs_eel", "")
    yield "per_frame", milk.per_frame, drawn.get("frame_eqs_eel", "")
    yield "per_pixel", milk.per_pixel, drawn.get("pixel_eqs_eel", "")
    yield "warp shader", milk.warp_shader, drawn.get("warp", "")
    yield "comp shader", milk.comp_shader, drawn.get("comp", "")
    for index, wave in milk.waves.items():
        if wave.is_enabled and index < len(drawn.get("waves", [])):
            of_wave = drawn["waves"][index]
            yield f"wave {index} init", wave.init, of_wave["init_eqs_eel"]
            yield f"wave {index} per_frame", wave.per_frame, of_wave["frame_eqs_eel"]
            yield f"wave {index} per_point", wave.per_point, of_wave["point_eqs_eel"]
        elif wave.is_enabled:
            yield "custom waves", "enabled", ""
    for index, shape in milk.shapes.items():
        if shape.is_enabled and index < len(drawn.get("shapes", [])):
            of_shape = drawn["shapes"][index]
            yield f"shape {index} init", shape.init, of_shape["init_eqs_eel"]
            yield f"shape {index} per_frame", shape.per_frame, of_shape["frame_eqs_eel"]
        elif shape.is_enabled:
            yield "custom shapes", "enabled", ""


def _is_open(text: str, is_shader: bool) -> bool:
    """Whether brackets do not pair up, where that can be said without reading the language."""
    if "/*" in text or "#" in text:
        return False
    code = "\n".join(_COMMENT.sub("", line) for line in text.split("\n"))
    if is_shader:
        code = code[: code.rfind("}") + 1] or code
    open_brackets: list[str] = []
    for letter in code:
        if letter in _OPENING:
            open_brackets.append(letter)
        elif letter in _CLOSING and open_brackets[-1:] != [_OPENING[_CLOSING.index(letter)]]:
            return True
        elif letter in _CLOSING:
            open_brackets.pop()
    return bool(open_brackets)


def _names(told: list[str], parts: tuple[str, ...]) -> bool:
    return any(part in reason for part in parts for reason in told)
