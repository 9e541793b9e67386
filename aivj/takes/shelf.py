"""The takes of a run: a store for each clip that its presets hear."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from aivj.browser.renderer import RendererReport
from aivj.errors import InputError, ItemError
from aivj.stage.assets import drawing_digest
from aivj.stage.conversion import converter_digest
from aivj.takes.conditions import Conditions
from aivj.takes.settings import RenderSettings
from aivj.takes.store import StorePlace, TakeStore
from aivj.takes.take import Drawn, Take, TakeFailure


class TakeShelf:
    """Takes by clip and content.

    Args:
        stores: Of each clip.
    """

    def __init__(self, stores: Mapping[str, TakeStore]) -> None:
        self._stores = stores
        self._failed_here: set[tuple[str, str]] = set()

    @classmethod
    def open(
        cls,
        uri: str | Path,
        settings: RenderSettings,
        clips: Mapping[str, bytes],
        renderer_class: str,
    ) -> Self:
        """Opens the takes that are drawn with `settings` on a class of renderers.

        Args:
            uri: A folder, or a place in a bucket.
            settings: How presets are rendered.
            clips: Planar bytes of the music by name, see `aivj.takes.render.planar_clip`.
            renderer_class: See `RendererReport.renderer_class`.

        Raises:
            MissingDependencyError: Stage or converter have not been built.
            StorageError: The store cannot be read.
        """
        conditions = {
            name: Conditions.of(
                settings,
                renderer_class=renderer_class,
                stage=drawing_digest(),
                converter=converter_digest(),
                clip=clip,
            )
            for name, clip in clips.items()
        }
        return cls({name: TakeStore.open(uri, each) for name, each in conditions.items()})

    @property
    def places(self) -> Mapping[str, StorePlace]:
        """Where the takes of each clip are kept."""
        return {clip: store.place for clip, store in self._stores.items()}

    @property
    def uri(self) -> str:
        """Where they are kept."""
        return next(iter(self._stores.values())).place.uri

    @property
    def conditions(self) -> list[str]:
        """Digest of what takes are drawn under, for each clip."""
        return [store.conditions.digest for store in self._stores.values()]

    def chromium_versions(self, keys: Iterable[tuple[str, str]]) -> list[str]:
        """Returns the builds that drew presets, given by clip and content; sorted."""
        found = (self._stores[clip].chromium_version(content) for clip, content in keys)
        return sorted({version for version in found if version is not None})

    def holds(self, clip: str, content: str) -> bool:
        """Whether a preset need not be drawn: there is a take, or it failed.

        What failed in an earlier run through no fault of its own is worth another try.
        """
        if content not in self._stores[clip]:
            return False
        failure = self.failure(clip, content)
        return failure is None or failure.is_final or (clip, content) in self._failed_here

    def failure(self, clip: str, content: str) -> TakeFailure | None:
        """Returns why a preset could not be drawn; None if it was, or was never tried."""
        return self._stores[clip].failure(content)

    def read_pair(self, clip: str, contents: tuple[str, str]) -> tuple[Drawn, Drawn]:
        """Returns what a foreground and a background look like.

        Raises:
            InputError: There is no take of one of them, or it failed.
        """
        foreground, background = (_drawn(take) for take in self._stores[clip].read(contents))
        return foreground, background

    def keep_failure(
        self, clip: str, content: str, error: ItemError, report: RendererReport
    ) -> None:
        """Keeps why a preset could not be drawn by the renderer of `report`."""
        failure = TakeFailure.of(error)
        take = Take(content, failure, report.renderer, report.chromium_version)
        writer = self._stores[clip].writer()
        writer.add(take)
        if (written := writer.flush()) is not None:
            self.see(clip, written)
        self._failed_here.add((clip, content))

    def see(self, clip: str, written: str) -> None:
        """Sees what a worker has just written; see `TakeStore.see`."""
        self._stores[clip].see(written)

    def refresh(self) -> None:
        """Sees what was drawn meanwhile, by whomever."""
        for store in self._stores.values():
            store.refresh()


def _drawn(take: Take) -> Drawn:
    if isinstance(take.outcome, TakeFailure):
        raise InputError(
            f"a take of preset {take.content}",
            f"that it failed: {take.outcome.kind}",
            "look at the store with `aivj takes verify`",
        )
    return take.outcome
