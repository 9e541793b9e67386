"""A run's log: what happened, in the lines that `aivj.contracts.run_folder` has the forms of."""

import json
from collections.abc import Mapping
from pathlib import Path

from aivj.contracts.run_folder import LOG_PREFIX, MAX_LOG_CHARS, SELF_TEST_OK
from aivj.contracts.run_meta import PackProgress, WebGl
from aivj.storage import storage_errors


class RunLog:
    """Appends lines to a run's log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def close(self) -> None:
        """Closes the log."""
        self._file.close()

    def resumed(self, num_lines: int, visited: Mapping[str, tuple[int, int]]) -> None:
        """The run goes on; `visited` has lines and different pairs by pack."""
        self._write(f"resume: loaded eval.jsonl totalLines={num_lines} packs={','.join(visited)}")
        for pack, (lines, unique) in visited.items():
            self._write(f"resume: pack={pack} lines={lines} uniquePairs={unique}")

    def pack_begins(self, pack: str, manifest_name: str, num_pairs: int) -> None:
        """A pack is about to be sampled."""
        url = f"/presets/{pack}/{manifest_name}"
        self._of(pack, f"coupledManifest={manifest_name} pairCount={num_pairs} url={url}")

    def heard(self, pack: str, mode: str, *, ok: bool, rms: float, peak: float) -> None:
        """A page does, or does not, hear the music; RMS and peak are 0 to 1."""
        levels = f"lastAudioRms={rms:.6f} lastAudioPeak={peak:.6f}"
        self._of(pack, f"audio:{mode} ok={int(ok)} muted=1 {levels}")

    def drawn_by(self, pack: str, told: WebGl) -> None:
        """What draws in a page, by its own word."""
        text = json.dumps(
            told.model_dump(mode="json", by_alias=True, exclude_none=True), separators=(",", ":")
        )
        self._of(pack, f"webgl={text}")

    def self_test_ok(self, pack: str) -> None:
        """A page drew, heard and switched."""
        self._of(pack, SELF_TEST_OK)

    def restarted(self, pack: str, count: int, limit: int, kind: str, reason: str) -> None:
        """A browser was replaced."""
        why = " ".join(reason.split())[:MAX_LOG_CHARS]
        self._of(pack, f"RESTART browser count={count}/{limit} reason={kind} err={why}")

    def failed(self, pack: str, iteration: int, message: str) -> None:
        """A pair could not be measured."""
        why = " ".join(message.split())[:MAX_LOG_CHARS]
        self._write(f"ERROR pack={pack} iter={iteration} err={why}")

    def progress(self, pack: str, entry: PackProgress) -> None:
        """How far a pack has come."""
        minutes = entry.elapsed_min or 0.0
        visited = f"{entry.visited}/{entry.target}"
        self._of(pack, f"iter={entry.iter} visited={visited} elapsedMin={minutes:.1f}")

    def out_of_time(self, hours: float) -> None:
        """The time budget is used up."""
        self._write(f"time budget exhausted; maxHours={hours:g}")

    def pack_ends(self, pack: str, entry: PackProgress) -> None:
        """A pack is done, or the time is over."""
        if entry.target_mode == "samples":
            unique = f"{entry.visited}/{entry.visited}"
            self._of(pack, f"done samples={entry.iter}/{entry.target} unique={unique}")
        else:
            self._of(pack, f"done visited={entry.visited}/{entry.target}")

    def fatal(self, code: str, message: str) -> None:
        """The run breaks off."""
        self._write(f"FATAL {code} {' '.join(message.split())[:MAX_LOG_CHARS]}")

    def _of(self, pack: str, text: str) -> None:
        self._write(f"pack={pack} {text}")

    def _write(self, text: str) -> None:
        self._line(f"{LOG_PREFIX}{text}")

    def _line(self, text: str) -> None:
        with storage_errors(self._path):
            self._file.write(f"{text}\n")
