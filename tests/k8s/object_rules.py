"""Objects fit together: what one names is there, finds what it means, and may do what it should."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from k8s.ray_rules import clusters
from k8s.rendered import Pod, named, of_kind, pods
from k8s.rules import Objects, rule

NAMESPACES = {"aivj", "aivj-nodes"}
CLUSTER_WIDE = {"Namespace", "PriorityClass"}
# What someone makes before: docs/operations.md tells how. Secret to keys.
SECRETS = {
    "aivj-monitor": {"token"},
    "aivj-ray-token": {"auth_token"},
    "aivj-bucket": {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
    "aivj-mlflow-database": {"password", "superuser-password"},
}
# What a cluster with GPUs, or every cluster, brings along.
RUNTIME_CLASSES = {"nvidia"}
GIVEN_CONFIG_MAPS = {"kube-root-ca.crt": {"ca.crt"}}


@rule
def references_lead_somewhere(objects: Objects) -> Iterator[str]:
    known = {
        "ConfigMap": {
            one["metadata"]["name"]: set(one.get("data", {}))
            for one in of_kind(objects, "ConfigMap")
        },
        "Secret": SECRETS,
        **{
            kind: {one["metadata"]["name"]: set[str]() for one in of_kind(objects, kind)}
            for kind in ("ServiceAccount", "PriorityClass")
        },
        "RuntimeClass": {name: set[str]() for name in RUNTIME_CLASSES},
    }
    known["ConfigMap"] |= GIVEN_CONFIG_MAPS
    for pod in pods(objects):
        for kind, name, keys in _references(pod):
            if name not in known[kind] or not keys <= known[kind][name]:
                yield f"{pod}: {kind} {name} {sorted(keys)}"
    for cluster in clusters(objects):
        if cluster["authOptions"]["secretName"] not in SECRETS:
            yield f"Secret {cluster['authOptions']['secretName']}"


def _references(pod: Pod) -> Iterator[tuple[str, str, set[str]]]:
    """Yields kind, name and keys of everything that a pod needs beside it."""
    yield "ServiceAccount", pod.spec.get("serviceAccountName", ""), set()
    for field, kind in (
        ("priorityClassName", "PriorityClass"),
        ("runtimeClassName", "RuntimeClass"),
    ):
        if field in pod.spec:
            yield kind, pod.spec[field], set()
    for one in pod.containers:
        yield from _read_by(one)
    for volume in pod.spec.get("volumes", []):
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            for kind, found in _either(source, "secret", "configMap"):
                keys = {item["key"] for item in found.get("items", [])}
                yield kind, found.get("secretName", found.get("name")), keys


def _read_by(container: dict[str, Any]) -> Iterator[tuple[str, str, set[str]]]:
    """Yields what the environment of a container is made of."""
    for source in container.get("envFrom", []):
        for kind, found in _either(source, "secretRef", "configMapRef"):
            yield kind, found["name"], set()
    for variable in container.get("env", []):
        for kind, found in _either(
            variable.get("valueFrom", {}), "secretKeyRef", "configMapKeyRef"
        ):
            yield kind, found["name"], {found["key"]}


def _either(
    source: dict[str, Any], secret: str, config_map: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    for field, kind in ((secret, "Secret"), (config_map, "ConfigMap")):
        if field in source:
            yield kind, source[field]


@rule
def mounts_have_their_volumes(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        volumes = {one["name"] for one in pod.spec.get("volumes", [])} | _claims(objects, pod)
        yield from (
            f"{pod} {one['name']}: volume {mount['name']}"
            for one in pod.containers
            for mount in one.get("volumeMounts", [])
            if mount["name"] not in volumes
        )


def _claims(objects: Objects, pod: Pod) -> set[str]:
    return {
        claim["metadata"]["name"]
        for one in of_kind(objects, "StatefulSet")
        if pod.maker == f"StatefulSet {one['metadata']['name']}"
        for claim in one["spec"].get("volumeClaimTemplates", [])
    }


@rule
def selectors_find_their_pods(objects: Objects) -> Iterator[str]:
    everyone = list(pods(objects))
    for one in of_kind(objects, "Service", "PodDisruptionBudget"):
        selector = one["spec"]["selector"]
        wanted = selector.get("matchLabels", selector)
        found = [pod for pod in everyone if wanted.items() <= pod.labels.items()]
        name = f"{one['kind']} {one['metadata']['name']}"
        if not found:
            yield f"{name}: {wanted}"
        for port in one["spec"].get("ports", []):
            known = {
                known["name"]
                for pod in found
                for c in pod.containers
                for known in c.get("ports", [])
            }
            if port["targetPort"] not in known:
                yield f"{name}: port {port['targetPort']}"
    for one in of_kind(objects, "Deployment", "StatefulSet", "DaemonSet"):
        labels = one["spec"]["template"]["metadata"]["labels"]
        if not one["spec"]["selector"]["matchLabels"].items() <= labels.items():
            yield f"{one['kind']} {one['metadata']['name']}: its own pods"


@rule
def probes_ask_ports_that_are_there(objects: Objects) -> Iterator[str]:
    for pod in pods(objects):
        for one in pod.containers:
            known = {port["name"] for port in one.get("ports", [])}
            for name in ("startupProbe", "readinessProbe", "livenessProbe"):
                port = one.get(name, {}).get("httpGet", {}).get("port")
                if port is not None and port not in known:
                    yield f"{pod} {one['name']}: {name} {port}"
        if pod.maker.startswith("Deployment") and "readinessProbe" not in pod.spec["containers"][0]:
            yield f"{pod}: no readinessProbe"


@rule
def objects_stand_in_their_namespace(objects: Objects) -> Iterator[str]:
    for one in objects:
        found = one["metadata"].get("namespace")
        inside = one["kind"] not in CLUSTER_WIDE
        if inside != (found in NAMESPACES):
            yield f"{one['kind']} {one['metadata']['name']}: {found}"
    counted = Counter(
        (one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects
    )
    yield from (f"{number} times {key}" for key, number in counted.items() if number > 1)


@rule
def the_schedule_may_start_rayjobs_only(objects: Objects) -> Iterator[str]:
    allowed = [{"apiGroups": ["ray.io"], "resources": ["rayjobs"], "verbs": ["create", "get"]}]
    roles = of_kind(objects, "Role", "ClusterRole")
    if [one["rules"] for one in roles] != [allowed]:
        yield f"roles: {roles}"
    for binding in of_kind(objects, "RoleBinding", "ClusterRoleBinding"):
        if [one["name"] for one in binding["subjects"]] != ["schedule"]:
            yield f"{binding['kind']} {binding['metadata']['name']}: {binding['subjects']}"


@rule
def mlflow_lets_in_who_should(objects: Objects) -> Iterator[str]:
    told = named(objects, "ConfigMap", "aivj-mlflow-server")["data"]
    hosts = set(told.get("MLFLOW_SERVER_ALLOWED_HOSTS", "").split(","))
    for name in ("mlflow", "mlflow.aivj.svc.cluster.local", "localhost"):
        if not {name, f"{name}:*"} <= hosts:
            yield f"allowed hosts: {name} with and without port"
    if "*" in hosts:
        yield "allowed hosts: any"
    origins = told.get("MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", "")
    if not all(one.startswith("https://") for one in origins.split(",")):
        yield f"origins: {origins}"
    if told.get("MLFLOW_SERVER_ENABLE_JOB_EXECUTION") != "false":
        yield "job execution"
    tracking = named(objects, "ConfigMap", "aivj-environment")["data"]["MLFLOW_TRACKING_URI"]
    service = named(objects, "Service", "mlflow")
    if tracking != f"http://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}":
        yield f"tracking URI {tracking}"


@rule
def mlflow_migrates_first(objects: Objects) -> Iterator[str]:
    server = named(objects, "Deployment", "mlflow")["spec"]
    if server["strategy"] != {"type": "Recreate"} or server["replicas"] != 1:
        yield f"strategy {server['strategy']}, {server['replicas']} replicas"
    migration = named(objects, "Job", "mlflow-migration")["spec"]["template"]["spec"]
    inside = server["template"]["spec"]
    waiting = [one["name"] for one in inside.get("initContainers", [])]
    if waiting != ["schema-is-there"]:
        yield f"the server waits for {waiting}"
    both = [migration["containers"][0], inside["containers"][0], *inside.get("initContainers", [])]
    if len({one["image"] for one in both}) != 1:
        yield "other versions migrate and serve"
    for one in both:
        env = {variable["name"]: variable for variable in one["env"]}
        uri = env["MLFLOW_BACKEND_STORE_URI"]["value"]
        if not uri.startswith("postgresql+psycopg2://") or "$(MLFLOW_DB_PASSWORD)" not in uri:
            yield f"{one['name']}: {uri}"
        names = list(env)
        # A variable is put into those that stand behind it.
        if names.index("MLFLOW_DB_PASSWORD") > names.index("MLFLOW_BACKEND_STORE_URI"):
            yield f"{one['name']}: the password comes after the address"
