"""The page on a pack that was chosen: its pairs beside as many at random of the same presets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean

from aivj.report.axis import linear_axis
from aivj.report.histogram import binned, histogram
from aivj.report.pair_views import PresetName
from aivj.report.plot import LEFT, RIGHT, Chart
from aivj.report.study import StudyPage, StudyPicture, StudySheet, TableRow, write_study
from aivj.report.text import counted, fixed

MAX_SHOWN = 120
"""Pictures of either side that the page shows; more would make it too heavy to open."""

_NUM_BINS = 20


@dataclass(frozen=True)
class ShownPair:
    """One pair.

    Attributes:
        foreground: Where the preset in front came from.
        background: Where the one behind came from.
        target01: What the pair is worth as measured, 0 to 1.
        is_unsafe: Whether it has more than three flashes in a second.
        webp: Picture of it; only that of the first pairs is shown.
    """

    foreground: str
    background: str
    target01: float
    is_unsafe: bool
    webp: bytes = b""


@dataclass(frozen=True)
class PairsSide:
    """The pairs of one side, one or more.

    Attributes:
        title: What they are called.
        note: How they came to be.
        pairs: In order.
        vendi: How many different pictures they amount to.
        num_uses: How often each preset is used.
    """

    title: str
    note: str
    pairs: Sequence[ShownPair]
    vendi: float
    num_uses: Sequence[int]


@dataclass(frozen=True)
class PairsStudy:
    """What the page is made from.

    Attributes:
        pack: Name of the pack.
        generated_at: When it was chosen.
        facts: What it was chosen of, and how: labels and values.
        notes: What a reader should know.
        chosen: The pack's pairs.
        at_random: The others.
        num_vendi: Of how many pairs of either side variety is taken.
    """

    pack: str
    generated_at: datetime
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    chosen: PairsSide
    at_random: PairsSide
    num_vendi: int


def write_pairs_page(path: Path, study: PairsStudy) -> None:
    """Writes the page, whole or not at all. The same data give the same bytes.

    Raises:
        StorageError: The disk did not take it.
    """
    sides = (study.chosen, study.at_random)
    page = StudyPage(
        title=f"Pack {study.pack}: chosen among all pairs",
        generated_at=study.generated_at,
        facts=study.facts,
        conclusions=[_conclusion(study)],
        notes=study.notes,
        columns=[
            "pairs",
            "mean target",
            "unsafe",
            f"Vendi of {study.num_vendi}",
            "presets used 0, 1, 2, … times",
        ],
        rows=[_row(side, is_ours=side is study.chosen) for side in sides],
        charts=[_targets(side) for side in sides],
        sheets=[_sheet(side) for side in sides],
    )
    write_study(path, page)


def _conclusion(study: PairsStudy) -> str:
    chosen, drawn = study.chosen, study.at_random
    return (
        f"Mean target {fixed(_mean(chosen))} against {fixed(_mean(drawn))} at random, "
        f"variety {fixed(chosen.vendi, 1)} against {fixed(drawn.vendi, 1)}, "
        f"unsafe {_unsafe(chosen)} against {_unsafe(drawn)}"
    )


def _row(side: PairsSide, *, is_ours: bool) -> TableRow:
    cells = [
        str(len(side.pairs)),
        fixed(_mean(side)),
        _unsafe(side),
        fixed(side.vendi, 1),
        _uses(side),
    ]
    return TableRow(side.title, cells, is_ours=is_ours)


def _mean(side: PairsSide) -> float:
    return fmean(pair.target01 for pair in side.pairs)


def _unsafe(side: PairsSide) -> str:
    return f"{fmean(pair.is_unsafe for pair in side.pairs):.1%}"


def _targets(side: PairsSide) -> Chart:
    axis = linear_axis(0, 1, LEFT, RIGHT)
    values = [(pair.target01, pair.is_unsafe) for pair in side.pairs]
    name = f"Target, {side.title}"
    svg = histogram(binned(values, axis, _NUM_BINS), axis, x_label="target, 0 to 1", name=name)
    return Chart(
        name, svg, (), f"Mean {fixed(_mean(side))}; outlined: more than three flashes in a second."
    )


def _uses(side: PairsSide) -> str:
    counts = Counter(side.num_uses)
    return ", ".join(str(counts[uses]) for uses in range(max(counts) + 1))


def _sheet(side: PairsSide) -> StudySheet:
    shown = side.pairs[:MAX_SHOWN]
    left_out = len(side.pairs) - len(shown)
    more = f" {counted(left_out, 'pair')} more not shown." if left_out else ""
    return StudySheet(
        side.title.capitalize(),
        f"{side.note}{more}",
        [_picture(number, pair) for number, pair in enumerate(shown)],
    )


def _picture(number: int, pair: ShownPair) -> StudyPicture:
    front, behind = (PresetName.of(name).title for name in (pair.foreground, pair.background))
    return StudyPicture(
        title=f"{front} over {behind}",
        figure=fixed(pair.target01, 2),
        label=f"#{number}",
        webp=pair.webp,
        is_flagged=pair.is_unsafe,
    )
