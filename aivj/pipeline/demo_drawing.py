"""What the demo draws: presets, its pack, and labels from the presets' own ratings."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.errors import InputError, NoContrastError
from aivj.packs.drawing import DrawnPreset, SeededDraw
from aivj.packs.pairing import DrawnPack, draw_coupled_pack
from aivj.packs.ratings import draw_elite
from aivj.packs.scan import PresetFile, scan_presets
from aivj.pipeline.demo_request import PACK, DemoRequest
from aivj.pipeline.pairs import ChosenPack, choose_pack
from aivj.pipeline.pairs_request import PairsRequest
from aivj.pipeline.rendering import open_conversion
from aivj.pipeline.taking import Studio
from aivj.stage.converted_preset import ConvertedPreset
from aivj.takes.settings import RenderSettings
from aivj.takes.store import TakeStore

NUM_ELITE_POSITIVE = 150
NUM_ELITE_NEGATIVE = 50
_FEWEST_PAIRS = 2
_FEWEST_PRESETS = 4
_PRESETS_PER_PAIR = 1.5
"""Presets of the chosen half are used up to four times, those of the other half once."""

_MEASURED_PER_PAIR = 20


@dataclass(frozen=True)
class DrawnPresets:
    """Presets that can be drawn whole, and were.

    Attributes:
        presets: Three for two pairs, or fewer where there are too few.
        takes: Where their takes are.
        music: What they were drawn to, as the page is given it.
    """

    presets: tuple[DrawnPreset, ...]
    takes: TakeStore
    music: bytes


@dataclass(frozen=True)
class ChosenPairs:
    """The pack, half of it chosen.

    Attributes:
        asked: How pairs were chosen.
        pack: What came of it.
    """

    asked: PairsRequest
    pack: ChosenPack


def draw_presets(
    request: DemoRequest, choice: RendererChoice, *, on_progress: Callable[[int, int], None]
) -> tuple[DrawnPresets, str]:
    """Draws the presets that pairs are chosen of, once each; returns what to tell of it.

    Raises:
        InputError: The folder cannot be read, or there are too few presets for two pairs.
        AivjError: As `Studio.take`.
    """
    library = scan_presets(request.presets)
    num_wanted = max(_FEWEST_PRESETS, round(_PRESETS_PER_PAIR * request.num_pairs))
    with _whole_presets(request, choice, num_wanted, on_progress) as accept:
        draw = SeededDraw(library, purpose="pairs", seed=request.seed, accept=accept)
        presets = tuple(islice(draw, num_wanted))
    _require_pairs(request, len(presets) // 2)
    num_new = 0

    def on_drawn(num_done: int, num_all: int) -> None:
        nonlocal num_new
        num_new = num_all
        on_progress(num_done, num_all)

    studio = Studio(
        home=request.home,
        conversion_cache=request.conversion_cache,
        options=request.render_options,
        num_workers=request.num_workers,
        clip=request.playlist.clips[0],
        settings=RenderSettings(),
        on_progress=on_drawn,
        proved=choice,
    )
    takes = studio.take(presets)
    num = len(presets)
    told = f"{num} presets, {num - num_new} of them drawn before; {accept.num_degraded} degraded"
    return DrawnPresets(presets, takes, studio.music), f"{told} passed over"


def choose_pairs(
    request: DemoRequest,
    drawn: DrawnPresets,
    *,
    on_progress: Callable[[int, int], None],
    notice: Callable[[str], None],
) -> tuple[ChosenPairs, str]:
    """Chooses half of the pack among all pairs, and takes half at random; returns what to tell.

    Raises:
        InputError: Too few of the presets or of their pairs can be used.
        StorageError: The disk did not take the pack.
    """
    asked = PairsRequest(
        name=PACK,
        packs_root=request.packs_root,
        feature_store=request.feature_store,
        presets=request.presets,
        max_presets=len(drawn.presets),
        num=request.num_pairs,
        num_measured=_MEASURED_PER_PAIR * request.num_pairs,
        contrast=True,
        seed=request.seed,
        replace=True,
    )
    names = {preset.source.relative_path for preset in drawn.presets}
    pack = choose_pack(
        asked,
        lambda _: drawn.takes,
        drawn.music,
        accept=lambda file, _: file.relative_path in names,
        on_progress=on_progress,
    )
    num_pairs, best = len(pack.drawn.manifest.pairs), pack.best
    _require_pairs(request, num_pairs)
    if num_pairs < request.num_pairs:
        why = "; ".join(pack.notes) or "these presets make no more"
        notice(f"Only {num_pairs} of {request.num_pairs} pairs: {why}.")
    num_chosen = len(best.chosen.pairs)
    return ChosenPairs(asked, pack), (
        f"{num_chosen} pairs chosen of {best.num_measured} "
        f"(mean target {best.chosen.target01.mean():.2f}), "
        f"{num_pairs - num_chosen} at random ({best.at_random.target01.mean():.2f})"
    )


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
    with _whole_presets(request, choice, 2 * request.num_pairs, on_progress) as accept:
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
    told = f"{num_pairs} pairs drawn from {len(library)} presets, {accept.num_degraded} degraded"
    return drawn, f"{told} passed over"


@dataclass
class _WholePresets:
    """Accepts presets that convert whole, and counts the others.

    Attributes:
        convert: What converts, and links shaders.
        on_accepted: Told how many were accepted.
        num_accepted: How many were.
        num_degraded: How many were not, since a part of them cannot be drawn.
    """

    convert: Callable[[bytes], ConvertedPreset]
    on_accepted: Callable[[int], None]
    num_accepted: int = field(default=0, init=False)
    num_degraded: int = field(default=0, init=False)

    def __call__(self, _: PresetFile, data: bytes) -> bool:
        is_whole = not self.convert(data).degraded
        self.num_accepted += is_whole
        self.num_degraded += not is_whole
        self.on_accepted(self.num_accepted)
        return is_whole


@contextlib.contextmanager
def _whole_presets(
    request: DemoRequest,
    choice: RendererChoice,
    num_wanted: int,
    on_progress: Callable[[int, int], None],
) -> Iterator[_WholePresets]:
    """Opens what accepts presets of a pack, for the block."""
    with open_conversion(request.conversion_cache, choice) as convert:
        yield _WholePresets(convert, lambda num: on_progress(num, num_wanted))


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
