"""Cells of real pairs drawn whole, as the page sends them: from the cache, or drawn and kept."""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from aivj.browser.choice import RendererChoice
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Worker
from aivj.stage.assets import DIST
from aivj.storage import sha256_hex, write_atomic
from aivj.takes.cells import PairCells
from aivj.takes.render import DrawJob, Kept, ProofJob, TakeWorker
from aivj.takes.settings import RenderSettings
from benchmarks.stage_plan import stage_plan

_DIGEST_LENGTH = 16


@dataclass(frozen=True)
class DrawnPairs:
    """Where pairs are drawn and their cells kept.

    Attributes:
        choice: The renderer.
        settings: How they are rendered.
        folder: Of the cache.
        num_workers: Browsers at a time.
    """

    choice: RendererChoice
    settings: RenderSettings
    folder: Path
    num_workers: int = 2

    def cells(
        self, jobs: Mapping[int, ProofJob], on_pair: Callable[[int], None]
    ) -> dict[int, PairCells]:
        """Returns the cells of those of the pairs that can be drawn; draws what the cache lacks."""
        folder = self.folder / self._digest(jobs)
        folder.mkdir(parents=True, exist_ok=True)
        paths = {pair: folder / f"{pair}.cells" for pair in jobs}
        todo: dict[DrawJob, Path] = {
            job: paths[pair] for pair, job in jobs.items() if not paths[pair].exists()
        }
        num_done = len(jobs) - len(todo)
        on_pair(num_done)
        if todo:
            self._draw(todo, lambda num: on_pair(num_done + num))
        return {pair: self._read(path) for pair, path in paths.items() if path.exists()}

    def _draw(self, paths: Mapping[DrawJob, Path], on_pair: Callable[[int], None]) -> None:
        plan = stage_plan(self.choice, self.settings)
        make: Callable[[], Worker[DrawJob, Kept | PairCells]] = partial(TakeWorker, plan)
        executor = InProcessExecutor(self.num_workers)
        with contextlib.closing(executor.run(make, paths)) as outcomes:
            for num, outcome in enumerate(outcomes, start=1):
                if isinstance(outcome.result, PairCells):
                    write_atomic(paths[outcome.item], _bytes_of(outcome.result), fsync=False)
                on_pair(num)

    def _read(self, path: Path) -> PairCells:
        return PairCells.from_bytes(
            path.read_bytes(),
            measure_frames=self.settings.measure_frames,
            silent_frames=self.settings.num_compared,
        )

    def _digest(self, jobs: Mapping[int, ProofJob]) -> str:
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
                sha256_hex(f"{pair}\0{job.foreground}\0{job.background}".encode())
                for pair, job in jobs.items()
            ],
        }
        return sha256_hex(json.dumps(identity, sort_keys=True).encode())[:_DIGEST_LENGTH]


def _bytes_of(cells: PairCells) -> bytes:
    """Returns cells as the page sends them."""
    whole = [
        np.stack([shown.composite, shown.foreground, shown.background], axis=2)
        for shown in (cells.music, cells.silence)
    ]
    return np.concatenate(whole).tobytes()
