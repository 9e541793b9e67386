"""`aivj submit`: what it makes of a line before a cluster sees it, and what it refuses."""

from pathlib import Path

import pytest

from aivj.fleet.jobs import ClusterJob, DriverPlace

PROJECT = Path(__file__).parents[2]


class Server:
    """A job server that takes everything down; its job ends as it is told."""

    def __init__(self, address, token):
        self.address, self.asked_with = f"http://{address}", token
        self.ray_version = "2.60.0"
        self.orders = []
        self.ending = ("succeeded", 0)

    def submit(self, order):
        self.orders.append(order)
        return "job-1"

    def follow(self, job_id, write):
        if isinstance(self.ending, BaseException):
            raise self.ending
        write("what it says\n")
        state, exit_code = self.ending
        return ClusterJob(
            id=job_id,
            state=state,
            exit_code=exit_code,
            command="true",
            started_at=None,
            ended_at=None,
            message="Traceback:\nthe node is gone",
        )


@pytest.fixture
def servers(monkeypatch, tmp_path):
    """The servers that were connected to; none of the user's variables is heeded."""
    made = []

    def connect(address, token=None):
        made.append(Server(address, token))
        made[-1].ending = connect.ending
        return made[-1]

    connect.ending = ("succeeded", 0)
    monkeypatch.setattr("aivj.fleet.jobs.JobServer", connect)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("RAY_API_SERVER_ADDRESS", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    return made, connect


@pytest.fixture
def submit(servers, run_here):
    """Submits; returns how it ended and what the server was given."""
    made, _ = servers

    def run(*arguments):
        ended = run_here("submit", "--address", "head:8265", *arguments)
        return ended, made[-1] if made else None

    return run


def test_a_job_runs_with_its_options_in_the_checkout(submit):
    ended, server = submit(
        "sample_pairs.py", "--env", "AIVJ_HOME=/shared/a b", "--driver-slots", "1"
    )
    assert (ended.exit_code, ended.stdout) == (0, "what it says\n")
    (order,) = server.orders
    assert order.command == "python ray_jobs/sample_pairs.py"
    assert order.code == PROJECT
    assert {"/.git/", "/var/", "/tests/"} <= set(order.excludes)
    assert order.env == {"AIVJ_HOME": "/shared/a b"}
    assert order.place == DriverPlace(driver_slots=1)


def test_what_stands_behind_two_dashes_is_the_jobs(servers, run_here):
    run_here("submit", "--address", "head", "sample_pairs", "--", "--pack", "a b", "--prove", "0")
    (order,) = servers[0][-1].orders
    assert order.command == "python ray_jobs/sample_pairs.py --pack 'a b' --prove 0"


def test_where_nodes_have_the_code_none_is_taken_along(submit):
    _, server = submit("sample_pairs", "--code-at", "/opt/aivj")
    (order,) = server.orders
    assert order.command == "cd /opt/aivj && python ray_jobs/sample_pairs.py"
    assert (order.code, order.excludes) == (None, ())


def test_who_does_not_wait_gets_the_id_alone(submit):
    ended, _ = submit("sample_pairs", "--no-wait")
    assert (ended.exit_code, ended.stdout) == (0, "job-1\n")
    assert "jobs logs job-1 --address http://head:8265" in ended.stderr


@pytest.mark.parametrize(
    ("state", "code", "exit_code"),
    [("failed", 7, 7), ("failed", 137, 137), ("stopped", 143, 143), ("failed", None, 9)],
)
def test_it_ends_as_the_job_ends(servers, submit, state, code, exit_code):
    servers[1].ending = (state, code)
    ended, _ = submit("sample_pairs")
    assert ended.exit_code == exit_code
    assert ("found    the node is gone" in ended.stderr) == (code is None)


def test_who_interrupts_it_is_told_that_the_job_goes_on(servers, submit):
    servers[1].ending = KeyboardInterrupt()
    ended, _ = submit("sample_pairs")
    assert ended.exit_code == 130
    assert "job job-1 goes on" in ended.stderr
    assert "jobs logs job-1 --address http://head:8265" in ended.stderr
    assert "jobs stop job-1 --address http://head:8265" in ended.stderr


def test_a_value_of_here_is_not_typed(submit, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    _, server = submit("sample_pairs", "--env", "AWS_SECRET_ACCESS_KEY", "--env", "EMPTY=")
    assert server.orders[0].env == {"AWS_SECRET_ACCESS_KEY": "secret", "EMPTY": ""}


def test_where_the_token_is_looked_for(submit, monkeypatch, tmp_path):
    assert submit("sample_pairs")[1].asked_with is None
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("of the home\n")
    assert submit("sample_pairs")[1].asked_with == "of the home"
    (tmp_path / "file").write_text("of a file\n")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "file"))
    assert submit("sample_pairs")[1].asked_with == "of a file"
    monkeypatch.setenv("RAY_AUTH_TOKEN", "of a variable")
    assert submit("sample_pairs")[1].asked_with == "of a variable"
    monkeypatch.setenv("MINE", "of mine")
    assert submit("sample_pairs", "--token-env", "MINE")[1].asked_with == "of mine"


@pytest.mark.parametrize(
    ("arguments", "found", "remedy"),
    [
        (["sample_pair"], "'sample_pair'", "did you mean sample_pairs?"),
        (["../../etc/passwd"], "'../../etc/passwd'", "choose one of"),
        (["sample_pairs", "--working-dir", "/proc"], "none in /proc", "--code-at"),
        (["sample_pairs", "--", "--config", "absent.yaml"], "absent.yaml", "taken along"),
        (["sample_pairs", "--", "--config=../../etc/passwd"], "../../etc/passwd", "taken along"),
        (["sample_pairs", "--env", "1=2"], "'1=2'", "begin with"),
        (["sample_pairs", "--env", "NOWHERE_SET"], "none here", "set it"),
        (["sample_pairs", "--token-env", "NOWHERE_SET"], "no 'NOWHERE_SET'", "set it"),
    ],
)
def test_what_cannot_be_submitted_is_told(submit, arguments, found, remedy):
    ended, server = submit(*arguments)
    assert ended.exit_code == 3
    assert found in ended.stderr
    assert remedy in ended.stderr
    assert server is None


def test_a_file_of_options_may_stand_in_the_checkout_or_on_the_cluster(submit):
    for path in ("ray_jobs/configs/sample_pairs.yaml", "/shared/sample_pairs.yaml"):
        ended, _ = submit("sample_pairs", "--", "--config", path)
        assert ended.exit_code == 0


@pytest.mark.usefixtures("servers")
def test_without_an_address_it_says_where_one_may_stand(run_here):
    ended = run_here("submit", "sample_pairs")
    assert ended.exit_code == 3
    assert "RAY_API_SERVER_ADDRESS" in ended.stderr


def test_a_checkout_that_is_not_built_is_refused(submit, tmp_path):
    (tmp_path / "ray_jobs").mkdir()
    (tmp_path / "ray_jobs" / "sample_pairs.py").touch()
    ended, _ = submit("sample_pairs", "--working-dir", tmp_path)
    assert ended.exit_code == 3
    assert "make setup" in ended.stderr


def test_a_list_of_excludes_that_cannot_be_read_is_told(submit, tmp_path):
    (tmp_path / "ray_jobs").mkdir()
    (tmp_path / "ray_jobs" / "sample_pairs.py").touch()
    (tmp_path / "aivj/stage/web/dist").mkdir(parents=True)
    (tmp_path / "ray_jobs" / "runtime_env.yaml").write_text("excludes: 3\n")
    ended, _ = submit("sample_pairs", "--working-dir", tmp_path)
    assert ended.exit_code == 3
    assert "excludes" in ended.stderr
