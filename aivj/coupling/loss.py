"""What a fit makes small: cross-entropy of labelled pairs, and Bradley and Terry's of comparisons.

Pure functions of tensors, so that one net and a population of nets under `torch.func` share them.
"""

from torch import Tensor
from torch.nn import functional

_TIE = 0.5


def label_loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Returns the weighted sum of cross-entropies of [B] logits against [B] targets, 0..1."""
    return functional.binary_cross_entropy_with_logits(
        logits, target, weight=weight, reduction="sum"
    )


def comparison_loss(better: Tensor, worse: Tensor, is_tie: Tensor) -> Tensor:
    """Returns the sum of -log P(better beats worse) over [C] comparisons.

    Bradley and Terry (1952): P = sigmoid(better - worse), with logits as strengths. A tie counts
    as half a win for each side.
    """
    lead = better - worse
    return (functional.softplus(-lead) + _TIE * is_tie * lead).sum()


def batch_loss(
    logits: Tensor,
    target: Tensor,
    weight: Tensor,
    is_tie: Tensor,
    *,
    preference_weight: float | Tensor,
    num_rows: int,
    num_comparisons: int,
) -> Tensor:
    """Returns the loss of a batch, or of one worker's share of it.

    Args:
        logits: [b + 2 c] logits in the order of `Batch.fg`.
        target: [b] targets.
        weight: [b] weights.
        is_tie: [c] ties.
        preference_weight: Weight of the comparisons' mean.
        num_rows: Rows in the whole batch, B.
        num_comparisons: Comparisons in the whole batch, C.
    """
    loss = label_loss(logits[: len(target)], target, weight) / num_rows
    if num_comparisons == 0:
        return loss
    better, worse = logits[len(target) :].chunk(2)
    compared = comparison_loss(better, worse, is_tie)
    return loss + preference_weight * compared / num_comparisons
