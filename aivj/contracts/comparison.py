"""What `aivj compare --json` writes: how a candidate's scores compare with the champion's."""

from collections.abc import Mapping
from typing import Literal

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel
from aivj.contracts.uplift import Uplift

FigureName = Literal[
    "preference_agreement",
    "pick_uplift",
    "top20_hit_rate",
    "eval_spearman",
    "elite_auc",
    "score_std",
    "score_p50",
]

JUDGED_BY: tuple[FigureName, ...] = ("preference_agreement", "pick_uplift", "elite_auc")
"""The figure that decides is the first of these that the labels allow."""

DESCRIPTIVE: tuple[FigureName, ...] = ("score_std", "score_p50")
"""Figures of which more is neither better nor worse."""

Verdict = Literal["better", "worse", "not to be told apart"]


class Evidence(ContractModel):
    """What `aivj verify` said of one file of scores.

    Attributes:
        verdict: Passed if every required check did.
        failed_checks: Reasons of the required checks that failed, by name.
        uplift: Weighted against shuffled picks in the player; None where it was not measured.
        renderer_class: What drew the pictures.
        gamma: How much weighted picks preferred a better score.
        seed: Seed of the picks.
    """

    verdict: Literal["passed", "failed"]
    failed_checks: Mapping[str, str]
    uplift: Uplift | None
    renderer_class: str
    gamma: Number
    seed: int

    @property
    def conditions(self) -> tuple[str, float, int]:
        """What must be the same for two checks to compare."""
        return self.renderer_class, self.gamma, self.seed


class Side(ContractModel):
    """One of the two files.

    Attributes:
        source: Where it lies.
        digest: SHA-256 of it.
        num_pairs: Pairs of the manifest that it gives the runtime a score for.
        evidence: Its check in a browser; None if none was given.
    """

    source: str
    digest: str
    num_pairs: Count
    evidence: Evidence | None


class Difference(ContractModel):
    """One figure of both files.

    Attributes:
        champion: The champion's.
        candidate: The candidate's.
        difference: The candidate's less the champion's.
        low95: Lower end of the difference's 95 % interval.
        high95: Upper end.
    """

    champion: Number
    candidate: Number
    difference: Number
    low95: Number
    high95: Number

    @property
    def verdict(self) -> Verdict:
        """What the interval says of the candidate, where more is better."""
        if self.low95 > 0:
            return "better"
        return "worse" if self.high95 < 0 else "not to be told apart"


class Comparison(ContractModel):
    """How a candidate compares with its champion.

    Attributes:
        version: Version of this form.
        pack: Name of the pack.
        champion: What is served.
        candidate: What might be.
        num_common: Pairs that both score.
        common_share: Their share of the pairs that either scores.
        num_held_out: Those of them that no net is known to be trained on; None if no file says.
        num_judged: Those of them that may be judged by: all, or the held-out ones.
        num_measured: Those of the latter that were measured.
        num_elite: Those of them that an elite list has.
        num_judgements: People's judgements of two of them.
        figures: Each figure that the labels allow, with a 95 % interval of the difference.
        judged_by: The figure that decides; None without any label.
        verdict: What it says of the candidate.
        notes: What to know before trusting it.
    """

    version: Literal["v0"] = "v0"
    pack: str
    champion: Side
    candidate: Side
    num_common: Count
    common_share: Number
    num_held_out: Count | None
    num_judged: Count
    num_measured: Count
    num_elite: Count
    num_judgements: Count
    figures: Mapping[FigureName, Difference]
    judged_by: FigureName | None
    verdict: Verdict
    notes: list[str]
