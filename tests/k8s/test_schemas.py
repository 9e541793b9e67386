"""Every manifest is one that Kubernetes and KubeRay take."""

import subprocess
import sys
from pathlib import Path

import pytest

from k8s import kuberay
from k8s.rendered import FOLDERS, K8S, OVERLAYS, ROOT, named, pods, put, rendered
from k8s.schemas import HAS_CRDS, crd_schema, pod_violations, violations

needs_crds = pytest.mark.skipif(
    not HAS_CRDS, reason="no definitions of KubeRay's kinds; KUBERAY_CRDS names their folder"
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_core_kinds_are_strictly_valid(folder):
    found = [
        v for one in rendered(folder) if "ray.io" not in one["apiVersion"] for v in violations(one)
    ]
    assert found == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_pods_inside_other_kinds_are_strictly_valid(folder):
    assert [
        v for pod in pods(rendered(folder)) for v in pod_violations(pod.metadata, pod.spec)
    ] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_operator_takes_ray_kinds(folder):
    found = [
        v
        for one in rendered(folder)
        for judge in (kuberay.refusals, kuberay.unknown_fields)
        for v in judge(one)
    ]
    assert found == []


@needs_crds
@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("part", ["", "/jobs"])
def test_ray_kinds_are_strictly_valid(overlay, part):
    objects = rendered(f"overlays/{overlay}{part}")
    assert [v for one in objects if "ray.io" in one["apiVersion"] for v in violations(one)] == []


@needs_crds
def test_fields_that_are_known_without_definitions_are_those_of_the_definitions():
    job = crd_schema("RayJob")["properties"]["spec"]["properties"]
    cluster = crd_schema("RayCluster")["properties"]["spec"]["properties"]
    found = {
        "job": job,
        "job.submitterConfig": job["submitterConfig"]["properties"],
        "cluster": cluster,
        **{
            f"cluster.{name}": cluster[name]["properties"]
            for name in ("authOptions", "autoscalerOptions", "headGroupSpec")
        },
        "cluster.workerGroupSpecs": cluster["workerGroupSpecs"]["items"]["properties"],
    }
    assert {place: frozenset(fields) for place, fields in found.items()} == kuberay.known_fields()


POOL, JOB, LOOP = ("RayCluster", "pool"), ("RayJob", "sample-pairs"), ("RayJob", "night")
HEAD = ("spec", "headGroupSpec")
GROUP = ("spec", "workerGroupSpecs", 1)

REFUSED = {
    "a long name of a cluster": (*POOL, ("metadata", "name"), "p" * 54),
    "a long name of a job": (*JOB, ("metadata", "name"), "p" * 48),
    "a name with a dot": (*POOL, ("metadata", "name"), "pool.a"),
    "a name that begins with a digit": (*POOL, ("metadata", "name"), "4090"),
    "a mode of submission": (*JOB, ("spec", "submissionMode"), "k8sJobMode"),
    "a cluster that is kept for a while, but not ended": (
        *JOB,
        ("spec", "shutdownAfterJobFinishes"),
        False,
    ),
    "two ways to end a cluster": (
        *JOB,
        ("spec", "deletionStrategy"),
        {"deletionRules": [{"policy": "DeleteCluster"}]},
    ),
    "tries on a cluster that stands": (
        *JOB,
        ("spec", "clusterSelector"),
        {"ray.io/cluster": "pool"},
    ),
    "a sidecar beside a submitter": (*JOB, ("spec", "submissionMode"), "SidecarMode"),
    "a template that would keep its cluster": (*LOOP, ("spec", "shutdownAfterJobFinishes"), False),
    "a head that restarts": (
        *POOL,
        (*HEAD, "template", "spec", "restartPolicy"),
        "Always",
    ),
    "a time of idleness without autoscaler v2": (
        *POOL,
        ("spec", "autoscalerOptions"),
        {"version": "v1"},
    ),
    "resources said twice": (*POOL, (*GROUP, "rayStartParams", "num-cpus"), "8"),
    "labels among parameters": (*POOL, (*GROUP, "rayStartParams", "labels"), "a=b"),
    "a token without a version": (*POOL, ("spec", "rayVersion"), ""),
    "a token of a version before": (*POOL, ("spec", "rayVersion"), "2.51.0"),
    "a feature behind a gate": (*POOL, ("spec", "networkPolicy"), {"mode": "DenyAll"}),
    "a group that is suspended": (*POOL, (*GROUP, "suspend"), True),
}


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
def test_what_the_operator_refuses_is_found(fault):
    objects = [*rendered("overlays/pool-4090"), *rendered("overlays/pool-4090/jobs")]
    put(objects, *fault)
    assert [v for one in objects for v in kuberay.refusals(one)] != []


UNKNOWN = {
    "a misspelt field of a group": (*POOL, (*GROUP, "minReplica"), 0),
    "a misspelt field of a cluster": (*POOL, ("spec", "rayversion"), "2.60.0"),
    "a misspelt option of the autoscaler": (*POOL, ("spec", "autoscalerOptions", "idleTimeout"), 1),
}


@pytest.mark.parametrize("fault", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_fields_of_ray_kinds_are_found(fault):
    objects = rendered("overlays/pool-4090")
    put(objects, *fault)
    found = [v for one in objects for v in kuberay.unknown_fields(one)]
    assert [place.rpartition(".")[2] for place in found] == [fault[2][-1]]
    if HAS_CRDS:
        assert violations(named(objects, *POOL)) != []


@needs_crds
def test_a_number_where_a_text_belongs_is_found():
    objects = rendered("overlays/pool-4090")
    put(objects, *POOL, ("spec", "headGroupSpec", "rayStartParams", "num-cpus"), 0)
    assert violations(named(objects, *POOL)) != []


def test_a_misspelt_field_of_a_core_kind_is_found():
    objects = rendered("overlays/pool-4090")
    put(objects, "Deployment", "mlflow", ("spec", "replica"), 2)
    assert violations(named(objects, "Deployment", "mlflow")) != []


def test_a_misspelt_field_of_a_pod_inside_is_found():
    objects = rendered("overlays/pool-4090")
    put(objects, *POOL, (*HEAD, "template", "spec", "terminationGraceSeconds"), 2)
    assert [v for pod in pods(objects) for v in pod_violations(pod.metadata, pod.spec)] != []


def test_yaml_is_tidy():
    yamllint = Path(sys.executable).parent / "yamllint"
    done = subprocess.run(
        [
            *(yamllint, "--strict", "--config-file", K8S / ".yamllint"),
            *(K8S, ROOT / "mlflow", ROOT / "ray_jobs"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
