"""`evaluation.json`: how the net and its baselines do on families that none of them saw."""

from collections.abc import Mapping
from typing import Literal

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel

EVALUATION_NAME = "evaluation.json"

NET = "net"
"""The model that the others are there for."""


class Figure(ContractModel):
    """One figure of one model over seeds; None where nothing could be said.

    Attributes:
        mean: Mean over the seeds that could say it.
        std: Their deviation; None for a single one, which has none.
    """

    mean: Number | None
    std: Number | None

    def __str__(self) -> str:
        if self.mean is None:
            return "-"
        return f"{self.mean:.3f}" + ("" if self.std is None else f" ± {self.std:.3f}")


class EvaluationTable(ContractModel):
    """A finished evaluation.

    Attributes:
        version: Version of this form.
        generated_at: ISO-8601 time.
        dataset_digest: SHA-256 of what was learned from and judged by.
        feature_spec: Version of the feature vector.
        num_folds: Parts that families are dealt into, each held out in turn.
        num_seeds: How often everything was repeated.
        num_held_out: Held-out labelled pairs in a seed, over its folds; of the seed that has the
            fewest.
        num_families: Families that they belong to, likewise.
        models: Figures by model and name.
        verdicts: What may be said of the net, a sentence each.
    """

    version: Literal["v1"] = "v1"
    generated_at: str
    dataset_digest: str
    feature_spec: str
    num_folds: Count
    num_seeds: Count
    num_held_out: Count
    num_families: Count
    models: Mapping[str, Mapping[str, Figure]]
    verdicts: list[str]
