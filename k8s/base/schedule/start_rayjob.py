"""Makes a RayJob like one that is suspended, and waits for its end.

    start_rayjob.py TEMPLATE

Runs in a pod of a CronJob, with Python alone. The RayJob has the name of the CronJob's Job: a pod
that follows one that was evicted finds it and goes on waiting, and with the Job it is deleted. The
Job lasts as long as the RayJob, so that `concurrencyPolicy: Forbid` holds for that too.

Exit codes: 0, it completed; 1, it failed, as the last line says; 2, the API server refused or
could not be reached, or somebody ended this program: another try may follow.
"""

import json
import os
import signal
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

CREDENTIALS = Path("/var/run/secrets/kubernetes.io/serviceaccount")
ENDED = {"Complete": 0, "Failed": 1, "ValidationFailed": 1}
POLL_S = 15.0
TIMEOUT_S = 30.0
# Longer than an API server takes to be replaced.
AWAY_S = 900.0


class Api:
    """RayJobs of one namespace, as the API server serves them."""

    def __init__(self, server: str, namespace: str, credentials: Path = CREDENTIALS) -> None:
        self._url = f"{server}/apis/ray.io/v1/namespaces/{namespace}/rayjobs"
        self._token = credentials / "token"
        trusted = credentials / "ca.crt"
        self._tls = ssl.create_default_context(cafile=str(trusted)) if trusted.exists() else None

    def get(self, name: str) -> dict[str, Any]:
        """Returns a RayJob. Raises `urllib.error.HTTPError`, 404 if there is none."""
        return self._ask("GET", f"{self._url}/{name}")

    def create(self, rayjob: dict[str, Any]) -> None:
        """Makes a RayJob. Raises `urllib.error.HTTPError`, 409 if there is one of its name."""
        self._ask("POST", self._url, rayjob)

    def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        # The kubelet renews the token, so that it is read each time.
        request = urllib.request.Request(  # noqa: S310 - the API server's address
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._token.read_text().strip()}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=self._tls) as reply:  # noqa: S310
            answer: dict[str, Any] = json.load(reply)
        return answer


def like(template: dict[str, Any], *, job: str, job_uid: str) -> dict[str, Any]:
    """Returns a RayJob with the specification of `template` that runs, owned by a Job."""
    return {
        "apiVersion": template["apiVersion"],
        "kind": template["kind"],
        "metadata": {
            "name": job,
            "labels": template["metadata"].get("labels", {}),
            "ownerReferences": [
                {"apiVersion": "batch/v1", "kind": "Job", "name": job, "uid": job_uid}
            ],
        },
        "spec": template["spec"] | {"suspend": False},
    }


def start(api: Api, template: str, *, job: str, job_uid: str) -> None:
    """Makes the RayJob `job`, unless a try before this one did."""
    try:
        api.create(like(api.get(template), job=job, job_uid=job_uid))
    except urllib.error.HTTPError as error:
        if error.code != 409:  # noqa: PLR2004 - Conflict
            raise
        say(f"{job} is there: waiting for it")
    else:
        say(f"{job} made like {template}")


def wait(api: Api, name: str, *, poll_s: float = POLL_S, away_s: float = AWAY_S) -> int:
    """Returns the exit code that a RayJob's end asks for.

    Raises:
        OSError: The API server was away for `away_s`, or refused.
    """
    seen, answered = None, time.monotonic()
    while True:
        try:
            status = api.get(name).get("status", {})
        except OSError as error:
            refused = isinstance(error, urllib.error.HTTPError) and error.code < 500  # noqa: PLR2004
            if refused or time.monotonic() - answered > away_s:
                raise
        else:
            answered = time.monotonic()
            state = status.get("jobDeploymentStatus", "")
            if state != seen:
                say(f"{name}: {state or 'not seen by the operator yet'}")
                seen = state
            if state in ENDED:
                if ENDED[state]:
                    say(f"{status.get('reason', '')} {status.get('message', '')}".strip())
                return ENDED[state]
        time.sleep(poll_s)


def say(text: str) -> None:
    """Writes a line to the pod's log."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Runs the program; see above."""
    # The first process of a container is deaf to what it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    server = (
        f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}"
    )
    api, job = Api(server, os.environ["POD_NAMESPACE"]), os.environ["JOB_NAME"]
    try:
        start(api, sys.argv[1], job=job, job_uid=os.environ["JOB_UID"])
        return wait(api, job)
    except OSError as error:
        say(f"the API server did not answer as it should: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
