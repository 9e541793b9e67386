"""What the whole suite shares: one proved software renderer, and the real presets."""

import asyncio
import contextlib
import functools
import gc
import os
import random
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import psutil
import pytest
import typer.main
from processes import descendants
from xdist.scheduler import LoadScopeScheduling

from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.cli import main
from aivj.stage.conversion import PresetConverter
from aivj.storage import Bucket, open_bucket

CORPUS = Path("/usr/share/projectM/presets")
TESTS = Path(__file__).parent

# Each runs in one process, and they start in this order, that of the CPU seconds they take
# (docs/log/suite.md): nobody waits at the end for a long one that began last. Modules that are
# named together share what is dear to start.
LONGEST_FIRST = (
    (
        "fleet/test_training.py",
        "fleet/test_lora_training.py",
        "embedding/test_encoders.py",
        "embedding/test_lora.py",
        "pipeline/test_embedding.py",
        "pipeline/test_teaching.py",
        "fleet/test_rendering.py",
        "fleet/test_metered.py",
        "fleet/test_draining.py",
        "fleet/test_sweep.py",
        "takes/test_determinism.py",
        "pipeline/test_learning.py",
        "sampling/test_resume.py",
        "sampling/test_stopping.py",
    ),
    (
        "ray_jobs/test_sample_pairs.py",
        "ray_jobs/test_loop.py",
        "ray_jobs/test_coupling_jobs.py",
        "ray_jobs/test_job_server.py",
    ),
    ("pipeline/test_demo.py",),
    ("cli/test_absurd_values.py",),
    ("takes/test_render.py",),
    ("gate/test_verify_faults.py", "gate/test_verify.py"),
    ("sampling/test_night.py",),
    ("release/test_spool.py", "release/test_tracking.py"),
    ("live/test_faults.py",),
    ("browser/test_session.py",),
    ("live/test_run.py",),
    ("stage/test_player_surface.py",),
    ("browser/test_pinning.py",),
    ("doctor/test_examination.py", "doctor/test_matrix.py"),
    ("cli/test_terminals.py",),
    ("stage/test_player_layout.py",),
    ("stage/test_player_pairs.py",),
    ("stage/test_player_library.py",),
    ("stage/test_player.py",),
    ("stage/test_hostile_presets.py",),
    ("takes/store/test_crashes.py",),
    ("cli/test_bad_input.py",),
)

# Shells start what runs in their background deaf to Ctrl-C, and every process it starts with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before anything imports Ray, torch or MLflow.
os.environ.update(
    {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "HF_HUB_OFFLINE": "1",
    }
)

# How long an example takes is a matter for benchmarks, and of what else the machine does.
hypothesis.settings.register_profile("aivj", deadline=None)
hypothesis.settings.load_profile("aivj")

# Thousands of tests are made and kept, and looked through for rubbish again and again meanwhile: a
# quarter of the time that it takes. `pytest_collection_finish` has them left alone afterwards too.
gc.disable()


def _number(path: Path) -> int:
    """Returns the place of a module's group in the order of starts."""
    name = path.relative_to(TESTS).as_posix()
    numbers = (number for number, names in enumerate(LONGEST_FIRST) if name in names)
    return next(numbers, len(LONGEST_FIRST))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the order by chance."""
    parser.addoption(
        "--random-seed",
        type=int,
        help="shuffle modules, and the tests of each, by this number: no test may need another",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest first, or all in an order by chance, module after module."""
    seed: int | None = config.getoption("--random-seed")
    if seed is None:
        items.sort(key=lambda item: _number(item.path))
        return
    chance = random.Random(seed)
    chance.shuffle(items)
    places: dict[Path, int] = {}
    items.sort(key=lambda item: places.setdefault(item.path, len(places)))


def pytest_collection_finish() -> None:
    """What was collected stays to the end."""
    gc.freeze()
    gc.enable()


class _OneProcessAGroup(LoadScopeScheduling):
    """Gives the tests of a module, or of several named together, to one process."""

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.partition("::")[0]
        number = _number(TESTS.parent / name)
        return name if number == len(LONGEST_FIRST) else LONGEST_FIRST[number][0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Has xdist schedule so; its own groups do not work with this pytest's node ids."""
    return _OneProcessAGroup(config, log)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


# Typer makes the commands of all verbs anew for each call, which takes 60 ms.
command_made_once = functools.cache(typer.main.get_command)


@pytest.fixture
def run_here(monkeypatch, capsys):
    """Runs `aivj` in this process, which has imported most of it by now."""
    monkeypatch.setattr(typer.main, "get_command", command_made_once)

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["aivj", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code or 0, *capsys.readouterr())

    return run


@pytest.fixture
def newcomers() -> Callable[[], list[tuple[psutil.Process, str]]]:
    """Returns the descendants that were not there when the test began, each with its command.

    The others are what tests of this process share, a browser among it.
    """
    before = {process.pid for process, _ in descendants()}

    def living() -> list[tuple[psutil.Process, str]]:
        return [each for each in descendants() if each[0].pid not in before]

    return living


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The presets of Debian's projectm-data."""
    assert CORPUS.is_dir(), "`make setup` installs projectm-data"
    return CORPUS


@pytest.fixture(scope="session")
def converter(tmp_path_factory) -> Iterator[PresetConverter]:
    """One converter for all: it starts Node once, and remembers what it converted."""
    with PresetConverter(tmp_path_factory.mktemp("conversion")) as converter:
        yield converter


@pytest.fixture(scope="session")
def draw_pack(corpus, converter):
    """Draws a pack of real presets that convert into a packs root."""
    from aivj.packs.pairing import draw_coupled_pack
    from aivj.packs.scan import scan_presets

    library = scan_presets(corpus)

    def draw(packs_root, num_pairs, *, pack="real", seed=0):
        return draw_coupled_pack(
            library,
            pack=pack,
            num_pairs=num_pairs,
            seed=seed,
            packs_root=packs_root,
            generated_at=datetime(2026, 1, 1, tzinfo=UTC),
            accept=lambda _, data: not converter.convert(data).degraded,
        )

    return draw


@pytest.fixture(scope="session")
def software_renderer() -> RendererChoice:
    """A launch plan whose software renderer was proved."""
    return asyncio.run(choose_renderer("software"))


@pytest.fixture(scope="session")
def ray_here() -> Iterator[None]:
    """One Ray for all tests of this process that ask for it: a start takes 8 seconds of a core."""
    from aivj.fleet.cluster import cluster

    # Ten seconds otherwise, which tests of what Ray exports would wait for.
    os.environ["RAY_metrics_report_interval_ms"] = "1000"  # noqa: SIM112 - Ray spells it so
    with cluster(num_cpus=4):
        import ray

        ray.get(ray.remote(lambda: None).remote())
        yield


@pytest.fixture(scope="session")
def new_tracking_store(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[Path], str]:
    """Makes stores of MLflow's as copies of one: to make their tables takes MLflow seconds."""
    from aivj.release import Tracker
    from aivj.storage.file_lock import file_lock

    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    template = shared / "tracking-store.db"
    with file_lock(shared / "tracking-store.lock", timeout_s=600):
        if not template.exists():
            made = folder / "first-tracking-store.db"
            Tracker(f"sqlite:///{made}", experiment="template")
            shutil.copy(made, template)

    def new_tracking_store(path: Path) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    return new_tracking_store


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """A server of S3's protocol that heeds conditions on writes."""
    from benchmarks.services.objects import moto_store

    with moto_store() as url:
        yield url


@pytest.fixture
def use_endpoint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Names the S3 endpoint, with its credentials and none of the user's own."""
    from storage.s3_services import s3_variables

    for name, value in s3_variables(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return functools.partial(monkeypatch.setenv, "AWS_ENDPOINT_URL")


@pytest.fixture
def s3_uri(moto_url: str, use_endpoint: Callable[[str], None]) -> str:
    """A prefix in a fresh bucket of that server."""
    from storage.s3_services import fresh_bucket

    from benchmarks.services.objects import plain_client

    use_endpoint(moto_url)
    with contextlib.closing(plain_client(moto_url)) as client:
        return fresh_bucket(client)


@pytest.fixture(scope="session")
def s3_client(moto_url: str) -> Iterator[Any]:
    """boto3's own client of that server, to look behind ours."""
    from benchmarks.services.objects import plain_client

    with contextlib.closing(plain_client(moto_url)) as client:
        yield client


@pytest.fixture(scope="session")
def nanio_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of S3's protocol that ignores conditions on writes."""
    from storage.s3_services import nanio_store

    with nanio_store(tmp_path_factory.mktemp("nanio")) as url:
        yield url


@pytest.fixture(scope="session")
def nanio_client(nanio_url: str) -> Iterator[Any]:
    from benchmarks.services.objects import plain_client

    with contextlib.closing(plain_client(nanio_url)) as client:
        yield client


@pytest.fixture
def nanio_uri(nanio_url: str, nanio_client: Any, use_endpoint: Callable[[str], None]) -> str:
    """A prefix in a fresh bucket of a store without conditional writes."""
    from storage.s3_services import fresh_bucket

    use_endpoint(nanio_url)
    return fresh_bucket(nanio_client)


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def file_bucket(tmp_path: Path) -> Bucket:
    return open_bucket(str(tmp_path / "bucket"))


@pytest.fixture(params=["file", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    """The same tests on a folder and on S3."""
    if request.param == "s3":
        return open_bucket(request.getfixturevalue("s3_uri"))
    folder: Bucket = request.getfixturevalue("file_bucket")
    return folder


@pytest.fixture(params=["disk", "s3"])
def folder_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same tests on a disk and in a bucket."""
    if request.param == "disk":
        return (tmp_path / "a folder").as_uri()
    uri: str = request.getfixturevalue("s3_uri")
    return uri
