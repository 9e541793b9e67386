"""Pods reach what they need, and nothing else."""

import pytest

from k8s.network import Peer, component, passes, unselected
from k8s.rendered import OVERLAYS, named, of_kind, pods, rendered, standing_with_jobs

PUBLIC, PRIVATE, METADATA = "203.0.113.7", "10.1.2.3", "169.254.169.254"
DNS = Peer({"k8s-app": "kube-dns"}, namespace="kube-system")
OPERATOR = Peer({"app.kubernetes.io/name": "kuberay-operator"}, namespace="kuberay-system")
PROMETHEUS = Peer(namespace="monitoring", namespace_labels={"aivj/reads-metrics": "true"})
INGRESS = Peer(namespace="ingress", namespace_labels={"aivj/reads-mlflow": "true"})
STRANGER = Peer({"app.kubernetes.io/component": "ray-head"}, namespace="elsewhere")
NEIGHBOUR = component("some-other-pod")

HEAD, DRIVER, RENDER = (component(name) for name in ("ray-head", "ray-driver", "ray-render"))
SUBMITTER, SCHEDULE = component("job-submitter"), component("schedule")
MLFLOW, MIGRATION, POSTGRES = (
    component(name) for name in ("mlflow", "mlflow-migration", "postgres")
)
S3 = component("s3")

MONITOR = component("monitor")
READER = Peer(namespace="ingress", namespace_labels={"aivj/reads-monitor": "true"})

NEEDED = {
    "the ingress reaches the monitor": (READER, MONITOR, 5195),
    "a render pod asks for names": (RENDER, DNS, 53, "UDP"),
    "a render pod reaches the head": (RENDER, HEAD, 6379),
    "a render pod is reached by the head on any port": (HEAD, RENDER, 31234),
    "render pods reach each other": (RENDER, RENDER, 31234),
    "a driver reaches its workers": (DRIVER, RENDER, 31234),
    "a driver reaches MLflow": (DRIVER, MLFLOW, 5000),
    "a driver on the head reaches MLflow": (HEAD, MLFLOW, 5000),
    "the autoscaler reaches the API server": (HEAD, Peer(address=PRIVATE), 6443),
    "the autoscaler reaches a managed API server": (HEAD, Peer(address=PUBLIC), 443),
    "the schedule reaches the API server": (SCHEDULE, Peer(address=PRIVATE), 443),
    "a submitter reaches the dashboard": (SUBMITTER, HEAD, 8265),
    "the operator reaches the dashboard": (OPERATOR, HEAD, 8265),
    "Prometheus reads metrics": (PROMETHEUS, RENDER, 8080),
    "the ingress reaches MLflow": (INGRESS, MLFLOW, 5000),
    "MLflow reaches its database": (MLFLOW, POSTGRES, 5432),
    "the migration reaches the database": (MIGRATION, POSTGRES, 5432),
}
REFUSED = {
    "a neighbour and the monitor": (NEIGHBOUR, MONITOR, 5195),
    "a render pod and the monitor": (RENDER, MONITOR, 5195),
    "the monitor and MLflow": (MONITOR, MLFLOW, 5000),
    "the monitor and private addresses": (MONITOR, Peer(address=PRIVATE), 443),
    "a render pod and MLflow": (RENDER, MLFLOW, 5000),
    "a render pod and the database": (RENDER, POSTGRES, 5432),
    "a render pod and the API server": (RENDER, Peer(address=PRIVATE), 6443),
    "a render pod and private addresses": (RENDER, Peer(address=PRIVATE), 443),
    "a render pod and the cloud's metadata": (RENDER, Peer(address=METADATA), 80),
    "a render pod and the web": (RENDER, Peer(address=PUBLIC), 80),
    "a head and the cloud's metadata": (HEAD, Peer(address=METADATA), 443),
    "the database and the web": (POSTGRES, Peer(address=PUBLIC), 443),
    "the migration and the web": (MIGRATION, Peer(address=PUBLIC), 443),
    "a stranger and the dashboard": (STRANGER, HEAD, 8265),
    "a stranger and Ray": (STRANGER, HEAD, 6379),
    "a stranger and metrics": (STRANGER, RENDER, 8080),
    "a neighbour and metrics": (NEIGHBOUR, RENDER, 8080),
    "a neighbour and MLflow": (NEIGHBOUR, MLFLOW, 5000),
    "a neighbour and the database": (NEIGHBOUR, POSTGRES, 5432),
    "Prometheus and the dashboard": (PROMETHEUS, HEAD, 8265),
    "the operator and metrics": (OPERATOR, HEAD, 8080),
    "a submitter and a render pod": (SUBMITTER, RENDER, 8265),
    "a submitter and the web": (SUBMITTER, Peer(address=PUBLIC), 443),
}


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("flow", NEEDED.values(), ids=NEEDED)
def test_what_is_needed_passes(overlay, flow):
    assert passes(rendered(f"overlays/{overlay}"), *flow)


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("flow", REFUSED.values(), ids=REFUSED)
def test_nothing_else_passes(overlay, flow):
    assert not passes(rendered(f"overlays/{overlay}"), *flow)


@pytest.mark.parametrize("user", [HEAD, DRIVER, RENDER, MLFLOW, MONITOR], ids=str)
def test_the_bucket_is_reached(user):
    outside, inside = rendered("overlays/pool-4090"), rendered("overlays/laptop")
    assert passes(outside, user, Peer(address=PUBLIC), 443)
    assert passes(inside, user, S3, 8333)
    assert not passes(inside, NEIGHBOUR, S3, 8333)


def test_a_laptop_s_render_pods_stay_inside():
    assert not passes(rendered("overlays/laptop"), RENDER, Peer(address=PUBLIC), 443)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_policies_cover_every_pod(overlay):
    objects = standing_with_jobs(overlay)
    open_ends = {
        str(pod): list(unselected(objects, Peer(pod.labels, namespace=pod.namespace)))
        for pod in pods(objects)
    }
    assert {name: found for name, found in open_ends.items() if found} == {}


@pytest.mark.parametrize("flow", NEEDED.values(), ids=NEEDED)
def test_each_need_has_its_policy(flow):
    """With the default alone nothing passes: the table above does not hold by chance."""
    objects = rendered("overlays/pool-4090")
    assert not passes([named(objects, "NetworkPolicy", "default-deny")], *flow)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_policy_is_needed(overlay):
    objects = rendered(f"overlays/{overlay}")
    uses = [*NEEDED.values(), (RENDER, Peer(address=PUBLIC), 443), (RENDER, S3, 8333)]
    open_now = [flow for flow in uses if passes(objects, *flow)]
    for policy in of_kind(objects, "NetworkPolicy"):
        without = [one for one in objects if one is not policy]
        if policy["metadata"]["name"] == "default-deny":
            assert passes(without, STRANGER, NEIGHBOUR, 80)
        else:
            assert not all(passes(without, *flow) for flow in open_now), policy["metadata"]
