"""How a net did on pairs that it was kept from, beside a constant: what may be claimed of it.

Goes with the scores wherever they go, so that whoever reads them can say it first.
"""

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel

FEWEST_PAIRS = 20
"""Held-out labelled pairs below which nothing is claimed of a net."""

FEWEST_FAMILIES = 8
"""Families of presets among them below which nothing is claimed either."""

_NEEDED = f"{FEWEST_PAIRS} pairs of {FEWEST_FAMILIES} families are needed"


class NetJudgement(ContractModel):
    """Figures of a net and of a constant on the same families, which neither was fitted to.

    Attributes:
        num_pairs: Labelled pairs that were judged.
        num_families: Families of presets that they belong to.
        net_loss: The net's mean cross-entropy in nats; None where nothing was judged.
        constant_loss: That of the mean target of what was trained on; likewise.
    """

    num_pairs: Count
    num_families: Count
    net_loss: Number | None = None
    constant_loss: Number | None = None

    @property
    def is_enough(self) -> bool:
        """Whether so many pairs were judged that something may be claimed."""
        return self.num_pairs >= FEWEST_PAIRS and self.num_families >= FEWEST_FAMILIES

    @property
    def is_worse_than_constant(self) -> bool:
        """Whether saying the same of every pair would have been closer to the labels."""
        if self.net_loss is None or self.constant_loss is None:
            return False
        return self.net_loss > self.constant_loss

    @property
    def sentence(self) -> str:
        """Says what may be claimed, with the figures that it rests on."""
        judged = f"{self.num_pairs} held-out pairs of {self.num_families} families"
        if self.net_loss is None or self.constant_loss is None:
            return f"no claim on the net: {judged} were judged, {_NEEDED}"
        figures = f"cross-entropy {self.net_loss:.3f} against {self.constant_loss:.3f}"
        relation = "worse" if self.is_worse_than_constant else "better"
        if self.is_enough:
            return f"the net is {relation} than a constant: {figures} on {judged}"
        if self.is_worse_than_constant:
            return f"the net is worse than a constant ({figures}), and {judged} are few: {_NEEDED}"
        return f"no claim on the net: {judged} were judged, {_NEEDED} ({figures} for a constant)"
