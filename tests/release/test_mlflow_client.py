"""MLflow: loaded when needed, told from what is no store, given up in time."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from aivj.errors import InputError, StorageError
from aivj.release import mlflow_client
from aivj.release.mlflow_client import open_client, sqlite_path
from aivj.release.tracking import Tracker

FIRST_USE = """
import os, sys
from aivj.release import Tracker
with Tracker(sys.argv[1]).start("first", params={"a": 1}, tags={}) as run:
    run.log_metrics(0, {"loss": 0.5})
import mlflow.telemetry
assert mlflow.telemetry.get_telemetry_client() is None
assert mlflow.active_run() is None
"""

LIGHT = """
import sys
import aivj.release
heavy = {"mlflow", "boto3", "botocore", "numpy", "torch"} & set(sys.modules)
assert not heavy, heavy
"""


def test_handing_on_the_package_loads_neither_mlflow_nor_boto3():
    subprocess.run([sys.executable, "-c", LIGHT], check=True, timeout=60)


def test_mlflow_comes_from_where_packages_are_installed():
    import mlflow

    assert "site-packages" in str(mlflow.__file__)


def test_first_use_by_two_processes_at_once_is_silent_and_reports_nothing(tmp_path):
    """Outside of pytest, of which MLflow takes note, and with a home of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    uri = f"sqlite:///{tmp_path}/my runs/mlflow.db"
    (tmp_path / "home").mkdir()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_USE, uri],
            cwd=tmp_path / "home",
            env={**environment, "PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0] for process in processes] == ["", ""]
    assert [process.returncode for process in processes] == [0, 0]
    assert list((tmp_path / "home").iterdir()) == []
    client = open_client(uri)
    experiments = client.search_experiments(filter_string="name = 'aivj'")
    assert len(experiments) == 1
    assert len(client.search_runs([experiments[0].experiment_id])) == 2


@pytest.mark.parametrize(
    "uri",
    ["", "mlruns", "file:///mlruns", "sqlite://", "sqlite:///", "postgresql://h/x", "http://"],
)
def test_another_kind_of_uri_is_refused(uri):
    with pytest.raises(InputError, match="name the tracking server"):
        open_client(uri)


def test_a_sqlite_file_is_found_from_its_uri(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sqlite_path("sqlite:///runs/x.db?timeout=5") == tmp_path / "runs/x.db"
    assert sqlite_path("sqlite:////runs/x.db").as_posix() == "/runs/x.db"
    assert sqlite_path("http://host") is None


@pytest.mark.parametrize("damage", ["garbage", "folder", "file above"])
def test_a_file_that_is_no_database_is_an_error_at_once(tmp_path, damage):
    path = tmp_path / "x.db"
    match damage:
        case "garbage":
            path.write_bytes(b"no database" * 1000)
        case "folder":
            path.mkdir()
        case "file above":
            path.write_text("x")
            path = path / "y.db"
    with pytest.raises(StorageError, match=r"an SQLite file, or room for one"):
        Tracker(f"sqlite:///{path}")


def test_tables_of_another_version_are_an_error(new_tracking_store, tmp_path):
    path = tmp_path / "x.db"
    new_tracking_store(path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = 'other'")
        database.commit()
    with pytest.raises(StorageError, match="mlflow db upgrade"):
        open_client(f"sqlite:///{path}")


def test_a_server_where_nobody_listens_is_given_up():
    with pytest.raises(StorageError, match=r"at http://127\.0\.0\.1:9 .*check that the server"):
        Tracker("http://127.0.0.1:9")


def test_a_silent_server_is_given_up(silent_url, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    with pytest.raises(StorageError, match="check that the server"):
        Tracker(silent_url)


def test_patience_ends_after_about_twenty_seconds_unless_the_user_wants_more(tmp_path, monkeypatch):
    for name in mlflow_client._PATIENCE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    open_client(f"sqlite:///{tmp_path}/x.db")
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "6"
    num_tries = 1 + int(mlflow_client._PATIENCE["MLFLOW_HTTP_REQUEST_MAX_RETRIES"])
    assert num_tries * int(mlflow_client._PATIENCE["MLFLOW_HTTP_REQUEST_TIMEOUT"]) <= 20
