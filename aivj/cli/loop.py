"""`aivj loop`: the verbs from a pack to a release in order, each as if it had been typed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aivj.cli.config_file import defaults_of, sections_of
from aivj.cli.console import err
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import IN_LOOP, say_next
from aivj.cli.options import BucketOption, GpuIfGivenOption, TrackingOption
from aivj.cli.verb import Verb
from aivj.errors import InputError
from aivj.storage.places import as_uri

if TYPE_CHECKING:
    from aivj.pipeline.loop import LoopFiles, LoopRequest, LoopStage
    from aivj.settings import Settings

# Parameters that the loop hands on to the verbs that have them.
_HANDED_ON = (
    *("gpu", "seed", "takes_uri", "ray_address", "allow_cpu", "tracking_uri", "bucket"),
    "num_workers",
)
_ALSO_CALLED = {"num_workers": "workers"}
# Of the others, `--workers` are no browsers.
_BROWSERS = {"takes-draw", "sample"}
# What a section adds to what the loop says.
_ADDED_TO = ("eval_paths",)
# Decides where or how fast something is done, and not what comes of it.
_NEUTRAL = {"ray_address", "num_workers", "workers", "max_concurrent", "tracking_uri"}


@dataclass(frozen=True)
class Stage:
    """A stage and the verb that it is.

    Attributes:
        name: The stage.
        verb: The words of the verb.
        words: What the loop says to it.
        read: Files and folders that decide what comes of it.
        left: Files that it leaves, the last one last; none if it knows itself what is missing.
    """

    name: "LoopStage"
    verb: tuple[str, ...]
    words: tuple[str, ...]
    read: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """What the verb is called in a file of options."""
        return "-".join(self.verb)


def stages_of(
    request: "LoopRequest", files: "LoopFiles", packs_at_hand: str, last_net: str
) -> Iterator[Stage]:
    """Yields the stages of a loop, in order.

    Args:
        request: The loop.
        files: Where everything lies.
        packs_at_hand: Where packs lie on this disk, once a verb has named them.
        last_net: The net that pairs are scored with if the loop fits none.
    """
    pack = ("--pack", request.pack)
    if request.presets is not None:
        yield Stage("takes", ("takes", "draw"), ("--presets", request.presets))
    yield Stage("sample", ("sample",), (*pack, "--out-dir", files.run, "--resume"))
    check = (files.run, "--packs-root", packs_at_hand)
    yield Stage("check", ("check-run",), check)
    labels = (*pack, "--extra-eval-jsonl", files.rows, "--out-dir", files.fit)
    read = (files.rows, files.manifest)
    if request.sweep:
        left = (files.checkpoint, files.quality)
        yield Stage("train", ("sweep",), labels, read, left)
    else:
        yield Stage("train", ("train",), labels, read, (files.checkpoint,))
        net = ("--checkpoint", files.checkpoint) if request.has("train") else ()
        read = (files.checkpoint if net else last_net, files.manifest)
        yield Stage("score", ("score",), (*pack, *net), read, (files.quality,))
    out = ("--out-dir", files.evidence)
    yield Stage("verify", ("verify",), (*pack, *out), (files.quality,), (files.report,))
    yield Stage("promote", ("promote",), (*pack, "--evidence", files.evidence))


class LoopVerb(Verb):
    """A verb whose file of options has a section for each of the verbs that it runs."""

    is_of_verbs = True
    sections = (
        *("takes-draw", "sample", "check-run", "train", "sweep", "score", "verify", "promote"),
    )


@takes(
    request=From(
        "aivj.pipeline.loop:LoopRequest",
        defaults={
            "out_dir": lambda settings, given: _kept(
                settings, settings.home / "loops" / given["pack"]
            )
        },
    )
)
def loop(
    context: typer.Context,
    request: "LoopRequest",
    gpu: GpuIfGivenOption = None,  # noqa: ARG001 - handed on
    bucket: BucketOption = None,  # noqa: ARG001 - handed on
    tracking_uri: TrackingOption = None,  # noqa: ARG001 - handed on
    said: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="VERB.OPTION=VALUE",
            help="An option of one of the verbs, for example sample.max-hours=8.",
        ),
    ] = None,
) -> None:
    """Bring a pack to a release: sample, check, train, score, verify and promote, in order.

    Each is the verb of that name. What has ended is not done again unless something that it reads
    or is asked for has changed, so after anything the same command goes on. A file of options has
    sections named after the verbs.

    Example: aivj loop --pack mine --gpu software --allow-cpu

    Of a file: aivj loop --config ray_jobs/configs/coupling_loop.yaml --set sample.max-hours=8
    """
    from aivj.coupling.served_files import CHECKPOINT_NAME
    from aivj.pipeline.loop import EndedStages, LoopFiles

    settings: Settings = context.obj
    files = LoopFiles(request.out_dir, _kept(settings, settings.packs_root), request.pack)
    last_net = _kept(settings, settings.coupling_dir / "models" / CHECKPOINT_NAME)
    stages = [
        stage
        for stage in stages_of(request, files, str(settings.packs_root), last_net)
        if request.has(stage.name)
    ]
    typed = _typed(said or (), stages)
    # Every option of every verb is looked at before the first one runs.
    lines = [_Line.of(context, stage, typed[stage.section]) for stage in stages]
    context.meta[IN_LOOP] = True
    ended = EndedStages(request.out_dir)
    for number, line in enumerate(lines, start=1):
        stage = line.stage
        err.print(f"[bold]{number}/{len(lines)}[/] {' '.join(stage.verb)}", highlight=False)
        asked = line.digest() if stage.left else ""
        if stage.left and ended.has_ended(stage.name, asked, stage.left):
            err.print(f"  done before: {stage.left[-1]}", markup=False)
            continue
        line.run()
        if stage.left:
            ended.mark(stage.name, asked, stage.left)
    context.meta[IN_LOOP] = False
    say_next(context, "releases", "--pack", request.pack)


@dataclass(frozen=True)
class _Line:
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
    def of(cls, above: typer.Context, stage: Stage, typed: Mapping[str, object]) -> "_Line":
        """Puts a verb's line together.

        What was typed wins; then what the environment says; then the verb's section of the file;
        then what the file says to all.

        Raises:
            InputError: An option is none of the verb's, or is the loop's own to say.
        """
        verb = _verb(above, stage)
        section = sections_of(above).get(stage.section, {})
        asked = defaults_of(verb, section, f"the section {stage.section}")
        line = defaults_of(verb, typed, f"--set {stage.section}")
        _refuse_own(stage, verb, {**asked, **line})
        added = [words for name in _ADDED_TO for words in _words(verb, name, asked.pop(name, []))]
        defaults = _handed_on(above, stage, verb, {"DEFAULT_MAP"}) | asked
        line = _handed_on(above, stage, verb, {"COMMANDLINE", "ENVIRONMENT"}) | line
        words = [word for name, value in line.items() for word in _words(verb, name, value)]
        context = verb.make_context(
            stage.verb[-1], [*stage.words, *added, *words], parent=above, default_map=defaults
        )
        return cls(stage, verb, context)

    def digest(self) -> str:
        """Returns a digest of all that decides what comes of it."""
        from aivj.pipeline.loop import digest_of

        own = {parameter.name for parameter in _said_by_loop(self.stage, self.verb)}
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


def _verb(above: typer.Context, stage: Stage) -> Any:
    command: Any = above.find_root().command
    for word in stage.verb:
        command = command.commands[word]
    return command


def _typed(said: Sequence[str], stages: Sequence[Stage]) -> dict[str, dict[str, object]]:
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
                "VERB.OPTION=VALUE with a verb of this loop",
                f"--set {text[:60]!r}",
                f"begin with one of {', '.join(typed)}",
            )
        before = typed[section].get(key)
        typed[section][key] = value if before is None else [*_listed(before), value]
    return {section: dict(values) for section, values in typed.items()}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _said_by_loop(stage: Stage, verb: Any) -> list[Any]:
    """Returns the parameters of a verb that the loop gives it."""
    return [each for each in verb.params if set(each.opts) & set(stage.words)]


def _refuse_own(stage: Stage, verb: Any, given: Mapping[str, object]) -> None:
    for parameter in _said_by_loop(stage, verb):
        if parameter.name in given and parameter.name not in _ADDED_TO:
            raise InputError(
                f"options of {stage.section} that a loop does not say itself",
                parameter.opts[0],
                "leave it out; --pack and --out-dir of the loop decide it",
            )


def _handed_on(
    above: typer.Context, stage: Stage, verb: Any, sources: Collection[str]
) -> dict[str, object]:
    """Returns what the loop was given, in one of these ways, and the verb has an option for."""
    names = {parameter.name for parameter in verb.params}
    found: dict[str, object] = {}
    for own in _HANDED_ON:
        source = above.get_parameter_source(own)
        name = _ALSO_CALLED.get(own, own)
        is_its = name in names and (name != "workers" or stage.section in _BROWSERS)
        if is_its and source is not None and source.name in sources:
            found[name] = above.params[own]
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


def _kept(settings: "Settings", path: Path) -> str:
    """Returns where what lies at a path of the home is kept: the path, or its address."""
    if settings.home_uri is None:
        return str(path)
    return f"{settings.home_uri}/{path.relative_to(settings.home).as_posix()}"
