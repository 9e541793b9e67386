"""SIGTERM ends a command as Ctrl-C does: what is open is closed, what is written is whole."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from aivj.cli.console import err

_GO_ON = "run the same command again with --resume and the same --out-dir to go on"


class TerminatedError(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


@contextlib.contextmanager
def resumable() -> Iterator[None]:
    """Lets SIGTERM and Ctrl-C end the block, and then the process with exit code 143 or 130."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise TerminatedError

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except TerminatedError:
        err.print(f"ended by SIGTERM; {_GO_ON}")
        sys.exit(143)
    except KeyboardInterrupt:
        err.print(f"interrupted; {_GO_ON}")
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)
