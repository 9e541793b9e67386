"""What happens in `benchmarks.cluster_test`, in its order, and what must be true after it."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aivj.contracts.heartbeat import HEARTBEAT_NAME, Heartbeat
from aivj.runs.directory import RunDirectory
from aivj.storage import open_bucket
from benchmarks.cluster_checks import not_once, not_recorded, not_served
from benchmarks.cluster_jobs import Job, JobError
from benchmarks.cluster_nodes import (
    GATEWAY,
    HEAD,
    MLFLOW,
    SLOTS,
    Cluster,
    Node,
    Place,
    make_network,
    node_environment,
)
from benchmarks.services.nginx import nginx
from benchmarks.services.objects import let_everybody_read, make_bucket, moto_store, reach
from benchmarks.services.postgres import postgres
from benchmarks.services.tracking import database_uri, migrate, mlflow_server

PACK = "real"
_BUCKET = "aivj"
_HOME = f"s3://{_BUCKET}/home"
_RUN = f"{_HOME}/runs/{PACK}"
_RELEASES = f"s3://{_BUCKET}/public"
_ARTIFACTS = f"s3://{_BUCKET}/mlflow"
_SAMPLING = "sample_pairs"
# As large as it has to be for pairs to be left until the last thing has happened.
_SIZE = ("--width", "320", "--height", "180")
_JOB_TIMEOUT_S = 900
_GONE_TIMEOUT_S = 120
_TICK_S = 0.5
_LOOK_S = 10.0
# The driver that comes next waits so long for a sign of the one before.
_SILENCE_S = 5
# When something happens, in shares of the pairs that are done.
_KILLED, _DRAINED, _DRIVERLESS, _UNPLUGGED = 0.08, 0.2, 0.35, 0.5


@dataclass
class Told:
    """What was seen.

    Attributes:
        out: Takes each line.
        problems: What should not have been.
        peak_bytes: Most memory of all nodes at one moment.
    """

    out: Callable[[str], None]
    problems: list[str] = field(default_factory=list)
    peak_bytes: int = 0


def tell(folder: Path, *, presets: Path, num_pairs: int, told: Told) -> None:
    """Runs the whole story in a sandbox's folder; what was wrong stands in `told`."""
    try:
        with _stage(folder, told) as pool:
            run = _Sampling(pool, presets, num_pairs)
            _sample_under_fire(run)
            told.problems += not_once(run.fetched(), num_pairs)
            _learn_and_promote(run)
    except (JobError, TimeoutError, subprocess.SubprocessError) as error:
        told.problems.append(str(error))


@dataclass
class _Pool:
    """A cluster and the services around it.

    Attributes:
        folder: The sandbox's.
        place: What its nodes share.
        head: The head.
        workers: Every worker so far.
        cluster: What Ray says.
        token: The cluster's.
        tracking: MLflow's address.
        store: The store's address.
        told: Takes what is seen.
    """

    folder: Path
    place: Place
    head: Node
    cluster: Cluster
    token: str
    tracking: str
    store: str
    told: Told
    workers: list[Node] = field(default_factory=list)
    _next_look: float = 0

    def add_worker(self) -> Node:
        """Starts another worker."""
        number = len(self.workers) + 1
        prefix, _, last = HEAD.rpartition(".")
        node = Node(self.place, f"worker{number}", f"{prefix}.{int(last) + number}")
        self.workers.append(node)
        return node

    def submit(self, job: str, *arguments: str, name: str | None = None) -> Job:
        """Submits a job whose files lie where those of all nodes do."""
        return Job(
            job,
            arguments,
            env={"AIVJ_HOME": _HOME, "AIVJ_DRIVER_SILENCE_S": str(_SILENCE_S)},
            name=name or job,
            token=self.token,
            folder=self.folder,
        )

    def see_memory(self) -> None:
        """Looks how much the nodes hold, now and then: that costs the kernel some work."""
        if time.monotonic() > self._next_look:
            held = sum(node.memory_bytes() for node in (self.head, *self.workers))
            self.told.peak_bytes = max(self.told.peak_bytes, held)
            self._next_look = time.monotonic() + _LOOK_S

    def aivj(self, *arguments: str) -> str:
        """Runs a verb beside the cluster, as on a laptop; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "aivj.cli", "--home", _HOME, *arguments],
            env={**self.place.env, "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_JOB_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            verb, said = " ".join(arguments), done.stdout + done.stderr
            raise JobError(f"aivj {verb} ended with {done.returncode}:\n{said}")
        return done.stdout


@contextlib.contextmanager
def _stage(folder: Path, told: Told) -> Iterator[_Pool]:
    """Starts everything, what takes long beside each other."""
    make_network(folder)
    token = secrets.token_hex(32)
    with contextlib.ExitStack() as services:
        store = services.enter_context(moto_store(GATEWAY))
        make_bucket(store, _BUCKET)
        os.environ.update(reach(store))
        let_everybody_read(store, _RELEASES)
        place = Place(folder, node_environment(token, reach(store)))
        head = Node(place, "head", HEAD)
        database = database_uri(server := services.enter_context(postgres()))
        told.out(f"Postgres in {server.folder}")
        migrate(database)
        tracking = services.enter_context(
            mlflow_server(
                database,
                artifacts=_ARTIFACTS,
                env={**reach(store), "MLFLOW_S3_ENDPOINT_URL": store},
                folder=folder,
                host=GATEWAY,
                name=MLFLOW,
            )
        )
        told.out(f"MLflow at {tracking}")
        cluster = Cluster(token, head)
        told.out(f"head there after {cluster.wait_for(head):.0f} s more")
        pool = _Pool(folder, place, head, cluster, token, tracking, store, told)
        for node in (pool.add_worker(), pool.add_worker()):
            told.out(f"{node.name} there after {cluster.wait_for(node):.0f} s")
        yield pool
        for node in (head, *pool.workers):
            node.kill()


class _Sampling:
    """The run that everything happens to."""

    def __init__(self, pool: _Pool, presets: Path, num_pairs: int) -> None:
        self.pool = pool
        self.num_pairs = num_pairs
        self._bucket = open_bucket(_RUN)
        pool.aivj("pack", "--pack", PACK, "--presets", str(presets), "--pairs", str(num_pairs))
        self._num_jobs = 0
        self.job = self.submit()

    def submit(self) -> Job:
        """Submits the job that samples the pack; always the same one."""
        self._num_jobs += 1
        self.job = self.pool.submit(
            _SAMPLING,
            *("--pack", PACK, "--gpu", "software", *_SIZE),
            *("--target-coverage", "1", "--workers", str(2 * SLOTS), "--browser-slots", "1"),
            *("--out-dir", _RUN),
            name=f"{_SAMPLING}{self._num_jobs}",
        )
        return self.job

    def num_done(self) -> int:
        """Counts the pairs that have ended, as far as the bucket knows."""
        found = self._bucket.get(HEARTBEAT_NAME)
        if found is None:
            return 0
        beat = Heartbeat.model_validate_json(found[0])
        return beat.num_rows + beat.num_failures

    def fetched(self) -> RunDirectory:
        """Returns what the bucket has of the run in the end."""
        folder = self.pool.folder / "fetched"
        folder.mkdir(exist_ok=True)
        directory = RunDirectory(folder)
        for path in (directory.eval_path, directory.failures_path):
            found = self._bucket.get(path.name)
            if found is not None:
                path.write_bytes(found[0])
        return directory

    def until(self, share: float, what: str) -> None:
        """Waits until that share of the pairs has ended.

        Raises:
            JobError: The job ends before, or it takes too long: then `what` could not happen.
        """
        deadline = time.monotonic() + _JOB_TIMEOUT_S
        while self.num_done() < share * self.num_pairs:
            if self.job.has_ended or time.monotonic() > deadline:
                raise JobError(f"{what}: {self.num_done()} pairs done, then:\n{self.job.told()}")
            self.pool.see_memory()
            time.sleep(_TICK_S)
        self.pool.told.out(f"{self.num_done()} pairs done: {what}")


def _sample_under_fire(run: _Sampling) -> None:
    pool, say = run.pool, run.pool.told.out
    first, second = pool.workers

    run.until(_KILLED, "a worker is killed, another one comes")
    first.kill()
    third = pool.add_worker()
    say(f"{third.name} there after {pool.cluster.wait_for(third):.0f} s")

    run.until(_DRAINED, "a worker is drained, another one comes")
    second.drain()
    fourth = pool.add_worker()
    say(f"{second.name} left after {second.wait(_GONE_TIMEOUT_S):.1f} s")
    say(f"{fourth.name} there after {pool.cluster.wait_for(fourth):.0f} s")

    run.until(_DRIVERLESS, "the driver is killed, its disk lost, the job submitted again")
    run.job.kill_driver(pool.head)
    code = run.job.wait(_GONE_TIMEOUT_S)
    say(f"the first job ended with {code}")
    if code == 0:
        pool.told.problems.append("a job whose driver was killed ended with 0")
    pool.head.lose_disk()
    run.submit()

    run.until(_UNPLUGGED, "a link goes down")
    third.unplug()
    say(f"{third.name} gone after {pool.cluster.wait_for(third, is_there=False):.0f} s")
    third.plug()
    say(f"{third.name} ended by itself {third.wait(_GONE_TIMEOUT_S):.0f} s after the link was up")

    run.job.done(_JOB_TIMEOUT_S)
    say(f"{run.num_done()} pairs done: sampled")


def _learn_and_promote(run: _Sampling) -> None:
    pool, say = run.pool, run.pool.told.out
    pool.aivj("check-run", _RUN)
    say("aivj check-run passes")
    tracking = ("--tracking-uri", pool.tracking)
    pool.submit(
        "train_coupling",
        *("--pack", PACK, "--allow-cpu", "--epochs", "3"),
        *("--extra-eval-jsonl", f"{_RUN}/eval.jsonl", *tracking),
    ).done(_JOB_TIMEOUT_S)
    say("trained")
    runtime = pool.folder / "runtime"
    runtime.mkdir()
    (runtime / "index.html").write_text("<!doctype html><title>runtime</title>\n")
    (pool.folder / "nginx").mkdir()
    values = {
        "AIVJ_RUNTIME_DIR": str(runtime),
        "AIVJ_BUCKET_ORIGIN": pool.store,
        "AIVJ_BUCKET_PATH": _RELEASES.removeprefix("s3:/"),
        "AIVJ_OTHER_ORIGINS": "",
    }
    with nginx("s3", values, folder=pool.folder / "nginx", host=GATEWAY) as origin:
        to = ("--pack", PACK, "--bucket", _RELEASES, *tracking)
        pool.submit(
            "score_promote",
            *(*to, "--gpu", "software", "--set", "score.score-calibrate-std=0.15"),
        ).done(_JOB_TIMEOUT_S)
        say("scored, verified in a browser, promoted")
        _require_served(pool, origin, 1)
        pool.aivj("score", "--pack", PACK, "--score-calibrate-std", "0.25")
        pool.aivj("promote", *to, "--force", "--reason", "a test", "--by", "cluster-test")
        say("other scores promoted")
        _require_served(pool, origin, 2)
    pool.told.problems += not_recorded(pool.tracking, _ARTIFACTS, _RELEASES, PACK)


def _require_served(pool: _Pool, origin: str, serial: int) -> None:
    problems = not_served(origin, PACK, serial)
    pool.told.out(f"promotion {serial} " + ("is not served" if problems else "is served by nginx"))
    pool.told.problems += problems
