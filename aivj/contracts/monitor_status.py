"""`GET /api/status` of the monitor, as other programs have always read it.

Its keys and words are those of the monitor that this one replaces; `monitored_run.py` has what ours
tells besides.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from aivj.contracts.fields import Count, Number, Omittable, OuterText
from aivj.contracts.json_text import ContractModel

MonitorStage = Literal["unknown", "eval", "eval_done", "trained", "scored", "verified_or_running"]
"""How far a night has come, by what of it is there."""

AlertLevel = Literal["warn", "error"]


class Alert(ContractModel):
    """What somebody should know.

    Attributes:
        level: `error` if the run is wasted or over, else `warn`.
        kind: Which alert.
        message: What was seen, and what to do.
    """

    level: AlertLevel
    kind: str
    message: OuterText


class MonitorPaths(ContractModel):
    """Where the files of a run are; empty where nobody knows."""

    run_log: str = ""
    monitor_log: str = ""
    watch_log: str = ""
    meta_json: str = ""
    eval_jsonl: str = ""
    eval_vite_log: str = ""


class PackVisits(ContractModel):
    """What was visited of a pack.

    Attributes:
        visited_unique: Different pairs with a row.
    """

    visited_unique: Count


class DerivedRows(ContractModel):
    """What the rows of `eval.jsonl` say.

    Attributes:
        lines: Lines that are not blank.
        parse_fail: Those of them that name no pack and pair.
        by_pack: Visits by pack.
    """

    lines: Count
    parse_fail: Count
    by_pack: dict[str, PackVisits]


class FileFacts(ContractModel):
    """A file.

    Attributes:
        size_bytes: Its size.
        mtime: ISO-8601 time of its last change.
        age_sec: Whole seconds since then.
    """

    size_bytes: Count
    mtime: str
    age_sec: Count


class MonitorEval(ContractModel):
    """Sampling.

    Attributes:
        meta: The whole `meta.json`.
        meta_error: Why there is none.
        derived: What the rows say.
        derived_error: Why nobody knows, or not yet.
        last: The last row.
        eval_jsonl: The file of rows.
    """

    meta: dict[str, Any] | None
    meta_error: str | None
    derived: DerivedRows | None
    derived_error: str | None
    last: dict[str, Any] | None
    eval_jsonl: FileFacts | None


class MissingQuality(ContractModel):
    """A pack without scores."""

    pack: str
    path: str
    exists: Literal[False] = False


class QualityOutput(ContractModel):
    """Scores of a pack; their statistics are null where the file tells none."""

    pack: str
    path: str
    mtime: str
    size_bytes: Count
    fresh_for_run: bool
    quality_stats: dict[str, Any] | None


class CheckpointOutput(ContractModel):
    """The net; a file that is not there has `exists` alone."""

    path: str
    exists: Omittable[Literal[False]] = None
    mtime: Omittable[str] = None
    size_bytes: Omittable[Count] = None
    fresh_for_run: Omittable[bool] = None


class MonitorOutputs(ContractModel):
    """What was made of the run."""

    qualities: list[QualityOutput | MissingQuality]
    model_checkpoint: CheckpointOutput


_GpuField = Annotated[Number | None, Field(default=None)]


class GpuFigures(ContractModel):
    """One GPU, as `nvidia-smi` tells it; what it does not tell is None.

    Attributes:
        name: Its model.
        util_gpu_pct: How busy it is, 0 to 100.
        util_mem_pct: How busy its memory is, 0 to 100.
        mem_used_mb: Memory that is taken, MiB.
        mem_total_mb: Its memory, MiB.
        temp_c: Degrees Celsius.
        power_w: Watts.
        clock_gr_m_hz: Clock of its cores, MHz.
        clock_mem_m_hz: Clock of its memory, MHz.
    """

    name: OuterText
    util_gpu_pct: _GpuField
    util_mem_pct: _GpuField
    mem_used_mb: _GpuField
    mem_total_mb: _GpuField
    temp_c: _GpuField
    power_w: _GpuField
    clock_gr_m_hz: Annotated[Number | None, Field(default=None, alias="clockGrMHz")]
    clock_mem_m_hz: Annotated[Number | None, Field(default=None, alias="clockMemMHz")]


class NvidiaSmi(ContractModel):
    """What `nvidia-smi` answered: figures, or its plain words where it gave none."""

    ok: bool
    kind: Literal["query", "plain"]
    at: str
    gpus: Omittable[list[GpuFigures]] = None
    stdout: Omittable[OuterText] = None
    stderr: Omittable[OuterText] = None


class MonitorGpu(ContractModel):
    """The GPUs."""

    nvidia_smi: NvidiaSmi


class MonitorStatus(ContractModel):
    """The answer of `/api/status`."""

    ok: Literal[True] = True
    at: str
    stamp: str
    eval_dir: str
    stage: MonitorStage
    run_started_at: str | None
    alerts: list[Alert]
    paths: MonitorPaths
    eval: MonitorEval
    outputs: MonitorOutputs
    gpu: MonitorGpu
