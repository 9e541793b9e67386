"""The night's program against a server that speaks as an API server does."""

import importlib.util
import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from k8s.rendered import K8S, named, rendered
from k8s.schemas import HAS_CRDS, violations

PROGRAM = K8S / "base" / "schedule" / "start_rayjob.py"
PATH = "/apis/ray.io/v1/namespaces/aivj/rayjobs"


@pytest.fixture
def program():
    spec = importlib.util.spec_from_file_location("start_rayjob", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Cluster(ThreadingHTTPServer):
    """RayJobs in memory; each look at one that runs takes it a step further."""

    daemon_threads = True

    def __init__(self, *states):
        super().__init__(("127.0.0.1", 0), Answers)
        self.rayjobs = {"night": TEMPLATE}
        self.states = list(states)
        self.refusals = []
        self.tokens = set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.removeprefix(f"{PATH}/")
        if self.refuse():
            return
        found = self.server.rayjobs.get(name)
        if found is None:
            self.answer(404, {})
            return
        if name != "night" and self.server.states:
            status = self.server.states.pop(0)
            found = found | ({"status": status} if status else {})
        self.answer(200, found)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.refuse():
            return
        if body["metadata"]["name"] in self.server.rayjobs:
            self.answer(409, {"reason": "AlreadyExists"})
            return
        self.server.rayjobs[body["metadata"]["name"]] = body
        self.answer(201, body)

    def refuse(self):
        self.server.tokens.add(self.headers["Authorization"])
        if not self.server.refusals:
            return False
        self.answer(self.server.refusals.pop(0), {})
        return True

    def answer(self, code, body):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


TEMPLATE = named(rendered("overlays/pool-4090"), "RayJob", "night")


def state(name, message=""):
    return {"jobDeploymentStatus": name, "reason": "", "message": message}


@pytest.fixture
def serve(program, tmp_path):
    (tmp_path / "token").write_text("let-me-in\n")
    running = []

    def start(*states):
        cluster = Cluster(*states)
        Thread(target=cluster.serve_forever, args=(0.01,), daemon=True).start()
        running.append(cluster)
        return cluster, program.Api(cluster.url, "aivj", tmp_path)

    yield start
    for cluster in running:
        cluster.shutdown()
        cluster.server_close()


def test_a_rayjob_is_made_like_the_template_and_waited_for(program, serve, capsys):
    cluster, api = serve(
        {}, state("Initializing"), state("Running"), state("Running"), state("Complete")
    )

    program.start(api, "night", job="night-1", job_uid="u-1")
    assert program.wait(api, "night-1", poll_s=0) == 0

    made = cluster.rayjobs["night-1"]
    assert made["spec"] == TEMPLATE["spec"] | {"suspend": False}
    assert made["metadata"]["ownerReferences"] == [
        {"apiVersion": "batch/v1", "kind": "Job", "name": "night-1", "uid": "u-1"}
    ]
    assert cluster.tokens == {"Bearer let-me-in"}
    assert capsys.readouterr().out.splitlines() == [
        "night-1 made like night",
        "night-1: not seen by the operator yet",
        "night-1: Initializing",
        "night-1: Running",
        "night-1: Complete",
    ]
    if HAS_CRDS:
        assert violations(made) == []


def test_a_second_try_waits_for_the_first_one_s(program, serve, capsys):
    cluster, api = serve(state("Complete"))
    program.start(api, "night", job="night-1", job_uid="u-1")
    made = cluster.rayjobs["night-1"]

    program.start(api, "night", job="night-1", job_uid="u-1")

    assert cluster.rayjobs["night-1"] is made
    assert "is there: waiting" in capsys.readouterr().out
    assert program.wait(api, "night-1", poll_s=0) == 0


@pytest.mark.parametrize("end", ["Failed", "ValidationFailed"])
def test_a_failure_says_why(program, serve, capsys, end):
    _, api = serve(state("Running"), state(end, "deadline exceeded"))
    program.start(api, "night", job="made", job_uid="u")

    assert program.wait(api, "made", poll_s=0) == 1
    assert capsys.readouterr().out.endswith("deadline exceeded\n")


def test_an_api_server_that_is_replaced_is_waited_for(program, serve):
    cluster, api = serve(state("Running"), state("Complete"))
    program.start(api, "night", job="made", job_uid="u")
    cluster.refusals = [503, 500, 503]

    assert program.wait(api, "made", poll_s=0) == 0


@pytest.mark.parametrize(("refusals", "away_s"), [([403], 900), ([503] * 3, 0)])
def test_one_that_refuses_or_stays_away_ends_it(program, serve, refusals, away_s):
    cluster, api = serve()
    program.start(api, "night", job="made", job_uid="u")
    cluster.refusals = refusals

    with pytest.raises(OSError, match=str(refusals[0])):
        program.wait(api, "made", poll_s=0, away_s=away_s)


def test_without_a_template_nothing_is_made(program, serve):
    cluster, api = serve()
    with pytest.raises(OSError, match="404"):
        program.start(api, "absent", job="made", job_uid="u")
    assert "made" not in cluster.rayjobs


def test_it_needs_python_alone_and_says_what_is_amiss(tmp_path):
    """As the pod starts it; with another exit code than for a RayJob that failed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", PROGRAM, "night"],
        env={
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": "1",
            "POD_NAMESPACE": "aivj",
            "JOB_NAME": "made",
            "JOB_UID": "u",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert "did not answer" in done.stdout
