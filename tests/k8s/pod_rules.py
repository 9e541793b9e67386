"""What holds for every pod, whoever made it."""

import re
from collections import Counter
from collections.abc import Iterator

from k8s.rendered import Pod, of_kind, pods
from k8s.rules import Objects, quantity, rule

# Who may hold a token of the API server: component to containers.
TOKENS = {"ray-head": {"autoscaler"}, "schedule": {"start-rayjob"}}
GIB = 1 << 30

_PINNED = re.compile(r"[^@]+(@sha256:[0-9a-f]{64}|:[^:/@]+)")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_LONGEST = 63
_SECRET_LIKE = re.compile(r"(password|token|secret|access_key)", re.IGNORECASE)
_PASSWORD_IN_ADDRESS = re.compile(r"://[^/\s:$]+:[^@\s$]+@")


@rule
def images_are_pinned(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        for one in pod.containers:
            image = one["image"]
            if not _PINNED.fullmatch(image) or image.endswith(":latest"):
                yield f"{pod} {one['name']}: {image}"


@rule
def limits_are_set(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        for one in pod.containers:
            resources = one.get("resources", {})
            requests, limits = resources.get("requests", {}), resources.get("limits", {})
            asked = {"cpu", "memory", "ephemeral-storage"}
            if one["name"] == "wait-gcs-ready":
                asked -= {"ephemeral-storage"}  # the operator's own figures
            yield from (
                f"{pod} {one['name']}: {name} {requests.get(name)} of {limits.get(name)}"
                for name in sorted(asked)
                if requests.get(name) != limits.get(name) or name not in limits
            )


@rule
def pods_pass_pod_security_restricted(objects: Objects) -> Iterator[str]:
    enforced = {
        one["metadata"]["name"]
        for one in of_kind(objects, "Namespace")
        if one["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") == "restricted"
    }
    if enforced != {"aivj"}:
        yield f"namespaces that enforce it: {sorted(enforced)}"
    for pod in pods(objects):
        if pod.namespace == "aivj":
            yield from (f"{pod}: {breach}" for breach in _unrestricted(pod))


def _unrestricted(pod: Pod) -> Iterator[str]:
    """Yields what the profile `restricted` of Pod Security Standards refuses in a pod."""
    allowed = {
        "configMap",
        "downwardAPI",
        "emptyDir",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
    for volume in pod.spec.get("volumes", []):
        if not set(volume) - {"name"} <= allowed:
            yield f"volume {volume['name']}"
    yield from (name for name in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(name))
    common = pod.spec.get("securityContext", {})
    for one in pod.containers:
        own = one.get("securityContext", {})
        both = common | own
        if not both.get("runAsNonRoot") or both.get("runAsUser") == 0:
            yield f"{one['name']}: runs as root"
        if both.get("seccompProfile", {}).get("type") not in {"RuntimeDefault", "Localhost"}:
            yield f"{one['name']}: no seccomp profile"
        if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
            yield f"{one['name']}: may gain privileges"
        capabilities = own.get("capabilities", {})
        if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
            yield f"{one['name']}: capabilities {capabilities}"
        if any("hostPort" in port for port in one.get("ports", [])):
            yield f"{one['name']}: a port of the host"


@rule
def roots_are_read_only(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        for one in pod.containers:
            if not one.get("securityContext", {}).get("readOnlyRootFilesystem"):
                yield f"{pod} {one['name']}"


@rule
def tokens_lie_where_they_are_needed(objects: Objects) -> Iterator[str]:
    for one in of_kind(objects, "ServiceAccount"):
        if one.get("automountServiceAccountToken") is not False:
            yield f"ServiceAccount {one['metadata']['name']}"
    for pod in pods(objects):
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod}: automountServiceAccountToken"
        tokens = {
            volume["name"]
            for volume in pod.spec.get("volumes", [])
            for source in volume.get("projected", {}).get("sources", [])
            if "serviceAccountToken" in source
        }
        found = {
            one["name"]
            for one in pod.containers
            for mount in one.get("volumeMounts", [])
            if mount["name"] in tokens
        }
        if found != TOKENS.get(pod.component, set()):
            yield f"{pod}: tokens in {sorted(found)}"


@rule
def services_set_no_variables(objects: Objects) -> Iterator[str]:
    """A service named mlflow would set MLFLOW_PORT, which MLflow's server reads as its own."""
    for pod in pods(objects):
        if pod.spec.get("enableServiceLinks") is not False:
            yield str(pod)


@rule
def scratch_fits_the_disk(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        on_disk = 0.0
        for volume in pod.spec.get("volumes", []):
            if "emptyDir" not in volume:
                continue
            if "sizeLimit" not in volume["emptyDir"]:
                yield f"{pod}: {volume['name']} may grow without end"
            elif volume["emptyDir"].get("medium") != "Memory":
                on_disk += quantity(volume["emptyDir"]["sizeLimit"])
        allowed = sum(
            quantity(one["resources"]["limits"].get("ephemeral-storage", 0))
            for one in pod.spec["containers"]
        )
        if on_disk > allowed:
            yield f"{pod}: volumes of {on_disk / GIB:.1f} Gi, {allowed / GIB:.1f} Gi allowed"


@rule
def names_and_quantities_are_of_their_form(objects: Objects) -> Iterator[str]:
    """What an API server refuses and schemas let pass."""
    for one in objects:
        metadata = one["metadata"]
        if not _NAME.fullmatch(metadata["name"]) or len(metadata["name"]) > _LONGEST:
            yield f"{one['kind']} {metadata['name']}: name"
    for pod in pods(objects):
        for key, value in pod.labels.items():
            if not _LABEL.fullmatch(value) or len(value) > _LONGEST:
                yield f"{pod}: label {key}={value}"
        for found in _quantities(pod):
            try:
                quantity(found)
            except ValueError:
                yield f"{pod}: quantity {found}"
        yield from (
            f"{pod}: {number} times {name}"
            for name, number in Counter(c["name"] for c in pod.containers).items()
            if number > 1
        )


def _quantities(pod: Pod) -> Iterator[object]:
    for one in pod.containers:
        for amounts in one.get("resources", {}).values():
            yield from amounts.values()
    for volume in pod.spec.get("volumes", []):
        if "sizeLimit" in volume.get("emptyDir", {}):
            yield volume["emptyDir"]["sizeLimit"]


@rule
def no_secret_is_written_down(objects: Objects) -> Iterator[str]:
    yield from (f"Secret {one['metadata']['name']}" for one in of_kind(objects, "Secret"))
    for pod in pods(objects):
        for one in pod.containers:
            for variable in one.get("env", []):
                if _SECRET_LIKE.search(variable["name"]) and variable.get("value"):
                    yield f"{pod} {one['name']}: {variable['name']}"
    for one in of_kind(objects, "ConfigMap"):
        for name, text in one.get("data", {}).items():
            if _SECRET_LIKE.search(name) and text:
                yield f"ConfigMap {one['metadata']['name']}: {name}"
            if _PASSWORD_IN_ADDRESS.search(text):
                yield f"ConfigMap {one['metadata']['name']}: {name} holds a password"
