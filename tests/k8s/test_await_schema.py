"""MLflow's server waits for the migration of its database."""

import importlib.util

import pytest
import sqlalchemy
from mlflow.store.db.utils import _get_latest_schema_revision

from k8s.rendered import K8S

PROGRAM = K8S / "base" / "mlflow" / "await_schema.py"


@pytest.fixture
def database(tmp_path, monkeypatch):
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", uri)
    engine = sqlalchemy.create_engine(uri)
    yield engine
    engine.dispose()


def migrate(engine, revision):
    """Leaves what `mlflow db upgrade` writes last."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
        connection.exec_driver_sql("DELETE FROM alembic_version")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision,))


@pytest.fixture
def program():
    spec = importlib.util.spec_from_file_location("await_schema", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_waits_for_the_schema_of_its_own_version(program, database, monkeypatch, capsys):
    steps = iter(["from-before", _get_latest_schema_revision()])
    monkeypatch.setattr(program.time, "sleep", lambda _: migrate(database, next(steps)))

    program.main()

    assert capsys.readouterr().out.splitlines() == 2 * [
        "the database has another schema: waiting for the migration"
    ]
    assert next(steps, None) is None


def test_it_waits_for_a_database_that_is_away_and_tells_no_password(
    program, database, monkeypatch, capsys
):
    away = "postgresql+psycopg2://mlflow:opensesame@127.0.0.1:1/mlflow"
    monkeypatch.setattr(program.sqlalchemy, "create_engine", lambda uri: Away(uri, database))
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", away)
    monkeypatch.setattr(
        program.time, "sleep", lambda _: migrate(database, _get_latest_schema_revision())
    )

    program.main()

    out = capsys.readouterr().out
    assert "OperationalError" in out
    assert "opensesame" not in out


class Away:
    """A database that cannot be reached the first time."""

    def __init__(self, uri, engine):
        self._uri, self._engine, self._asked = uri, engine, 0

    def connect(self):
        self._asked += 1
        if self._asked == 1:
            raise sqlalchemy.exc.OperationalError(self._uri, {}, ConnectionRefusedError())
        return self._engine.connect()
