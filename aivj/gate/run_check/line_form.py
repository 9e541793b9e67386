"""The lines of `eval.jsonl` as text, which some programs read with a regular expression."""

import re
from collections.abc import Callable, Iterator

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import shown
from aivj.contracts.run_folder import EVAL_NAME
from aivj.gate.rules import (
    Finding,
    Problem,
    failed,
    held,
    judged,
    not_applicable,
    rule,
)
from aivj.gate.run_check.json_lines import JsonLine, JsonLines
from aivj.gate.run_check.run_files import LoadedRun
from aivj.gate.run_check.sources import MEND_WRITER, RESUME, RunRules, of_lines

MONITOR_LINE = re.compile(r'"pack":"([^"]*)".*?"pair":(\d+)')
"""How the monitor finds pack and pair of a line."""

NUM_CONTRACT_KEYS = 19
CONTRACT_KEYS = tuple(field.alias or name for name, field in EvalRow.model_fields.items())[
    :NUM_CONTRACT_KEYS
]
"""The keys that every row has, in their order."""

_SPACE_OUTSIDE_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|(\s)')


@rule(
    "evalRows",
    "eval.jsonl is there and has a row",
    "look at failures.jsonl and at meta.json's error, then sample again",
)
def _rows_exist(run: LoadedRun) -> Finding:
    if run.eval_lines is None:
        return failed(f"no {EVAL_NAME}")
    num_rows = len(run.eval_lines.lines)
    return held(num_rows > 0, f"{num_rows} rows", "no row")


@rule("lastLineWhole", "the last line of eval.jsonl has its newline", RESUME)
def _last_line(run: LoadedRun) -> Finding:
    if run.eval_lines is None:
        return not_applicable(f"no {EVAL_NAME}")
    number = run.eval_lines.unended_line
    torn = [] if number is None else [Problem("it has no newline", number)]
    return judged(torn, "it ends with a newline")


@rule(
    "compactLines",
    "each line is one JSON object, begins with '{' and has no space between its parts",
    MEND_WRITER,
)
@of_lines
def _compact(log: JsonLines) -> Finding:
    return judged(_each(log, _not_compact), f"{len(log.lines)} compact objects")


@rule(
    "monitorLines", f"each line lets {MONITOR_LINE.pattern} find its own pack and pair", MEND_WRITER
)
@of_lines
def _monitor(log: JsonLines) -> Finding:
    return judged(_each(log, _not_monitored), f"all {len(log.lines)} are found")


@rule(
    "keyOrder",
    f"the {NUM_CONTRACT_KEYS} keys of the contract in order, others after them",
    MEND_WRITER,
)
@of_lines
def _key_order(log: JsonLines) -> Finding:
    if not any(line.value is not None for line in log.lines):
        return not_applicable("no line is a JSON object")
    return judged(_each(log, _misordered), f"{NUM_CONTRACT_KEYS} keys in order")


def _each(log: JsonLines, found: Callable[[JsonLine], str]) -> Iterator[Problem]:
    return (Problem(text, line.number) for line in log.lines if (text := found(line)))


def _not_compact(line: JsonLine) -> str:
    if line.problem:
        return line.problem
    if not line.text.startswith("{"):
        return f"it begins with {shown(line.text[:1])}"
    spaces = (match for match in _SPACE_OUTSIDE_STRINGS.finditer(line.text) if match[1])
    first = next(spaces, None)
    return f"a space at column {first.start() + 1}" if first else ""


def _not_monitored(line: JsonLine) -> str:
    if line.value is None:
        return ""
    match = MONITOR_LINE.search(line.text)
    if match is None:
        return (
            f"not found; pack {shown(line.value.get('pack'))}, pair {shown(line.value.get('pair'))}"
        )
    is_own = match[1] == line.pack and line.value.get("pair") == int(match[2])
    return "" if is_own else f"found is pack {match[1]!r}, pair {match[2]}, which is not its own"


def _misordered(line: JsonLine) -> str:
    if line.value is None:
        return ""
    first = line.keys[:NUM_CONTRACT_KEYS]
    for position, (expected, found) in enumerate(zip(CONTRACT_KEYS, first, strict=False), start=1):
        if expected != found:
            return f"key {position} is {found!r}, not {expected!r}"
    if len(first) < NUM_CONTRACT_KEYS:
        return f"no key {CONTRACT_KEYS[len(first)]!r}"
    repeated = {key for key in line.keys if line.keys.count(key) > 1}
    return f"{', '.join(sorted(repeated))} more than once" if repeated else ""


RULES: RunRules = (
    _rows_exist,
    _last_line,
    _compact,
    _monitor,
    _key_order,
)
