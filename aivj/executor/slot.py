"""A place in which one worker lives at a time. It stands where the worker runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from aivj.errors import AivjError, WorkerLostError
from aivj.executor.protocol import Item, Result, Worker


@dataclass(frozen=True)
class Reply(Generic[Result]):
    """What an attempt came to. Errors travel as values, so that they arrive as they were.

    Attributes:
        value: The result, or the error.
        duration_s: How long it took.
        worn: Why the worker should be replaced though the attempt succeeded.
    """

    value: Result | AivjError
    duration_s: float
    worn: str | None = None


class Slot(Generic[Item, Result]):
    """Opens, uses and closes workers of one kind."""

    def __init__(self, make_worker: Callable[[], Worker[Item, Result]]) -> None:
        self._make_worker = make_worker
        self._worker: Worker[Item, Result] | None = None

    async def open(self) -> AivjError | None:
        """Opens a worker, after closing the one that was here; returns why it could not."""
        await self.close()
        try:
            self._worker = self._make_worker()
            await self._worker.open()
        except AivjError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the task boundary: recorded, never swallowed
            return _defect(error)
        return None

    async def attempt(self, item: Item, timeout_s: float) -> Reply[Result]:
        """Tries `item` once on the open worker."""
        assert self._worker is not None  # noqa: S101 - opened before it is given work
        started = time.monotonic()
        value: Result | AivjError
        worn = None
        try:
            value = await self._worker.run(item, timeout_s)
            worn = self._worker.worn()
        except AivjError as error:
            value = error
        except Exception as error:  # noqa: BLE001 - the task boundary: recorded, never swallowed
            value = _defect(error)
        return Reply(value, time.monotonic() - started, worn)

    async def close(self) -> None:
        """Closes the worker, if there is one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()


def _defect(error: Exception) -> WorkerLostError:
    return WorkerLostError.because("worker-error", f"{type(error).__name__}: {error}")
