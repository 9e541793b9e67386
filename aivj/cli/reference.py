"""`docs/cli.md`, written out of the verbs themselves: `make docs`."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from aivj.cli.app import app
from aivj.cli.verb import Verbs

_HEAD = """# The command line

Every verb with its options, as its `--help` has them. `make docs` writes this page out of the
code, and a test compares the two.
"""
_EXAMPLE = re.compile(r"(?P<what>[^:]+): +(?P<command>aivj .*?)(?P<where> \([^()]*\))?")


def reference() -> str:
    """Returns the page."""
    root: Any = typer.main.get_command(app)
    return "\n".join([_HEAD, *_group(root, "aivj", 2)])


def _group(group: Verbs, words: str, level: int) -> Iterator[str]:
    """Yields what is said of a group: its own options, and each of its verbs."""
    context = typer.Context(group, info_name=words)
    yield from _options(group, context)
    if group.epilog:
        yield f"{group.epilog}\n"
    for panel, members in group.in_panels(context):
        if panel is not None:
            yield f"{'#' * level} {panel}\n"
        for name, command in members:
            yield from _verb(command, f"{words} {name}", level + (panel is not None))


def _verb(command: Any, words: str, level: int) -> Iterator[str]:
    context = typer.Context(command, info_name=words)
    told, examples = _told(command.help or "")
    yield f"{'#' * level} {words}\n"
    yield f"{told}\n"
    if isinstance(command, Verbs):
        yield from _group(command, words, level + 1)
        return
    yield f"```text\n{words} {' '.join(command.collect_usage_pieces(context))}\n```\n"
    if examples:
        yield "```sh\n{}\n```\n".format("\n".join(examples))
    yield from _options(command, context)


def _told(text: str) -> tuple[str, list[str]]:
    """Divides a verb's help into what it tells and its examples, each below what it is for."""
    told: list[str] = []
    examples: list[str] = []
    for line in inspect.cleandoc(text).splitlines():
        found = _EXAMPLE.fullmatch(line)
        if found is None:
            told.append(line)
            continue
        if found["what"] != "Example":
            examples.append(f"# {found['what']}{found['where'] or ''}")
        examples.append(found["command"])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip(), examples


def _options(command: Any, context: typer.Context) -> Iterator[str]:
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [
        f"| `{_cell(names)}` | {_cell(told).replace('<', chr(92) + '<')} |"
        for names, told in filter(None, records)
        if names != "--help"
    ]
    if rows:
        yield "\n".join(["| option or argument | what it is |", "|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 - its one result
