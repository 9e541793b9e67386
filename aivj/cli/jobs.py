"""`aivj jobs`: what a cluster was asked to do, what it says of it, and how it ends."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import err, out, say
from aivj.cli.next_steps import command
from aivj.cli.results import JsonOption, plain_table, print_json
from aivj.cli.stopping import TerminatedError
from aivj.cli.verb import Verb, Verbs
from aivj.errors import InputError, RunError

if TYPE_CHECKING:
    from aivj.fleet.jobs import ClusterJob, JobServer

_ADDRESS = "RAY_API_SERVER_ADDRESS"
_TOKEN = "RAY_AUTH_TOKEN"  # noqa: S105 - the name of a variable
_TOKEN_PATH = "RAY_AUTH_TOKEN_PATH"  # noqa: S105 - the same
_STYLES = {"succeeded": "green", "running": "cyan", "failed": "bold red"}

AddressOption = Annotated[
    str | None,
    typer.Option("--address", envvar=_ADDRESS, help="The cluster's job server, http://HEAD:8265."),
]
TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token-env",
        help="Variable that holds the cluster's token. Default: RAY_AUTH_TOKEN, then the file of "
        "RAY_AUTH_TOKEN_PATH, then ~/.ray/auth_token.",
    ),
]
JobArgument = Annotated[str, typer.Argument(metavar="ID", help="What `aivj submit` called it.")]

app = typer.Typer(
    name="jobs",
    cls=Verbs,
    help="The jobs of a cluster: list them, see what they say, stop one.",
    epilog="Exit codes: 0 done, 3 no such job, or a wrong token, 9 the cluster does not answer; "
    "`logs` ends as the job does. Example: aivj jobs list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list", cls=Verb)
def list_jobs(
    address: AddressOption = None, token_env: TokenOption = None, as_json: JsonOption = False
) -> None:
    """List the jobs that were submitted to a cluster, the latest first.

    Example: aivj jobs list --address http://head:8265

    For programs: aivj jobs list --json
    """
    server = open_server(address, token_env)
    found = server.jobs()
    if as_json:
        print_json([job.model_dump(mode="json") for job in found])
    elif found:
        _print_jobs(found)
    else:
        out.print(f"no job was submitted to {server.address}", markup=False)


@app.command(cls=Verb)
def status(
    job_id: JobArgument,
    address: AddressOption = None,
    token_env: TokenOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how a job stands.

    Example: aivj jobs status raysubmit_4LamXRuQpYdSMg7J
    """
    job = open_server(address, token_env).job(job_id)
    if as_json:
        print_json(job)
    else:
        _print_jobs([job])
        if job.message:
            err.print(job.message.strip().splitlines()[0], markup=False)


@app.command(cls=Verb)
def logs(
    context: typer.Context,
    job_id: JobArgument,
    address: AddressOption = None,
    token_env: TokenOption = None,
) -> None:
    """Show what a job says, from its beginning, until it ends; then end as it did.

    Example: aivj jobs logs raysubmit_4LamXRuQpYdSMg7J
    """
    end_as(context, open_server(address, token_env), job_id)


@app.command(cls=Verb)
def stop(job_id: JobArgument, address: AddressOption = None, token_env: TokenOption = None) -> None:
    """End a job: it closes its browsers and keeps what it measured; submitted again, it goes on.

    Example: aivj jobs stop raysubmit_4LamXRuQpYdSMg7J
    """
    say(f"asking {job_id} to end")
    job = open_server(address, token_env).stop(job_id)
    out.print(f"{job.id} {job.state}", markup=False)


def end_as(context: typer.Context, server: "JobServer", job_id: str) -> None:
    """Shows what a job says, and ends this process as the job ended.

    Raises:
        RunError: It never began, or its node went away.
    """
    try:
        job = server.follow(job_id, _write)
    except KeyboardInterrupt as interruption:
        err.print(f"\njob {job_id} goes on; watch it, or stop it, with", markup=False)
        for verb in ("logs", "stop"):
            err.print(
                f"  {command(context, *words_for(verb, job_id, server.address))}", markup=False
            )
        is_sigterm = isinstance(interruption, TerminatedError)
        raise typer.Exit(143 if is_sigterm else 130) from interruption
    if job.exit_code is None:
        raise RunError(
            f"job {job_id} to run to its end",
            (job.message or "no reason").strip().splitlines()[-1],
            "see that its node is there and has what the job needs; then submit it again: it goes "
            "on where it was",
        )
    err.print(f"job {job_id} {job.state}, exit code {job.exit_code}", markup=False)
    if job.exit_code:
        raise typer.Exit(job.exit_code)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def words_for(verb: str, job_id: str, address: str) -> tuple[str, ...]:
    """Returns the words of `aivj jobs VERB` for a job, with the address if the line must say it."""
    is_known = os.environ.get(_ADDRESS) is not None
    return ("jobs", verb, job_id, *(() if is_known else ("--address", address)))


def _print_jobs(found: "Sequence[ClusterJob]") -> None:
    table = plain_table()
    table.add_column("job", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("code", justify="right")
    table.add_column("started", no_wrap=True)
    table.add_column("command", overflow="fold")
    for job in found:
        table.add_row(
            job.id,
            Text(job.state, _STYLES.get(job.state, "yellow")),
            "-" if job.exit_code is None else str(job.exit_code),
            (job.started_at or "-")[:16],
            Text(job.command),
        )
    out.print(table, soft_wrap=False)


def open_server(address: str | None, token_env: str | None) -> "JobServer":
    """Connects to a cluster's job server, with its token.

    Raises:
        InputError: No address was given; or as `JobServer`.
        RunError: As `JobServer`.
    """
    from aivj.fleet.jobs import JobServer

    if address is None:
        raise InputError(
            "the address of a cluster", f"neither --address nor {_ADDRESS}", "say http://HEAD:8265"
        )

    return JobServer(address, _token(token_env))


def _token(variable: str | None) -> str | None:
    """Returns the cluster's token: where it was said to be, else where Ray looks for it.

    Raises:
        InputError: It is not where it was said to be.
    """
    if variable is not None:
        if not os.environ.get(variable):
            raise InputError(
                "a token in the variable of --token-env", f"no {variable[:60]!r}", "set it"
            )
        return os.environ[variable].strip()
    if token := os.environ.get(_TOKEN):
        return token.strip()
    named = os.environ.get(_TOKEN_PATH)
    path = Path(named) if named else Path.home() / ".ray" / "auth_token"
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        if named is None:
            return None
        raise InputError(f"a token in the file of {_TOKEN_PATH}", str(error), "write it") from error
