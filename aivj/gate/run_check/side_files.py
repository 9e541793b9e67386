"""What lies beside the rows: failures, the table made from the rows, and the pictures."""

from collections import Counter
from collections.abc import Iterator

from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.json_lines import JsonLines
from aivj.gate.run_check.pictures import contradictions, picture_of
from aivj.gate.run_check.run_files import FAILURES_NAME, PICTURES_NAME, TABLE_NAME, LoadedRun
from aivj.gate.run_check.run_table import other_values
from aivj.stage.thumbnails import LUMA_TOLERANCE


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


def judge_table_values(run: LoadedRun) -> Finding:
    """Each row of the table has the values of its row in the log."""
    if run.table is None or run.table.problem or not run.rows:
        return not_applicable(f"no {TABLE_NAME} that can be read" if run.rows else "no row")
    problems = (
        Problem(f"pair {entry.row.pair}: {told}", entry.number)
        for entry, told in other_values(run.table, run.rows)
    )
    return judged(problems, f"the values of {len(run.table.rows)} rows")


def judge_pictures(run: LoadedRun) -> Finding:
    """Each row has its picture."""
    if run.pictures is None and not any(entry.row.thumbnail_digest for entry in run.rows):
        return not_applicable(f"no folder {PICTURES_NAME}")
    pictures = run.pictures or {}
    lines = run.eval_lines.lines if run.eval_lines else ()
    missing = (
        Problem(f"no whole picture of pair {line.pair}", line.number)
        for line in lines
        if line.pair is not None and picture_of(pictures, line.pack, line.pair) is None
    )
    return judged(missing, f"{len(pictures)} pictures")


def judge_pictures_show(run: LoadedRun) -> Finding:
    """Each picture shows the frame that the last row of its pair was measured at."""
    if not run.pictures or not run.rows:
        return not_applicable("no whole picture" if run.rows else "no row that can be read")
    last = {(entry.row.pack, entry.row.pair): entry for entry in run.rows}
    problems = (
        Problem(f"pair {pair}: {text}", entry.number)
        for (pack, pair), entry in last.items()
        if (picture := picture_of(run.pictures, pack, pair)) is not None
        for text in contradictions(entry.row, picture)
    )
    return judged(problems, f"{len(last)} pairs, luma within {LUMA_TOLERANCE}")


def _unended(log: JsonLines) -> Iterator[Problem]:
    if log.unended_line is not None:
        yield Problem("it has no newline", log.unended_line)
