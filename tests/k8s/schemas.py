"""Schemas that manifests are held to: Kubernetes' own, and those of Ray's kinds where they are.

The definitions of KubeRay's kinds are no part of this repository. `KUBERAY_CRDS` names a folder
with `ray.io_rayclusters.yaml` and `ray.io_rayjobs.yaml` of its release; without it a folder
`shared/k8s-crds` beside the repository is looked for, and without either names of fields alone
are checked.
"""

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

from k8s.rendered import ROOT

# The oldest release with all that is used, and the newest whose schemas are installed.
VERSIONS = ("1.30", "1.37")
CRDS = Path(os.environ.get("KUBERAY_CRDS", ROOT.parent / "shared" / "k8s-crds"))
CRD_FILES = {"RayCluster": "ray.io_rayclusters.yaml", "RayJob": "ray.io_rayjobs.yaml"}
HAS_CRDS = all((CRDS / name).is_file() for name in CRD_FILES.values())


def violations(one: dict[str, Any]) -> list[str]:
    """Returns where an object breaks its kind's schema; unknown fields count."""
    if one["apiVersion"].startswith("ray.io/"):
        return list(_of_ray(one))
    return list(_of_core(json.dumps(one, sort_keys=True)))


def pod_violations(metadata: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    """Returns where a pod that stands in another kind breaks the schema of pods."""
    pod = {
        "apiVersion": "v1",
        "kind": "PodTemplate",
        "metadata": {"name": "inside"},
        "template": {"metadata": metadata, "spec": spec},
    }
    return list(_of_core(json.dumps(pod, sort_keys=True)))


# Overlays share most objects, and a look at one takes 25 ms.
@functools.cache
def _of_core(text: str) -> tuple[str, ...]:
    one = json.loads(text)
    found = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            place = ".".join(map(str, error.absolute_path))
            found.append(f"{one['kind']} {one['metadata']['name']} {place}: {error.message}")
    return tuple(found)


def _of_ray(one: dict[str, Any]) -> Iterator[str]:
    for error in _validator(one["kind"]).iter_errors(one):
        place = ".".join(map(str, error.absolute_path))
        yield f"{one['kind']} {one['metadata']['name']} {place}: {error.message}"


@functools.cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(_strict(crd_schema(kind)))


@functools.cache
def crd_schema(kind: str) -> dict[str, Any]:
    """Returns the schema of version v1 of one of Ray's kinds."""
    text = (CRDS / CRD_FILES[kind]).read_text()
    versions = yaml.load(text, Loader=yaml.CSafeLoader)["spec"]["versions"]
    schema = next(one["schema"]["openAPIV3Schema"] for one in versions if one["name"] == "v1")
    # What an API server knows of every object.
    schema["properties"]["metadata"] = {"type": "object"}
    return dict(schema)


def _strict(schema: Any) -> Any:
    """Returns a schema that refuses fields it does not name, as `kubectl apply` does."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(value) for name, value in schema.items()}
    if "properties" in schema and isinstance(schema["properties"], dict):
        strict["properties"] = {
            name: _strict(value) for name, value in schema["properties"].items()
        }
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            strict.setdefault("additionalProperties", False)
    return strict
