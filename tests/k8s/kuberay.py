"""What KubeRay's operator adds to pods, and what it refuses though an API server lets it pass.

After the operator's source of 2026 (release 1.7): `ray-operator/controllers/ray/common/pod.go` and
`ray-operator/controllers/ray/utils/validation.go`.
"""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ray.autoscaler._private.kuberay.utils import parse_quantity

LONGEST_NAME = {"RayCluster": 53, "RayJob": 47, "RayCronJob": 36}
SUBMISSION_MODES = {"K8sJobMode", "HTTPMode", "SidecarMode", "InteractiveMode"}
# Features that are off unless the operator was started with their gate.
GATED = ("networkPolicy", "tlsOptions", "historyServerOptions")
FIRST_VERSION_WITH_TOKENS = (2, 52)

_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
LOGS = {"name": "ray-logs", "mountPath": "/tmp/ray"}  # noqa: S108
_WAIT = {"cpu": "200m", "memory": "256Mi"}


def head_pod(cluster: dict[str, Any]) -> dict[str, Any]:
    """Returns the pod template of a head, with the autoscaler beside it."""
    template = cluster["headGroupSpec"]["template"]
    if not cluster.get("enableInTreeAutoscaling"):
        return template
    spec = template["spec"]
    options = cluster.get("autoscalerOptions", {})
    autoscaler = {
        "name": "autoscaler",
        "image": spec["containers"][0]["image"],
        "command": ["/bin/bash", "-c", "--"],
        **{
            name: options[name]
            for name in ("resources", "securityContext", "env", "envFrom", "volumeMounts")
            if name in options
        },
    }
    mounts = [*autoscaler.get("volumeMounts", []), LOGS]
    autoscaler["volumeMounts"] = mounts
    return {**template, "spec": {**spec, "containers": [*spec["containers"], autoscaler]}}


def worker_pod(group: dict[str, Any]) -> dict[str, Any]:
    """Returns the pod template of a worker, with the container that waits for the head."""
    template = group["template"]
    spec = template["spec"]
    ray = spec["containers"][0]
    waiting = {
        "name": "wait-gcs-ready",
        **{name: ray[name] for name in ("image", "securityContext", "volumeMounts") if name in ray},
        "resources": {"limits": _WAIT, "requests": _WAIT},
    }
    return {**template, "spec": {**spec, "initContainers": [waiting]}}


def start_command(group: dict[str, Any], *, is_head: bool) -> str:
    """Returns KUBERAY_GEN_RAY_START_CMD, as the operator writes it for a group."""
    params = dict(group.get("rayStartParams", {})) | {
        "block": "true",
        "metrics-export-port": "8080",
    }
    limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
    params.setdefault("num-cpus", str(int(parse_quantity(limits["cpu"]))))
    params.setdefault("memory", str(int(parse_quantity(limits["memory"]))))
    if "nvidia.com/gpu" in limits:
        params.setdefault("num-gpus", limits["nvidia.com/gpu"])
    own = {name: float(quantity) for name, quantity in group.get("resources", {}).items()}
    if own:
        text = json.dumps(
            {name: int(number) for name, number in own.items()}, separators=(",", ":")
        )
        params["resources"] = f"'{text}'"
    flags = "".join(
        f" --{name} " if value == "true" else f" --{name}={value} "
        for name, value in sorted(params.items())
    )
    return f"ray start {'--head ' if is_head else ''}{flags}"


def refusals(one: dict[str, Any]) -> Iterator[str]:
    """Yields why the operator would not take a Ray object; nothing for others."""
    kind, name = one["kind"], one["metadata"]["name"]
    if kind not in LONGEST_NAME:
        return
    if kind == "RayCronJob":
        yield f"{kind} {name}: its feature gate is off by default"
        return
    if len(name) > LONGEST_NAME[kind] or not _NAME.fullmatch(name):
        yield f"{kind} {name}: a name has {LONGEST_NAME[kind]} letters, digits and dashes at most"
    spec = one["spec"]
    found = _of_job(spec) if kind == "RayJob" else _of_cluster(spec)
    for refusal in found:
        yield f"{kind} {name}: {refusal}"


def _of_job(spec: dict[str, Any]) -> Iterator[str]:
    mode = spec.get("submissionMode", "K8sJobMode")
    if mode not in SUBMISSION_MODES:
        yield f"submissionMode {mode}"
    ends = spec.get("shutdownAfterJobFinishes", False)
    rules = spec.get("deletionStrategy", {}).get("deletionRules")
    if spec.get("ttlSecondsAfterFinished", 0) > 0 and not ends:
        yield "ttlSecondsAfterFinished without shutdownAfterJobFinishes"
    if ends and rules:
        yield "shutdownAfterJobFinishes beside deletionRules"
    if spec.get("suspend") and not ends:
        yield "suspend without shutdownAfterJobFinishes"
    if spec.get("backoffLimit") and (spec.get("clusterSelector") or mode == "InteractiveMode"):
        yield "backoffLimit with clusterSelector or InteractiveMode"
    if mode == "SidecarMode" and {"submitterPodTemplate", "submitterConfig"} & set(spec):
        yield "SidecarMode with a submitter"
    if ("rayClusterSpec" in spec) == ("clusterSelector" in spec):
        yield "one of rayClusterSpec and clusterSelector"
    if "rayClusterSpec" in spec:
        yield from _of_cluster(spec["rayClusterSpec"])


def _of_cluster(spec: dict[str, Any]) -> Iterator[str]:
    yield from (f"{name}: its feature gate is off by default" for name in GATED if name in spec)
    scales = spec.get("enableInTreeAutoscaling", False)
    v2 = scales and spec.get("autoscalerOptions", {}).get("version") == "v2"
    if spec.get("authOptions", {}).get("mode") == "token":
        version = tuple(map(int, str(spec.get("rayVersion") or "0.0").split(".")[:2]))
        if version < FIRST_VERSION_WITH_TOKENS:
            yield "authOptions.mode token needs rayVersion 2.52"
    groups = [("head", spec["headGroupSpec"])]
    groups += [(group["groupName"], group) for group in spec.get("workerGroupSpecs", [])]
    for name, group in groups:
        counted = {"num-cpus", "num-gpus", "memory", "resources"} & set(group["rayStartParams"])
        if counted and group.get("resources"):
            yield f"group {name}: resources beside rayStartParams {sorted(counted)}"
        if "labels" in group["rayStartParams"]:
            yield f"group {name}: labels in rayStartParams"
        if v2 and group["template"]["spec"].get("restartPolicy", "Never") != "Never":
            yield f"group {name}: restartPolicy with autoscaler v2"
        if "idleTimeoutSeconds" in group and not v2:
            yield f"group {name}: idleTimeoutSeconds without autoscaler v2"
        if scales and group.get("suspend"):
            yield f"group {name}: suspended with an autoscaler"


@functools.cache
def known_fields() -> dict[str, frozenset[str]]:
    """Returns the names of fields at each place of Ray's kinds, by the path of the place."""
    told = yaml.safe_load(Path(__file__).with_name("ray_fields.yaml").read_text())
    return {place: frozenset(names) for place, names in told.items()}


def unknown_fields(one: dict[str, Any]) -> Iterator[str]:
    """Yields fields of a Ray object that no place has, by what is known without its schema."""
    if one["kind"] == "RayJob":
        yield from _unknown("job", one["spec"])
        yield from _unknown("job.submitterConfig", one["spec"].get("submitterConfig", {}))
        cluster = one["spec"]["rayClusterSpec"]
    elif one["kind"] == "RayCluster":
        cluster = one["spec"]
    else:
        return
    yield from _unknown("cluster", cluster)
    for name in ("authOptions", "autoscalerOptions", "headGroupSpec"):
        yield from _unknown(f"cluster.{name}", cluster.get(name, {}))
    for group in cluster["workerGroupSpecs"]:
        yield from _unknown("cluster.workerGroupSpecs", group)


def _unknown(place: str, fields: dict[str, Any]) -> Iterator[str]:
    yield from (f"{place}.{name}" for name in sorted(set(fields) - known_fields()[place]))
