"""A virtual X display that lives and dies with its owner."""

import asyncio
import contextlib
import shutil

import psutil

from aivj.errors import MissingDependencyError
from aivj.started import Process, on_record

_SERVER = "Xvfb"
# The shell holds our pipe: when it closes, even because we were killed, the server goes too.
_KEEPER = 'Xvfb "$@" <&- & server=$!; cat >/dev/null; kill -9 "$server"; wait "$server"'
SCREEN = (1280, 720)
"""Width and height of its screen, in pixels."""

_SCREEN = f"{SCREEN[0]}x{SCREEN[1]}x24"
_ARGS = ("-displayfd", "1", "-screen", "0", _SCREEN, "-nolisten", "tcp", "-noreset")
_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 5.0


class Display:
    """One Xvfb on a display number that it chose itself."""

    def __init__(self) -> None:
        self._keeper: asyncio.subprocess.Process | None = None
        self._server: Process | None = None
        self._records = contextlib.ExitStack()

    async def open(self) -> str:
        """Starts the server and returns its name, such as `:99`.

        Raises:
            MissingDependencyError: Xvfb is not installed or does not start.
        """
        if shutil.which(_SERVER) is None:
            raise MissingDependencyError(
                "Xvfb for a headed browser", "no Xvfb on PATH", "run `make setup` or install xvfb"
            )
        self._keeper = await asyncio.create_subprocess_exec(
            "sh",
            "-c",
            _KEEPER,
            "xvfb-keeper",
            *_ARGS,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._keeper.stdout is not None  # noqa: S101 - asked for just above
        try:
            number = await asyncio.wait_for(self._keeper.stdout.readline(), _START_TIMEOUT_S)
        except TimeoutError:
            number = b""
        if not number.strip().isdigit():
            await self.close()
            raise MissingDependencyError(
                f"Xvfb to open a display within {_START_TIMEOUT_S:.0f} s",
                "it did not",
                "try `Xvfb -displayfd 1` by hand and mend what it says",
            )
        self._put_on_record(self._keeper.pid)
        return f":{number.decode().strip()}"

    async def close(self) -> None:
        """Stops the server."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None and keeper.returncode is None:
            assert keeper.stdin is not None  # noqa: S101 - started with a pipe
            keeper.stdin.close()
            try:
                await asyncio.wait_for(keeper.wait(), _STOP_TIMEOUT_S)
            except TimeoutError:
                keeper.kill()
                await keeper.wait()
        if self._server is not None:
            # Whoever kills the keeper leaves it.
            self._server.end()
        self._records.close()

    def _put_on_record(self, keeper: int) -> None:
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(keeper).children()
            server = next((child.pid for child in children if child.name() == _SERVER), None)
            if server is not None:
                self._server = Process.of(server)
                self._records.enter_context(on_record("display", server))
