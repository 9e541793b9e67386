"""Measured rows as one target per pair."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling.eval_target import EvalTarget, eval_target01
from aivj.errors import InputError


@dataclass(frozen=True)
class EvalLabels:
    """What measurements say of pairs.

    Attributes:
        targets: Mean worth, 0..1, by pack and pair id.
        num_unmeasured: Rows left out since they lack a measurement that the target needs.
        num_degraded: Rows left out since a shader was not drawn: they show another picture.
        renderer_classes: What drew the rows that were used; None for rows that do not say.
    """

    targets: dict[tuple[str, int], float]
    num_unmeasured: int
    num_degraded: int
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
    scores: dict[tuple[str, int], list[float]] = defaultdict(list)
    classes: set[str | None] = set()
    num_degraded = num_unmeasured = 0
    for row in rows:
        worth = eval_target01(row, target)
        if row.pair is None or worth is None:
            num_unmeasured += 1
        elif row.degraded:
            num_degraded += 1
        else:
            scores[row.pack, row.pair].append(worth)
            classes.add(row.renderer_class)
    if len(classes) > 1 and not mix_renderers:
        raise InputError(
            "eval rows of one renderer class",
            ", ".join(sorted(name or "rows that do not say" for name in classes)),
            "train on one of them, or pass --mix-renderers if their pictures are alike",
        )
    # Rows come in order of completion, which must not reach the fit.
    targets = {pair: fmean(values) for pair, values in sorted(scores.items())}
    return EvalLabels(targets, num_unmeasured, num_degraded, frozenset(classes))
