"""Measured rows as one label per pair."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling.eval_target import EvalTarget, eval_target01
from aivj.errors import InputError


@dataclass(frozen=True)
class EvalLabel:
    """What measurements say of one pair.

    Attributes:
        target: Mean worth, 0..1.
        luma: Mean luma of what was seen, 0..1: of the composite where it was measured.
    """

    target: float
    luma: float


@dataclass(frozen=True)
class EvalLabels:
    """What measurements say of pairs.

    Attributes:
        of_pair: Labels by pack and pair id.
        num_unmeasured: Rows left out since they lack a measurement that the target needs.
        num_degraded: Rows left out since a part was not drawn: they show another picture.
        num_repeated: Rows of a pair that another row has measured already; they are averaged.
        renderer_classes: What drew the rows that were used; None for rows that do not say.
    """

    of_pair: dict[tuple[str, int], EvalLabel]
    num_unmeasured: int
    num_degraded: int
    num_repeated: int
    renderer_classes: frozenset[str | None]

    @property
    def renderer_class(self) -> str | None:
        """The classes that are known, joined by `+`; None without any."""
        return "+".join(sorted(filter(None, self.renderer_classes))) or None


def eval_labels(rows: Sequence[EvalRow], *, target: EvalTarget, mix_renderers: bool) -> EvalLabels:
    """Averages the scores of each pair's measured rows.

    Raises:
        InputError: Rows come from different renderer classes and `mix_renderers` is not set.
    """
    found: dict[tuple[str, int], list[EvalLabel]] = defaultdict(list)
    classes: set[str | None] = set()
    num_degraded = num_unmeasured = 0
    for row in rows:
        worth, luma = eval_target01(row, target), _seen_luma(row)
        if row.pair is None or worth is None or luma is None:
            num_unmeasured += 1
        elif row.degraded:
            num_degraded += 1
        else:
            found[row.pack, row.pair].append(EvalLabel(worth, luma))
            classes.add(row.renderer_class)
    if len(classes) > 1 and not mix_renderers:
        raise InputError(
            "eval rows of one renderer class",
            ", ".join(sorted(name or "rows that do not say" for name in classes)),
            "train on one of them, or pass --mix-renderers if their pictures are alike",
        )
    # Rows come in order of completion, which must not reach the fit.
    of_pair = {pair: _mean(labels) for pair, labels in sorted(found.items())}
    num_repeated = sum(len(labels) - 1 for labels in found.values())
    return EvalLabels(of_pair, num_unmeasured, num_degraded, num_repeated, frozenset(classes))


def _seen_luma(row: EvalRow) -> float | None:
    return row.viz_avg_luma if row.composite_avg_luma is None else row.composite_avg_luma


def _mean(labels: Sequence[EvalLabel]) -> EvalLabel:
    return EvalLabel(
        target=fmean(label.target for label in labels), luma=fmean(label.luma for label in labels)
    )
