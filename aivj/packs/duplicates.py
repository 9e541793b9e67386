"""Presets of nearly the same code: copies with other numbers, remixes, batches of variants.

Two presets are near-duplicates if half of their rare tokens are common to both (Jaccard index).
Rare are the names, numbers and values that few different programs hold; how many programs are
different is counted by their names in their order, so that a batch of variants counts as one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from aivj.packs.groups import Groups, IntArray
from aivj.presets.digest import RATING_KEY
from aivj.presets.milk import Milk
from aivj.presets.program import read_program

MIN_JACCARD = 0.5

# A token of up to so many programs, or so large a share of them, is rare.
_RARE_NUM, _RARE_SHARE = 10, 0.01
# Fewer rare tokens say too little.
_MIN_TOKENS = 4
# Programs remembered for each token. In a longer list they hang together anyway.
_MAX_POSTINGS = 64


def near_duplicates(milks: Iterable[Milk]) -> IntArray:
    """Returns a group number for each preset; near-duplicates of near-duplicates share it.

    Candidates come from an inverted index of the rarest tokens of each preset: two sets with a
    Jaccard index of t share one of the |x| - ceil(t |x|) + 1 rarest tokens of either (prefix
    filtering; Bayardo et al., Scaling Up All Pairs Similarity Search, 2007). Nearly linear.
    """
    token_lists = _rare_tokens(milks)
    groups = Groups(len(token_lists))
    index: dict[str, list[int]] = defaultdict(list)
    for item, tokens in enumerate(token_lists):
        if len(tokens) < _MIN_TOKENS:
            continue
        rarest = tokens[: len(tokens) - math.ceil(MIN_JACCARD * len(tokens)) + 1]
        for other in {other for token in rarest for other in index[token]}:
            is_joined = groups.root(other) == groups.root(item)
            if not is_joined and _jaccard(tokens, token_lists[other]) >= MIN_JACCARD:
                groups.join(item, other)
        for token in rarest:
            if len(index[token]) < _MAX_POSTINGS:
                index[token].append(item)
    return groups.labels()


def _rare_tokens(milks: Iterable[Milk]) -> list[list[str]]:
    """Returns the rare tokens of each preset, the rarest first."""
    programs: set[int] = set()
    num_programs_with: Counter[str] = Counter()
    token_sets: list[set[str]] = []
    for milk in milks:
        code = read_program(milk).whole
        tokens = {*code.reads, *code.writes, *code.numbers}
        tokens.update(f"{key}={value}" for key, value in milk.raw.items() if key != RATING_KEY)
        token_sets.append(tokens)
        program = hash(tuple(name for name, _, _ in code.tokens))
        if program not in programs:
            programs.add(program)
            num_programs_with.update(tokens)
    most = max(_RARE_NUM, _RARE_SHARE * len(programs))
    return [
        sorted(
            (token for token in tokens if num_programs_with[token] <= most),
            key=lambda token: (num_programs_with[token], token),
        )
        for tokens in token_sets
    ]


def _jaccard(one: Sequence[str], other: Sequence[str]) -> float:
    num_common = len(set(one).intersection(other))
    return num_common / (len(one) + len(other) - num_common)
