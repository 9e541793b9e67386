"""Whether a tracking server has what it was given of a run."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aivj.release.mlflow_client import mlflow_errors
from aivj.storage import sha256_hex

if TYPE_CHECKING:
    from aivj.release.tracking import Tracker

RELATIVE_TOLERANCE = 1e-9
"""Largest difference of a metric, as a share of it: not every database keeps each digit."""

_SHOWN_DIGITS = 12


def recorded_otherwise(
    tracker: "Tracker",
    run_id: str,
    metrics: Mapping[str, float],
    files: Mapping[str, Sequence[Path]],
) -> list[str]:
    """Returns what a run has otherwise on its server; empty if it has all of it so.

    Args:
        tracker: Where the run is.
        run_id: The run.
        metrics: What each has to be last, within `RELATIVE_TOLERANCE`.
        files: Files on this disk by the folder that the run keeps them in; byte for byte.

    Raises:
        StorageError: The server does not answer.
    """
    with mlflow_errors(tracker.uri):
        recorded = tracker.client.get_run(run_id).data.metrics
    kept = {folder: tracker.artifacts(run_id, folder) for folder in files}
    return [*_other_metrics(recorded, metrics), *_other_files(kept, files)]


def _other_metrics(recorded: Mapping[str, float], metrics: Mapping[str, float]) -> Iterator[str]:
    for name, value in metrics.items():
        found = recorded.get(name)
        if found is None:
            yield f"no {name}"
        elif not math.isclose(found, value, rel_tol=RELATIVE_TOLERANCE):
            yield f"{name} {found!r}, not {value!r}"


def _other_files(
    kept: Mapping[str, Mapping[str, bytes]], files: Mapping[str, Sequence[Path]]
) -> Iterator[str]:
    for folder, paths in files.items():
        for path in paths:
            found, wanted = kept[folder].get(path.name), path.read_bytes()
            if found is None:
                yield f"no {folder}/{path.name}"
            elif found != wanted:
                digests = [sha256_hex(data)[:_SHOWN_DIGITS] for data in (found, wanted)]
                yield f"{folder}/{path.name} sha256 {digests[0]}, not {digests[1]}"
