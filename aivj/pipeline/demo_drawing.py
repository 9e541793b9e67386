"""What the demo draws: its pack, and labels from the presets' own ratings."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.errors import InputError, NoContrastError
from aivj.packs.pairing import DrawnPack, draw_coupled_pack
from aivj.packs.ratings import draw_elite
from aivj.packs.scan import PresetFile, scan_presets
from aivj.pipeline.demo_request import PACK, DemoRequest
from aivj.pipeline.rendering import open_conversion

NUM_ELITE_POSITIVE = 150
NUM_ELITE_NEGATIVE = 50
_FEWEST_PAIRS = 2


def draw_pack(
    request: DemoRequest,
    choice: RendererChoice,
    *,
    on_progress: Callable[[int, int], None],
    notice: Callable[[str], None],
) -> tuple[DrawnPack, str]:
    """Draws the pack, of fewer pairs where there are too few presets; returns what to tell of it.

    Raises:
        InputError: There are too few presets for two pairs, whose scores could differ.
        StorageError: The disk did not take the pack.
    """
    library = scan_presets(request.presets)
    num_accepted = num_degraded = 0
    with open_conversion(request.conversion_cache, choice) as convert:

        def accept(_: PresetFile, data: bytes) -> bool:
            nonlocal num_accepted, num_degraded
            is_whole = not convert(data).degraded
            num_accepted += is_whole
            num_degraded += not is_whole
            on_progress(num_accepted, 2 * request.num_pairs)
            return is_whole

        drawn = draw_coupled_pack(
            library,
            pack=PACK,
            num_pairs=request.num_pairs,
            seed=request.seed,
            packs_root=request.packs_root,
            generated_at=datetime.now(UTC),
            accept=accept,
            fewer_will_do=True,
            replace=True,
        )
    num_pairs = len(drawn.manifest.pairs)
    _require_pairs(request, num_pairs)
    if num_pairs < request.num_pairs:
        notice(
            f"Only {num_pairs} of {request.num_pairs} pairs could be drawn: each needs two presets "
            f"that no other has, and {request.presets} has no more."
        )
    told = f"{num_pairs} pairs drawn from {len(library)} presets, {num_degraded} degraded"
    return drawn, f"{told} passed over"


def _require_pairs(request: DemoRequest, num_pairs: int) -> None:
    """Refuses before anything is rendered what could not be released in the end.

    Raises:
        InputError: There is but one pair.
    """
    if num_pairs < _FEWEST_PAIRS:
        raise InputError(
            f"at least {2 * _FEWEST_PAIRS} different presets in {request.presets}, for two pairs: "
            "scores that do not differ are never released",
            f"presets for {num_pairs} pair",
            f"name a folder with more, or only look at this pair: aivj serve --pack {PACK}",
        )


def draw_weak_elite(request: DemoRequest, notice: Callable[[str], None]) -> Path | None:
    """Draws labels from the presets' own ratings; None where those do not differ enough.

    Raises:
        InputError: The presets cannot be read, or something else is in the list's place.
        StorageError: The disk did not take the list.
    """
    elite_dir = request.folder / "elite"
    try:
        draw_elite(
            scan_presets(request.presets),
            num_positive=NUM_ELITE_POSITIVE,
            num_negative=NUM_ELITE_NEGATIVE,
            seed=request.seed,
            folder=elite_dir,
        )
    except NoContrastError as error:
        notice(
            "Without an elite list, since the presets' own ratings give none: it takes "
            f"{error.expected}; there are {error.found}. The net learns from what is measured."
        )
        return None
    notice("Elite labels are weak labels: they come from the presets' own ratings.")
    return elite_dir
