"""Nights that would be wasted: each fault planted in a whole night, which has to say so in time.

A night is made in peace first, from a folder of presets to a promoted release. Each fault is
planted in a copy of its home, before the next night begins or while it goes on; that has to end
with its exit code and its message within the seconds that docs/night.md promises, and
`aivj morning` has to tell the truth of it. Needs root, for disks of its own.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from aivj.cli.console import err, out
from benchmarks.kept_folder import kept_folder
from benchmarks.wasted_night_faults import FAULTS, Fault
from benchmarks.wasted_night_run import PACK, STAMP, Ended, NightHome

_NUM_TOLD = 300


def main() -> int:
    """Plants what is asked for and prints what became of each night."""
    options = _options()
    chosen = [fault for fault in FAULTS if options.only in fault.name]
    table = Table("fault", "stopped by", "exit", "told after", "promised", "morning", "took")
    is_well = True
    with kept_folder(options.keep, "aivj-nights-") as folder:
        peace = folder / "peace"
        if not peace.exists():
            _night_in_peace(peace, options)
        for fault in chosen:
            err.print(f"[bold]{fault.name}[/]")
            ended, morning = _planted(fault, peace, folder, options.limit_s)
            problems = [*_problems(fault, ended), *_morning_problems(fault, morning)]
            for problem in problems:
                out.print(f"{fault.name}: {problem}", style="bold red", markup=False)
            is_well &= not problems
            table.add_row(*_cells(fault, ended, morning), style="red" if problems else None)
    out.print(table)
    out.print("[green]all is well[/]" if is_well else "[bold red]not well[/]")
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--only", default="", help="faults whose names hold this")
    parser.add_argument("--limit-s", type=float, default=900, help="for each night")
    parser.add_argument(
        "--keep", type=Path, help="a folder for homes and logs; what is there stays"
    )
    return parser.parse_args()


def _night_in_peace(home: Path, options: argparse.Namespace) -> None:
    """Makes the pack and its first release, as people do."""
    words = [
        *("night", "--pack", PACK, "--presets", str(options.presets), "--profile", "smoke"),
        *("--set", "pairs.num=32", "--set", "pairs.max-presets=32"),
        *("--allow-cpu", "--gpu", "software", "--promote", "--run-stamp", "peace"),
    ]
    err.print("a night in peace, from nothing")
    with tempfile.TemporaryDirectory(prefix="wn-") as temp_dir:
        done = NightHome(home, Path(temp_dir)).aivj(*words, timeout_s=options.limit_s)
    if done.returncode:
        shutil.rmtree(home, ignore_errors=True)
        raise SystemExit(f"the night in peace ended with {done.returncode}:\n{done.stdout}")


def _planted(
    fault: Fault, peace: Path, folder: Path, limit_s: float
) -> tuple[Ended, Mapping[str, Any]]:
    """Runs a night with a fault, and judges it the next morning."""
    name = fault.name.replace(" ", "-").replace(",", "")
    place = folder / name
    _remove(place)
    shutil.copytree(peace, place / "home")
    with tempfile.TemporaryDirectory(prefix="wn-", ignore_cleanup_errors=True) as temp_dir:
        home = NightHome(place / "home", Path(temp_dir))
        try:
            with fault.planted(home) as planted:
                ended = home.night(planted, fault.says, place / "night.log", limit_s)
            return ended, home.morning()
        finally:
            _unmount(home.folder)


def _remove(place: Path) -> None:
    if place.exists():
        _unmount(place / "home")
        shutil.rmtree(place)


def _unmount(folder: Path) -> None:
    if folder.is_mount():
        subprocess.run(["/usr/bin/umount", str(folder)], check=True)


def _problems(fault: Fault, ended: Ended) -> Iterator[str]:
    if not ended.was_planted:
        yield "the night was over before it could be planted"
        return
    if ended.exit_code != fault.exit_code:
        end = ended.output.strip()[-_NUM_TOLD:]
        yield f"ended with {ended.exit_code}, not {fault.exit_code}: ...{end}"
    if ended.told_s is None:
        yield f"it never said {fault.says!r}"
    elif ended.told_s > fault.promised_s:
        yield f"told after {ended.told_s:.0f} s, {fault.promised_s:.0f} s are promised"


def _morning_problems(fault: Fault, morning: Mapping[str, Any]) -> Iterator[str]:
    if morning.get("stamp") != STAMP:
        yield "the morning knows of no such night"
        return
    failed = _failed(morning)
    if failed != fault.morning:
        yield f"the morning fails {sorted(failed)}, not {sorted(fault.morning)}"
    if (morning["verdict"] == "passed") != (fault.exit_code == 0):
        yield f"the morning says {morning['verdict']}"


def _failed(morning: Mapping[str, Any]) -> set[str]:
    checks = morning.get("checks", {})
    return {name for name, check in checks.items() if check["verdict"] == "fail"}


def _cells(fault: Fault, ended: Ended, morning: Mapping[str, Any]) -> list[str]:
    told = "never" if ended.told_s is None else f"{ended.told_s:.1f} s"
    failed = ", ".join(sorted(_failed(morning))) or str(morning.get("verdict", "nothing"))
    return [
        *(fault.name, fault.stopped_by, str(ended.exit_code), told, f"{fault.promised_s:.0f} s"),
        *(failed, f"{ended.took_s:.0f} s"),
    ]


if __name__ == "__main__":
    sys.exit(main())
