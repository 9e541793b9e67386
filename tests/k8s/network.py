"""Who may reach whom, by NetworkPolicies as Kubernetes reads them.

A pod that no policy selects for a direction is open in it; otherwise what some policy that selects
it allows passes. What comes from the pod's own node (the kubelet, a port-forward) always does.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8s.rendered import of_kind


@dataclass(frozen=True)
class Peer:
    """An end of a connection: a pod by its labels, or an address outside the cluster."""

    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = "aivj"
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


def component(name: str) -> Peer:
    """Returns a pod of AIVJ's namespace."""
    return Peer({"app.kubernetes.io/component": name})


def passes(
    objects: Sequence[dict[str, Any]], source: Peer, target: Peer, port: int, protocol: str = "TCP"
) -> bool:
    """Says whether a connection is allowed at both ends."""
    return all(
        end.address or _allowed(objects, direction, end, other, port, protocol)
        for direction, end, other in (("Egress", source, target), ("Ingress", target, source))
    )


def unselected(objects: Sequence[dict[str, Any]], peer: Peer) -> Iterator[str]:
    """Yields directions in which no policy selects a pod, so that everything passes."""
    for direction in ("Ingress", "Egress"):
        if not list(_selecting(objects, direction, peer)):
            yield direction


def _allowed(
    objects: Sequence[dict[str, Any]],
    direction: str,
    end: Peer,
    other: Peer,
    port: int,
    protocol: str,
) -> bool:
    policies = list(_selecting(objects, direction, end))
    side, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    return not policies or any(
        _has_port(rule, port, protocol)
        and (not rule.get(peers) or any(_is(one, other, end.namespace) for one in rule[peers]))
        for policy in policies
        for rule in policy["spec"].get(side, [])
    )


def _selecting(
    objects: Sequence[dict[str, Any]], direction: str, end: Peer
) -> Iterator[dict[str, Any]]:
    for policy in of_kind(objects, "NetworkPolicy"):
        spec = policy["spec"]
        if (
            policy["metadata"]["namespace"] == end.namespace
            and direction in spec["policyTypes"]
            and _matches(spec["podSelector"], end.labels)
        ):
            yield policy


def _has_port(rule: dict[str, Any], port: int, protocol: str) -> bool:
    return not rule.get("ports") or any(
        one["port"] == port and one.get("protocol", "TCP") == protocol for one in rule["ports"]
    )


def _is(one: dict[str, Any], other: Peer, own_namespace: str) -> bool:
    if "ipBlock" in one:
        return bool(other.address) and _inside(one["ipBlock"], other.address)
    if other.address:
        return False
    if "namespaceSelector" in one:
        labels = {"kubernetes.io/metadata.name": other.namespace, **other.namespace_labels}
        there = _matches(one["namespaceSelector"], labels)
    else:
        there = other.namespace == own_namespace
    return there and _matches(one.get("podSelector", {}), other.labels)


def _inside(block: dict[str, Any], address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found in ipaddress.ip_network(block["cidr"]) and not any(
        found in ipaddress.ip_network(one) for one in block.get("except", [])
    )


def _matches(selector: dict[str, Any], labels: Mapping[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= dict(labels).items() and all(
        _expression(one, labels) for one in selector.get("matchExpressions", [])
    )


def _expression(one: dict[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(one["key"])
    return {
        "In": value in one.get("values", []),
        "NotIn": value not in one.get("values", []),
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[str(one["operator"])]
