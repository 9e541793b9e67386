"""A night that is killed once in each of its stages ends as one that was left in peace.

Two nights from the same folder of presets to a promoted release: one in peace, the other killed by
SIGKILL while each of its stages goes, and gone on with by the same command. What they leave has to
be the same but for times and ids.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.table import Table

from aivj.cli.console import err, out
from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.run_folder import EVAL_NAME, PICTURES_NAME
from aivj.coupling.served_files import CHECKPOINT_NAME
from aivj.storage import sha256_hex
from benchmarks.wasted_night_run import NightHome

_TICK_S = 0.01
# So that a stage is in the middle of something, if it is one of those that last so long.
_INTO_STAGE_S = 0.3
_LONG = {"pairs", "sample", "train", "score", "verify", "promote"}
_TIMES = {"t_ms", "render_ms_per_frame"}
# The manifest says when it was made, and so does its digest.
_ITS_OWN = re.compile(rb'"(generatedAt|runId|manifestDigest)": "[^"]*"')
_LOG_END = 2000


def main() -> int:
    """Runs both nights, and prints what they left."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="aivj-nights-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        peace, killed = (_night(folder, each, options) for each in ("peace", "killed"))
        err.print("a night in peace, from nothing")
        peace.to_its_end()
        stages = [stage for stage in peace.home.stages() if stage is not None]
        missed = [stage for stage in stages if not killed.is_killed_in(stage)]
        killed.to_its_end()
        table = Table("what", "in peace", f"killed {len(stages) - len(missed)} times")
        is_same = True
        for what, look in _LOOKS.items():
            digests = [sha256_hex(look(night.home))[:12] for night in (peace, killed)]
            is_one = digests[0] == digests[1]
            is_same &= is_one
            table.add_row(what, *digests, style=None if is_one else "red")
    out.print(table)
    if missed:
        out.print(f"over before they could be killed: {', '.join(missed)}", style="red")
    return 0 if is_same and not missed else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--limit-s", type=float, default=900, help="for each call")
    return parser.parse_args()


class _Night:
    """One night, and the command that begins it and goes on with it."""

    def __init__(self, home: NightHome, log: Path, words: list[str], limit_s: float) -> None:
        self.home = home
        self._log, self._words, self._limit_s = log, words, limit_s

    def to_its_end(self) -> None:
        """Runs it until it ends well."""
        night = self.home.begin(self._log, *self._words)
        code = night.wait(self._limit_s)
        if code:
            raise SystemExit(f"a night ended with {code}:\n{self._log.read_text()[-_LOG_END:]}")

    def is_killed_in(self, stage: str) -> bool:
        """Runs it until it is at a stage, and kills it there; whether it could be."""
        err.print(f"killed in {stage}")
        # Of a night that was killed, the record says until it is gone on with where it was.
        before = self.home.record_written_ns()
        night = self.home.begin(self._log, *self._words)
        deadline_s = time.monotonic() + self._limit_s
        try:
            while night.poll() is None and time.monotonic() < deadline_s:
                if self.home.record_written_ns() != before and self.home.is_at(stage):
                    time.sleep(_INTO_STAGE_S if stage in _LONG else 0)
                    return night.poll() is None
                time.sleep(_TICK_S)
            return False
        finally:
            night.kill()
            night.wait()


def _night(folder: Path, name: str, options: argparse.Namespace) -> _Night:
    place = folder / name
    (place / "tmp").mkdir(parents=True)
    words = [
        *("--presets", str(options.presets), "--set", f"pairs.num={options.pairs}"),
        *("--set", f"pairs.max-presets={options.pairs}", "--allow-cpu", "--gpu", "software"),
    ]
    return _Night(
        NightHome(place / "home", place / "tmp"), place / "night.log", words, options.limit_s
    )


def _rows(home: NightHome) -> bytes:
    rows = read_eval_rows(home.run / EVAL_NAME).rows
    return "\n".join(sorted(row.model_dump_json(exclude=_TIMES) for row in rows)).encode()


def _pictures(home: NightHome) -> bytes:
    paths = sorted((home.run / PICTURES_NAME).glob("*/*"))
    return b"".join(path.name.encode() + path.read_bytes() for path in paths)


def _text(name: str) -> Callable[[NightHome], bytes]:
    return lambda home: _ITS_OWN.sub(b"", (home.pack / name).read_bytes())


def _net(home: NightHome) -> bytes:
    return (home.folder / "outputs" / "coupling" / "models" / CHECKPOINT_NAME).read_bytes()


_LOOKS: Mapping[str, Callable[[NightHome], bytes]] = {
    "the pack's pairs": _text(PAIRS_MANIFEST_NAME),
    "rows": _rows,
    "pictures": _pictures,
    "the net": _net,
    "scores": _text(PAIRS_QUALITY_NAME),
}


if __name__ == "__main__":
    sys.exit(main())
