"""The page on how varied a pack is: verdict, figures, and the looks that come again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from aivj.contracts.diversity import DiversityReport, PictureFigures
from aivj.report.axis import linear_axis, log_axis
from aivj.report.histogram import binned, histogram
from aivj.report.plot import LEFT, RIGHT, Chart
from aivj.report.study import StudyPage, StudyPicture, StudySheet, TableRow, write_study
from aivj.report.svg import element
from aivj.report.text import counted, fixed, significant

_NUM_LUMA_BINS = 20
_BINS_A_DECADE = 5
_LEAST_MOTION, _MOST_MOTION = 1e-4, 1.0
_LEVELS = 4
_STRIP_WIDTH, _STRIP_HEIGHT, _LEAST_SHARE = 420, 90, 0.005
_VERDICTS = {"pass": "passed", "fail": "failed", "not-applicable": "not judged"}
_RULES = {
    "waveColours": "black waves",
    "equations": "no equations",
    "shapes": "same shapes",
    "sameCode": "nearly the same code",
    "repeats": "repeated texts",
    "sameLook": "the same look",
    "vendi": "Vendi score",
}


@dataclass(frozen=True)
class RepeatedPicture:
    """A look that comes again.

    Attributes:
        num: How often.
        examples: Where, some of it.
        webp: A picture of it.
    """

    num: int
    examples: Sequence[str]
    webp: bytes


@dataclass(frozen=True)
class PictureSpread:
    """Figures of every picture.

    Attributes:
        luma: Mean luma of each, 0 to 1.
        motion: Mean change of luma from frame to frame of each.
        colour_shares: Mean shares of 64 cubes of RGB; the index is 16 red + 4 green + blue.
    """

    luma: Sequence[float]
    motion: Sequence[float]
    colour_shares: Sequence[float]


def write_diversity_page(
    path: Path,
    report: DiversityReport,
    spread: PictureSpread | None,
    repeated: Sequence[RepeatedPicture],
) -> None:
    """Writes the page, whole or not at all. The same data give the same bytes.

    Args:
        path: Where.
        report: Figures and verdict.
        spread: Figures of every picture; None if texts alone were read.
        repeated: The most repeated looks, the most frequent first.

    Raises:
        StorageError: The disk did not take it.
    """
    write_study(
        path,
        StudyPage(
            title=f"Pack {report.pack}: how varied it is",
            generated_at=datetime.fromisoformat(report.generated_at),
            facts=_facts(report),
            conclusions=_conclusions(report),
            notes=_notes(report),
            columns=["verdict", "found", "wanted"],
            rows=[
                TableRow(
                    _RULES.get(name, name),
                    [_VERDICTS[check.verdict], check.found, check.expected],
                    is_ours=check.verdict == "fail",
                )
                for name, check in report.checks.items()
            ],
            charts=[] if spread is None else _charts(spread),
            sheets=[_sheet(report.pictures, repeated)] if report.pictures is not None else [],
        ),
    )


def _conclusions(report: DiversityReport) -> list[str]:
    failed = [
        f"{_RULES.get(name, name).capitalize()}: {found}"
        for name, found in report.failed_checks.items()
    ]
    return [f"{report.verdict.capitalize()}.", *failed]


def _facts(report: DiversityReport) -> list[tuple[str, str]]:
    facts = [
        ("presets", f"{report.text.num_presets:,}"),
        ("same code", f"{report.text.duplicate_share:.0%}"),
    ]
    found = report.pictures
    if found is None:
        return facts
    return [
        *facts,
        ("pictures", f"{found.num_pictures:,}"),
        ("same look", f"{found.duplicate_share:.0%}"),
        (f"Vendi of {found.vendi.num_compared}", fixed(found.vendi.mean, 1)),
        ("colours of 64", f"{found.num_colours} ({found.effective_colours:.1f})"),
        ("motions of 10", f"{found.num_motions} ({found.effective_motions:.1f})"),
        ("median luma", fixed(found.luma.p50, 2)),
        ("median motion", significant(found.motion.p50)),
        ("drawn by", found.renderer_class),
    ]


def _notes(report: DiversityReport) -> list[str]:
    text, found = report.text, report.pictures
    alike = (
        f"Of the texts {text.colourless_share:.0%} have a black wave, {text.no_equations_share:.0%}"
        f" no equations, {text.same_shapes_share:.0%} the same shapes on, "
        f"{text.same_switches_share:.0%} the same wave mode and switches."
    )
    notes = [alike]
    if found is not None and found.num_not_drawn:
        notes.append(f"{counted(found.num_not_drawn, 'picture')} could not be drawn.")
    notes += [
        f"{size} of nearly the same code: {', '.join(names)}{', …' if size > len(names) else ''}"
        for size, names in zip(text.largest_sizes, text.largest_groups, strict=True)
    ][:3]
    return notes


def _charts(spread: PictureSpread) -> list[Chart]:
    charts = []
    luma = linear_axis(0, 1, LEFT, RIGHT)
    lumas = [(value, False) for value in spread.luma]
    charts.append(
        Chart(
            "Luma",
            histogram(
                binned(lumas, luma, _NUM_LUMA_BINS),
                luma,
                x_label="mean luma, 0 black to 1 white",
                name="Histogram of luma",
            ),
            (),
            "Varied packs have dark and bright pictures.",
        )
    )
    motion = log_axis(_LEAST_MOTION, _MOST_MOTION, LEFT, RIGHT)
    motions = [(max(value, _LEAST_MOTION), False) for value in spread.motion]
    charts.append(
        Chart(
            "Motion",
            histogram(
                binned(motions, motion, 4 * _BINS_A_DECADE),
                motion,
                x_label="mean change per frame (log axis, 1 = full scale)",
                name="Histogram of motion",
            ),
            (),
            "And slow and fast ones.",
        )
    )
    charts.append(
        Chart(
            "Colours",
            _strip(spread.colour_shares),
            (),
            "Mean share of the frame of each colour, the largest first.",
        )
    )
    return charts


def _strip(shares: Sequence[float]) -> Markup:
    """Returns colours beside each other, as wide as their share of the frame."""
    ordered = sorted(enumerate(shares), key=lambda each: (-each[1], each[0]))
    parts: list[Markup] = []
    left = 0.0
    for cube, share in ordered:
        if share < _LEAST_SHARE:
            break
        width = share * _STRIP_WIDTH
        colour = _colour(cube)
        title = element("title", f"{colour}: {share:.1%}")
        rect = element("rect", title, x=left, y=0, width=width, height=_STRIP_HEIGHT, fill=colour)
        parts.append(rect)
        left += width
    return element(
        "svg",
        *parts,
        class_="chart",
        viewBox=f"0 0 {_STRIP_WIDTH} {_STRIP_HEIGHT}",
        role="img",
        aria_label="Colours by their share of the frame",
    )


def _colour(cube: int) -> str:
    """Returns the middle of a cube of RGB, as CSS has it."""
    levels = (cube // _LEVELS**2, cube // _LEVELS % _LEVELS, cube % _LEVELS)
    step = 256 // _LEVELS
    return "#" + "".join(f"{level * step + step // 2:02x}" for level in levels)


def _sheet(found: PictureFigures, repeated: Sequence[RepeatedPicture]) -> StudySheet:
    if not repeated:
        return StudySheet("Repeated looks", "No two pictures look the same.", [])
    num = sum(each.num for each in repeated)
    return StudySheet(
        "The most repeated looks",
        f"{counted(len(repeated), 'look')} of {num} of the {found.num_pictures} pictures; each "
        "tile is the one that the others are like.",
        [
            StudyPicture(
                title=f"{each.num} times: {', '.join(each.examples)}",
                figure=f"{each.num} times",
                label=", ".join(each.examples[:2]),
                webp=each.webp,
            )
            for each in repeated
        ],
    )
