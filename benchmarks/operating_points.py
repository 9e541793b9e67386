"""Operating points by name, and their rows: from the cache, or rendered and then remembered."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.contracts.jsonl_log import JsonlLog, read_jsonl
from aivj.errors import InputError
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Worker
from aivj.stage.assets import DIST
from aivj.storage import sha256_hex
from aivj.takes import cells, figures, flashes, picture, reactivity
from aivj.takes.cells import PairCells
from aivj.takes.reactivity import Heard
from aivj.takes.render import DrawJob, Kept, ProofJob, TakeWorker
from aivj.takes.settings import RenderSettings
from benchmarks.cpu_meter import CpuMeter
from benchmarks.real_pairs import CLIP
from benchmarks.stage_plan import stage_plan
from benchmarks.study_figures import study_row
from benchmarks.study_rows import StudyRow

_NAME = re.compile(r"(\d+)x(\d+)/(\d+)x(\d+)/(\d+)\+(\d+)")
_DIGEST_LENGTH = 16
_FILES = (
    cells.__file__,
    flashes.__file__,
    figures.__file__,
    picture.__file__,
    reactivity.__file__,
)
_CODE = (DIST / "probe.js", *map(Path, _FILES))
"""What figures depend on."""

SWEEP = (
    "320x180/32x24/30+30",
    "192x108/32x24/30+30",
    "160x90/32x24/30+30",
    "128x72/32x24/30+30",
    "256x144/48x36/30+30",
    "256x144/32x24/30+60",
    "256x144/32x24/30+20",
    "256x144/32x24/15+30",
    "160x90/32x24/15+20",
)
"""One change at a time to the default, and one that changes all."""

GRID = tuple(
    f"{size}/{mesh}/{warmup}+{measured}"
    for size, mesh, warmup, measured in product(
        ("320x180", "256x144", "192x108", "160x90", "128x72"),
        ("48x36", "32x24"),
        (30, 15),
        (60, 30, 20),
    )
)
"""All combinations."""


def name_of(settings: RenderSettings) -> str:
    """Names settings `<picture>/<mesh>/<warm-up frames>+<measured frames>`."""
    picture = f"{settings.width}x{settings.height}"
    mesh = f"{settings.mesh_width}x{settings.mesh_height}"
    return f"{picture}/{mesh}/{settings.warmup_frames}+{settings.measure_frames}"


def parse_name(name: str) -> RenderSettings:
    """Returns the settings of a name; what a name does not say is the default.

    Raises:
        InputError: It is no such name.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise InputError(
            "an operating point as <picture>/<mesh>/<warm-up>+<measured frames>",
            repr(name),
            "write for example 256x144/32x24/30+30",
        )
    width, height, mesh_width, mesh_height, warmup, measured = map(int, match.groups())
    return RenderSettings(width, height, mesh_width, mesh_height, warmup, measured)


def in_full_silence(settings: RenderSettings) -> RenderSettings:
    """Returns the settings with the silent take compared at every measured frame."""
    return replace(settings, silent_frames=settings.measure_frames, silent_every=1)


@dataclass(frozen=True)
class StudyBench:
    """What operating points are rendered on.

    Attributes:
        jobs: The pairs by id, the same for all of them.
        choice: The renderer.
        folder: Of the cache.
        num_workers: Browsers at a time.
        meter: Of CPU.
    """

    jobs: Mapping[int, ProofJob]
    choice: RendererChoice
    folder: Path
    num_workers: int
    meter: CpuMeter

    def rows(self, settings: RenderSettings, on_row: Callable[[int], None]) -> list[StudyRow]:
        """Returns a row for each pair, in their order; renders those that the cache lacks."""
        path = self._path(settings)
        known = read_jsonl(path, StudyRow).rows if path.exists() else []
        rows = {row.pair: row for row in known}
        todo = {pair: job for pair, job in self.jobs.items() if pair not in rows}
        on_row(len(rows))
        if todo:
            with JsonlLog[StudyRow](path) as log:
                for row in self._drawn(settings, todo):
                    log.append(row)
                    rows[row.pair] = row
                    on_row(len(rows))
        return [rows[pair] for pair in self.jobs]

    def _drawn(self, settings: RenderSettings, jobs: Mapping[int, ProofJob]) -> Iterator[StudyRow]:
        plan = stage_plan(self.choice, settings)
        heard = Heard.of(plan.clips[CLIP], settings)
        pairs: dict[DrawJob, int] = {job: pair for pair, job in jobs.items()}
        make: Callable[[], Worker[DrawJob, Kept | PairCells]] = partial(TakeWorker, plan)
        executor = InProcessExecutor(self.num_workers)
        before_s: float | None = None
        items: Iterator[DrawJob] = iter(jobs.values())
        with contextlib.closing(executor.run(make, items)) as outcomes:
            for outcome in outcomes:
                now_s = self.meter.read_all()
                cpu_s = None if before_s is None else now_s - before_s
                pair = pairs[outcome.item]
                yield study_row(pair, outcome, settings, heard, cpu_s)
                before_s = now_s

    def _path(self, settings: RenderSettings) -> Path:
        """Returns where rows are kept that depend on nothing else than what the name says."""
        pairs = [
            f"{job.foreground.preset}\0{job.background.preset}".encode()
            for job in self.jobs.values()
        ]
        clips = stage_plan(self.choice, settings).clips
        identity = {
            "settings": asdict(settings),
            "renderer": asdict(self.choice.report),
            "launch": asdict(self.choice.plan),
            "code": [sha256_hex(path.read_bytes()) for path in _CODE],
            "music": [sha256_hex(clip) for clip in clips.values()],
            "pairs": [sha256_hex(pair) for pair in pairs],
        }
        digest = sha256_hex(json.dumps(identity, sort_keys=True).encode())[:_DIGEST_LENGTH]
        return self.folder / f"{name_of(settings).replace('/', '_')}-{digest}.jsonl"
