"""A night as it goes: its stages in order, and the record of each."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from aivj.cli.console import err, print_error, say
from aivj.cli.line import Line, Stage
from aivj.contracts.json_text import iso_utc
from aivj.contracts.night import (
    BUCKET,
    NightRecord,
    NightStage,
    StageProblem,
    StageState,
    read_night,
    write_night,
)
from aivj.errors import AivjError, StorageError
from aivj.pipeline.stages import EndedStages
from aivj.storage import open_folder

if TYPE_CHECKING:
    from aivj.pipeline.night import NightFiles, NightRequest

_A_BUG = 1


class NightRun:
    """A night, from its first stage to its last.

    Args:
        files: Where everything lies.
        request: What it is asked for.
        stages: All of them, in order.
        lines: Those that are asked for, with all that they are given.
        command: As it was typed.
        bucket_uri: Where scores are promoted to.
    """

    def __init__(
        self,
        files: "NightFiles",
        request: "NightRequest",
        stages: Sequence[Stage],
        lines: Sequence[Line],
        *,
        command: str,
        bucket_uri: str,
    ) -> None:
        self._lines = {id(line.stage): line for line in lines}
        self._stages = stages
        self._folder = open_folder(files.folder)
        self._ended = EndedStages(files.folder)
        before, now = read_night(self._folder), iso_utc(datetime.now(UTC))
        self._before, self._is_unwritten = before, False
        self.record = NightRecord(
            stamp=files.stamp,
            night_kind=request.kind,
            packs=request.packs,
            command=command,
            started_at=now if before is None else before.started_at,
            resumed_at=None if before is None else now,
            presets=request.presets,
            places=files.named() | ({BUCKET: bucket_uri} if request.promote else {}),
            stages=[
                NightStage(name=each.name, verb=each.section, pack=each.pack) for each in stages
            ],
        )

    def work(self, on_failure: Callable[[str, str], None]) -> int | None:
        """Runs what is asked for and not stopped.

        Args:
            on_failure: Told the stage and why it failed.

        Returns:
            The exit code of the first failure; None if there was none.
        """
        first: int | None = None
        self._write()
        for place, stage in enumerate(self._stages):
            line = self._lines.get(id(stage))
            if line is None:
                self._note(place, state="skipped")
            elif blocking := self._blocking(stage):
                self._note(place, state="stopped")
                err.print(f"[yellow]stopped[/] {stage.title}: {blocking} failed", highlight=False)
            else:
                problem = self._run(place, line)
                if problem is not None:
                    on_failure(stage.title, f"{problem.found}; {problem.remedy}")
                    first = problem.exit_code if first is None else first
        self.record = self.record.model_copy(update={"finished_at": iso_utc(datetime.now(UTC))})
        self._write()
        return StorageError.exit_code if first is None and self._is_unwritten else first

    def refuse(self, error: AivjError) -> None:
        """Puts on record that the night was not let begin; one that has passed stays as it is."""
        if self._before is not None and self._before.is_passed:
            return
        told = {"finished_at": iso_utc(datetime.now(UTC)), "refused": _problem_of(error)}
        self.record = (self._before or self.record).model_copy(
            update={**told, "command": self.record.command, "resumed_at": self.record.resumed_at}
        )
        self._write()

    def told(self) -> str:
        """Returns how it ended, for people who are not here."""
        failed = [each for each in self.record.stages if each.problem is not None]
        if not failed:
            return f"{len(self._lines)} stages ended well"
        return "; ".join(
            f"{each.name}: {each.problem.found}" for each in failed if each.problem is not None
        )

    def _run(self, place: int, line: Line) -> StageProblem | None:
        started = time.monotonic()
        number = f"{place + 1}/{len(self._stages)}"
        err.print(f"[bold]{number}[/] {line.stage.title}", highlight=False)
        self._note(place, state="running", started_at=iso_utc(datetime.now(UTC)))
        state: StageState
        problem: StageProblem | None
        try:
            state, problem = self._brought_about(line), None
        except typer.Exit as end:
            problem = _ended_with(end.exit_code) if end.exit_code else None
            state = "failed" if problem else "done"
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest goes on
            state, problem = "failed", _problem(error)
        took_s = None if state == "done before" else round(time.monotonic() - started, 1)
        self._note(place, state=state, took_s=took_s, problem=problem)
        return problem

    def _brought_about(self, line: Line) -> StageState:
        """Runs a stage, unless it has ended before."""
        stage = line.stage
        if not stage.left:
            line.run()
            return "done"
        asked = line.digest()
        if self._ended.has_ended(stage.title, asked, stage.left):
            err.print(f"  done before: {stage.left[-1]}", markup=False)
            return "done before"
        line.run()
        self._ended.mark(stage.title, asked, stage.left)
        return "done"

    def _blocking(self, stage: Stage) -> str:
        """Returns what a stage needs and has failed, or was stopped itself."""
        for other, note in zip(self._stages, self.record.stages, strict=True):
            is_its = other.pack is None or stage.pack is None or other.pack == stage.pack
            if other.name in stage.needs and is_its and note.state in {"failed", "stopped"}:
                return other.title
        return ""

    def _note(self, place: int, *, state: StageState, **more: object) -> None:
        stages = list(self.record.stages)
        stages[place] = stages[place].model_copy(update={"state": state, **more})
        self.record = self.record.model_copy(update={"stages": stages})
        self._write()

    def _write(self) -> None:
        """Writes the record; where that cannot be, the night goes on, and ends as its stages do."""
        try:
            write_night(self._folder, self.record)
        except StorageError as error:
            if not self._is_unwritten:
                say(f"note: the night's record is not written: {error.found}; {error.remedy}")
            self._is_unwritten = True
        else:
            self._is_unwritten = False


def _problem(error: Exception) -> StageProblem:
    """Returns why a stage failed, and prints it."""
    from aivj.cli.refusals import refusal_of

    known = refusal_of(error)
    if known is None:
        err.print_exception()
        return StageProblem(
            exit_code=_A_BUG,
            expected="no error that nobody thought of",
            found=f"{type(error).__name__}: {error}"[:500],
            remedy="see the night's log; this is a fault of AIVJ",
        )
    print_error(known)
    return _problem_of(known)


def _problem_of(error: AivjError) -> StageProblem:
    return StageProblem(
        exit_code=error.exit_code, expected=error.expected, found=error.found, remedy=error.remedy
    )


def _ended_with(exit_code: int) -> StageProblem:
    """Returns why a stage failed that says itself, in words or tables, what is wrong."""
    return StageProblem(
        exit_code=exit_code,
        expected="its exit code to be 0",
        found=f"exit code {exit_code}",
        remedy="see what it printed, in the night's log",
    )
