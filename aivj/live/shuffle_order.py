"""The order in which a shuffling page visits pairs: what is missing comes first."""

import random
from collections.abc import Collection, Sequence

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel

SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0"
"""Where the runtime keeps its order, in the local storage."""


class ShuffleState(ContractModel):
    """What the runtime reads there; `order` holds places in the manifest, not pair ids."""

    v: int = 0
    pack: str
    len: Count
    pos: Count = 0
    order: list[int]
    updated_at: Count
    seeded_by: str


def missing_first(
    pairs: Sequence[int | None],
    visited: Collection[int],
    page: int,
    num_workers: int,
    seed: int,
    *,
    aside: Collection[int] = (),
    never: Collection[int | None] = (),
    probe: bool = False,
) -> list[int]:
    """Returns an order of the places of `pairs`, both halves shuffled.

    Args:
        pairs: Pair ids in the manifest's order; None for an entry without one.
        visited: Those that need no visit.
        page: Which of the pages this is for. Each begins with a share of its own of what is
            missing, goes on with the others', and comes to what was visited last.
        num_workers: How many pages there are.
        seed: Decides the order.
        aside: Those of the missing that come after all others of them.
        never: Those that nobody wants to see: they come after everything else.
        probe: Whether a visited pair comes first where only such pairs are missing: it shows that
            the page still shows pairs.
    """
    unwanted = {None, *never}
    done = set(visited) - unwanted
    last = set(aside) - done - unwanted
    waiting = done | last | unwanted
    missing = [place for place, pair in enumerate(pairs) if pair not in waiting]
    late = [place for place, pair in enumerate(pairs) if pair in last]
    rest = [place for place, pair in enumerate(pairs) if pair in done]
    end = [place for place, pair in enumerate(pairs) if pair in unwanted]
    shuffler = random.Random(seed)  # noqa: S311 - an order, not a secret
    shuffler.shuffle(missing)
    shuffler.shuffle(rest)
    shares = [missing[start::num_workers] for start in range(num_workers)]
    first = [place for share in shares[page:] + shares[:page] for place in share]
    num_probes = 1 if probe and not first else 0
    return [*first, *rest[:num_probes], *late, *rest[num_probes:], *end]
