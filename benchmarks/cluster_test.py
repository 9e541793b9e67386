"""A cluster on this machine, and what happens to clusters: nodes come and go while a job runs.

A head and two workers, each in a network namespace of its own, with a token; objects in a store of
S3's protocol, MLflow on Postgres, the runtime's nginx. `ray job submit` samples real pairs. While
it does, a worker is killed and another one comes, one is drained and another one comes, the driver
is killed and the same job submitted again, a link goes down and comes back. Then a job trains, its
scores are promoted, other scores are, and the runtime's origin is asked each time. Every pair must
end once and nothing may be lost.

All of it happens in a sandbox that the kernel takes away with this process.
"""

import argparse
import logging
import sys
import time
from pathlib import Path

from aivj.cli.console import err, out
from benchmarks.cluster_sandbox import reason_against, run_inside
from benchmarks.cluster_story import Told, tell
from benchmarks.services.nginx import program
from benchmarks.services.postgres import programs_folder

_INSIDE = "--inside"


def main() -> int:
    """Runs the test in a sandbox; returns 0 if all is well, or if it is skipped."""
    options = _options()
    if options.inside is not None:
        return _inside(options)
    reason = _reason_to_skip()
    if reason is not None:
        out.print(f"cluster-test: skipped: {reason}", markup=False)
        return 0
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    return run_inside([sys.executable, "-m", "benchmarks.cluster_test", *sys.argv[1:], _INSIDE])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="a folder for logs, should something go wrong")
    parser.add_argument(_INSIDE, type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _reason_to_skip() -> str | None:
    reason = reason_against()
    if reason is not None:
        return reason
    try:
        programs_folder()
        program()
    except FileNotFoundError as error:
        return str(error)
    return None


def _inside(options: argparse.Namespace) -> int:
    # Each request to the store is a line of its server's.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    began = time.monotonic()
    told = Told(out=lambda line: err.print(f"{time.monotonic() - began:6.0f} s  {line}"))
    try:
        tell(options.inside, presets=options.presets, num_pairs=options.pairs, told=told)
    finally:
        if options.keep is not None:
            for log in options.inside.glob("*.log"):
                (options.keep / log.name).write_bytes(log.read_bytes())
    for problem in told.problems:
        out.print(problem, style="bold red", markup=False)
    peak = told.peak_bytes / 2**30
    out.print(f"{time.monotonic() - began:.0f} s, at most {peak:.1f} GiB on nodes")
    out.print("[bold red]not well[/]" if told.problems else "[green]all is well[/]")
    return 1 if told.problems else 0


if __name__ == "__main__":
    sys.exit(main())
