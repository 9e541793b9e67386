"""Workers that misbehave on demand, for testing executors against the same expectations."""

import asyncio
import os
from pathlib import Path

from aivj.errors import ItemError, RendererRefusedError, WorkerLostError


class FaultyWorker:
    """Does items by name; writes a line to `log` for each thing it does."""

    def __init__(self, log: Path, refuse: bool = False) -> None:
        self._log = log
        self._refuse = refuse

    def _note(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{text}\n")

    async def open(self) -> None:
        if self._refuse:
            raise RendererRefusedError("a GPU", "none", "buy one")
        self._note("open")

    async def run(self, item: str) -> str:
        kind = item.partition(":")[0]
        if kind == "slow":
            await asyncio.sleep(0.2)
        if kind == "bad":
            raise ItemError("script-error", "a preset", "rubbish", "repair it")
        if kind == "bug":
            raise ZeroDivisionError("of our own making")
        if kind == "lost" or (kind == "lost-once" and self._first_time(item)):
            raise WorkerLostError.because("browser-crash", "it died")
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
