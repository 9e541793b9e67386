"""`GET /api/state` of the monitor and `aivj status --json`: all that is known of a run."""

from typing import Literal

from pydantic import Field

from aivj.contracts.checks import Verdict
from aivj.contracts.fields import Count, Number, OuterText, PairId
from aivj.contracts.json_text import ContractModel
from aivj.contracts.monitor_status import Alert, GpuFigures, MonitorStage


class RunChoice(ContractModel):
    """A run that can be looked at.

    Attributes:
        id: What it is called in addresses.
        path: Its folder.
        touched_at: ISO-8601 time of its last sign of life.
    """

    id: str
    path: str
    touched_at: str


class PackState(ContractModel):
    """A pack of a run."""

    pack: str
    num_rows: Count
    num_visited: Count = Field(description="Different pairs with a row or a failure")
    num_failed: Count
    num_target: Count | None = Field(description="Pairs, or rows, it aims at; null if unknown")
    ok_share: Number | None = Field(description="Share of rows that pass the heuristic, 0..1")


class RunSeries(ContractModel):
    """What came when, in steps of equal width.

    Attributes:
        start_s: Where the first step begins, seconds since 1970.
        width_s: Width of a step in seconds.
        rows: Rows of each step.
        fresh: Pairs of each step that were not visited before.
        failures: Failures of each step.
    """

    start_s: Number
    width_s: Number
    rows: list[Count]
    fresh: list[Count]
    failures: list[Count]


class FigureHistogram(ContractModel):
    """How a figure of the rows is distributed.

    Attributes:
        name: The row's key.
        low: Where the first column begins, in the figure or, if `is_log`, its decimal logarithm.
        high: Where the last one ends.
        is_log: Whether columns are of equal width in the logarithm.
        counts: Rows by column; what lies beyond is in the outermost ones.
        num_unknown: Rows without the figure.
        limit: From where on a row is in order; None where nothing says so.
    """

    name: str
    low: Number
    high: Number
    is_log: bool
    counts: list[Count]
    num_unknown: Count
    limit: Number | None


class WallTile(ContractModel):
    """One of the last rows, as the wall shows it."""

    t_ms: Count
    pack: str
    pair: PairId
    ok: bool
    reasons: list[OuterText]
    luma: Number | None
    motion: Number | None
    response: Number | None
    flash_unsafe: bool
    has_picture: bool


class WorkersState(ContractModel):
    """Browsers of a run."""

    num_opened: Count = Field(description="Browsers that were opened and heard the music")
    num_replaced: Count = Field(description="Browsers that were lost or worn")
    num_replaced_lately: Count = Field(description="Those of the last 15 minutes, since we look")


class DiskState(ContractModel):
    """The disk that a run is written to."""

    free_bytes: Count
    total_bytes: Count


class TrainingCurve(ContractModel):
    """A figure of each epoch."""

    name: str
    epochs: list[Count]
    values: list[Number | None]


class ScoresState(ContractModel):
    """Scores of a pack of the run."""

    pack: str
    is_fresh: bool = Field(description="Whether they were made after the run began")
    std: Number | None
    num_scored: Count
    at: str


class EvidenceState(ContractModel):
    """What was judged or done after sampling.

    Attributes:
        kind: What it is.
        subject: Of which pack.
        verdict: How it ended.
        told: What it says.
        at: ISO-8601 time of its file.
    """

    kind: Literal["verify", "accept", "release"]
    subject: str
    verdict: Verdict
    told: OuterText
    at: str


class MonitoredRun(ContractModel):
    """A run, seen whole.

    Attributes:
        version: Version of this form.
        at: ISO-8601 time of the look.
        run: Which run; None if there is none.
        runs: All runs there are, the one touched last first.
        stage: How far the night has come.
        standing: How sampling stands: `running`, `complete` and so on; None without a run.
        started_at: ISO-8601 time.
        finished_at: ISO-8601 time; None while it goes on.
        read_share: Share of the rows that were read, 0 to 1: a large run takes seconds at first.
        last_row_at: ISO-8601 time of the last change of the rows.
        num_rows: Rows in all.
        num_failures: Failures in all.
        num_bad_lines: Lines of rows and failures that are none.
        ok_share: Share of rows that pass the heuristic, 0 to 1.
        rate_per_min: Rows and failures a minute, in the last minute.
        overall_per_min: The same, since the first.
        eta_s: Seconds to go; None where nobody knows.
        driver: Who renders: `stage`, `live`, or None of other programs' runs.
        renderer: What draws, in the browser's words.
        renderer_class: Its class.
        packs: Its packs.
        series: What came when.
        histograms: Distributions of figures.
        reasons: Rows by failed check.
        failures: Failures by kind.
        wall: The last rows, the latest first.
        workers: Its browsers.
        gpus: GPUs of this machine.
        disk: Room there is.
        training: Curves of the last fit.
        scores: Scores of its packs.
        evidence: What was judged and released.
        alerts: What somebody should know, the worst first.
        logs: Logs that there are, by the kind that `/api/log` takes.
    """

    version: Literal[1] = 1
    at: str
    run: RunChoice | None
    runs: list[RunChoice]
    stage: MonitorStage
    standing: str | None
    started_at: str | None
    finished_at: str | None
    read_share: Number
    last_row_at: str | None
    num_rows: Count
    num_failures: Count
    num_bad_lines: Count
    ok_share: Number | None
    rate_per_min: Number
    overall_per_min: Number
    eta_s: Number | None
    driver: str | None
    renderer: OuterText | None
    renderer_class: str | None
    packs: list[PackState]
    series: RunSeries
    histograms: list[FigureHistogram]
    reasons: dict[str, Count]
    failures: dict[str, Count]
    wall: list[WallTile]
    workers: WorkersState
    gpus: list[GpuFigures]
    disk: DiskState | None
    training: list[TrainingCurve]
    scores: list[ScoresState]
    evidence: list[EvidenceState]
    alerts: list[Alert]
    logs: list[str]
