"""How varied a set of presets and its pictures are, and whether that will do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aivj.contracts.checks import CheckResult
from aivj.contracts.diversity import (
    PictureFigures,
    RepeatedLook,
    SpreadFigures,
    TextFigures,
    VendiFigures,
)
from aivj.curation.candidates import Floats
from aivj.curation.coverage import Coverage, coverage
from aivj.curation.homogeneity import TextHomogeneity
from aivj.curation.likeness import LookGroup, draws, likeness, look_groups
from aivj.curation.vendi import vendi_of_kernel

SIZES = (200, 100, 50, 25, 12, 6)
"""How many pictures the Vendi score is taken of: the most of which there are a quarter more."""

NUM_DRAWS = 20
MAX_DUPLICATE_SHARE = 0.5
LEAST_VENDI_SHARE = 1 / 8
"""Of the pictures compared. Unlike ones have a quarter and more, 200 variants of one 1 in all."""

MAX_COLOURLESS, MAX_WITHOUT_EQUATIONS, MAX_SAME_SHAPES = 0.5, 0.5, 0.98
"""Shares of texts; of projectm-data's 4,188 they are 0.07, 0.00 and 0.72."""

MIN_TEXTS = 20
"""Of fewer the shares say nothing."""

NUM_REPEATED = 10
_NUM_EXAMPLES = 5
_SPARE = 1.25
_MORE = "draw more presets, of more authors; `aivj pairs` chooses pairs that look unlike each other"


@dataclass(frozen=True)
class Limits:
    """What a pack has to be like.

    Attributes:
        min_vendi: Least Vendi score; None: an eighth of the pictures compared.
        max_duplicate_share: Most that others stand for, of texts and of pictures, 0 to 1.
    """

    min_vendi: float | None = None
    max_duplicate_share: float = MAX_DUPLICATE_SHARE


@dataclass(frozen=True)
class Pictures:
    """What pictures of a pack look like, N of them.

    Attributes:
        names: What each is called.
        descriptions: See `aivj.curation.looks.describe`; shape [N, 144].
        num_not_drawn: Those that are not among them, since a preset could not be drawn.
        renderer_class: What drew.
    """

    names: Sequence[str]
    descriptions: Floats
    num_not_drawn: int
    renderer_class: str


@dataclass(frozen=True)
class JudgedPictures:
    """Pictures and what they have in common.

    Attributes:
        figures: As in the report.
        coverage: What they reach.
        repeated: The most repeated looks, each of two pictures and more.
    """

    figures: PictureFigures
    coverage: Coverage
    repeated: Sequence[LookGroup]


def text_figures(
    found: TextHomogeneity, names: Sequence[str], *, repeated_share: float
) -> TextFigures:
    """Says what texts have in common.

    Args:
        found: Counts over them, each content once.
        names: What each is called, in the order in which they were counted.
        repeated_share: Share of pairs, or of single presets, whose texts are nearly those of
            another one.
    """
    tally, groups = found.tally, found.largest_groups(NUM_REPEATED)
    num = tally.num_presets
    shapes, num_same = tally.shape_flags.most_common(1)[0]
    return TextFigures(
        num_presets=num,
        colourless_share=tally.num_colourless / num,
        no_equations_share=tally.num_without_equations / num,
        same_shapes_share=num_same / num,
        same_shapes=list(shapes),
        same_switches_share=tally.switches.most_common(1)[0][1] / num,
        duplicate_share=found.duplicate_share,
        repeated_share=repeated_share,
        largest_groups=[[names[place] for place in group[:_NUM_EXAMPLES]] for group in groups],
        largest_sizes=[len(group) for group in groups],
    )


def judge_pictures(pictures: Pictures, *, seed: int) -> JudgedPictures:
    """Says what pictures have in common; two or more.

    Args:
        pictures: What they look like.
        seed: Decides which are compared.
    """
    descriptions, num = pictures.descriptions, len(pictures.names)
    groups, reached = look_groups(descriptions), coverage(descriptions)
    repeated = [group for group in groups if len(group.members) > 1][:NUM_REPEATED]
    figures = PictureFigures(
        num_pictures=num,
        num_not_drawn=pictures.num_not_drawn,
        renderer_class=pictures.renderer_class,
        vendi=vendi_figures(descriptions, seed),
        duplicate_share=1 - len(groups) / num,
        repeated=[
            RepeatedLook(
                num=len(group.members),
                share=len(group.members) / num,
                examples=[pictures.names[place] for place in group.members[:_NUM_EXAMPLES]],
            )
            for group in repeated
        ],
        num_colours=reached.num_colours,
        effective_colours=reached.effective_colours,
        num_motions=reached.num_motions,
        effective_motions=reached.effective_motions,
        luma=_spread(reached.luma),
        motion=_spread(reached.motion),
    )
    return JudgedPictures(figures, reached, repeated)


def vendi_figures(descriptions: Floats, seed: int) -> VendiFigures:
    """Takes the Vendi score of draws of a fixed size.

    That size is the largest of `SIZES` of which there are a quarter more: draws then differ, and
    their spread says how sure the score is.

    Args:
        descriptions: Two or more, shape [N, 144].
        seed: Decides the draws.
    """
    num = len(descriptions)
    size = next((size for size in SIZES if size * _SPARE <= num), num)
    scores = [
        vendi_of_kernel(likeness(descriptions[places], descriptions[places]))
        for places in draws(num, size, NUM_DRAWS, seed)
    ]
    low, high = np.quantile(scores, (0.025, 0.975))
    return VendiFigures(
        num_compared=size,
        num_draws=NUM_DRAWS,
        mean=float(np.mean(scores)),
        low=float(low),
        high=float(high),
    )


def judge(
    text: TextFigures, pictures: PictureFigures | None, limits: Limits
) -> Mapping[str, CheckResult]:
    """Judges figures; returns each rule's result by name."""
    checks = _text_checks(text)
    checks["sameCode"] = _check(
        f"at most {limits.max_duplicate_share:.0%} presets like another in their code",
        f"{text.duplicate_share:.0%} of {text.num_presets}" + _largest(text.largest_sizes),
        is_good=text.duplicate_share <= limits.max_duplicate_share,
    )
    checks["repeats"] = _check(
        f"at most {limits.max_duplicate_share:.0%} pairs, or presets, that repeat others",
        f"{text.repeated_share:.0%}",
        is_good=text.repeated_share <= limits.max_duplicate_share,
    )
    if pictures is None:
        return checks
    checks["sameLook"] = _check(
        f"at most {limits.max_duplicate_share:.0%} pictures of the same look as another",
        f"{pictures.duplicate_share:.0%} of {pictures.num_pictures}"
        + _largest([look.num for look in pictures.repeated]),
        is_good=pictures.duplicate_share <= limits.max_duplicate_share,
    )
    vendi = pictures.vendi
    least = limits.min_vendi
    least = LEAST_VENDI_SHARE * vendi.num_compared if least is None else least
    checks["vendi"] = _check(
        f"a Vendi score of {least:g} or more, of {vendi.num_compared} pictures",
        f"{vendi.mean:.1f} ({vendi.low:.1f} to {vendi.high:.1f})",
        is_good=vendi.mean >= least,
    )
    return checks


def _text_checks(text: TextFigures) -> dict[str, CheckResult]:
    shapes = ", ".join(map(str, text.same_shapes)) or "none"
    rules = {
        "waveColours": ("whose wave is black", text.colourless_share, MAX_COLOURLESS, ""),
        "equations": ("without equations", text.no_equations_share, MAX_WITHOUT_EQUATIONS, ""),
        "shapes": ("with the same shapes on", text.same_shapes_share, MAX_SAME_SHAPES, shapes),
    }
    return {name: _share_check(text.num_presets, *rule) for name, rule in rules.items()}


def _share_check(num: int, what: str, share: float, most: float, which: str) -> CheckResult:
    expected = f"at most {most:.0%} presets {what}"
    told = f"{share:.0%} of {num}" + (f": {which}" if which else "")
    if num < MIN_TEXTS:
        return CheckResult(
            verdict="not-applicable",
            expected=expected,
            found=f"{num} presets are too few to say; {told}",
        )
    return _check(expected, told, is_good=share <= most)


def _check(expected: str, found: str, *, is_good: bool) -> CheckResult:
    return CheckResult(
        verdict="pass" if is_good else "fail",
        expected=expected,
        found=found,
        remedy=None if is_good else _MORE,
    )


def _largest(sizes: Sequence[int]) -> str:
    return f"; the largest group has {sizes[0]}" if sizes else ""


def _spread(values: Floats) -> SpreadFigures:
    p10, p50, p90 = map(float, np.quantile(values, (0.1, 0.5, 0.9)))
    return SpreadFigures(p10=p10, p50=p50, p90=p90)
