"""Sampling under fire: real browsers, real Ray, and processes killed at random.

Draws real pairs and measures them once in peace. Then the same on Ray while browsers, GPU
processes, renderers, actors and once the driver are killed with SIGKILL; then again with a preset
that never ends and one that makes its renderer outgrow its memory. That renderer is killed by this
script, as the kernel would on a small machine. Every pair must end exactly once, as the same
measurement as in peace or as a recorded failure, and nothing may hang or be left running.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.table import Table

from aivj.cli.console import bar, err, out
from benchmarks.chaos_checks import check_run, problems_of
from benchmarks.chaos_killer import DRIVER, Kill, Killer
from benchmarks.chaos_presets import RENDERER_LIMIT_BYTES, replace_two
from benchmarks.chaos_run import PACK, ChaosRun, Ended, run_in_peace, run_under_fire
from benchmarks.kept_folder import kept_folder


def main() -> int:
    """Runs both scenarios and prints what was killed and what became of it."""
    options = _options()
    with (
        kept_folder(options.keep, "aivj-chaos-") as folder,
        tempfile.TemporaryDirectory(prefix="ac-") as temp_dir,
    ):
        draw = ["--presets", str(options.presets), "--pairs", str(options.pairs)]
        for name in ("plain", "hostile"):
            _draw_pack(folder / name, [*draw, "--seed", str(options.seed)])
        hostile = replace_two(folder / "hostile" / "public", PACK, options.seed)
        plain_run, hostile_run, peace = (
            ChaosRun(folder / home, name, Path(temp_dir))
            for home, name in (("plain", "fire"), ("hostile", "fire"), ("plain", "peace"))
        )
        err.print("in peace, without Ray and without kills")
        in_peace = run_in_peace(peace, options.limit_s)
        err.print(f"{len(peace.rows())} pairs in {in_peace.duration_s:.0f} s")
        is_well = _told("in peace", peace, in_peace.problems)
        for title, run, bad in (("real", plain_run, {}), ("hostile", hostile_run, hostile)):
            is_well &= _scenario(title, run, bad, peace, options)
        left = sorted(path.name for path in Path(temp_dir).iterdir())
        out.print(f"temporary files left: {len(left)} {' '.join(left[:6])}")
    out.print("[green]all is well[/]" if is_well else "[bold red]not well[/]")
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--pairs", type=int, default=120)
    parser.add_argument("--kills", type=int, default=13, help="in each scenario")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit-s", type=float, default=900, help="for each run")
    parser.add_argument("--keep", type=Path, help="an empty folder for runs and logs")
    return parser.parse_args()


def _draw_pack(home: Path, options: list[str]) -> None:
    arguments = ["--home", str(home), "pack", "--pack", PACK, *options]
    subprocess.run([sys.executable, "-m", "aivj.cli", *arguments], check=True, timeout=600)


def _scenario(
    title: str,
    run: ChaosRun,
    hostile: Mapping[str, int],
    peace: ChaosRun,
    options: argparse.Namespace,
) -> bool:
    err.print(f"{title} pairs under fire {dict(hostile) or ''}")
    killer = Killer(
        options.seed,
        num_kills=options.kills,
        num_pairs=options.pairs,
        renderer_limit_bytes=RENDERER_LIMIT_BYTES if hostile else None,
    )
    with bar(title) as progress:

        def on_tick(num_done: int, kill: Kill | None) -> None:
            if kill is not None:
                err.print(f"killed {kill.kind} {kill.pid} ({kill.why}) after {num_done} pairs")
            progress.update(num_done, options.pairs, f"{len(killer.kills)} killed")

        ended = run_under_fire(run, killer, options.limit_s, on_tick)
    _print_kills(title, run, ended)
    problems = problems_of(run, ended, num_pairs=options.pairs, hostile=hostile, peace=peace)
    return _told(title, run, problems)


def _told(title: str, run: ChaosRun, problems: list[str]) -> bool:
    code, printed = check_run(run)
    out.print(printed if code else printed.strip().rpartition("\n")[2], markup=False)
    for problem in problems:
        out.print(f"{title}: {problem}", style="bold red", markup=False)
    return code == 0 and not problems


def _print_kills(title: str, run: ChaosRun, ended: Ended) -> None:
    columns = ("pairs done", "killed", "pid", "why", "replaced after", "next pair after")
    table = Table(*columns, title=f"{title}: {len(ended.kills)} kills")
    for kill in ended.kills:
        replaced = _seconds(kill.replaced_s, "not needed again")
        kind = f"[bold]{kill.kind}[/]" if kill.kind == DRIVER else kill.kind
        next_done = _seconds(kill.next_done_s, "-")
        table.add_row(str(kill.num_done), kind, str(kill.pid), kill.why, replaced, next_done)
    out.print(table)
    for failure in run.failures():
        how = "quarantined" if failure.quarantined else "failed"
        out.print(f"pair {failure.pair} {how}: {failure.kind}, {failure.num_attempts} attempts")
    gone = ", ".join(f"{seconds:.1f}" for seconds in ended.gone_after_s)
    out.print(
        f"{len(run.rows())} rows and {len(run.failures())} failures in {ended.duration_s:.0f} s; "
        f"no process left {gone} s after each end"
    )


def _seconds(value: float | None, otherwise: str) -> str:
    return otherwise if value is None else f"{value:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
