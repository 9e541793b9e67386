"""Trivy's checks on every pod. `make scan` installs Trivy, which is too large for every set-up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from k8s.rendered import OVERLAYS, pods, standing_with_jobs

TRIVY = Path(sys.executable).parent / "trivy"
pytestmark = pytest.mark.skipif(not TRIVY.exists(), reason="Trivy is not installed: `make scan`")

ACCEPTED = {
    "KSV-0020": "the images' users are 999, 1000 and 65535",
    "KSV-0021": "and their groups",
    "KSV-0125": "which registry is trusted is the reader's to say",
}
# The pods that put the seccomp profile on a node: a hostPath, written by root.
ACCEPTED_OF_NODES = {"KSV-0012", "KSV-0023", "KSV-0105"}


def checks(folder):
    done = subprocess.run(
        [TRIVY, "config", "--skip-check-update", "--quiet", "--format", "json", folder],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [
        (Path(result["Target"]).name.partition(".")[0], found["ID"])
        for result in json.loads(done.stdout)["Results"]
        for found in result.get("Misconfigurations", [])
    ]


def write(pod, path):
    """Writes a pod as one of its own: Trivy does not look into Ray's kinds."""
    one = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": path.stem, "namespace": pod.namespace, "labels": pod.labels},
        "spec": pod.spec,
    }
    path.write_text(yaml.dump(json.loads(json.dumps(one))))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_trivy_finds_nothing_that_was_not_accepted(overlay, tmp_path):
    for pod in pods(standing_with_jobs(overlay)):
        write(pod, tmp_path / f"{pod.component}.yaml")
    found = {
        (name, check)
        for name, check in checks(tmp_path)
        if check not in ACCEPTED and not (name == "seccomp-profiles" and check in ACCEPTED_OF_NODES)
    }
    assert found == set()


def test_trivy_finds_a_pod_that_may_gain_privileges(tmp_path):
    pod = next(pods(standing_with_jobs("laptop")))
    pod.spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    write(pod, tmp_path / "planted.yaml")
    assert ("planted", "KSV-0001") in checks(tmp_path)
