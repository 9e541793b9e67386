"""How long the audit of a whole library takes without its rendering, and a snapshot of it.

The library is a folder's presets linked again and again into a tree of 136,109 files. First their
text is audited; then each different preset is judged by a made prober, so that the store is as full
as it gets; then a snapshot is taken of the store, and one of the `preset-audit.json` made of it.
Half as many files before show whether memory grows with them.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aivj.cli.console import bar
from aivj.contracts.preset_audit import PRESET_AUDIT_NAME, AuditQuality
from aivj.library.audit import Prober, run_audit
from aivj.library.exports import export_audit
from aivj.library.listing import library_files
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.library.record import begin_record
from aivj.library.request import AuditRequest
from aivj.library.snapshot import SnapshotOptions, take_snapshot
from aivj.library.tables import ask
from aivj.packs.scan import scan_presets
from benchmarks.goals import Goal, print_goals
from benchmarks.preset_features import MemoryWatch
from benchmarks.screen import console

_LIBRARY_SIZE = 136_109
_FILES_PER_FOLDER = 4_188
_REASONS = ("too-dark", "wasm-abort", "low-motion", "render-failed")


@dataclass(frozen=True)
class Step:
    """What a part of the work took.

    Attributes:
        name: What was done.
        wall_s: Wall time.
        cpu_s: CPU seconds of this process.
        peak_mb: Most memory that it held.
    """

    name: str
    wall_s: float
    cpu_s: float
    peak_mb: float


class MadeProber:
    """Judges each preset by its hash: one in four is ok."""

    def open(self, _presets: Sequence[PresetOnDisk]) -> str:
        """Needs nothing."""
        return "made"

    def judge(
        self, presets: Sequence[PresetOnDisk]
    ) -> Iterator[tuple[PresetOnDisk, AuditQuality | None]]:
        """Yields made figures."""
        for preset in presets:
            lot = int(preset.content_hash[:4], 16)
            reasons = [] if lot % 4 == 0 else [_REASONS[lot % len(_REASONS)]]
            yield (
                preset,
                AuditQuality(
                    ok=not reasons,
                    reasons=reasons,
                    avg_luma=lot / 65_536,
                    avg_frame_delta=0.01,
                    avg_render_ms=4.0,
                    render_ok=True,
                ),
            )


def link_library(folder: Path, originals: Sequence[Path], num_files: int) -> None:
    """Fills a tree with copies of presets and links to them."""
    copies = []
    first = folder / "000"
    first.mkdir(parents=True)
    for number, original in enumerate(originals):
        copies.append(first / f"{number:05d}.milk")
        copies[-1].write_bytes(original.read_bytes())
    for number in range(len(copies), num_files):
        place = folder / f"{number // _FILES_PER_FOLDER:03d}"
        place.mkdir(exist_ok=True)
        os.link(copies[number % len(copies)], place / f"{number:06d}.milk")


def measured(name: str, work: Callable[[], object]) -> Step:
    """Does a part of the work, and returns what it took."""
    start_s, before_s = time.perf_counter(), time.process_time()
    with MemoryWatch() as memory:
        work()
    wall_s, cpu_s = time.perf_counter() - start_s, time.process_time() - before_s
    step = Step(name, wall_s, cpu_s, memory.peak_mb)
    console.print(
        f"{step.name}: {step.wall_s:.1f} s, {step.cpu_s:.1f} CPU s, {step.peak_mb:.0f} MB"
    )
    return step


def audit(request: AuditRequest, prober: Prober | None) -> None:
    """Audits as `aivj audit` does."""
    with bar("auditing") as progress:
        files = library_files(request, Counter())
        record = begin_record(request)
        run_audit(request, files, prober, lambda _, done, num_all: progress.update(done, num_all))
        export_audit(request.out_dir, record, is_whole=True)


def measure(folder: Path, num_files: int) -> dict[str, Step]:
    """Audits a linked library of so many files step by step."""
    out_dir = folder / "out"
    request = AuditRequest(root=folder / "library", out_dir=out_dir, probe="none")
    written = out_dir / PRESET_AUDIT_NAME
    told = folder / "told"
    options = SnapshotOptions(include_reasons_by_rel_path=True)
    works: dict[str, Callable[[], object]] = {
        "text": lambda: audit(request, None),
        "again, nothing new": lambda: audit(request, None),
        "quality": lambda: audit(request, MadeProber()),
        "snapshot": lambda: take_snapshot(out_dir, told, options),
        "snapshot of the JSON": lambda: take_snapshot(written, told, options),
        "query": lambda: ask(out_dir, "SELECT * FROM v_reason_counts"),
    }
    steps = {name: measured(f"{num_files} files, {name}", work) for name, work in works.items()}
    console.print(f"{PRESET_AUDIT_NAME}: {written.stat().st_size / 1e6:.0f} MB")
    return steps


def main() -> None:
    """Links the library, audits it, and prints what was wanted beside what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--files", type=int, default=_LIBRARY_SIZE, help="how many")
    options = parser.parse_args()
    originals = [preset.path for preset in scan_presets(options.presets)]
    found = {}
    for num_files in (options.files // 2, options.files):
        with TemporaryDirectory() as folder:
            link_library(Path(folder) / "library", originals, num_files)
            found[num_files] = measure(Path(folder), num_files)
    half, whole = found.values()
    peaks = [max(step.peak_mb for step in steps.values()) for steps in (half, whole)]
    print_goals(
        [
            Goal("text, CPU s", whole["text"].cpu_s, 360, is_floor=False, form=".0f"),
            Goal("text, s", whole["text"].wall_s, 180, is_floor=False, form=".0f"),
            Goal("snapshot, CPU s", whole["snapshot"].cpu_s, 5, is_floor=False, form=".1f"),
            Goal("peak memory, MB", peaks[1], 1_000, is_floor=False, form=".0f"),
            Goal("the same beside half as many", peaks[1] / peaks[0], 1.5, is_floor=False),
        ]
    )


if __name__ == "__main__":
    main()
