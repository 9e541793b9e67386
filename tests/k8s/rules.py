"""Rules for what an overlay brings into a cluster.

A rule yields what breaks it, and nothing if all is well. It looks at objects as they are rendered
and at pods as the operator makes them. `test_rules.py` holds every overlay to each rule, and
plants faults to see that each can fail.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ray.autoscaler._private.kuberay.utils import parse_quantity

Objects = Sequence[dict[str, Any]]
Rule = Callable[[Objects], Iterator[str]]

RULES: dict[str, Rule] = {}


def rule(judge: Rule) -> Rule:
    """Adds a rule to the table."""
    RULES[judge.__name__] = judge
    return judge


def quantity(text: object) -> float:
    """Returns a Kubernetes quantity as a number. Raises `ValueError`."""
    return float(parse_quantity(str(text)))
