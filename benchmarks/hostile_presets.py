"""Hostile presets through the whole of `aivj sample`, and whether each ends honestly.

Real presets are cut, flipped, spliced and filled with code that never ends; each is the foreground
of a pair. It must end once, in time: drawn whole, drawn in part with every missing part told, or as
a recorded failure. It must not bring the tool down, and what is missing must not pass as whole.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from aivj.cli.console import err, out
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    write_pairs_manifest,
)
from aivj.packs.scan import scan_presets
from aivj.stage.conversion import PresetConverter
from benchmarks.chaos_run import PACK, ChaosRun, run_in_peace
from benchmarks.cpu_meter import CpuMeter
from benchmarks.hostile_judge import LOST, Ending, endings_of, problems
from benchmarks.hostile_texts import Hostile, Maker

_BACKGROUND = b"[preset00]\r\nfDecay=0.9\r\nnWaveMode=2\r\n"
_SHOWN_LETTERS = 160


def main() -> int:
    """Makes, samples and judges; returns 0 if every ending is honest."""
    options = _options()
    paths = sorted(file.path for file in scan_presets(options.presets))
    hostiles = list(Maker(paths, options.seed).make(options.count))
    with tempfile.TemporaryDirectory(prefix="ah-") as folder:
        run = ChaosRun(options.keep or Path(folder), "run", Path(folder))
        write_pack(run.home / "public", hostiles)
        with CpuMeter() as meter:
            ended = run_in_peace(run, options.limit_s)
            cpu_s = meter.read_all()
        with PresetConverter(Path(folder) / "conversion") as converter:
            endings = endings_of(hostiles, run.rows(), run.failures(), converter.convert)
        is_well = _told(hostiles, endings, ended.problems)
    out.print(f"{len(hostiles)} presets in {ended.duration_s:.0f} s, {cpu_s:.0f} CPU s")
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--count", type=int, default=217)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit-s", type=float, default=3600, help="for all of them")
    parser.add_argument("--keep", type=Path, help="an empty folder for presets, run and log")
    return parser.parse_args()


def write_pack(packs_root: Path, hostiles: Sequence[Hostile]) -> None:
    """Writes a pack of a pair for each hostile preset, which is its foreground."""
    folder = packs_root / "presets" / PACK
    for layer in ("fg", "bg"):
        (folder / layer).mkdir(parents=True, exist_ok=True)
    (folder / "bg/plain.milk").write_bytes(_BACKGROUND)
    pairs = []
    for number, hostile in enumerate(hostiles):
        (folder / f"fg/{number}.milk").write_bytes(hostile.data)
        url = f"/presets/{PACK}"
        pairs.append(
            ManifestPair(
                pair=number, fg_url=f"{url}/fg/{number}.milk", bg_url=f"{url}/bg/plain.milk"
            )
        )
    generated_at = datetime.now(UTC).isoformat()
    manifest = PairsManifest(pack=PACK, generated_at=generated_at, pairs=pairs)
    write_pairs_manifest(folder / PAIRS_MANIFEST_NAME, manifest)


def _told(hostiles: Sequence[Hostile], endings: Sequence[Ending], faults: Sequence[str]) -> bool:
    """Prints the table of endings and what is wrong; tells whether nothing is."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = list(faults)
    for number, (hostile, ending) in enumerate(zip(hostiles, endings, strict=True)):
        by_kind[hostile.kind][ending.name] += 1
        wrong += [f"{number} ({hostile.kind}): {what}" for what in problems(hostile, ending)]
    table = Table("kind", "endings")
    for kind, names in by_kind.items():
        table.add_row(kind, ", ".join(f"{name} {count}" for name, count in names.most_common()))
    out.print(table)
    total = sum(by_kind.values(), Counter[str]())
    num_failed = total.total() - total["whole"] - total["degraded"]
    num_lost = sum(total[kind] for kind in LOST)
    out.print(
        f"{total['whole']} whole, {total['degraded']} degraded, {num_failed} failed, "
        f"{num_lost} of these with a page or browser lost; {len(wrong)} wrong"
    )
    for what in wrong:
        err.print(what[:_SHOWN_LETTERS], style="bold red", markup=False)
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
