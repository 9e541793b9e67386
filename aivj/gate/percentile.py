"""The percentile of the runtime's reports."""

from collections.abc import Collection


def floor_percentile(values: Collection[float], share: float) -> float:
    """Returns the value at position `floor((n - 1) * share)` of the sorted values; nothing between.

    Args:
        values: One value or more.
        share: 0 for the lowest to 1 for the highest.
    """
    return sorted(values)[int((len(values) - 1) * share)]
