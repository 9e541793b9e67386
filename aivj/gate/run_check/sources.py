"""What a rule of a run looks at: judges of a part of it made judges of the run."""

from collections.abc import Callable, Sequence

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.run_meta import RunMeta
from aivj.gate.rules import Finding, Rule, not_applicable
from aivj.gate.run_check.json_lines import JsonLines, NumberedRow
from aivj.gate.run_check.run_files import LoadedRun

Rows = Sequence[NumberedRow[EvalRow]]
Judge = Callable[[LoadedRun], Finding]
RunRules = tuple[Rule[LoadedRun], ...]

MEND_WRITER = "mend what writes the rows, then sample again: rows are not to be edited"
DROP_ROWS = "sample these pairs again; until then train on no row of this run"
RESUME = "complete the run with --resume and the same --out-dir"
MEND_META = "mend what writes meta.json; readers decide by it whether rows may be compared"
MEND_LOG = "mend what writes vite.log, then sample again: nothing proves the rows without it"
OTHER_RUN = "find out which run these rows are of: logs of two runs are not to be joined"

_NO_LINES = not_applicable("eval.jsonl has no line")
_NO_ROWS = not_applicable("eval.jsonl has no row that can be read")
_NO_META = not_applicable("meta.json cannot be read")


def of_lines(judge: Callable[[JsonLines], Finding]) -> Judge:
    """Judges a log's lines."""
    return lambda run: (
        judge(run.eval_lines) if run.eval_lines and run.eval_lines.lines else _NO_LINES
    )


def of_rows(judge: Callable[[Rows], Finding]) -> Judge:
    """Judges rows that can be read."""
    return lambda run: judge(run.rows) if run.rows else _NO_ROWS


def of_meta(judge: Callable[[RunMeta], Finding]) -> Judge:
    """Judges a description that can be read."""
    return lambda run: judge(run.meta) if run.meta else _NO_META


def of_rows_and_meta(judge: Callable[[Rows, RunMeta], Finding]) -> Judge:
    """Judges rows against the description."""

    def judged(run: LoadedRun) -> Finding:
        if not run.meta:
            return _NO_META
        return judge(run.rows, run.meta) if run.rows else _NO_ROWS

    return judged


def of_run_and_meta(judge: Callable[[LoadedRun, RunMeta], Finding]) -> Judge:
    """Judges anything in the folder against the description."""
    return lambda run: judge(run, run.meta) if run.meta else _NO_META
