"""A run that was just begun, of one pack of four pairs."""

import pytest

from aivj.contracts.run_meta import Budget, PackTarget, RunMeta
from aivj.runs.directory import RunDirectory

STARTED_AT = "2026-03-01T01:00:00.000Z"


@pytest.fixture
def fresh():
    return RunMeta(
        started_at=STARTED_AT,
        url_base="http://127.0.0.1/",
        vite_port=0,
        budget=Budget(
            input_max_hours=1,
            effective_max_hours=1,
            start_time_iso=STARTED_AT,
            deadline_time_iso="2026-03-01T02:00:00.000Z",
        ),
        packs=[
            PackTarget(
                pack="one",
                manifest_path="pairs.json",
                pair_count=4,
                unique_pair_ids=4,
                target_unique_pairs=3,
            )
        ],
        driver="stage",
        seed=7,
    )


@pytest.fixture
def directory(tmp_path):
    return RunDirectory(tmp_path / "run")
