"""Pairs that cannot be drawn, found out before any browser is opened."""

from collections.abc import Callable, Iterator, Sequence

from aivj.errors import ItemError
from aivj.sampling.jobs import Convert, read_pair
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_directory import RunDirectory
from aivj.sampling.summary import visits_before


def undrawable(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    convert: Convert,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_total: None,
) -> dict[tuple[str, int], ItemError]:
    """Reads and converts the presets of all pairs that a run still has to visit.

    Args:
        request: What is to be sampled.
        packs: Its packs.
        convert: Converts a preset's bytes.
        on_progress: Told how many pairs of how many were looked at.

    Returns:
        By pack and id, what is wrong with the pairs that cannot be drawn.
    """
    found: dict[tuple[str, int], ItemError] = {}
    waiting = [(pack, pair) for pack in packs for pair in _waiting(request, pack)]
    for number, (pack, pair) in enumerate(waiting, start=1):
        try:
            read_pair(pack, pair, request.packs_root, convert)
        except ItemError as error:
            found[pack.name, pair] = error
        on_progress(number, len(waiting))
    return found


def _waiting(request: SampleRequest, pack: SamplePack) -> Iterator[int]:
    """Yields the pairs that are still to be visited, each once."""
    visits = visits_before(RunDirectory(request.out_dir))
    done = {pair: num for (name, pair), num in visits.items() if name == pack.name}
    seen: set[int] = set()
    num_ids = len(pack.ids)
    for pick in pack.remaining(request, done):
        if pick.pair not in seen:
            seen.add(pick.pair)
            yield pick.pair
        if len(seen) == num_ids:
            return
