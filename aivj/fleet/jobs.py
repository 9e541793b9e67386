"""The job server of a Ray cluster: takes jobs, tells what they say, and knows how they end.

Knows how to submit a command, and nothing of what it does.
"""

import asyncio
import contextlib
import http.client
import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from aivj.contracts.json_text import ContractModel
from aivj.errors import RunError
from aivj.fleet.job_server_errors import Complaints, http_address

if TYPE_CHECKING:
    from ray.job_submission import JobDetails, JobSubmissionClient

JobState = Literal["pending", "running", "succeeded", "failed", "stopped"]

STOPPED_CODE = 143
"""Exit code of a job that was stopped: Ray ends it by SIGTERM."""

_STATES: Mapping[str, JobState] = {
    "PENDING": "pending",
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "STOPPED": "stopped",
}
_ADDRESS = "RAY_API_SERVER_ADDRESS"
_IGNORE_GITIGNORE = "RAY_RUNTIME_ENV_IGNORE_GITIGNORE"
# Ray would leave a job that is stopped three seconds to close its browsers and write its rows.
_STOP_ENVIRONMENT = {"RAY_JOB_STOP_WAIT_TIME_S": "30"}
_STOP_TIMEOUT_S = 60.0
_ANSWER_TIMEOUT_S = 15.0
_AWAY_TIMEOUT_S = 120.0
_AGAIN_S = 1.0
_NUM_LAST_TRIES = 3


class ClusterJob(ContractModel):
    """A job, as its cluster knows it."""

    id: str = Field(description="What Ray calls it")
    state: JobState
    exit_code: int | None = Field(
        description="Of its command, 143 if it was stopped; null before the end, or if none ran"
    )
    command: str
    started_at: str | None
    ended_at: str | None
    message: str | None = Field(description="What Ray says of its state")

    @property
    def has_ended(self) -> bool:
        """Whether it does no more, however it ended."""
        return self.state not in {"pending", "running"}


@dataclass(frozen=True)
class DriverPlace:
    """What the process that leads a job asks of a node; with nothing asked it runs on the head."""

    driver_cpus: Annotated[
        float, Field(ge=0, description="CPUs of the process that leads the job. 0: on the head.")
    ] = 0
    driver_gpus: Annotated[
        float, Field(ge=0, description="GPUs of that process: it proves the renderer and fits.")
    ] = 0
    driver_slots: Annotated[
        float, Field(ge=0, description="Of the custom resource browser_slot for that process.")
    ] = 0


@dataclass(frozen=True)
class JobOrder:
    """What is submitted.

    Attributes:
        command: A shell's command line, run in `code`.
        code: Folder that is taken along; None if the nodes have it.
        excludes: What of it is left here, as patterns of a `.gitignore`.
        env: Variables of the job and of all its actors.
        place: Where its driver runs.
    """

    command: str
    code: Path | None
    excludes: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    place: DriverPlace = DriverPlace()


class JobServer:
    """A connection to the job server of a cluster.

    Args:
        address: Of the cluster's dashboard, `http://HOST:8265`.
        token: What a cluster with token authentication asks for.

    Raises:
        InputError: The address is none, the token is missing or wrong, or the cluster has an older
            Ray than this one.
        RunError: Nobody answers there, or not as a job server does.
    """

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = http_address(address)
        self._complaints = Complaints(self.address)
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.ray_version = self._ask_version()
        self._client = self._connect()

    def submit(self, order: JobOrder) -> str:
        """Submits a job and returns its id.

        Raises:
            InputError: What is to be taken along is too large, or no folder.
            RunError: The server does not take it.
        """
        env = {**_STOP_ENVIRONMENT, **order.env}
        runtime_env: dict[str, Any] = {"env_vars": env}
        if order.code is not None:
            runtime_env |= {"working_dir": str(order.code), "excludes": list(order.excludes)}
        place = order.place
        with self._complaints.told(), _variable(_IGNORE_GITIGNORE, "1"):
            return str(
                self._client.submit_job(
                    entrypoint=order.command,
                    runtime_env=runtime_env,
                    entrypoint_num_cpus=place.driver_cpus or None,
                    entrypoint_num_gpus=place.driver_gpus or None,
                    entrypoint_resources=(
                        {"browser_slot": place.driver_slots} if place.driver_slots else None
                    ),
                )
            )

    def job(self, job_id: str) -> ClusterJob:
        """Returns how a job stands.

        Raises:
            InputError: There is none of that id.
            RunError: The server does not answer.
        """
        with self._complaints.told(job_id):
            return _told(self._client.get_job_info(job_id))

    def jobs(self) -> list[ClusterJob]:
        """Returns all jobs that were submitted, the latest first. Raises as `job`."""
        with self._complaints.told():
            found = self._client.list_jobs()
        submitted = [_told(details) for details in found if details.submission_id is not None]
        return sorted(submitted, key=lambda job: job.started_at or "", reverse=True)

    def stop(self, job_id: str) -> ClusterJob:
        """Asks a job to end, and waits until it has. One that has ended stays as it is.

        Raises:
            InputError: There is none of that id.
            RunError: The server does not answer, or the job does not end.
        """
        if self.job(job_id).has_ended:
            return self.job(job_id)
        with self._complaints.told(job_id):
            self._client.stop_job(job_id)
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        while not (job := self.job(job_id)).has_ended:
            if time.monotonic() > deadline:
                raise RunError(
                    f"job {job_id} to end within {_STOP_TIMEOUT_S:.0f} s",
                    f"it is {job.state}",
                    "look at it in the cluster's dashboard, and ask again",
                )
            time.sleep(_AGAIN_S)
        return job

    def follow(self, job_id: str, write: Callable[[str], None]) -> ClusterJob:
        """Writes what a job says, from its beginning, and returns how it ended.

        A connection that breaks is made anew, and nothing is written twice.

        Raises:
            InputError: There is none of that id.
            RunError: The server has not answered for two minutes.
        """
        num_written, num_last_tries, away_since = 0, 0, None
        while True:
            tail = _Tail(num_written, write)
            try:
                is_whole = asyncio.run(tail.run(self._client, job_id))
                job, away_since = self.job(job_id), None
            except RunError:
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > _AWAY_TIMEOUT_S:
                    raise
            else:
                num_last_tries += job.has_ended
                if job.has_ended and (is_whole or num_last_tries == _NUM_LAST_TRIES):
                    return job
            num_written = max(num_written, tail.num_received)
            time.sleep(_AGAIN_S)

    def _ask_version(self) -> str:
        """Returns the cluster's version of Ray. Ray's own client would wait without end."""
        request = urllib.request.Request(  # noqa: S310 - http or https
            f"{self.address}/api/version", headers=self._headers
        )
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_TIMEOUT_S) as reply:  # noqa: S310
                version = str(json.loads(reply.read())["ray_version"])
        except urllib.error.HTTPError as error:
            error.close()
            raise self._complaints.refusal(error.code) from error
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
            raise self._complaints.away(error) from error
        import ray

        self._complaints.refuse_older(version, ray.__version__)
        return version

    def _connect(self) -> "JobSubmissionClient":
        from ray.job_submission import JobSubmissionClient

        # They tell of each file that stays here, and of each upload.
        for name in ("ray", "ray.dashboard.modules.dashboard_sdk", "ray.dashboard.modules.job.sdk"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # Ray would rather go where the variable points to.
        with self._complaints.told(), _variable(_ADDRESS, self.address):
            return JobSubmissionClient(self.address, headers=dict(self._headers))


@dataclass
class _Tail:
    """What a job says, from what was written of it already.

    Attributes:
        num_written: Characters that are not written again.
        write: Writes the others.
        num_received: Characters that came over this connection.
    """

    num_written: int
    write: Callable[[str], None]
    num_received: int = 0

    async def run(self, client: "JobSubmissionClient", job_id: str) -> bool:
        """Writes until the server ends it; returns whether it did, or the connection broke."""
        import aiohttp

        try:
            async for text in client.tail_job_logs(job_id):
                new = text[max(0, self.num_written - self.num_received) :]
                self.num_received += len(text)
                if new:
                    self.write(new)
        except (aiohttp.ClientError, OSError, RuntimeError):
            return False
        return True


def _told(details: "JobDetails") -> ClusterJob:
    state = _STATES[details.status.value]
    return ClusterJob(
        id=details.submission_id or details.job_id or "",
        state=state,
        exit_code=_exit_code(state, details.driver_exit_code),
        command=details.entrypoint,
        started_at=_moment(details.start_time),
        ended_at=_moment(details.end_time),
        message=details.message,
    )


def _exit_code(state: JobState, driver_code: int | None) -> int | None:
    """Returns what to end with for a job; None where it has not ended, or its node went away."""
    if state == "succeeded":
        return 0
    if state == "stopped":
        return STOPPED_CODE
    if state != "failed" or driver_code is None:
        return None
    # A signal is a negative number here, and 128 more than its number in a shell.
    return driver_code if driver_code >= 0 else 128 - driver_code


def _moment(milliseconds: int | None) -> str | None:
    if not milliseconds:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    """Sets a variable that Ray reads for the block."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
