"""The exception tree. Each class carries the exit code that `aivj` ends with.

    AivjError                    1   anything of ours that went wrong
    ├── InputError               3   a file, manifest or option says something we cannot use
    │   ├── NoContrastError      3   labels that are all alike, of which nothing can be learned
    │   └── UnsafePathError      3   a path or URL that would leave its root
    ├── MissingDependencyError   4   a program or package that must be installed is not there
    ├── RendererRefusedError     5   the browser's renderer is not the one that was asked for
    ├── DeviceRefusedError       6   no CUDA device, and --allow-cpu was not given
    ├── GateError                7   the result exists but must not be used
    ├── StorageError             8   disk full, bucket unreachable
    │   └── LostRaceError        8   somebody else changed an object first
    ├── RunError                 9   a run that cannot go on
    │   ├── NoSamplesError       9   a run that measured nothing
    │   ├── RestartLimitError    9   workers that die as fast as they are replaced
    │   ├── ServerNotReadyError  9   the runtime's server does not answer
    │   ├── PageTimeoutError     9   the runtime's page does not load in time
    │   ├── OtherManifestError   9   the page shows pairs that are not in the manifest
    │   └── SilentAudioError     9   the page does not hear the music that it was given
    └── ItemError               10   one item of many failed; becomes a recorded failure
        └── WorkerLostError     10   the worker died under the item; another may do better

Exit code 2 is the command line's own: an unknown option or verb.
"""

from typing import Self

from aivj.redaction import without_secrets


class AivjError(Exception):
    """An error a person can act on. It is printed and recorded, so credentials in it are masked.

    Attributes:
        expected: What should have been there.
        found: What was there instead.
        remedy: What to do about it.
    """

    exit_code = 1

    def __init__(self, expected: str, found: str, remedy: str) -> None:
        expected, found, remedy = map(without_secrets, (expected, found, remedy))
        super().__init__(expected, found, remedy)
        self.expected = expected
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        return f"expected {self.expected}; found {self.found}; {self.remedy}"


class InputError(AivjError):
    """A file, manifest or option says something that cannot be used."""

    exit_code = 3


class NoContrastError(InputError):
    """Labels are all alike: there are none of the good, or none of the bad."""


class UnsafePathError(InputError):
    """A path or URL would leave the folder it belongs under."""


class MissingDependencyError(AivjError):
    """A program or package that must be installed is not there."""

    exit_code = 4


class RendererRefusedError(AivjError):
    """The browser draws with another renderer than the one that was asked for."""

    exit_code = 5


class DeviceRefusedError(AivjError):
    """Training wants CUDA, there is none, and nobody allowed the CPU."""

    exit_code = 6


class GateError(AivjError):
    """A result exists but must not be used."""

    exit_code = 7


class StorageError(AivjError):
    """A disk or bucket did not take or give what was asked."""

    exit_code = 8


class LostRaceError(StorageError):
    """Somebody else changed the object between our reading it and our swapping it."""

    @classmethod
    def at(cls, uri: str) -> Self:
        """Makes the error for the object at `uri`."""
        return cls(
            f"{uri} to be as it was read",
            "another writer's version of it",
            "look at what stands there now, then run the same command again if it is still wanted",
        )


class RunError(AivjError):
    """A run cannot go on."""

    exit_code = 9


class NoSamplesError(RunError):
    """A run, or one of its packs, ended without a single measurement."""


class RestartLimitError(RunError):
    """Workers die as fast as they are replaced."""


class ServerNotReadyError(RunError):
    """The server of a runtime that was to be driven does not answer."""


class PageTimeoutError(RunError):
    """The page of a runtime that was to be driven does not load in time."""


class OtherManifestError(RunError):
    """A page shows pairs that are not in the manifest of the run."""


class SilentAudioError(RunError):
    """A page does not hear the music that it was given."""


class ItemError(AivjError):
    """One item of many failed. Never ends a run: it becomes a recorded failure.

    Attributes:
        kind: Entry of the failure taxonomy, for example `script-error`.
    """

    exit_code = 10

    def __init__(self, kind: str, expected: str, found: str, remedy: str) -> None:
        super().__init__(expected, found, remedy)
        self.args = (kind, self.expected, self.found, self.remedy)
        self.kind = kind


class WorkerLostError(ItemError):
    """The worker died under the item; the item is worth another try on a new one."""

    @classmethod
    def because(cls, kind: str, found: str) -> Self:
        """Makes the usual loss: the worker should have lived through the item."""
        return cls(
            kind,
            "a worker that lives until its item is done",
            found,
            "the item is tried again on a fresh worker",
        )
