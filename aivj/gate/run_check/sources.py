"""What a check looks at: each function makes a check of a run out of one of a part of it."""

from collections.abc import Callable, Sequence

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.run_meta import RunMeta
from aivj.gate.run_check.finding import Finding, not_applicable
from aivj.gate.run_check.json_lines import JsonLines, NumberedRow
from aivj.gate.run_check.run_files import LoadedRun

Rows = Sequence[NumberedRow[EvalRow]]
Judge = Callable[[LoadedRun], Finding]

_NO_LINES = not_applicable("eval.jsonl has no line")
_NO_ROWS = not_applicable("eval.jsonl has no row that can be read")
_NO_META = not_applicable("meta.json cannot be read")


def of_lines(judge: Callable[[JsonLines], Finding]) -> Judge:
    """The check of a log's lines."""

    def judged(run: LoadedRun) -> Finding:
        return judge(run.eval_lines) if run.eval_lines and run.eval_lines.lines else _NO_LINES

    return judged


def of_rows(judge: Callable[[Rows], Finding]) -> Judge:
    """The check of rows that can be read."""

    def judged(run: LoadedRun) -> Finding:
        return judge(run.rows) if run.rows else _NO_ROWS

    return judged


def of_meta(judge: Callable[[RunMeta], Finding]) -> Judge:
    """The check of a description that can be read."""

    def judged(run: LoadedRun) -> Finding:
        return judge(run.meta) if run.meta else _NO_META

    return judged


def of_rows_and_meta(judge: Callable[[Rows, RunMeta], Finding]) -> Judge:
    """The check of rows against the description."""

    def judged(run: LoadedRun) -> Finding:
        if not run.meta:
            return _NO_META
        return judge(run.rows, run.meta) if run.rows else _NO_ROWS

    return judged


def of_run_and_meta(judge: Callable[[LoadedRun, RunMeta], Finding]) -> Judge:
    """The check of anything in the folder against the description."""

    def judged(run: LoadedRun) -> Finding:
        return judge(run, run.meta) if run.meta else _NO_META

    return judged
