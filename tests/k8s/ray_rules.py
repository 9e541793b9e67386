"""Ray clusters, jobs and browsers are as they have to be."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from k8s.rendered import Pod, named, of_kind, pods
from k8s.rules import Objects, quantity, rule

RAY = ("ray-head", "ray-driver", "ray-render")
BROWSERS = ("ray-driver", "ray-render")
GPU = "nvidia.com/gpu"
DRAIN_S, GRACE_S = 90, 120
GIB = 1 << 30
# Seen: a worker takes 0.3-0.43 GiB, a browser 0.45 GiB; an actor that composes as much again.
NODE_BYTES, SLOT_BYTES = GIB // 2, GIB * 9 // 10


@rule
def ray_drains_before_its_pod_ends(objects: Objects) -> Iterator[str]:
    told = named(objects, "ConfigMap", "aivj-environment")["data"]
    if told.get("RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S") != str(DRAIN_S):
        yield "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S"
    for pod in ray_pods(objects):
        if pod.spec.get("terminationGracePeriodSeconds") != GRACE_S:
            yield f"{pod}: terminationGracePeriodSeconds"
        if pod.metadata["annotations"].get("karpenter.sh/do-not-disrupt") != "true":
            yield f"{pod}: karpenter.sh/do-not-disrupt"
        if pod.spec.get("restartPolicy") != "Never":
            yield f"{pod}: restartPolicy"


@rule
def ray_is_started_by_tini(objects: Objects) -> Iterator[str]:
    """Never `tini -g`: raylet and `ray start` would get the signal at once, and nothing drains."""
    for pod in ray_pods(objects):
        ray = pod.spec["containers"][0]
        if pod.metadata["annotations"].get("ray.io/overwrite-container-cmd") != "true":
            yield f"{pod}: ray.io/overwrite-container-cmd"
        if ray.get("command") != ["/usr/bin/tini", "--", "/bin/bash", "-c"]:
            yield f"{pod}: {ray.get('command')}"
        if 'eval "exec $KUBERAY_GEN_RAY_START_CMD"' not in ray.get("args", [""])[0]:
            yield f"{pod}: {ray.get('args')}"


@rule
def ray_nodes_hear_the_same(objects: Objects) -> Iterator[str]:
    """Head, drivers and browsers share environment, bucket and job files: a driver runs on any."""
    for pod in ray_pods(objects):
        ray = pod.spec["containers"][0]
        sources = [next(iter(one.values()))["name"] for one in ray.get("envFrom", [])]
        if sources != ["aivj-environment", "aivj-bucket"]:
            yield f"{pod}: environment {sources}"
        mounts = {one["mountPath"] for one in ray["volumeMounts"]}
        if missing := {"/tmp", "/tmp/ray", "/scratch", "/etc/aivj/jobs"} - mounts:  # noqa: S108
            yield f"{pod}: nothing at {sorted(missing)}"


@rule
def browsers_have_the_profile_that_nodes_get(objects: Objects) -> Iterator[str]:
    node = named(objects, "DaemonSet", "seccomp-profiles")["spec"]["template"]["spec"]
    folder = next(one["hostPath"]["path"] for one in node["volumes"] if "hostPath" in one)
    copied = node["initContainers"][0]["args"][0]
    for pod in pods(objects):
        for one in pod.containers:
            profile = one.get("securityContext", {}).get("seccompProfile")
            if (pod.component in BROWSERS) != (profile is not None):
                yield f"{pod} {one['name']}: {profile}"
            if profile is None:
                continue
            below, _, name = profile.get("localhostProfile", "").rpartition("/")
            if folder != f"/var/lib/kubelet/seccomp/{below}" or f"/node/{name}\n" not in copied:
                yield f"{pod} {one['name']}: {profile}"


@rule
def browsers_fit_their_machine(objects: Objects) -> Iterator[str]:
    told = job_options(objects)["sample_pairs.yaml"]
    for group in worker_groups(objects):
        slots = int(group.get("resources", {}).get("browser_slot", "0"))
        spec = group["template"]["spec"]
        limits = spec["containers"][0]["resources"]["limits"]
        tmp = next(one["emptyDir"] for one in spec["volumes"] if one["name"] == "tmp")
        name = group["groupName"]
        if tmp.get("medium") != "Memory":
            yield f"{name}: /tmp is not memory"
        store = int(group["rayStartParams"]["object-store-memory"])
        # A driver has one browser and the rest for itself.
        needed = NODE_BYTES + store + quantity(tmp["sizeLimit"]) + SLOT_BYTES * max(slots, 1)
        if quantity(limits["memory"]) < needed:
            yield f"{name}: memory {limits['memory']} of {needed / GIB:.1f} Gi"
        if quantity(limits["cpu"]) < slots * told.get("actor-cpus", 1):
            yield f"{name}: {slots} slots on {limits['cpu']} CPUs"
        if float(limits.get(GPU, 0)) < slots * told.get("actor-gpus", 0):
            yield f"{name}: {slots} slots on {limits.get(GPU, 0)} GPUs"


@rule
def gpus_come_with_what_they_need(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        ray = pod.spec["containers"][0]
        if not float(ray["resources"]["limits"].get(GPU, 0)):
            continue
        env = {one["name"]: one.get("value") for one in ray.get("env", [])}
        if env.get("NVIDIA_DRIVER_CAPABILITIES") != "compute,utility,graphics,display":
            yield f"{pod}: NVIDIA_DRIVER_CAPABILITIES"
        if pod.spec.get("runtimeClassName") != "nvidia":
            yield f"{pod}: runtimeClassName"
        if not any(one.get("key") == GPU for one in pod.spec.get("tolerations", [])):
            yield f"{pod}: tolerations"
        if pod.component not in BROWSERS:
            yield f"{pod}: a GPU without a browser"


@rule
def ports_are_named_alike(objects: Objects) -> Iterator[str]:
    """KubeRay and the PodMonitor go by these names."""
    known = {"gcs-server": 6379, "dashboard": 8265, "metrics": 8080}
    for pod in ray_pods(objects):
        ports = {one["name"]: one["containerPort"] for one in pod.spec["containers"][0]["ports"]}
        expected = known if pod.component == "ray-head" else {"metrics": 8080}
        if ports != expected:
            yield f"{pod}: {ports}"


@rule
def jobs_end_and_are_tried_again(objects: Objects) -> Iterator[str]:
    expected: Mapping[str, object] = {
        "submissionMode": "K8sJobMode",
        "entrypointResources": '{"driver": 1}',
        "backoffLimit": 2,
        "submitterConfig": {"backoffLimit": 2},
        "shutdownAfterJobFinishes": True,
        "ttlSecondsAfterFinished": 600,
        "preRunningDeadlineSeconds": 1800,
        "activeDeadlineSeconds": 43200,
    }
    told = named(objects, "ConfigMap", "aivj-environment")["data"]
    start_s = int(told.get("RAY_JOB_START_TIMEOUT_SECONDS", 900))
    for one in of_kind(objects, "RayJob"):
        spec = one["spec"]
        name = one["metadata"]["name"]
        yield from (
            f"RayJob {name}: {field} {spec.get(field)}"
            for field, value in expected.items()
            if spec.get(field) != value
        )
        if start_s < spec.get("preRunningDeadlineSeconds", 0):
            yield f"RayJob {name}: Ray gives its driver up after {start_s} s"
        if not any("driver" in g.get("resources", {}) for g in worker_groups([one])):
            yield f"RayJob {name}: no place for its driver"


@rule
def clusters_are_those_of_the_pool(objects: Objects) -> Iterator[str]:
    pool = named(objects, "RayCluster", "pool")["spec"]
    for one in of_kind(objects, "RayJob"):
        if one["spec"]["rayClusterSpec"] != pool:
            yield f"RayJob {one['metadata']['name']}"
    images = {
        c["image"]
        for pod in pods(objects)
        for c in pod.containers
        if pod.component in {*RAY, "job-submitter", "schedule"}
    }
    if len(images) != 1:
        yield f"images of AIVJ: {sorted(images)}"


@rule
def idle_nodes_go(objects: Objects) -> Iterator[str]:
    for cluster in clusters(objects):
        options = cluster["autoscalerOptions"]
        expected = ("v2", 120, "Conservative")
        found = tuple(options.get(n) for n in ("version", "idleTimeoutSeconds", "upscalingMode"))
        if not cluster.get("enableInTreeAutoscaling") or found != expected:
            yield f"autoscaler: {found}"
        for group in cluster["workerGroupSpecs"]:
            if group.get("minReplicas") != 0 or group.get("idleTimeoutSeconds") != 300:
                yield f"{group['groupName']}: stays"
            if not 1 <= group.get("maxReplicas", 0) <= 8:
                yield f"{group['groupName']}: {group.get('maxReplicas')} replicas"


@rule
def heads_hold_no_work(objects: Objects) -> Iterator[str]:
    for cluster in clusters(objects):
        params = cluster["headGroupSpec"]["rayStartParams"]
        if (params.get("num-cpus"), params.get("num-gpus")) != ("0", "0"):
            yield f"head: {params}"
    budget = named(objects, "PodDisruptionBudget", "ray-head")["spec"]
    if budget.get("maxUnavailable") != 0:
        yield f"PodDisruptionBudget: {budget}"


@rule
def the_night_is_alone(objects: Objects) -> Iterator[str]:
    spec = named(objects, "CronJob", "night")["spec"]
    if spec.get("concurrencyPolicy") != "Forbid":
        yield f"concurrencyPolicy {spec.get('concurrencyPolicy')}"
    if not spec.get("timeZone") or not spec.get("startingDeadlineSeconds"):
        yield "timeZone and startingDeadlineSeconds"
    container = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    template = named(objects, "RayJob", container["args"][0])["spec"]
    if template.get("suspend") is not True:
        yield "the template runs"
    running = [
        one["metadata"]["name"] for one in of_kind(objects, "RayJob") if one["spec"].get("suspend")
    ]
    if running != [container["args"][0]]:
        yield f"suspended: {running}"


def clusters(objects: Objects) -> Iterator[dict[str, Any]]:
    """Yields the specifications of all Ray clusters."""
    for one in of_kind(objects, "RayCluster"):
        yield one["spec"]
    for one in of_kind(objects, "RayJob"):
        yield one["spec"]["rayClusterSpec"]


def worker_groups(objects: Objects) -> Iterator[dict[str, Any]]:
    """Yields the groups of workers of all Ray clusters."""
    for cluster in clusters(objects):
        yield from cluster["workerGroupSpecs"]


def ray_pods(objects: Objects) -> Iterator[Pod]:
    """Yields the pods in which Ray's nodes run."""
    yield from (pod for pod in pods(objects) if pod.component in RAY)


def job_options(objects: Objects) -> dict[str, dict[str, Any]]:
    """Returns the jobs' files, read."""
    data = named(objects, "ConfigMap", "aivj-jobs")["data"]
    return {name: yaml.safe_load(text) for name, text in data.items()}
