"""Presets drawn outside a run: those that no take exists of; no browser where all are there."""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from aivj.audio.clip import AudioClip
from aivj.browser.choice import RendererChoice
from aivj.errors import ItemError
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.packs.scan import PresetFile
from aivj.pipeline.known_renderer import KnownRenderer
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.rendering import open_executor, prove_renderer
from aivj.presets.digest import content_hash
from aivj.sampling.layers import Layer
from aivj.stage.conversion import PresetConverter
from aivj.storage import sha256_hex
from aivj.takes.drawing import draw
from aivj.takes.render import TakeJob, TakePlan, planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.store import TakeStore

_CLIP = "0"


class Takable(Protocol):
    """A preset that can be drawn."""

    @property
    def source(self) -> PresetFile:
        """Its file."""

    @property
    def data(self) -> bytes:
        """The file's bytes."""

    @property
    def content_hash(self) -> str:
        """What it is, however it is written."""


def different_presets(
    library: Sequence[PresetFile],
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None,
) -> list[PresetOnDisk]:
    """Returns the presets of a library, each content once; files that cannot be read are left out.

    Args:
        library: Its files.
        on_progress: Told how many files of how many were read.
    """
    found: dict[str, PresetOnDisk] = {}
    for number, file in enumerate(library, start=1):
        with contextlib.suppress(OSError):
            content = content_hash(file.path.read_bytes())
            found.setdefault(content, PresetOnDisk(file, content))
        on_progress(number, len(library))
    return list(found.values())


@dataclass(frozen=True)
class Studio:
    """Where, with what and to what presets are drawn.

    Attributes:
        home: Folder that everything is kept below.
        conversion_cache: Converted presets.
        options: Where and with what browsers draw, and where takes are kept.
        num_workers: Tells how many browsers run at a time on a software renderer, or on a GPU.
        clip: What presets are drawn to.
        settings: How they are rendered.
        on_renderer: Told what draws, if anything must be drawn.
        on_progress: Told how many presets of how many are drawn.
        is_over: Asked before each preset; once it says so, none is begun any more.
        proved: The renderer, if it was proved just now; else one is proved where it must draw.
    """

    home: Path
    conversion_cache: Path
    options: RenderOptions
    num_workers: Callable[[bool], int]
    clip: AudioClip
    settings: RenderSettings
    on_renderer: Callable[[RendererChoice], None] = lambda _: None
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None
    is_over: Callable[[], bool] = lambda: False
    proved: RendererChoice | None = None

    @property
    def music(self) -> bytes:
        """The clip as the page is given it."""
        return planar_clip(self.clip, self.settings)

    def take(self, presets: Sequence[Takable]) -> TakeStore:
        """Draws those of the presets, no content twice, that no take exists of.

        Returns:
            Where the takes of all that were begun are, failures among them.

        Raises:
            AivjError: As `prove_renderer` and `aivj.takes.drawing.draw`.
        """
        choice = self.choose(presets)
        for _ in self.drawing(choice, presets):
            pass
        return self.store(choice)

    def choose(self, presets: Sequence[Takable]) -> RendererChoice:
        """Returns what draws presets: a renderer that is known, if all have takes of it.

        Raises:
            AivjError: As `prove_renderer`.
        """
        known = self.proved or KnownRenderer(self.home, self.options).find()
        if known is None or self._missing(self._shelf(known), presets):
            return self.prove()
        return known

    def prove(self) -> RendererChoice:
        """Proves the renderer that is asked for, unless that was done just now, and says so.

        Raises:
            AivjError: As `prove_renderer`.
        """
        choice = self.proved
        if choice is None:
            choice = prove_renderer(self.options)
            KnownRenderer(self.home, self.options).keep(choice)
        self.on_renderer(choice)
        return choice

    def drawing(
        self, choice: RendererChoice, presets: Sequence[Takable]
    ) -> Generator[str, None, None]:
        """Draws those of the presets, no content twice, that no take exists of.

        Yields:
            Content hash of each, when it was drawn or failed. Its take is there when the generator
            has ended, if not before.

        Raises:
            AivjError: As `aivj.takes.drawing.draw`.
        """
        shelf = self._shelf(choice)
        missing = self._missing(shelf, presets)
        if not missing:
            return
        plan = TakePlan(
            launch=choice.plan,
            policy=choice.policy,
            expected=choice.report,
            settings=self.settings,
            clips={_CLIP: self.music},
            places=shelf.places,
        )
        num_workers = self.num_workers(choice.report.is_software)
        with (
            PresetConverter(self.conversion_cache) as converter,
            open_executor(self.options, num_workers, "takes", choice) as executor,
            contextlib.closing(
                draw(
                    shelf,
                    _jobs(
                        takewhile(lambda _: not self.is_over(), missing), converter, shelf, choice
                    ),
                    executor=executor,
                    plan=plan,
                )
            ) as outcomes,
        ):
            for num_done, outcome in enumerate(outcomes, start=1):
                self.on_progress(min(num_done, len(missing)), len(missing))
                if isinstance(outcome.item, TakeJob):
                    yield outcome.item.content

    def store(self, choice: RendererChoice) -> TakeStore:
        """Returns where the takes of a renderer are."""
        return self._shelf(choice).places[_CLIP].open()

    def _shelf(self, choice: RendererChoice) -> TakeShelf:
        return TakeShelf.open(
            self.options.takes_uri,
            self.settings,
            {_CLIP: self.music},
            choice.report.renderer_class,
        )

    @staticmethod
    def _missing(shelf: TakeShelf, presets: Sequence[Takable]) -> list[Takable]:
        return [preset for preset in presets if not shelf.holds(_CLIP, preset.content_hash)]


def _jobs(
    presets: Iterable[Takable],
    converter: PresetConverter,
    shelf: TakeShelf,
    choice: RendererChoice,
) -> Iterator[TakeJob]:
    """Yields what is to be drawn; keeps as failures those that not even convert."""
    for preset in presets:
        try:
            data = preset.data
        except OSError:
            continue  # Gone since it was listed; nothing is known of it.
        name = preset.source.relative_path
        layer = Layer(name, data, sha256_hex(data), preset.content_hash)
        try:
            yield layer.job(_CLIP, converter.convert)
        except ItemError as error:
            shelf.keep_failure(_CLIP, layer.content, error, choice.report)
