"""Cells of real pairs drawn whole, as the page sends them: from the cache, or drawn and kept."""

import base64
import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aivj.browser.choice import RendererChoice
from aivj.browser.tab import PageReply
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Worker
from aivj.sampling.worker import PairJob, PairResult, PairWorker, PairWorkerPlan
from aivj.stage.assets import DIST
from aivj.storage import sha256_hex
from aivj.takes.cells import PairCells
from aivj.takes.settings import RenderSettings
from benchmarks.stage_plan import stage_plan

_DIGEST_LENGTH = 16


class KeepingWorker(PairWorker):
    """Renders pairs as any worker does, and writes their cells to a folder."""

    def __init__(self, plan: PairWorkerPlan, folder: Path) -> None:
        super().__init__(plan)
        self._folder = folder
        self._last_cells = b""

    async def run(self, item: PairJob, timeout_s: float) -> PairResult:
        """See `PairWorker.run`."""
        result = await super().run(item, timeout_s)
        whole = self._folder / f"{item.pair}.cells"
        part = whole.with_suffix(".part")
        part.write_bytes(self._last_cells)
        part.replace(whole)
        return result

    async def _render(
        self, job: PairJob, settings: RenderSettings, timeout_s: float
    ) -> tuple[Mapping[str, Any], PageReply]:
        reading, reply = await super()._render(job, settings, timeout_s)
        self._last_cells = base64.b64decode(reading["cells"])
        return reading, reply


@dataclass(frozen=True)
class DrawnPairs:
    """Where pairs are drawn and their cells kept.

    Attributes:
        choice: The renderer.
        settings: How they are rendered.
        folder: Of the cache.
        num_browsers: Browsers at a time.
    """

    choice: RendererChoice
    settings: RenderSettings
    folder: Path
    num_browsers: int = 2

    def cells(
        self, jobs: Sequence[PairJob], on_pair: Callable[[int], None]
    ) -> dict[int, PairCells]:
        """Returns the cells of those of the pairs that can be drawn; draws what the cache lacks."""
        folder = self.folder / self._digest(jobs)
        folder.mkdir(parents=True, exist_ok=True)
        paths = {job.pair: folder / f"{job.pair}.cells" for job in jobs}
        todo = [job for job in jobs if not paths[job.pair].exists()]
        num_done = len(jobs) - len(todo)
        on_pair(num_done)
        if todo:
            self._draw(todo, folder, lambda num: on_pair(num_done + num))
        return {pair: self._read(path) for pair, path in paths.items() if path.exists()}

    def _draw(self, jobs: Sequence[PairJob], folder: Path, on_pair: Callable[[int], None]) -> None:
        plan = stage_plan(self.choice, self.settings)
        make: Callable[[], Worker[PairJob, PairResult]] = partial(KeepingWorker, plan, folder)
        executor = InProcessExecutor(self.num_browsers)
        with contextlib.closing(executor.run(make, jobs)) as outcomes:
            for num, _ in enumerate(outcomes, start=1):
                on_pair(num)

    def _read(self, path: Path) -> PairCells:
        return PairCells.from_bytes(
            path.read_bytes(),
            measure_frames=self.settings.measure_frames,
            silent_frames=self.settings.num_compared,
        )

    def _digest(self, jobs: Sequence[PairJob]) -> str:
        """Names everything that decides the cells."""
        identity = {
            "settings": asdict(self.settings),
            "renderer": asdict(self.choice.report),
            "launch": asdict(self.choice.plan),
            "page": sha256_hex((DIST / "probe.js").read_bytes()),
            "music": [
                sha256_hex(clip) for clip in stage_plan(self.choice, self.settings).clips.values()
            ],
            "pairs": [
                sha256_hex(f"{job.pair}\0{job.foreground}\0{job.background}".encode())
                for job in jobs
            ],
        }
        return sha256_hex(json.dumps(identity, sort_keys=True).encode())[:_DIGEST_LENGTH]
