"""MLflow's server as `mlflow/` sets it up, on a real Postgres, with artifacts in a bucket."""

import contextlib
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import mlflow
import pytest
import yaml
from processes import descendants
from release.release_fixtures import PACK, write_manifest, write_scores
from storage.s3_services import fresh_bucket

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.pipeline.releasing import publish, roll_back
from aivj.release import CANDIDATE, CHAMPION, PREVIOUS, Force, Tracker, current, model_name
from aivj.storage import open_bucket
from benchmarks.services.objects import moto_store, plain_client, reach
from benchmarks.services.postgres import Postgres, postgres
from benchmarks.services.tracking import (
    DEPLOYMENT,
    database_uri,
    make_database,
    migrate,
    mlflow_server,
    settings,
)

FORCE = Force(reason="a test", by="ada")
INGRESS = settings()["MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"]
HOSTS = settings()["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")
GUEST = "just-looking"
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Stack:
    """A running server, its database and its bucket."""

    url: str
    database: Postgres
    uri: str
    bucket_uri: str
    env: dict[str, str]

    def tables(self) -> str:
        """Returns the version of the tables, and their names and columns."""
        told = self.sql(
            "SELECT version_num FROM alembic_version;",
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2;",
        )
        assert told.count("\n") > 100
        return told

    def sql(self, *statements: str, more: tuple[str, ...] = ()) -> str:
        password = re.search(r"mlflow:([^@]+)@", self.uri)[1]
        told = [word for one in statements for word in ("--command", one)]
        done = self.database.psql(*more, *told, role="mlflow", password=password, database="mlflow")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self, path="/api/2.0/mlflow/experiments/search", *, body=None, **headers) -> int:
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
                return reply.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """The tables are made twice; the database was, too."""
    folder = tmp_path_factory.mktemp("mlflow")
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(moto_store())
        client = stack.enter_context(contextlib.closing(plain_client(store)))
        bucket_uri = fresh_bucket(client)
        env = {**reach(store), "MLFLOW_S3_ENDPOINT_URL": store}
        database = stack.enter_context(postgres())
        uri = database_uri(database)
        migrate(uri)
        url = stack.enter_context(
            mlflow_server(uri, artifacts=f"{bucket_uri}/mlflow", env=env, folder=folder)
        )
        yield Stack(url, database, uri, bucket_uri, env)


@pytest.fixture
def here(stack, monkeypatch):
    """As whoever promotes: knows the bucket, and is patient with a busy machine."""
    for name, value in stack.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    return stack


def test_a_second_migration_changes_nothing(stack):
    before = stack.tables()
    migrate(stack.uri)
    assert stack.tables() == before


def test_a_second_initialisation_sets_the_password_and_nothing_else(stack):
    before = stack.tables()
    password = re.search(r"mlflow:([^@]+)@", stack.uri)[1]
    make_database(stack.database, "another")
    refused = stack.database.psql(
        "--command", "SELECT 1", role="mlflow", password=password, database="mlflow"
    )
    assert "password authentication failed" in refused.stderr
    make_database(stack.database, password)
    assert stack.tables() == before


def test_another_role_does_not_get_in(stack):
    stack.database.psql("--command", f"CREATE ROLE guest LOGIN PASSWORD '{GUEST}'")
    refused = stack.database.psql(
        "--command", "SELECT 1", role="guest", password=GUEST, database="mlflow"
    )
    assert "permission denied for database" in refused.stderr


def test_an_initialisation_without_a_password_stops(stack):
    refused = stack.database.psql("--file", str(DEPLOYMENT / "database.sql"))
    assert refused.returncode != 0


@pytest.mark.parametrize("host", ["mlflow", "mlflow:5000", "mlflow.aivj.svc.cluster.local:5000"])
def test_the_names_that_it_goes_by_are_answered(stack, host):
    assert stack.status(body={"max_results": 1}, Host=host) == 200


@pytest.mark.parametrize("host", ["evil.example", "mlflow.evil.example:5000", "10.1.2.3:5000"])
def test_another_name_is_refused_but_for_the_probe(stack, host):
    assert stack.status(body={"max_results": 1}, Host=host) == 403
    assert stack.status("/health", Host=host) == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (INGRESS, 200),
        ("http://localhost:5000", 200),
        ("https://evil.example", 403),
        (f"{INGRESS}.evil.io", 403),
        (INGRESS.replace("https", "http"), 403),
    ],
)
def test_a_page_elsewhere_writes_only_if_it_is_let_in(stack, origin, status):
    assert stack.status(body={"max_results": 1}, Origin=origin) == status


@pytest.mark.usefixtures("stack")
def test_no_workers_wait_for_jobs():
    started = [command for _, command in descendants()]
    assert any("mlflow.server" in command for command in started)
    assert not [command for command in started if "jobs" in command or "huey" in command]


def promoted(stack, folder, scores):
    quality = write_scores(folder / "presets" / PACK / PAIRS_QUALITY_NAME, scores)
    write_manifest(quality.with_name(PAIRS_MANIFEST_NAME), num_pairs=len(scores))
    return publish(
        pack=PACK,
        bucket=open_bucket(stack.bucket_uri),
        quality_path=quality,
        evidence_dir=None,
        tracker=Tracker(stack.url),
        force=FORCE,
    )


def test_champions_are_promoted_through_it_and_rolled_back(here, tmp_path):
    tracker, name = Tracker(here.url), model_name(PACK)
    first = promoted(here, tmp_path, [0.1, 0.5, 0.9])
    second = promoted(here, tmp_path, [0.9, 0.4, 0.1])
    aliases = {alias: current(tracker, name, alias) for alias in (CHAMPION, PREVIOUS, CANDIDATE)}
    assert aliases == {CHAMPION: 2, PREVIOUS: 1, CANDIDATE: None}
    champion = tracker.client.get_model_version_by_alias(name, CHAMPION)
    assert champion.run_id == second.pointer.run_id
    # The artifacts went through the server into the bucket.
    digest = second.pointer.digest
    [stored] = tracker.artifacts(champion.run_id, f"quality/{digest[:12]}").values()
    keys = open_bucket(here.bucket_uri).list("mlflow/")
    assert [key for key in keys if champion.run_id in key and key.endswith(PAIRS_QUALITY_NAME)]
    assert stored == open_bucket(here.bucket_uri).get(second.pointer.object)[0]

    back = roll_back(
        pack=PACK, bucket=open_bucket(here.bucket_uri), to=None, tracker=Tracker(here.url)
    )
    assert back.pointer.digest == first.pointer.digest
    assert current(tracker, name, CHAMPION) == 1


def test_old_runs_go_and_what_a_version_came_from_stays(here, tmp_path):
    """`mlflow/retention.sql` marks them, `mlflow gc` removes them and their artifacts."""
    tracker = Tracker(here.url)
    champion_run = promoted(here, tmp_path, [0.2, 0.3, 0.8]).pointer.run_id
    (tmp_path / "notes.txt").write_text("old")
    runs = {}
    for run_name in ("old", "fresh", "sweep", "running"):
        run = tracker.start(run_name, params={}, tags={})
        run.log_artifact(tmp_path / "notes.txt")
        runs[run_name] = run.run_id
        if run_name != "running":
            with run:
                pass
    # The champion's run stands below the sweep, and all but one are old.
    tracker.client.set_tag(champion_run, "mlflow.parentRunId", runs["sweep"])
    here.sql(
        f"UPDATE runs SET end_time = end_time - {100 * DAY_MS} "  # noqa: S608 - our own ids
        f"WHERE end_time IS NOT NULL AND run_uuid <> '{runs['fresh']}'"
    )
    told = here.sql(more=("-v", "days=90", "--file", str(DEPLOYMENT / "retention.sql")))
    assert f"{runs['old']}|old" in told
    stages = {
        name: tracker.client.get_run(run_id).info.lifecycle_stage
        for name, run_id in {**runs, "champion": champion_run}.items()
    }
    assert stages == {
        "old": "deleted",
        "fresh": "active",
        "sweep": "active",
        "running": "active",
        "champion": "active",
    }
    assert any(runs["old"] in key for key in open_bucket(here.bucket_uri).list("mlflow/"))
    gone = subprocess.run(
        [
            *(sys.executable, "-m", "mlflow", "gc", "--older-than", "0d"),
            *("--backend-store-uri", here.uri),
        ],
        env={
            **os.environ,
            "MLFLOW_TRACKING_URI": here.url,
            "MLFLOW_ARTIFACTS_DESTINATION": f"{here.bucket_uri}/mlflow",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert gone.returncode == 0, gone.stderr
    left = here.sql("SELECT run_uuid FROM runs").split()
    assert runs["old"] not in left
    assert champion_run in left
    keys = open_bucket(here.bucket_uri).list("mlflow/")
    assert not [key for key in keys if runs["old"] in key]
    assert [key for key in keys if champion_run in key]


# What stands in files, without a server.


def test_the_folder_holds_no_python_and_hides_no_library():
    assert list(DEPLOYMENT.glob("**/*.py")) == []
    assert "site-packages" in mlflow.__file__


def compose():
    return yaml.safe_load((DEPLOYMENT / "compose.yaml").read_text())


def test_images_and_packages_are_pinned_to_what_is_tested():
    services = compose()["services"]
    images = {service["image"] for service in services.values()}
    assert all(re.search(r":\d+(\.\d+)+", image) for image in images), images
    dockerfile = (DEPLOYMENT / "Dockerfile").read_text()
    pins = dict(re.findall(r"([\w-]+)==([\w.]+)", dockerfile))
    assert pins == {name: version(name) for name in ("mlflow", "psycopg2-binary", "boto3")}
    assert f"aivj-mlflow:{pins['mlflow']}" in images


def test_one_machine_shows_nothing_to_others_and_holds_no_secret():
    services = compose()["services"]
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    text = (DEPLOYMENT / "compose.yaml").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?\}", text))
    assert asked == set(re.findall(r"\$\{?(\w+)", text.replace("$$", "")))
    given = dict(
        line.split("=", 1)
        for line in (DEPLOYMENT / "secrets.env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert set(given) == asked
    assert not any(given.values())


def test_the_server_is_told_the_same_by_compose_as_here():
    server = compose()["services"]["mlflow"]
    assert server["env_file"] == "server.env"
    assert not set(server["environment"]) & set(settings())
    assert server["environment"]["MLFLOW_BACKEND_STORE_URI"].startswith("postgresql+psycopg2://")
    assert Path(DEPLOYMENT, "server.env").is_file()
    assert {f"{name}:*" for name in HOSTS if ":" not in name} <= set(HOSTS)
