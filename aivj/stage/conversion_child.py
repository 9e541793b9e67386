"""The Node process that converts presets: started when needed, killed when it hangs.

Knows its protocol, which `web/src/convert/main.ts` describes; nothing of presets or caches.
"""

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from aivj.errors import AivjError, MissingDependencyError, RunError

_START_TIMEOUT_S = 30.0
_CLOSE_TIMEOUT_S = 2.0


class ChildLostError(AivjError):
    """The process hung or died under a request; the next request gets a fresh one.

    Attributes:
        timed_out: It was killed for taking too long.
    """

    def __init__(self, found: str, *, timed_out: bool) -> None:
        super().__init__("an answer from the converter", found, "report the preset it was given")
        self.timed_out = timed_out


class ConversionChild:
    """One `node convert.mjs`. It ends when its input does, and so when its owner dies."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._process: subprocess.Popen[bytes] | None = None
        self._num_requests = 0

    def ask(self, request: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """Sends a request and returns the answer.

        Raises:
            MissingDependencyError: There is no Node.
            RunError: The bundle does not run.
            ChildLostError: No answer within `timeout_s` seconds, or the process died.
        """
        if self._process is not None and self._process.poll() is not None:
            self.close()
        process = self._process or self._start()
        self._num_requests += 1
        line = json.dumps({"id": self._num_requests, **request}) + "\n"
        return self._exchange(process, line.encode(), timeout_s)

    def close(self) -> None:
        """Ends the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            _pipe(process.stdin).close()
        try:
            process.wait(_CLOSE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _pipe(process.stdout).close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [_find_node(), self._bundle],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._exchange(self._process, b"", _START_TIMEOUT_S)
        except ChildLostError as error:
            raise RunError(
                f"{self._bundle} to run under Node 18 or newer",
                error.found,
                "check `node --version`, then run `make setup` again",
            ) from error
        return self._process

    def _exchange(
        self, process: subprocess.Popen[bytes], line: bytes, timeout_s: float
    ) -> dict[str, Any]:
        """Writes `line` and reads the next line; a timer kills the process if that takes long."""
        expired = threading.Event()

        def kill() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(timeout_s, kill)
        timer.start()
        answer = b""
        try:
            _pipe(process.stdin).write(line)
            _pipe(process.stdin).flush()
            answer = _pipe(process.stdout).readline()
        except BrokenPipeError:
            pass  # It died before it had read the request: the empty answer says so.
        except BaseException:
            # Interrupted: the next request must not be given this one's answer.
            process.kill()
            self.close()
            raise
        finally:
            timer.cancel()
            timer.join()
        if expired.is_set() or not answer.endswith(b"\n"):
            raise self._lost(timeout_s if expired.is_set() else None)
        message: dict[str, Any] = json.loads(answer)
        return message

    def _lost(self, timeout_s: float | None) -> ChildLostError:
        process = self._process
        self.close()
        if timeout_s is not None:
            return ChildLostError(f"nothing within {timeout_s:g} s", timed_out=True)
        code = process.returncode if process is not None else None
        return ChildLostError(f"it ended with exit code {code}", timed_out=False)


def _find_node() -> str:
    for name in ("node", "nodejs"):
        found = shutil.which(name)
        if found is not None:
            return found
    raise MissingDependencyError(
        "Node.js 18 or newer", "no 'node' on PATH", "run `make setup`, or install nodejs"
    )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "the process was started with pipes"  # noqa: S101 - for the types
    return pipe
