"""Workers that misbehave on demand, for testing executors against the same expectations."""

import asyncio
import os
import time
from pathlib import Path

from aivj.errors import ItemError, RendererRefusedError, WorkerLostError


class FaultyWorker:
    """Does items by name; writes a line to `log` for each thing it does."""

    def __init__(self, log: Path, refuse: bool = False) -> None:
        self._log = log
        self._refuse = refuse
        self._worn = False

    def _note(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{text}\n")

    async def open(self) -> None:
        if self._refuse:
            raise RendererRefusedError("a GPU", "none", "buy one")
        self._note("open")

    def worn(self) -> str | None:
        return "worn out" if self._worn else None

    async def run(self, item: str, _timeout_s: float) -> str:
        kind = item.partition(":")[0]
        if kind == "slow":
            await asyncio.sleep(0.2)
        if kind == "bad":
            raise ItemError("script-error", "a preset", "rubbish", "repair it")
        if kind == "bug":
            raise ZeroDivisionError("of our own making")
        if kind == "lost" or (kind == "lost-once" and self._first_time(item)):
            raise WorkerLostError.because("browser-crash", "it died")
        if kind == "hang" or (kind == "hang-once" and self._first_time(item)):
            await asyncio.sleep(3600)
        if kind == "stuck":
            # Deaf to its own time-out, as a process is that the system has stopped.
            time.sleep(3600)  # noqa: ASYNC251
        self._worn = kind == "wearing"
        if kind == "die":
            os._exit(1)
        self._note(f"done {item}")
        return item.upper()

    async def close(self) -> None:
        self._note("close")

    def _first_time(self, item: str) -> bool:
        mark = self._log.with_name(f"{item}.tried".replace(":", "-"))
        if mark.exists():
            return False
        mark.touch()
        return True
