"""`aivj submit`: work on a Ray cluster, from a machine that need not be part of it."""

import itertools
import os
import re
import shlex
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.config_file import NAME as CONFIG
from aivj.cli.console import err, out, say
from aivj.cli.jobs import AddressOption, TokenOption, end_as, open_server, words_for
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.fleet.jobs import DriverPlace

JOBS_FOLDER = "ray_jobs"
RUNTIME_ENV_NAME = "runtime_env.yaml"

_CHECKOUT = Path(__file__).parents[2]
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@takes(place=From("aivj.fleet.jobs:DriverPlace"))
def submit(
    context: typer.Context,
    place: "DriverPlace",
    job: Annotated[
        str, typer.Argument(metavar="JOB", help="A file of ray_jobs/, for example sample_pairs.")
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- OPTIONS]", help="What the job is given."),
    ] = None,
    address: AddressOption = None,
    token_env: TokenOption = None,
    env: Annotated[
        list[str] | None,
        typer.Option(
            "--env",
            metavar="NAME[=VALUE]",
            help="A variable of the job and its actors; without a value, as it is here.",
        ),
    ] = None,
    working_dir: Annotated[
        Path | None,
        typer.Option(
            "--working-dir", help="Checkout that is taken along, built. Default: this command's."
        ),
    ] = None,
    code_at: Annotated[
        str | None,
        typer.Option(
            "--code-at", help="Instead: where the nodes have it, as in an image; takes none along."
        ),
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Print the job's id, and do not follow it.")
    ] = False,
) -> None:
    """Run a job of ray_jobs/ on a cluster, show what it says, and end as it ends.

    Submitted again, a job goes on where it was. Its exit code is that of the verb it runs; 143 if
    it was stopped, 9 if it never began or its node went away. Ctrl-C leaves it running.

    Example: aivj submit sample_pairs --env AIVJ_HOME=/shared/aivj -- --pack mine --workers 32

    Of a file: aivj submit coupling_loop --no-wait -- --config ray_jobs/configs/coupling_loop.yaml
    """
    say("submit: looking at what is taken along")
    from aivj.fleet.jobs import JobOrder

    name, checkout = job.removesuffix(".py"), working_dir or _CHECKOUT
    if code_at is None:
        _require_job(checkout, name)
        _require_config(checkout, arguments or ())
    words = ["python", f"{JOBS_FOLDER}/{name}.py", *(arguments or [])]
    prefix = "" if code_at is None else f"cd {shlex.quote(code_at)} && "
    order = JobOrder(
        command=f"{prefix}{shlex.join(words)}",
        code=checkout if code_at is None else None,
        excludes=_excludes(checkout) if code_at is None else (),
        env=_variables(env or ()),
        place=place,
    )
    server = open_server(address, token_env)
    job_id = server.submit(order)
    if no_wait:
        out.print(job_id, markup=False)
        say_next(context, *words_for("logs", job_id, server.address))
        return
    err.print(f"job {job_id} on Ray {server.ray_version} at {server.address}", markup=False)
    end_as(context, server, job_id)


def _variables(given: Sequence[str]) -> dict[str, str]:
    """Returns the variables of a job.

    Raises:
        InputError: A name is none, or one without a value is not set here.
    """
    variables = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not _VARIABLE.fullmatch(name):
            raise InputError(
                "NAME=VALUE, or NAME alone", f"--env {text[:60]!r}", "begin with a variable's name"
            )
        if not separator and name not in os.environ:
            raise InputError(f"a value for {name}", "none here", f"set it, or say --env {name}=...")
        variables[name] = value if separator else os.environ[name]
    return variables


def _require_job(folder: Path, name: str) -> None:
    """Refuses a name that is no job's, and a checkout that is none or not built.

    Raises:
        InputError: It is so.
    """
    names = sorted(path.stem for path in (folder / JOBS_FOLDER).glob("*.py"))
    if not names:
        raise InputError(
            f"a checkout of aivj, with {JOBS_FOLDER}/",
            f"none in {folder}",
            "name it with --working-dir, or say with --code-at where the nodes have one",
        )
    if name not in names:
        meant = get_close_matches(name, names, n=1)
        hint = f"did you mean {meant[0]}?" if meant else f"choose one of {', '.join(names)}"
        raise InputError(f"a job of {folder / JOBS_FOLDER}", repr(name[:60]), hint)
    from aivj.stage.assets import DIST

    built = folder / DIST.relative_to(_CHECKOUT)
    if not built.is_dir():
        raise InputError(f"the built stage in {built}", "nothing", "run `make setup` there")


def _require_config(folder: Path, arguments: Sequence[str]) -> None:
    """Refuses a file of options that the job would look for in the checkout in vain.

    Raises:
        InputError: It is not there.
    """
    for word, following in itertools.pairwise([*arguments, ""]):
        name, equals, value = word.partition("=")
        path = Path(value if equals else following)
        if name != CONFIG or path.is_absolute():
            continue
        there = (folder / path).resolve()
        if not (there.is_file() and there.is_relative_to(folder.resolve())):
            raise InputError(
                f"a file of options that is taken along, below {folder}",
                str(path),
                "put it there, or name one on storage that the cluster reaches by its whole path",
            )


def _excludes(folder: Path) -> tuple[str, ...]:
    """Returns what stays here of a checkout.

    Raises:
        InputError: Its list cannot be read.
    """
    import yaml

    path = folder / JOBS_FOLDER / RUNTIME_ENV_NAME
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return tuple(str(pattern) for pattern in document["excludes"])
    except (OSError, ValueError, yaml.YAMLError, LookupError, TypeError) as error:
        raise InputError(
            f"a list called `excludes` in {path}",
            str(error).partition("\n")[0],
            "take the one of the repository",
        ) from error
