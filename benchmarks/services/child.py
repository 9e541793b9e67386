"""A server as a child process: started, waited for, and gone with us."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from aivj.keeper import ended_with_us

_STOP_TIMEOUT_S = 20.0
_PAUSE_S = 0.1
_LOG_TAIL = 4000
_PORTS = range(20_000, 32_768)


class ServiceError(RuntimeError):
    """A service did not start; the message ends with what it said."""


@contextlib.contextmanager
def running(
    command: Sequence[str | os.PathLike[str]],
    *,
    log: Path,
    is_ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
    timeout_s: float = 120,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs `command` in a process group of its own for the block, which begins when it answers.

    Args:
        command: The program and its arguments.
        log: Takes what it prints.
        is_ready: Whether it answers.
        env: Its whole environment; None hands on ours.
        cwd: Where it runs.
        user: As whom; None as ourselves.
        stop: The signal that asks it to end; what is left of its group is killed.
        timeout_s: How long it may take to answer.

    Raises:
        ServiceError: It ended, or did not answer in time.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,
        )
    try:
        with ended_with_us(-child.pid):
            _wait(child, is_ready, log, timeout_s)
            yield child
    finally:
        _end(child, stop)


def _wait(
    child: subprocess.Popen[bytes], is_ready: Callable[[], bool], log: Path, timeout_s: float
) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_ready():
        ended, late = child.poll() is not None, time.monotonic() > deadline
        if ended or late:
            how = f"ended with {child.returncode}" if ended else f"silent after {timeout_s:.0f} s"
            raise ServiceError(f"{child.args!r} {how}:\n{log.read_text()[-_LOG_TAIL:]}")
        time.sleep(_PAUSE_S)


def _end(child: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_TIMEOUT_S)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with success."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own server
            return bool(reply.status < 400)  # noqa: PLR2004
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError):
        return False


def free_port(host: str = "127.0.0.1") -> int:
    """Returns a port of `host` that nobody listens on just now.

    It lies below those that Linux gives to connections and to whoever asks for any port: one of
    those may be another's before the server that it was found for has it.

    Raises:
        ServiceError: All are taken.
    """
    for port in random.sample(_PORTS, len(_PORTS)):
        with contextlib.suppress(OSError), socket.create_server((host, port)):
            return port
    raise ServiceError(f"no port of {host} is free from {_PORTS.start} to {_PORTS.stop - 1}")
