"""The runtime's development server: the one that runs, or one that is started for a while."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from aivj.errors import InputError, MissingDependencyError, ServerNotReadyError
from aivj.keeper import ended_with_us
from aivj.live.address import is_of_this_machine, origin, port
from aivj.live.navigation import preflight

START_TIMEOUT_S = 90.0
"""A development server prepares its dependencies when it starts for the first time."""

_LOOK_EVERY_S = 0.5
_END_TIMEOUT_S = 5.0
# The runtime's own names for being driven by a program.
_ENVIRONMENT = {"NW_VERIFY": "1", "VITE_NW_VERIFY": "1"}


@contextlib.contextmanager
def dev_server(url: str, folder: str | None, *, timeout_s: float) -> Iterator[bool]:
    """Sees to it that a server answers at `url` for the block, if there is a folder to start it in.

    Args:
        url: The runtime's page.
        folder: The runtime's project, where `npm run dev` starts its server if none answers; the
            server ends with the block, or with this process if it is killed. None starts none.
        timeout_s: How long one that is started may take to answer.

    Yields:
        Whether a server was started.

    Raises:
        InputError: It would have to be started on another machine, or `folder` is no project.
        MissingDependencyError: There is no npm.
        ServerNotReadyError: It ended, or did not answer in time.
    """
    if folder is None or _answers(url):
        yield False
        return
    command = _command(url, Path(folder))
    with tempfile.TemporaryFile() as output, _running(command, Path(folder), output) as server:
        _wait(server, url, timeout_s, output)
        yield True


def _command(url: str, folder: Path) -> list[str]:
    if not is_of_this_machine(url):
        raise InputError(
            "an address of this machine, where a server can be started",
            origin(url),
            "leave --runtime-dir out, and start the server there",
        )
    if not (folder / "package.json").is_file():
        raise InputError(
            "a runtime's project with a package.json",
            f"none in {folder}",
            "name the folder that `npm run dev` is typed in",
        )
    npm = shutil.which("npm")
    if npm is None:
        raise MissingDependencyError("npm", "none on PATH", "install npm, or start the server")
    host = urlsplit(url).hostname or ""
    options = ["--host", host, "--port", str(port(url)), "--strictPort"]
    return [npm, "run", "dev", "--", *options]


@contextlib.contextmanager
def _running(
    command: list[str], folder: Path, output: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a process group for the block."""
    server = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    try:
        with ended_with_us(-server.pid, kind="server"):
            yield server
    finally:
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        # npm may go before what it started.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(_END_TIMEOUT_S)


def _wait(server: subprocess.Popen[bytes], url: str, timeout_s: float, output: IO[bytes]) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not _answers(url, _LOOK_EVERY_S):
        ended = server.poll()
        if ended is not None or time.monotonic() > deadline_s:
            found = f"it ended with {ended}" if ended is not None else "nothing answered"
            raise ServerNotReadyError(
                f"`npm run dev` to answer at {origin(url)} within {timeout_s:g} s",
                f"{found}; its last words: {_last_words(output)}",
                "start it by hand to see why, or allow more with --vite-ready-timeout-ms",
            )


def _answers(url: str, timeout_s: float = 0) -> bool:
    return asyncio.run(preflight(origin(url), timeout_s)).status >= 0


def _last_words(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "none")
