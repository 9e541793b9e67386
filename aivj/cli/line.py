"""Verbs that one verb runs in order: each put together as if it had been typed, then run.

`aivj loop` and `aivj night` are made of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from aivj.cli.config_file import defaults_of, sections_of
from aivj.cli.verb import Verb
from aivj.errors import InputError
from aivj.storage.places import as_uri

# Of the others, `--workers` are no browsers.
_BROWSERS = frozenset({"takes-draw", "pairs", "sample", "audit", "frames"})
# What a section adds to what the running verb says.
_ADDED_TO = ("eval_paths", "eval_jsonl")
# Decides where or how fast something is done, and not what comes of it.
_NEUTRAL = frozenset({"ray_address", "num_workers", "max_concurrent", "tracking_uri"})


SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="VERB.OPTION=VALUE",
        help="An option of one of the verbs, for example sample.max-hours=8.",
    ),
]


@dataclass(frozen=True)
class Stage:
    """A stage and the verb that it is.

    Attributes:
        name: The stage.
        verb: The words of the verb.
        words: What is said to it by the verb that runs it.
        read: Files and folders that decide what comes of it.
        left: Files that it leaves, the last one last; none if it knows itself what is missing.
        pack: The pack that it is of alone, if it is.
        needs: Stages that must have ended well: those of all packs, and those of its own.
    """

    name: str
    verb: tuple[str, ...]
    words: tuple[str, ...]
    read: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    pack: str | None = None
    needs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name if self.pack is None else f"{self.name} {self.pack}"

    @property
    def section(self) -> str:
        """What the verb is called in a file of options."""
        return "-".join(self.verb)


@dataclass(frozen=True)
class Given:
    """What is said to verbs besides what stands in the file of options.

    Attributes:
        typed: By `--set`, by section and key.
        handed_on: Parameters of the verb that runs them, for those that have them too.
        profile: Defaults by section and key; the file wins.
    """

    typed: Mapping[str, Mapping[str, object]]
    handed_on: Collection[str]
    profile: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Line:
    """A verb with all that it was given, not yet run.

    Attributes:
        stage: What it is.
        verb: The verb.
        context: Its context, which holds its parameters.
    """

    stage: Stage
    verb: Verb
    context: typer.Context

    @classmethod
    def of(cls, above: typer.Context, stage: Stage, given: Given) -> "Line":
        """Puts a verb's line together.

        What was typed wins; then what the environment says; then the verb's section of the file;
        then what the file says to all, and then the profile.

        Raises:
            InputError: An option is none of the verb's, or is not its caller's to leave open.
        """
        name = stage.section
        verb = _verb(above, stage)
        profile = defaults_of(verb, given.profile.get(name, {}), "the profile")
        asked = defaults_of(verb, sections_of(above).get(name, {}), f"the section {name}")
        line = defaults_of(verb, given.typed.get(name, {}), f"--set {name}")
        _refuse_own(stage, verb, {**asked, **line}, above.info_name or "")
        added = [words for key in _ADDED_TO for words in _words(verb, key, asked.pop(key, []))]
        defaults = profile | _handed_on(above, stage, verb, given, {"DEFAULT_MAP"}) | asked
        line = _handed_on(above, stage, verb, given, {"COMMANDLINE", "ENVIRONMENT"}) | line
        words = [word for key, value in line.items() for word in _words(verb, key, value)]
        context = verb.make_context(
            stage.verb[-1], [*stage.words, *added, *words], parent=above, default_map=defaults
        )
        return cls(stage, verb, context)

    def digest(self) -> str:
        """Returns a digest of all that decides what comes of it."""
        from aivj.pipeline.stages import digest_of

        own = {parameter.name for parameter in _said_by_caller(self.stage, self.verb)}
        given = {
            name: value
            for name, value in self.context.params.items()
            if name in _ADDED_TO or name not in own | _NEUTRAL
        }
        paths = {name: places for name, value in given.items() if (places := _places(value))}
        read = [place for name in sorted(paths) for place in paths[name]]
        options = {name: value for name, value in given.items() if name not in paths}
        return digest_of(options, [*self.stage.read, *read])

    def run(self) -> None:
        """Runs it. Raises as the verb."""
        with self.context:
            self.verb.invoke(self.context)


def typed_options(said: Sequence[str], stages: Sequence[Stage]) -> dict[str, dict[str, object]]:
    """Returns what `--set` says, by section and key; of what is said twice, a list.

    Raises:
        InputError: It is not said of a verb that runs.
    """
    typed: dict[str, dict[str, Any]] = {stage.section: {} for stage in stages}
    for text in said:
        name, equals, value = text.partition("=")
        section, dot, key = name.partition(".")
        if not (equals and dot) or section not in typed:
            raise InputError(
                "VERB.OPTION=VALUE with a verb that is run here",
                f"--set {text[:60]!r}",
                f"begin with one of {', '.join(typed)}",
            )
        before = typed[section].get(key)
        typed[section][key] = value if before is None else [*_listed(before), value]
    return {section: dict(values) for section, values in typed.items()}


def _verb(above: typer.Context, stage: Stage) -> Any:
    command: Any = above.find_root().command
    for word in stage.verb:
        command = command.commands[word]
    return command


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _said_by_caller(stage: Stage, verb: Any) -> list[Any]:
    """Returns the parameters of a verb that its caller gives it."""
    return [each for each in verb.params if set(each.opts) & set(stage.words)]


def _refuse_own(stage: Stage, verb: Any, given: Mapping[str, object], caller: str) -> None:
    for parameter in _said_by_caller(stage, verb):
        if parameter.name in given and parameter.name not in _ADDED_TO:
            raise InputError(
                f"options of {stage.section} that aivj {caller} does not say itself",
                parameter.opts[0],
                f"leave it out; options of aivj {caller} decide it",
            )


def _handed_on(
    above: typer.Context, stage: Stage, verb: Any, given: Given, sources: Collection[str]
) -> dict[str, object]:
    """Returns what the caller was given, in one of these ways, and the verb has an option for."""
    names = {parameter.name for parameter in verb.params}
    found: dict[str, object] = {}
    for name in given.handed_on:
        source = above.get_parameter_source(name)
        is_its = name in names and (name != "num_workers" or stage.section in _BROWSERS)
        if is_its and source is not None and source.name in sources:
            found[name] = above.params[name]
    return found


def _words(verb: Any, name: str, value: object) -> list[str]:
    """Returns how an option is typed."""
    parameter = next((each for each in verb.params if each.name == name), None)
    if parameter is None:
        return []
    if parameter.is_flag:
        return list((parameter.opts if value else parameter.secondary_opts)[:1])
    return [f"{parameter.opts[0]}={each}" for each in _listed(value)]


def _places(value: object) -> list[str]:
    """Returns the paths that an option's value is."""
    return [as_uri(each) or str(each) for each in _listed(value) if isinstance(each, Path)]
