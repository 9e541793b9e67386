"""What every verb is: it takes paths that are some, and says how to go on when it is stopped.

It has options of its own and, if it was marked with `takes`, those of models; a file may hold them.
"""

import contextlib
import inspect
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from aivj.cli.config_file import config_option
from aivj.cli.console import breaking_silence
from aivj.cli.model_options import WITH_OPTIONS
from aivj.cli.places import at_hand
from aivj.cli.stopping import interruptible
from aivj.errors import InputError

_NUM_SHOWN = 60


class Verb(TyperCommand):
    """A command that knows how to go on after it was stopped.

    Attributes:
        is_of_verbs: Whether it runs other verbs, each of which has at hand what it works on.
    """

    is_of_verbs = False
    _params: list[Any]

    @property
    def params(self) -> list[Any]:
        """The parameters; those that are fields of models are made when first asked for."""
        with_options = getattr(self.callback, WITH_OPTIONS, None)
        if with_options is not None:
            info = CommandInfo(callback=with_options())
            made: Any = get_command_from_info(
                info, pretty_exceptions_short=True, rich_markup_mode=None
            )
            self.callback, self._params = made.callback, made.params
        return self._params

    @params.setter
    def params(self, params: list[Any]) -> None:
        self._params = params

    def get_params(self, ctx: Any) -> list[Any]:
        """Returns the parameters with what every verb has: a file of options, and help."""
        params: list[Any] = super().get_params(ctx)
        num_own = len(self.params)
        return [*params[:num_own], config_option(), *params[num_own:]]

    def invoke(self, ctx: Any) -> Any:
        """Runs it.

        Raises:
            InputError: A path that was given is none, whatever it is for.
        """
        with (
            interruptible(ctx),
            breaking_silence(ctx.info_name or "aivj"),
            contextlib.nullcontext() if self.is_of_verbs else at_hand(ctx),
        ):
            for path in (path for value in ctx.params.values() for path in _paths(value)):
                require_path(path)
            return super().invoke(ctx)


class Verbs(TyperGroup):
    """Commands whose list in the help stands in groups, each with its whole first sentence.

    Attributes:
        panels: The groups in their order; others stand behind them.
    """

    panels: ClassVar[Sequence[str]] = ()

    def in_panels(self, ctx: Any) -> list[tuple[str | None, list[tuple[str, Any]]]]:
        """Returns the groups in their order, else that in which their first commands were added."""
        commands: list[tuple[str, Any]] = [
            (name, self.get_command(ctx, name)) for name in self.list_commands(ctx)
        ]
        panels = [*self.panels, *(_panel(command) for _, command in commands)]
        ordered = sorted(commands, key=lambda each: panels.index(_panel(each[1])))
        return [
            (panel, list(members))
            for panel, members in groupby(ordered, key=lambda each: _panel(each[1]))
        ]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the groups."""
        for panel, members in self.in_panels(ctx):
            with formatter.section(panel or "Commands"):
                formatter.write_dl([(name, _sentence(command)) for name, command in members])


def was_given(context: Any, name: str) -> bool:
    """Tells whether a parameter of the verb stands on the command line, or in its file."""
    source = context.get_parameter_source(name)
    return source is not None and source.name in {"COMMANDLINE", "DEFAULT_MAP"}


def require_path(path: Path) -> None:
    """Refuses what cannot be a path here: a name too long, a folder that may not be entered.

    Whether something must be there is for others to say.

    Raises:
        InputError: The system does not look there.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        text = str(path)
        shown = text if len(text) <= _NUM_SHOWN else f"{text[:_NUM_SHOWN]}..."
        raise InputError(
            "a path that can be looked at", f"{shown}: {error.strerror}", "name another one"
        ) from error


def _paths(value: object) -> list[Path]:
    values = value if isinstance(value, list) else [value]
    return [path for path in values if isinstance(path, Path)]


def _panel(command: Any) -> str | None:
    return command.rich_help_panel or None


def _sentence(command: Any) -> str:
    """Returns the first paragraph of the command's help."""
    paragraphs: Iterator[str] = iter(inspect.cleandoc(command.help or "").split("\n\n"))
    return " ".join(next(paragraphs).split())
