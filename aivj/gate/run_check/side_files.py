"""What lies beside the rows: failures, the table made from the rows, and the pictures."""

from collections import Counter

from aivj.contracts.run_folder import PICTURES_NAME, TABLE_NAME
from aivj.gate.rules import Finding, Problem, failed, judged, not_applicable, rule
from aivj.gate.run_check.pictures import contradictions, picture_of
from aivj.gate.run_check.run_files import LoadedRun
from aivj.gate.run_check.run_table import other_values
from aivj.gate.run_check.sources import RunRules
from aivj.stage.thumbnails import LUMA_TOLERANCE


@rule(
    "tableRows",
    "eval.parquet has the pairs of eval.jsonl",
    "resume the run, which makes the table again",
)
def _table(run: LoadedRun) -> Finding:
    table = run.table
    if table is None:
        return not_applicable(f"no {TABLE_NAME}")
    if table.problem:
        return failed(table.problem)
    lines = run.eval_lines.lines if run.eval_lines else ()
    rows = [(line.pack, line.pair) for line in lines if line.value is not None]
    if len(rows) != len(table.pairs):
        text = f"{len(table.pairs)} rows in the table, {len(rows)} in the log"
        return failed(text)
    other = Counter(table.pairs) - Counter(rows)
    problems = (Problem(f"the table has pair {pair} of {pack}") for pack, pair in other)
    return judged(problems, f"{len(rows)} rows")


@rule(
    "tableValues",
    "eval.parquet has the values of eval.jsonl, to the last digit",
    "resume the run, which makes the table again",
)
def _table_values(run: LoadedRun) -> Finding:
    if run.table is None or run.table.problem or not run.rows:
        return not_applicable(f"no {TABLE_NAME} that can be read" if run.rows else "no row")
    problems = (
        Problem(f"pair {entry.row.pair}: {told}", entry.number)
        for entry, told in other_values(run.table, run.rows)
    )
    return judged(problems, f"the values of {len(run.table.rows)} rows")


@rule(
    "pictures",
    "each row has its whole picture below thumbnails",
    "sample these pairs again if their pictures are wanted",
)
def _pictures(run: LoadedRun) -> Finding:
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


@rule(
    "picturesShow",
    f"each picture is its row's own, and its luma that of the frame within {LUMA_TOLERANCE}",
    "sample these pairs again: picture or figures are of something else",
)
def _pictures_show(run: LoadedRun) -> Finding:
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


RULES: RunRules = (
    _table,
    _table_values,
    _pictures,
    _pictures_show,
)
