"""How long a night may take and how much room, before it has begun."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from aivj.contracts.pairs_manifest import read_pairs_manifest
from aivj.errors import AivjError
from aivj.storage.places import as_uri
from aivj.takes.take import TAKE_KB

_S_A_TAKE = 0.5
_PAIRS_A_MIN = 30_000
_S_TO_LEARN = 60.0
_S_TO_VERIFY = 60.0
_KB_A_MB = 1000


def forecast(manifests: Sequence[str], *, num_workers: int) -> Iterator[str]:
    """Yields what to expect, in sentences; of packs that are not there yet, nothing.

    Args:
        manifests: Where the pairs of the packs are.
        num_workers: Browsers at a time.
    """
    num_presets = num_pairs = num_packs = 0
    for place in manifests:
        if as_uri(place) is not None:
            continue
        try:
            pairs = read_pairs_manifest(Path(place), pack=Path(place).parent.name).pairs
        except AivjError:
            continue
        num_packs += 1
        num_pairs += len(pairs)
        num_presets += len({url for pair in pairs for url in (pair.fg_url, pair.bg_url)})
    if not num_packs:
        yield "The packs are not here yet, so nobody can tell how long it takes."
        return
    draw_s = num_presets * _S_A_TAKE / num_workers
    rest_s = 60 * num_pairs / _PAIRS_A_MIN + _S_TO_LEARN + num_packs * _S_TO_VERIFY
    yield (
        f"{num_pairs} pairs of {num_presets} presets: about {_hours(draw_s)} to draw those that "
        f"were not drawn yet ({num_workers} browsers, {_S_A_TAKE} s each), "
        f"{_hours(rest_s)} for the rest, {num_presets * TAKE_KB / _KB_A_MB:.0f} MB of takes."
    )


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{max(1, minutes)} min"
