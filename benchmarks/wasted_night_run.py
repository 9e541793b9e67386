"""One night as people type it: run, watched, spoilt under way, and judged the next morning."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aivj.contracts.json_text import read_object
from aivj.contracts.night import NIGHT_NAME
from aivj.errors import AivjError

PACK, STAMP = "mine", "planted"
_TICK_S = 0.05
_MORNING_TIMEOUT_S = 120


def _at_once() -> bool:
    return True


@dataclass(frozen=True)
class Planted:
    """What is wrong with a night, and since when.

    Attributes:
        words: What is said to `aivj night` besides, or otherwise.
        env: Variables besides.
        during: The stage that is waited for; None if it is wrong from the beginning.
        act: Spoils the night then; whether it could. Tried until it could.
    """

    words: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    during: str | None = None
    act: Callable[[], bool] = _at_once


@dataclass(frozen=True)
class Ended:
    """How a night ended.

    Attributes:
        exit_code: Its exit code; None if it had to be killed.
        output: What it printed.
        told_s: Seconds from the fault until it was told of; None if it never was.
        took_s: Seconds from the beginning to the end.
        was_planted: Whether the fault could be planted.
    """

    exit_code: int | None
    output: str
    told_s: float | None
    took_s: float
    was_planted: bool


@dataclass(frozen=True)
class NightHome:
    """A home, and the commands in it.

    Attributes:
        folder: The home.
        temp_dir: For temporary files of its processes.
    """

    folder: Path
    temp_dir: Path

    @property
    def run(self) -> Path:
        """The run directory of the night."""
        return self.folder / "artifacts" / "coupled-eval" / f"overnight-{STAMP}"

    @property
    def pack(self) -> Path:
        """The folder of the pack."""
        return self.folder / "public" / "presets" / PACK

    @property
    def takes(self) -> Path:
        """The store of takes."""
        return self.folder / "takes"

    def aivj(self, *words: str, timeout_s: float = 600) -> subprocess.CompletedProcess[str]:
        """Runs a verb."""
        return subprocess.run(
            [*_command(self.folder), *words],
            env=self._env({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def night(self, planted: Planted, says: str, log: Path, limit_s: float) -> Ended:
        """Runs a night to its end, and spoils it when its time has come.

        Args:
            planted: What is wrong with it.
            says: Pattern of what it has to print of that.
            log: Takes what it prints.
            limit_s: How long it may take.
        """
        pattern, started = re.compile(says), time.monotonic()
        night = self.begin(log, *planted.words, env=planted.env)
        planted_at = started if planted.during is None else None
        told_at, is_over = None, False
        while not is_over:
            is_over = night.poll() is not None or time.monotonic() - started > limit_s
            now = time.monotonic()
            if planted_at is None and self.is_at(planted.during) and planted.act():
                planted_at = now
            if told_at is None and planted_at is not None and pattern.search(log.read_text()):
                told_at = now
            time.sleep(_TICK_S)
        exit_code = night.poll()
        if exit_code is None:
            night.kill()
            night.wait()
        return Ended(
            exit_code=exit_code,
            output=log.read_text(),
            told_s=None if told_at is None or planted_at is None else told_at - planted_at,
            took_s=time.monotonic() - started,
            was_planted=planted_at is not None,
        )

    def begin(
        self, log: Path, *words: str, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts a night, or goes on with it; what it prints goes to the end of `log`."""
        night = ("night", "--pack", PACK, "--profile", "smoke", "--promote", "--run-stamp", STAMP)
        with log.open("ab") as output:
            return subprocess.Popen(
                [*_command(self.folder), *night, *words],
                env=self._env(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def morning(self) -> Mapping[str, Any]:
        """Returns what `aivj morning --json` says; empty if it says that there is no such night."""
        done = subprocess.run(
            [*_command(self.folder), "morning", "--run-stamp", STAMP, "--json"],
            env=self._env({}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_MORNING_TIMEOUT_S,
            check=False,
        )
        told: Mapping[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
        return told

    def is_at(self, stage: str | None) -> bool:
        """Whether the night is at a stage now."""
        return self.stages().get(stage) == "running"

    def stages(self) -> dict[str | None, str]:
        """Returns the states of its stages, in order; none before it has begun."""
        try:
            told = read_object(self._record)
        except AivjError:
            return {}
        return {each["name"]: each["state"] for each in told["stages"]}

    def record_written_ns(self) -> int:
        """Returns when the night's record was written last; 0 before."""
        try:
            return self._record.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    @property
    def _record(self) -> Path:
        return self.folder / "artifacts" / "nights" / STAMP / NIGHT_NAME

    def _env(self, more: Mapping[str, str]) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AIVJ_")}
        return {**ours, "TMPDIR": str(self.temp_dir), **more}


def _command(home: Path) -> list[str]:
    return [sys.executable, "-m", "aivj.cli", "--home", str(home)]
