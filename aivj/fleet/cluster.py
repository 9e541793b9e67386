"""Connects to a Ray cluster, or runs one on this machine for as long as it is needed."""

import contextlib
import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from aivj.errors import RunError
from aivj.keeper import ended_with_us

# Ray reads these when it is imported or when its processes start.
_ENVIRONMENT: Mapping[str, str] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": "0",
    "RAY_TRAIN_METRICS_ENABLED": "0",
    # The newer output prints frames whatever the verbosity.
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_OBJECT_STORE_BYTES = 256 * 1024 * 1024
# Ray gives its node 30 s to start, which no setting changes and a busy machine may need.
_START_TRIES = 3
_GONE_TIMEOUT_S = 10.0
_START_TOOK_TOO_LONG = "timed out during startup"
_ANSWER_TIMEOUT_S = 5.0
# How HTTP/2 begins, which gRPC is: from both sides with settings (RFC 9113, 3.4 and 4.1).
_FRAME_BYTES, _FRAME_TYPE, _SETTINGS = 9, 3, 4
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0])
_NOT_ADMITTED = "InvalidAuthToken"
_OTHER_VERSION = "Version mismatch"
_BE_ADMITTED = "set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH to the cluster's"


@contextlib.contextmanager
def cluster(*, num_cpus: int, address: str | None = None) -> Iterator[None]:
    """Makes Ray ready for the block; inside another such block it changes nothing.

    Args:
        num_cpus: CPUs that a cluster started here offers; counts tasks, not real cores.
        address: An existing cluster to join, for example `auto` inside a job. None starts one
            here that stops with the block, or with this process if it is killed, whatever
            `RAY_ADDRESS` says.

    Raises:
        RunError: Ray does not start here, or the cluster cannot be joined.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if address is None:
        _bring_own_token()

    import ray

    if ray.is_initialized():
        yield
        return
    # Sockets lie below this folder, and their paths may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="aivj-ray-"))
    handler = signal.getsignal(signal.SIGTERM)
    try:
        if address is None:
            _start_here(num_cpus, folder)
        else:
            _join(address)
        _take_back(signal.SIGTERM, handler)
        # Ray's own agents outlive a killed driver by a minute.
        started = [process.pid for process in psutil.Process().children(recursive=True)]
        with ended_with_us(*started, kind="ray", folder=folder):
            yield
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def _join(address: str) -> None:
    """Joins a cluster."""
    import ray

    require_head(address)
    try:
        ray.init(address=address, logging_level=logging.ERROR)
    # Ray has no class of its own for most of it.
    except Exception as error:
        told = _all_of(error)
        if _NOT_ADMITTED in told:
            found, remedy = "one that takes none but its own token", _BE_ADMITTED
        elif _OTHER_VERSION in told:
            found, remedy = " ".join(str(error).split()), "use the head's Ray and Python here"
        else:
            found, remedy = str(error).partition("\n")[0], "see that its head runs"
        raise RunError(f"a Ray cluster at {address}", found, remedy) from error


def require_head(address: str) -> None:
    """Looks within seconds whether a head may answer at an address; Ray itself takes minutes.

    Only `host:port` is looked at.

    Raises:
        RunError: Nobody is there, or somebody who does not speak as gRPC does.
    """
    host, _, port = address.rpartition(":")
    if not port.isdigit() or "/" in host:
        return
    expected = f"a Ray cluster at {address}"
    try:
        place = (host.strip("[]"), int(port))
        with socket.create_connection(place, _ANSWER_TIMEOUT_S) as connection:
            connection.sendall(_HELLO)
            reply = connection.recv(_FRAME_BYTES)
    except (OSError, OverflowError) as error:
        raise RunError(expected, f"nobody there: {error}", "see that its head runs") from error
    is_settings = len(reply) == _FRAME_BYTES and reply[_FRAME_TYPE] == _SETTINGS
    if not is_settings and "RAY_USE_TLS" not in os.environ:
        remedy = "say the head's own port, 6379 unless it was told another; not its dashboard's"
        raise RunError(expected, "a server of another kind", remedy)


def _all_of(error: BaseException | None) -> str:
    """Returns what an error says, and what it came of."""
    told = []
    while error is not None:
        told.append(str(error))
        error = error.__cause__ or error.__context__
    return "\n".join(told)


def _start_here(num_cpus: int, folder: Path) -> None:
    import ray

    for tries_left in reversed(range(_START_TRIES)):
        try:
            with _temporary_files_in(folder):
                ray.init(
                    # Without it Ray would join the cluster that RAY_ADDRESS names.
                    address="local",
                    num_cpus=num_cpus,
                    include_dashboard=False,
                    object_store_memory=_OBJECT_STORE_BYTES,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    _temp_dir=str(folder),
                )
        # Ray has no class of its own for it.
        except Exception as error:
            _kill_what_ray_started(folder)
            if _START_TOOK_TOO_LONG not in str(error) or not tries_left:
                raise RunError(
                    "Ray to start on this machine",
                    str(error).partition("\n")[0],
                    "give the machine less to do besides, or free memory, and try again",
                ) from error
        else:
            return


def _kill_what_ray_started(folder: Path) -> None:
    """Ends what a start that failed has left: Ray forgets it."""
    import ray

    ray.shutdown()
    left = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any(str(folder) in argument for argument in process.cmdline()):
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=_GONE_TIMEOUT_S)


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Lets processes started in the block put their temporary files where the keeper looks.

    A browser that is killed leaves its profile behind.
    """
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def _take_back(number: signal.Signals, handler: object) -> None:
    """Lets a signal do again what it did: Ray's own handler aborts the process."""
    if threading.current_thread() is threading.main_thread() and callable(handler):
        signal.signal(number, handler)


def _bring_own_token() -> None:
    """Makes a token for a cluster of our own; without one Ray puts one into the home folder."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    if not {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & set(os.environ):
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
