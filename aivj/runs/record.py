"""A run's record, `meta.json`: what was asked for, what it ran on, how far it came."""

import contextlib
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_folder import ErrorCode
from aivj.contracts.run_meta import (
    PackProgress,
    PreflightResult,
    RunFailure,
    RunMeta,
    Timing,
    WebGl,
    read_run_meta,
    write_run_meta,
)
from aivj.errors import (
    AivjError,
    NoSamplesError,
    OtherManifestError,
    PageTimeoutError,
    RendererRefusedError,
    RestartLimitError,
    ServerNotReadyError,
    SilentAudioError,
    WorkerLostError,
)
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.resume import refuse_other_options

_CODES: Mapping[type[BaseException], ErrorCode] = {
    RendererRefusedError: "FATAL_WEBGL_SWIFTSHADER",
    RestartLimitError: "FATAL_BROWSER_RESTART_LIMIT",
    NoSamplesError: "FATAL_NO_SAMPLES",
    ServerNotReadyError: "FATAL_VITE_NOT_READY",
    PageTimeoutError: "FATAL_PAGE_GOTO_TIMEOUT",
    OtherManifestError: "FATAL_MANIFEST_MISMATCH",
    SilentAudioError: "FATAL_AUDIO",
    WorkerLostError: "FATAL_PLAYWRIGHT_CRASH",
}


def error_code(error: BaseException) -> ErrorCode:
    """Returns the code that `meta.json` has for an error that ends a run."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), "UNKNOWN")


class RunRecord:
    """The record of one run, rewritten as a whole each time it changes.

    Attributes:
        pack: What the run is at; an error that ends it is written with this, and with the next.
        phase: Which step of it.
        iteration: Its last pick, where one page picks.
        last_url: Where its page was last.
        last_preflight: How its server answered last.
    """

    def __init__(self, directory: RunDirectory, meta: RunMeta, clock: Clock) -> None:
        self._directory = directory
        self._meta = meta
        self._clock = clock
        self._started_s = clock.monotonic_s()
        self.pack = meta.packs[0].pack
        self.phase = "init"
        self.iteration: int | None = None
        self.last_url: str | None = None
        self.last_preflight: PreflightResult | None = None
        self._write()

    @classmethod
    def open(cls, fresh: RunMeta, directory: RunDirectory, clock: Clock) -> "RunRecord":
        """Begins the run that `fresh` describes, or goes on with the one that is there.

        Raises:
            InputError: There is a run that is another one.
        """
        if not directory.meta_path.exists():
            return cls(directory, fresh, clock)
        earlier = read_run_meta(directory.meta_path)
        refuse_other_options(earlier, fresh, directory.path)
        now = clock.now()
        errors = list(earlier.errors or [])
        if earlier.error is not None:
            at = earlier.finished_at or iso_utc(now)
            errors.append(earlier.error.model_copy(update={"at": at}))
        deadline = now + timedelta(hours=fresh.budget.effective_max_hours)
        budget = earlier.budget.model_copy(
            update={
                "input_max_hours": fresh.budget.input_max_hours,
                "effective_max_hours": fresh.budget.effective_max_hours,
                "was_clamped": fresh.budget.was_clamped,
                "deadline_time_iso": _later(earlier, fresh.budget.effective_max_hours),
                "resume_deadline_iso": iso_utc(deadline),
            }
        )
        changes = {
            "started_at": earlier.started_at,
            "resumed_at": iso_utc(now),
            "budget": budget,
            "timing": earlier.timing,
            "progress": earlier.progress,
            "errors": errors or None,
        }
        return cls(directory, fresh.model_copy(update=changes), clock)

    @property
    def meta(self) -> RunMeta:
        """What is written."""
        return self._meta

    @property
    def elapsed_min(self) -> float:
        """Minutes since this call began."""
        return (self._clock.monotonic_s() - self._started_s) / 60

    def loop_started(self) -> None:
        """The first worker is ready."""
        self.phase = "sampling"
        if self._meta.timing.sample_loop_start_iso is None:
            self.count(sample_loop_start_iso=iso_utc(self._clock.now()))
            self._write()

    @property
    def timing(self) -> Timing:
        """Where time went so far."""
        return self._meta.timing

    def drawn_by(self, webgl: WebGl) -> None:
        """A page has told what draws in it."""
        if self._meta.runtime is not None:
            runtime = self._meta.runtime.model_copy(update={"webgl": webgl})
            self._meta = self._meta.model_copy(update={"runtime": runtime})
            self._write()

    def computed_from(self, **changes: object) -> None:
        """Changes what is said of the takes that pairs are computed from."""
        if self._meta.takes is not None:
            takes = self._meta.takes.model_copy(update=changes)
            self._meta = self._meta.model_copy(update={"takes": takes})
            self._write()

    def warn(self, text: str) -> None:
        """Says what a reader of the run should know; once."""
        if text not in self._meta.warnings:
            warnings = [*self._meta.warnings, text]
            self._meta = self._meta.model_copy(update={"warnings": warnings})
            self._write()

    def count(self, **changes: object) -> None:
        """Changes figures of `timing`; they are written with the next progress."""
        timing = self._meta.timing.model_copy(update=changes)
        self._meta = self._meta.model_copy(update={"timing": timing})

    def opened(self) -> None:
        """A worker has passed its self-test, which hears the music."""
        self.count(audio_check_count=self._meta.timing.audio_check_count + 1)

    def restarted(self) -> int:
        """A browser was replaced; returns how many were."""
        num_restarts = self._meta.timing.browser_restart_count + 1
        self.count(browser_restart_count=num_restarts)
        return num_restarts

    def progress(self, pack: str, entry: PackProgress) -> None:
        """Notes how far a pack has come."""
        self._meta = self._meta.model_copy(
            update={"progress": {**self._meta.progress, pack: entry}}
        )
        self._write()

    def finish(self) -> None:
        """Marks the run as finished."""
        self._end(error=None)

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Writes down an error that ends the block, and lets it go on."""
        try:
            yield
        except (AivjError, KeyboardInterrupt) as error:
            # Being unable to write the record must not hide why the run ended.
            with contextlib.suppress(AivjError):
                self._end(error=self._failure(error))
            raise

    def _failure(self, error: BaseException) -> RunFailure:
        return RunFailure(
            code=error_code(error),
            pack=self.pack,
            iter=self.iteration,
            phase=self.phase,
            message=str(error) or "interrupted",
            stack="".join(traceback.format_exception(error)),
            last_url=self.last_url,
            last_preflight=self.last_preflight,
        )

    def _end(self, error: RunFailure | None) -> None:
        elapsed_s = round(self._clock.monotonic_s() - self._started_s, 3)
        self.count(elapsed_sec=elapsed_s)
        changes = {"finished_at": iso_utc(self._clock.now()), "error": error}
        self._meta = self._meta.model_copy(update=changes)
        self._write()

    def _write(self) -> None:
        write_run_meta(self._directory.meta_path, self._meta)


def _later(earlier: RunMeta, hours: float) -> str:
    start = datetime.fromisoformat(earlier.budget.start_time_iso)
    return iso_utc(start + timedelta(hours=hours))
