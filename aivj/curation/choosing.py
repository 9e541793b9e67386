"""A pack's pairs chosen among all candidates."""

from dataclasses import dataclass
from typing import Literal

from aivj.curation.assignment import match_presets
from aivj.curation.candidates import Candidates, Places
from aivj.curation.dpp import choose_dpp
from aivj.curation.mmr import choose_mmr

Method = Literal["mmr", "dpp", "assignment"]


@dataclass(frozen=True)
class Choosing:
    """How pairs are chosen.

    Attributes:
        num: How many, at least 1.
        max_uses: How often a preset is used, in front and behind together, at most.
        variety: 0 for quality alone to 1 for variety alone.
        method: mmr and dpp choose one pair after another; assignment first pairs all presets,
            each once, and then chooses among those pairs as mmr does.
    """

    num: int
    max_uses: int
    variety: float
    method: Method


def choose(candidates: Candidates, how: Choosing) -> Places:
    """Returns the places of the chosen candidates in the order of the choice.

    They are fewer than asked for where there are too few candidates, or their presets are used up.
    """
    if how.method == "assignment":
        matched = match_presets(candidates)
        return matched[
            choose_mmr(candidates.at(matched), num=how.num, max_uses=1, variety=how.variety)
        ]
    choose_greedily = choose_dpp if how.method == "dpp" else choose_mmr
    return choose_greedily(candidates, num=how.num, max_uses=how.max_uses, variety=how.variety)
