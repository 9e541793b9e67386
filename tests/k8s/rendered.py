"""Manifests as `kubectl kustomize` renders them, and the pods that come of them."""

import functools
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from k8s.kuberay import head_pod, worker_pod

ROOT = Path(__file__).parents[2]
K8S = ROOT / "k8s"
OVERLAYS = ("laptop", "pool-4090", "multi-gpu-node")
FOLDERS = (
    *(f"overlays/{name}" for name in OVERLAYS),
    *(f"overlays/{name}/jobs" for name in OVERLAYS),
    "nodes",
    "policies",
)
KUBECTL = Path(sys.executable).parent / "kubectl"


# As JSON, which is read anew for each caller much quicker than YAML is, or copied.
@functools.cache
def _as_json(folder: str) -> str:
    done = subprocess.run(
        [KUBECTL, "kustomize", K8S / folder], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.dumps(list(yaml.load_all(done.stdout, Loader=yaml.CSafeLoader)))


def rendered(folder: str) -> list[dict[str, Any]]:
    """Returns the objects of a folder below k8s/, the caller's own to change."""
    objects: list[dict[str, Any]] = json.loads(_as_json(folder))
    return objects


def standing_with_jobs(overlay: str) -> list[dict[str, Any]]:
    """Returns all that an overlay may bring into the cluster, with what the nodes need."""
    return [
        *rendered(f"overlays/{overlay}"),
        *rendered(f"overlays/{overlay}/jobs"),
        *rendered("nodes"),
    ]


@dataclass(frozen=True)
class Pod:
    """A pod that an object makes, with what KubeRay's operator adds to it.

    Attributes:
        maker: Kind and name of the object.
        namespace: The object's.
        metadata: The pod's.
        spec: The pod's; the very dictionaries of the object, but for what the operator adds.
    """

    maker: str
    namespace: str
    metadata: dict[str, Any]
    spec: dict[str, Any]

    @property
    def component(self) -> str:
        return str(self.labels.get("app.kubernetes.io/component", ""))

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.metadata.get("labels", {}))

    @property
    def containers(self) -> Sequence[dict[str, Any]]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    def __str__(self) -> str:
        return f"{self.maker} ({self.component})"


def pods(objects: Sequence[dict[str, Any]]) -> Iterator[Pod]:
    """Yields every pod that the objects make."""
    for one in objects:
        maker = f"{one['kind']} {one['metadata']['name']}"
        namespace = one["metadata"].get("namespace", "")
        for template in _templates(one):
            yield Pod(maker, namespace, template.get("metadata", {}), template["spec"])


def named(objects: Sequence[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """Returns the object of a kind and name."""
    return next(one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name)


def of_kind(objects: Sequence[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    """Returns the objects of some kinds."""
    return [one for one in objects if one["kind"] in kinds]


def put(
    objects: Sequence[dict[str, Any]], kind: str, name: str, path: Sequence[str | int], value: Any
) -> None:
    """Sets one field of one object; `path` leads to it."""
    place: Any = named(objects, kind, name)
    *way, last = path
    for step in way:
        place = place[step]
    place[last] = value


def _templates(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    spec = one.get("spec", {})
    match one["kind"]:
        case "Deployment" | "StatefulSet" | "DaemonSet" | "Job":
            yield spec["template"]
        case "CronJob":
            yield spec["jobTemplate"]["spec"]["template"]
        case "RayCluster":
            yield from _ray_templates(spec)
        case "RayJob":
            yield from _ray_templates(spec["rayClusterSpec"])
            yield spec["submitterPodTemplate"]


def _ray_templates(cluster: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield head_pod(cluster)
    for group in cluster["workerGroupSpecs"]:
        yield worker_pod(group)
