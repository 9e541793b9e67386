"""What lies beside the rows: failures, the table made from the rows, and the pictures."""

from collections import Counter
from collections.abc import Iterator

from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.json_lines import JsonLines
from aivj.gate.run_check.run_files import FAILURES_NAME, PICTURES_NAME, TABLE_NAME, LoadedRun


def judge_failures(run: LoadedRun) -> Finding:
    """Each line of `failures.jsonl` is a failure, and the last one is whole."""
    log = run.failure_lines
    if log is None:
        return not_applicable(f"no {FAILURES_NAME}")
    good = {entry.number for entry in run.failures}
    bad = (
        Problem(line.problem or f"no failure: {line.text[:80]}", line.number)
        for line in log.lines
        if line.number not in good
    )
    return judged([*bad, *_unended(log)], f"{len(good)} failures")


def judge_table(run: LoadedRun) -> Finding:
    """The table holds the pairs of the rows."""
    table = run.table
    if table is None:
        return not_applicable(f"no {TABLE_NAME}")
    if table.problem:
        return judged([Problem(table.problem)], "")
    lines = run.eval_lines.lines if run.eval_lines else ()
    rows = [(line.pack, line.pair) for line in lines if line.value is not None]
    if len(rows) != len(table.pairs):
        text = f"{len(table.pairs)} rows in the table, {len(rows)} in the log"
        return judged([Problem(text)], "")
    other = Counter(table.pairs) - Counter(rows)
    problems = (Problem(f"the table has pair {pair} of {pack}") for pack, pair in other)
    return judged(problems, f"{len(rows)} rows")


def judge_pictures(run: LoadedRun) -> Finding:
    """Each row has its picture."""
    pictures = run.pictures
    if pictures is None:
        return not_applicable(f"no folder {PICTURES_NAME}")
    lines = run.eval_lines.lines if run.eval_lines else ()
    missing = (
        Problem(f"no whole picture of pair {line.pair}", line.number)
        for line in lines
        if line.pair is not None and not {f"{line.pair}", f"{line.pack}/{line.pair}"} & pictures
    )
    return judged(missing, f"{len(pictures)} pictures")


def _unended(log: JsonLines) -> Iterator[Problem]:
    if log.unended_line is not None:
        yield Problem("it has no newline", log.unended_line)
