"""`--config FILE.yaml` of every verb: its options as keys of a file.

A key is an option's name without its dashes, a value what would follow it on the command line: a
list for an option that may be repeated, `true` or `false` for one that takes no value. What stands
on the line wins, then what the environment says, then the file.
"""

import functools
import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command_from_info
from typer.models import CommandInfo

from aivj.errors import InputError
from aivj.settings import Settings

NAME = "--config"
_HOME = "home"
_SECTIONS = "aivj.sections"
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@functools.cache
def config_option() -> Any:
    """Returns the option, which every verb has besides its own."""

    def stand_in(
        config: Annotated[
            Path | None,
            typer.Option(
                NAME,
                metavar="FILE.yaml",
                is_eager=True,
                callback=_read,
                help="Options as keys of a YAML file; those of the line win.",
            ),
        ] = None,
    ) -> None:
        """Stands for a verb."""

    made: Any = get_command_from_info(
        CommandInfo(callback=stand_in), pretty_exceptions_short=True, rich_markup_mode=None
    )
    (option,) = made.params
    option.expose_value = False
    return option


def _read(context: typer.Context, path: Path | None) -> None:
    """Makes what a file says the defaults of the verb that is about to run."""
    if path is None:
        return
    command: Any = context.command
    given = _document(path)
    if _HOME in given:
        _settle_home(context, Path(_text(str(path), _HOME, given.pop(_HOME))))
    named = [key for key in getattr(command, "sections", ()) if key in given]
    # An option may be called as a verb is.
    options = _options(command)
    sections = {
        key: given.pop(key)
        for key in named
        if key not in options or isinstance(given[key], Mapping)
    }
    for name, section in sections.items():
        if not isinstance(section, Mapping):
            raise _no_options(f"{path}, {name}", section)
    context.meta[_SECTIONS] = sections
    context.default_map = defaults_of(command, given, str(path))


def sections_of(context: typer.Context) -> Mapping[str, Mapping[str, object]]:
    """Returns what the file says of the verbs that this one runs, by name."""
    found: Mapping[str, Mapping[str, object]] = context.meta.get(_SECTIONS, {})
    return found


def defaults_of(command: Any, given: Mapping[str, object], source: str) -> dict[str, Any]:
    """Returns what options of a verb are said to be, by its parameters.

    Args:
        command: The verb.
        given: Keys and values.
        source: Where they stand, for errors.

    Raises:
        InputError: It has no such option, or the option no such value.
    """
    options = _options(command)
    defaults: dict[str, Any] = {}
    for key, value in given.items():
        if key not in options:
            raise _unknown(source, key, [*options, *getattr(command, "sections", ())])
        parameter, means = options[key]
        defaults[parameter.name] = _value(source, key, value, parameter, means=means)
    return defaults


def _options(command: Any) -> dict[str, tuple[Any, bool]]:
    """Returns a verb's options by what they may be called, each with what it means to name it."""
    options = {
        spelled.lstrip("-"): (parameter, means)
        for parameter in command.params
        if parameter.param_type_name == "option"
        for names, means in ((parameter.opts, True), (parameter.secondary_opts, False))
        for spelled in names
    }
    return options | {key.replace("-", "_"): option for key, option in options.items()}


def _document(path: Path) -> dict[str, Any]:
    """Reads keys and values, each value as it was typed.

    Raises:
        InputError: The file is not there, or not a mapping in YAML.
    """
    import yaml

    try:
        document = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - texts alone
    except (OSError, ValueError, yaml.YAMLError) as error:
        found = " ".join(str(error).split())
        raise InputError(f"a file of options in {path}", found, "write KEY: VALUE lines") from error
    if not isinstance(document, Mapping):
        raise _no_options(str(path), document)
    return {str(key): value for key, value in document.items()}


def _no_options(source: str, found: object) -> InputError:
    return InputError(
        f"options in {source}, a key each",
        f"a {type(found).__name__}",
        "write KEY: VALUE lines",
    )


def _settle_home(context: typer.Context, home: Path) -> None:
    """Lets a file say the home, which is an option of the whole program."""
    root = context.find_root()
    if root.params.get(_HOME) is None and not os.environ.get("AIVJ_HOME"):
        root.params[_HOME] = home
        root.obj = context.obj = Settings(home=home)


def _value(source: str, key: str, value: object, parameter: Any, *, means: bool) -> object:
    if parameter.is_flag:
        said = _WORDS.get(str(value).lower())
        if said is None:
            raise InputError(
                f"`{key}: true` or `{key}: false` in {source}", repr(value), "choose one of them"
            )
        return said is means
    if parameter.multiple:
        values = value if isinstance(value, list) else [value]
        return [_text(source, key, each) for each in values]
    return _text(source, key, value)


def _text(source: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise InputError(
            f"one value for {key} in {source}", f"a {type(value).__name__}", "write it on one line"
        )
    return value


def _unknown(source: str, key: str, known: list[str]) -> InputError:
    meant = get_close_matches(key, known, n=1)
    hint = f"did you mean {meant[0]}?" if meant else "leave it out, or see --help for what there is"
    return InputError(f"options of this verb in {source}", f"{key!r}", hint)
