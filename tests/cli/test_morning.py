"""`aivj morning`: which night it judges, and that it says how long ago that was."""

from datetime import UTC, datetime, timedelta

import pytest

from aivj.contracts.json_text import iso_utc
from aivj.contracts.night import NightRecord, write_night
from aivj.errors import GateError
from aivj.pipeline.night import nights_folder
from aivj.storage import open_folder


@pytest.mark.parametrize(("days", "is_told"), [(3, True), (0.2, False)])
def test_the_last_night_is_told_to_be_an_old_one(tmp_path, run_here, days, is_told):
    ended = iso_utc(datetime.now(UTC) - timedelta(days=days))
    record = NightRecord(
        stamp="one",
        night_kind="styles",
        packs=["mine"],
        command="aivj night",
        started_at=ended,
        finished_at=ended,
        places={},
        stages=[],
    )
    write_night(open_folder(nights_folder(str(tmp_path))).folder("one"), record)
    done = run_here("--home", tmp_path, "morning")
    assert done.exit_code == GateError.exit_code
    assert ("is 3 days old: none began since" in done.stderr) is is_told
    assert "days old" not in run_here("--home", tmp_path, "morning", "--run-stamp", "one").stderr
