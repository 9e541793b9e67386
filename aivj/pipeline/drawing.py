"""Draws the presets of a folder, each once, whatever they will be used for."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aivj.audio.clip import AudioClip
from aivj.audio.levels import require_sound
from aivj.browser.choice import RendererChoice
from aivj.errors import ItemError
from aivj.executor.protocol import Executor
from aivj.presets.digest import content_hash
from aivj.sampling.layers import Convert, Layer
from aivj.storage import sha256_hex
from aivj.takes.drawing import draw
from aivj.takes.render import DrawJob, TakeJob, TakePlan, planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf

CLIP = "0"


@dataclass
class DrawingProgress:
    """How far a drawing has come.

    Attributes:
        num_presets: Different presets.
        num_there: Of them, those that needed no drawing.
        num_drawn: Those that were drawn.
        failures: How many could not be drawn, by kind.
    """

    num_presets: int
    num_there: int = 0
    num_drawn: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def num_done(self) -> int:
        """Presets of which it is known what became."""
        return self.num_there + self.num_drawn + self.failures.total()


def read_contents(
    paths: Sequence[Path], on_progress: Callable[[int, int], None] = lambda _done, _total: None
) -> dict[str, Path]:
    """Returns a file of each different preset, by content; files that cannot be read are left out.

    Args:
        paths: Files of presets.
        on_progress: Told how many files of how many were read.
    """
    found: dict[str, Path] = {}
    for number, path in enumerate(paths, start=1):
        try:
            found.setdefault(content_hash(path.read_bytes()), path)
        except OSError:
            continue
        finally:
            on_progress(number, len(paths))
    return found


@dataclass(frozen=True)
class Drawing:
    """What presets are drawn with.

    Attributes:
        choice: The proved renderer.
        settings: How they are drawn.
        clip: What they hear.
        takes_uri: Where takes are kept.
    """

    choice: RendererChoice
    settings: RenderSettings
    clip: AudioClip
    takes_uri: str

    def shelf(self) -> TakeShelf:
        """Opens the takes that are there.

        Raises:
            InputError: The music is silent.
            StorageError: The store cannot be read.
        """
        require_sound(self.clip)
        clips = {CLIP: planar_clip(self.clip, self.settings)}
        renderer_class = self.choice.report.renderer_class
        return TakeShelf.open(self.takes_uri, self.settings, clips, renderer_class)

    def draw(
        self,
        presets: dict[str, Path],
        *,
        executor: Executor,
        convert: Convert,
        on_progress: Callable[[DrawingProgress], None] = lambda _: None,
    ) -> DrawingProgress:
        """Draws those presets of which there is no take; what is broken off is gone on with.

        Args:
            presets: A file of each, by content.
            executor: Runs the browsers, if any are needed.
            convert: Converts a preset's bytes.
            on_progress: Called after each preset.

        Raises:
            AivjError: As `aivj.takes.drawing.draw`.
        """
        shelf, progress = self.shelf(), DrawingProgress(len(presets))
        missing = [content for content in sorted(presets) if not shelf.holds(CLIP, content)]
        progress.num_there = len(presets) - len(missing)
        on_progress(progress)

        def jobs() -> Iterator[DrawJob]:
            for content in missing:
                try:
                    yield _job(presets[content], content, convert)
                except ItemError as error:
                    progress.failures[error.kind] += 1
                    on_progress(progress)

        plan = TakePlan(
            launch=self.choice.plan,
            policy=self.choice.policy,
            expected=self.choice.report,
            settings=self.settings,
            clips={CLIP: planar_clip(self.clip, self.settings)},
            places=shelf.places,
        )
        done: set[DrawJob] = set()
        for outcome in draw(shelf, jobs(), executor=executor, plan=plan):
            if outcome.item in done:
                continue
            done.add(outcome.item)
            if outcome.error is None:
                progress.num_drawn += 1
            else:
                progress.failures[outcome.error.kind] += 1
            on_progress(progress)
        return progress


def _job(path: Path, content: str, convert: Convert) -> TakeJob:
    try:
        data = path.read_bytes()
    except OSError as error:
        found = error.strerror or str(error)
        raise ItemError(
            "missing-preset", f"a preset at {path}", found, "look what became of it"
        ) from error
    return Layer(str(path), data, sha256_hex(data), content).job(CLIP, convert)
