"""Every overlay keeps every rule, and every rule finds the fault that it is for."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from k8s import object_rules, pod_rules, ray_rules
from k8s.rendered import OVERLAYS, ROOT, named, pods, put, rendered, standing_with_jobs
from k8s.rules import RULES, quantity

ROOMS = (pod_rules, object_rules, ray_rules)


def test_every_room_has_its_rules():
    assert {judge.__module__ for judge in RULES.values()} == {room.__name__ for room in ROOMS}


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", RULES)
def test_every_overlay_keeps_every_rule(overlay, name):
    assert list(RULES[name](standing_with_jobs(overlay))) == []


POOL, CRON, JOB = ("RayCluster", "pool"), ("CronJob", "night"), ("RayJob", "sample-pairs")
MLFLOW, POSTGRES = ("Deployment", "mlflow"), ("StatefulSet", "postgres")
MIGRATION, PROFILES = ("Job", "mlflow-migration"), ("DaemonSet", "seccomp-profiles")
CLUSTER = ("spec",)
HEAD = (*CLUSTER, "headGroupSpec", "template", "spec")
GROUP = (*CLUSTER, "workerGroupSpecs", 1)
RENDER = (*GROUP, "template", "spec")
RAY = (*RENDER, "containers", 0)
POD = ("spec", "template", "spec")
FIRST = (*POD, "containers", 0)
NIGHT = ("spec", "jobTemplate", "spec", "template", "spec")


def told(config_map, key, text):
    return ("ConfigMap", config_map, ("data", key), text)


FAULTS: dict[str, Sequence[tuple[str, str, tuple[str | int, ...], Any]]] = {
    "images_are_pinned": [
        (*POOL, (*RAY, "image"), "registry.example.com/aivj:latest"),
        (*MLFLOW, (*FIRST, "image"), "registry.example.com:5000/aivj-mlflow"),
        (*MLFLOW, (*FIRST, "image"), "aivj-mlflow@sha256:1234"),
    ],
    "limits_are_set": [
        (*POOL, (*RAY, "resources", "limits"), {"cpu": "8", "memory": "16Gi"}),
        (*POSTGRES, (*FIRST, "resources"), {}),
        (*POOL, (*CLUSTER, "autoscalerOptions", "resources"), {}),
    ],
    "pods_pass_pod_security_restricted": [
        (*POOL, (*RENDER, "securityContext", "runAsNonRoot"), False),
        (*POOL, (*RAY, "securityContext", "allowPrivilegeEscalation"), True),
        (*POOL, (*RAY, "securityContext", "capabilities"), {"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
        (*POOL, (*CLUSTER, "autoscalerOptions", "securityContext"), {}),
        (*POOL, (*RENDER, "hostIPC"), True),
        (*MLFLOW, (*POD, "volumes", 0), {"name": "tmp", "hostPath": {"path": "/var"}}),
        (*POSTGRES, (*POD, "securityContext", "seccompProfile"), {"type": "Unconfined"}),
        ("Namespace", "aivj", ("metadata", "labels"), {}),
    ],
    "roots_are_read_only": [(*POOL, (*RAY, "securityContext", "readOnlyRootFilesystem"), False)],
    "tokens_lie_where_they_are_needed": [
        (*POOL, (*RENDER, "automountServiceAccountToken"), True),
        ("ServiceAccount", "ray-worker", ("automountServiceAccountToken",), True),
        (
            *POOL,
            (*HEAD, "containers", 0, "volumeMounts", 0, "name"),
            "api-server-token",
        ),
        (*POOL, (*CLUSTER, "autoscalerOptions", "volumeMounts"), []),
    ],
    "the_schedule_may_start_rayjobs_only": [
        ("Role", "start-rayjobs", ("rules", 0, "verbs"), ["create", "get", "delete"]),
        ("Role", "start-rayjobs", ("rules", 0, "resources"), ["*"]),
        ("RoleBinding", "start-rayjobs", ("subjects", 0, "name"), "ray-worker"),
    ],
    "services_set_no_variables": [(*MLFLOW, (*POD, "enableServiceLinks"), True)],
    "ray_drains_before_its_pod_ends": [
        (*POOL, (*RENDER, "terminationGracePeriodSeconds"), 30),
        (*POOL, (*RENDER, "restartPolicy"), "Always"),
        (*POOL, (*GROUP, "template", "metadata", "annotations", "karpenter.sh/do-not-disrupt"), ""),
        told("aivj-environment", "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S", "30"),
    ],
    "ray_is_started_by_tini": [
        (*POOL, (*RAY, "command"), ["/usr/bin/tini", "-g", "--", "/bin/bash", "-c"]),
        (*POOL, (*RAY, "args"), ["ulimit -n 65536; $KUBERAY_GEN_RAY_START_CMD"]),
        (
            *POOL,
            (*GROUP, "template", "metadata", "annotations", "ray.io/overwrite-container-cmd"),
            "",
        ),
    ],
    "ray_nodes_hear_the_same": [
        (*POOL, (*RAY, "envFrom"), [{"configMapRef": {"name": "aivj-environment"}}]),
        (*POOL, (*RAY, "volumeMounts"), [{"name": "scratch", "mountPath": "/scratch"}]),
    ],
    "browsers_have_the_profile_that_nodes_get": [
        (*POOL, (*RAY, "securityContext", "seccompProfile"), {"type": "RuntimeDefault"}),
        (
            *POOL,
            (*RAY, "securityContext", "seccompProfile", "localhostProfile"),
            "chromium.json",
        ),
        (*PROFILES, (*POD, "volumes", 1, "hostPath", "path"), "/var/lib/kubelet/seccomp"),
        (*PROFILES, (*POD, "initContainers", 0, "args", 0), "true\n"),
    ],
    "browsers_fit_their_machine": [
        (*POOL, (*GROUP, "resources", "browser_slot"), "5"),
        (*POOL, (*RAY, "resources", "limits", "memory"), "8Gi"),
        (*POOL, (*RAY, "resources", "limits", "cpu"), "4"),
        (*POOL, (*RENDER, "volumes", 0, "emptyDir"), {"sizeLimit": "4Gi"}),
    ],
    "scratch_fits_the_disk": [
        (*POOL, (*RENDER, "volumes", 2, "emptyDir"), {}),
        (*POOL, (*RENDER, "volumes", 2, "emptyDir", "sizeLimit"), "40Gi"),
    ],
    "gpus_come_with_what_they_need": [
        (*POOL, (*RAY, "env"), []),
        (*POOL, (*RENDER, "runtimeClassName"), ""),
        (*POOL, (*RENDER, "tolerations"), []),
        (*POOL, (*HEAD, "containers", 0, "resources", "limits", "nvidia.com/gpu"), "1"),
    ],
    "references_lead_somewhere": [
        (*POOL, (*RENDER, "serviceAccountName"), "nobody"),
        (*POOL, (*RENDER, "priorityClassName"), "first"),
        (*POOL, (*RENDER, "runtimeClassName"), "gvisor"),
        (*POOL, (*RENDER, "volumes", 3, "configMap", "name"), "aivj-job"),
        (*POOL, (*CLUSTER, "authOptions", "secretName"), "ray-token"),
        (*MLFLOW, (*FIRST, "envFrom", 2, "secretRef", "name"), "bucket"),
        (*MLFLOW, (*FIRST, "env", 1, "valueFrom", "secretKeyRef", "key"), "pass"),
    ],
    "mounts_have_their_volumes": [
        (*POOL, (*RAY, "volumeMounts", 0, "name"), "temp"),
        (*POSTGRES, (*FIRST, "volumeMounts", 0, "name"), "claim"),
    ],
    "selectors_find_their_pods": [
        ("Service", "mlflow", ("spec", "selector"), {"app": "mlflow"}),
        ("Service", "mlflow", ("spec", "ports", 0, "targetPort"), "https"),
        (
            "PodDisruptionBudget",
            "ray-head",
            ("spec", "selector", "matchLabels"),
            {"app.kubernetes.io/component": "head"},
        ),
        (*MLFLOW, ("spec", "selector", "matchLabels"), {"app": "mlflow"}),
    ],
    "ports_are_named_alike": [(*POOL, (*RAY, "ports", 0, "name"), "prometheus")],
    "probes_ask_ports_that_are_there": [
        (*MLFLOW, (*FIRST, "livenessProbe", "httpGet", "port"), "https"),
        (*MLFLOW, (*FIRST, "ports", 0, "name"), "web"),
    ],
    "names_and_quantities_are_of_their_form": [
        (*MLFLOW, ("metadata", "name"), "ML_flow"),
        (*POOL, (*RAY, "resources", "limits", "memory"), "16 GB"),
        (*POOL, (*RENDER, "volumes", 0, "emptyDir", "sizeLimit"), "4Gb"),
        (*POOL, (*GROUP, "template", "metadata", "labels", "of"), "a/b"),
        (*MLFLOW, (*POD, "initContainers", 0, "name"), "mlflow"),
    ],
    "objects_stand_in_their_namespace": [
        (*MLFLOW, ("metadata", "namespace"), "default"),
        ("PriorityClass", "aivj-head", ("metadata", "namespace"), "aivj"),
        ("ServiceAccount", "ray-head", ("metadata", "name"), "ray-worker"),
    ],
    "no_secret_is_written_down": [
        (*MLFLOW, ("kind",), "Secret"),
        (*POSTGRES, (*FIRST, "env", 1), {"name": "POSTGRES_PASSWORD", "value": "opensesame"}),
        told("aivj-environment", "AWS_SECRET_ACCESS_KEY", "opensesame"),
        told(
            "aivj-mlflow-addresses", "BACKEND", "postgresql+psycopg2://mlflow:opensesame@db/mlflow"
        ),
    ],
    "jobs_end_and_are_tried_again": [
        (*JOB, ("spec", "backoffLimit"), 0),
        (*JOB, ("spec", "shutdownAfterJobFinishes"), False),
        (*JOB, ("spec", "entrypointResources"), ""),
        (*JOB, ("spec", "rayClusterSpec", "workerGroupSpecs", 0, "resources"), {}),
        told("aivj-environment", "RAY_JOB_START_TIMEOUT_SECONDS", "900"),
    ],
    "clusters_are_those_of_the_pool": [
        (*JOB, ("spec", "rayClusterSpec", "rayVersion"), "2.59.0"),
        (*CRON, (*NIGHT, "containers", 0, "image"), "aivj:0.0.9"),
    ],
    "idle_nodes_go": [
        (*POOL, (*CLUSTER, "autoscalerOptions", "version"), "v1"),
        (*POOL, (*GROUP, "minReplicas"), 1),
        (*POOL, (*GROUP, "idleTimeoutSeconds"), 3600),
        (*POOL, (*GROUP, "maxReplicas"), 80),
    ],
    "heads_hold_no_work": [
        (*POOL, (*CLUSTER, "headGroupSpec", "rayStartParams", "num-cpus"), "4"),
        ("PodDisruptionBudget", "ray-head", ("spec", "maxUnavailable"), 1),
    ],
    "the_night_is_alone": [
        (*CRON, ("spec", "concurrencyPolicy"), "Allow"),
        (*CRON, ("spec", "timeZone"), ""),
        ("RayJob", "night", ("spec", "suspend"), False),
        (*JOB, ("spec", "suspend"), True),
    ],
    "mlflow_lets_in_who_should": [
        told("aivj-mlflow-server", "MLFLOW_SERVER_ALLOWED_HOSTS", "*"),
        told("aivj-mlflow-server", "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", "*"),
        told("aivj-mlflow-server", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "true"),
        told("aivj-environment", "MLFLOW_TRACKING_URI", "http://mlflow"),
    ],
    "mlflow_migrates_first": [
        (*MLFLOW, ("spec", "strategy"), {"type": "RollingUpdate"}),
        (*MLFLOW, ("spec", "replicas"), 2),
        (*MLFLOW, (*POD, "initContainers"), []),
        (*MIGRATION, (*FIRST, "image"), "aivj-mlflow:3.16.0"),
        (
            *MLFLOW,
            (*FIRST, "env", 2, "value"),
            "postgresql://mlflow:$(MLFLOW_DB_PASSWORD)@postgres/mlflow",
        ),
    ],
}


def test_every_rule_has_a_fault():
    assert set(FAULTS) == set(RULES)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        pytest.param(name, fault, id=f"{name}: {fault[1]} {'.'.join(map(str, fault[2]))}")
        for name, faults in FAULTS.items()
        for fault in faults
    ],
)
def test_every_rule_finds_its_fault(name, fault):
    objects = standing_with_jobs("pool-4090")
    put(objects, *fault)
    assert list(RULES[name](objects)) != []


@pytest.mark.parametrize("part", ["", "/jobs"])
def test_a_pod_of_the_pool_has_one_gpu(part):
    objects = rendered(f"overlays/pool-4090{part}")
    gpus = {
        pod.component: [
            c["resources"]["limits"].get("nvidia.com/gpu") for c in pod.spec["containers"]
        ]
        for pod in ray_rules.ray_pods(objects)
    }
    assert gpus == {"ray-head": [None, None], "ray-driver": ["1"], "ray-render": ["1"]}


def test_a_laptop_needs_no_gpu():
    objects = standing_with_jobs("laptop")
    assert "nvidia" not in json.dumps([one for one in objects if one["kind"] != "DaemonSet"])
    told_all = named(objects, "ConfigMap", "aivj-environment")["data"]
    assert (told_all["AIVJ_GPU"], told_all["AIVJ_ALLOW_CPU"]) == ("software", "1")


# What Kubernetes and the operator take for themselves.
CLUSTER_BYTES = 1e9


def test_a_laptop_holds_its_pods_and_a_job_of_its_own():
    page = (ROOT / "docs" / "operations.md").read_text()
    cpus, gigabytes = re.search(r"with (\d+) CPUs and (\d+) GB", page).groups()
    standing = rendered("overlays/laptop")
    job = [named(rendered("overlays/laptop/jobs"), "RayJob", "sample-pairs")]
    # The pool that stands has no workers while nobody submits to it; the template has no pods.
    at_once = [
        *(
            pod
            for pod in pods(standing)
            if not pod.maker.startswith("RayJob")
            and pod.component not in {*ray_rules.BROWSERS, "mlflow-migration"}
        ),
        *pods(job),
    ]
    asked = {
        name: sum(
            quantity(c["resources"]["requests"][name])
            for pod in at_once
            for c in pod.spec["containers"]
        )
        for name in ("cpu", "memory")
    }
    assert asked["cpu"] < int(cpus)
    assert asked["memory"] < int(gigabytes) * 1e9 - CLUSTER_BYTES
