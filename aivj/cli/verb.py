"""What every verb is: ended by Ctrl-C or SIGTERM it says how to go on; listed by its purpose."""

import inspect
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from typer.core import TyperCommand, TyperGroup

from aivj.cli.stopping import interruptible


class Verb(TyperCommand):
    """A command that knows how to go on after it was stopped."""

    def invoke(self, ctx: Any) -> Any:
        """Runs it."""
        with interruptible(ctx):
            return super().invoke(ctx)


class Verbs(TyperGroup):
    """Commands whose list in the help stands in groups, each with its whole first sentence."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the groups in the order in which their first commands were added."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        panels = list(dict.fromkeys(_panel(command) for _, command in commands))
        ordered = sorted(commands, key=lambda each: panels.index(_panel(each[1])))
        for panel, members in groupby(ordered, key=lambda each: _panel(each[1])):
            with formatter.section(panel):
                formatter.write_dl([(name, _sentence(command)) for name, command in members])


def _panel(command: Any) -> str:
    return command.rich_help_panel or "Commands"


def _sentence(command: Any) -> str:
    """Returns the first paragraph of the command's help."""
    paragraphs: Iterator[str] = iter(inspect.cleandoc(command.help or "").split("\n\n"))
    return " ".join(next(paragraphs).split())
