"""The optional admission policies, their expressions evaluated on our pods and on planted ones."""

import copy

import pytest
from cel_expr_python import cel

from k8s.rendered import OVERLAYS, named, of_kind, pods, rendered, standing_with_jobs

POLICIES = rendered("policies")


def complaints(policy, pod):
    """Returns the messages of a policy's validations that do not hold for a pod."""
    spec = named(POLICIES, "ValidatingAdmissionPolicy", policy)["spec"]
    env = cel.NewEnv(variables={"object": cel.Type.DYN, "variables": cel.Type.DYN})
    told = {"object": {"metadata": dict(pod.metadata), "spec": pod.spec}, "variables": {}}
    for variable in spec.get("variables", []):
        told["variables"][variable["name"]] = evaluated(env, variable["expression"], told)
    return [
        one["message"]
        for one in spec["validations"]
        if evaluated(env, one["expression"], told) is not True
    ]


def evaluated(env, expression, told):
    return env.compile(expression).eval(data=told).plain_value()


def pod_of(overlay, component):
    found = (pod for pod in pods(standing_with_jobs(overlay)) if pod.component == component)
    return copy.deepcopy(next(found))


EVERYWHERE = ["aivj-pinned-images", "aivj-no-tokens"]


@pytest.mark.parametrize("policy", EVERYWHERE)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_our_pods_are_let_in(policy, overlay):
    assert [str(p) for p in pods(standing_with_jobs(overlay)) if complaints(policy, p)] == []


def test_one_gpu_a_pod_is_asked_where_each_pod_has_one():
    policy = "aivj-one-gpu-a-pod"
    assert [p for p in pods(standing_with_jobs("pool-4090")) if complaints(policy, p)] == []
    assert complaints(policy, pod_of("multi-gpu-node", "ray-render"))
    two = pod_of("pool-4090", "ray-render")
    two.spec["containers"] *= 2
    assert complaints(policy, two)


@pytest.mark.parametrize(
    "image", ["aivj", "aivj:latest", "registry:5000/aivj", "aivj@sha256:1234", "aivj:"]
)
@pytest.mark.parametrize("place", ["containers", "initContainers"])
def test_an_image_that_may_change_is_refused(image, place):
    pod = pod_of("pool-4090", "ray-render")
    pod.spec[place][0]["image"] = image
    assert complaints("aivj-pinned-images", pod)


@pytest.mark.parametrize("image", ["aivj:0.1.0", f"registry:5000/aivj@sha256:{'0' * 64}"])
def test_an_image_that_stays_is_let_in(image):
    pod = pod_of("pool-4090", "ray-render")
    pod.spec["containers"][0]["image"] = image
    assert complaints("aivj-pinned-images", pod) == []


@pytest.mark.parametrize("told", [{}, {"automountServiceAccountToken": True}])
def test_a_token_by_default_is_refused(told):
    pod = pod_of("pool-4090", "ray-render")
    del pod.spec["automountServiceAccountToken"]
    pod.spec.update(told)
    assert complaints("aivj-no-tokens", pod)


def test_each_policy_is_bound_to_namespaces_that_are_there():
    bindings = of_kind(POLICIES, "ValidatingAdmissionPolicyBinding")
    assert {one["spec"]["policyName"] for one in bindings} == {
        one["metadata"]["name"] for one in of_kind(POLICIES, "ValidatingAdmissionPolicy")
    }
    labels = named(rendered("overlays/pool-4090"), "Namespace", "aivj")["metadata"]["labels"]
    for one in bindings:
        assert one["spec"]["validationActions"] == ["Deny"]
        selector = one["spec"]["matchResources"]["namespaceSelector"]["matchLabels"]
        assert selector.items() <= labels.items()


def test_a_node_with_several_gpus_is_not_held_to_one_a_pod():
    labels = named(rendered("overlays/multi-gpu-node"), "Namespace", "aivj")["metadata"]["labels"]
    assert "aivj/one-gpu-a-pod" not in labels
