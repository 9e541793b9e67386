"""`heartbeat.json`: who writes a run that is kept in a bucket, and whether it lives."""

from typing import Literal

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel

HEARTBEAT_NAME = "heartbeat.json"

DriverState = Literal["running", "finished", "interrupted", "failed"]


class Heartbeat(ContractModel):
    """The sign of life of a run's driver, written anew every few seconds while it runs.

    Attributes:
        version: Version of this form.
        driver: Names one start of a program; no two have the same.
        scratch: Names the folder of a disk that the run is worked on in.
        host: The machine it runs on.
        started_at: ISO-8601 time of its start, by its own clock.
        beat_at: ISO-8601 time of this sign, by its own clock.
        num_rows: Rows in the bucket.
        num_failures: Failures in the bucket.
        state: `running`, or how it ended. Whoever is silent while `running` has died.
    """

    version: Literal[1] = 1
    driver: str
    scratch: str
    host: str
    started_at: str
    beat_at: str
    num_rows: Count
    num_failures: Count
    state: DriverState
