"""`run-summary.json`: the figures of one run, from sampling to its verdict."""

from collections.abc import Sequence
from pathlib import Path

from aivj.contracts.eval_rows import LOW_MOTION, TOO_DARK_LUMA, EvalRow, Reason
from aivj.contracts.fields import Count, Number, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes, read_object, validated
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.storage import write_atomic

MIN_OK_RATE = 0.10
"""Least share of measured pairs that are lit and move, for a run to be worth training on."""

_SHARE_DIGITS = 4


class SummaryInputs(ContractModel):
    """What the run was asked for."""

    packs: list[str]
    manifest_file: str = PAIRS_MANIFEST_NAME
    motion_min: Number = LOW_MOTION
    luma_min: Number = TOO_DARK_LUMA
    vite_host: str = "127.0.0.1"
    vite_port_mode: str = "auto"
    gpu_mode: str = "safe"
    headed: bool = False
    coupled_pick: str = "shuffle"
    target_coverage: Number = 0.99
    max_hours: Number = 10.0


class SummaryEnv(ContractModel):
    """What the run ran on."""

    node_version: str = "unknown"
    playwright_version: str = "unknown"
    webgl_renderer: OuterText = "unknown"
    os: str = "unknown"


class SummaryOutputs(ContractModel):
    """What sampling gave; shares are 0 to 1 with 4 decimals."""

    total_samples: Count
    ok_rate: Number
    too_dark_pct: Number
    low_motion_pct: Number
    eval_exit_code: int


class SummaryFailure(ContractModel):
    """What ended sampling."""

    code: str
    message: OuterText
    last_url: Omittable[OuterText] = None


class SummaryTraining(ContractModel):
    """What training was asked for, and how it ended."""

    epochs: Count
    batch_size: Count
    lr: Number
    exit_code: int


class SummaryVerify(ContractModel):
    """What was verified, and how it ended."""

    pack: str
    exit_code: int
    out_dir: str


class SummaryGate(ContractModel):
    """The verdict."""

    passed: bool
    ok_rate: Number
    verify_ok: bool


class RunSummary(ContractModel):
    """One run. What comes after sampling is absent until that stage has ended."""

    generated_at: str
    stamp: str
    inputs: SummaryInputs
    env: SummaryEnv = SummaryEnv()
    outputs: SummaryOutputs
    failure: Omittable[SummaryFailure] = None
    completed_at: Omittable[str] = None
    training: Omittable[SummaryTraining] = None
    verify: Omittable[SummaryVerify] = None
    gate: Omittable[SummaryGate] = None


def summary_outputs(rows: Sequence[EvalRow]) -> SummaryOutputs:
    """Returns the figures of a run's rows; a run without rows has exit code 1."""
    return SummaryOutputs(
        total_samples=len(rows),
        ok_rate=_share([row.ok_heuristic for row in rows]),
        too_dark_pct=_reason_share(rows, "too-dark"),
        low_motion_pct=_reason_share(rows, "low-motion"),
        eval_exit_code=0 if rows else 1,
    )


def _reason_share(rows: Sequence[EvalRow], reason: Reason) -> float:
    return _share([reason in row.reasons for row in rows])


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), _SHARE_DIGITS) if flags else 0.0


def read_run_summary(path: Path) -> RunSummary:
    """Reads a run's figures.

    Raises:
        InputError: Missing or broken.
    """
    return validated(RunSummary, read_object(path), str(path))


def write_run_summary(path: Path, summary: RunSummary) -> None:
    """Writes a run's figures, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(summary))
