"""`meta.json`: what a sampling run was asked for, ran on, and how far it came."""

import functools
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from aivj.contracts.eval_rows import LOW_MOTION, TOO_DARK_LUMA, EvalRow
from aivj.contracts.fields import Amount, Count, Number, Omittable, OuterText, PairId, Share, Within
from aivj.contracts.json_text import ContractModel, document_bytes, read_object, validated
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.run_folder import MAX_ERROR_CHARS
from aivj.storage import write_atomic


def _cut(value: object) -> object:
    return value[:MAX_ERROR_CHARS] if isinstance(value, str) else value


_CutText = Annotated[OuterText, BeforeValidator(_cut)]


class Budget(ContractModel):
    """Time the run may take; running out of it is a normal end."""

    input_max_hours: Number
    effective_max_hours: Number
    was_clamped: bool = False
    start_time_iso: str
    deadline_time_iso: str
    resume_deadline_iso: Omittable[str] = None


class CoupledParams(ContractModel):
    """How the runtime picked pairs."""

    coupled_gamma: Number | None = None
    coupled_explore: Number | None = None
    coupled_dedup_n: Number | None = None
    coupled_dedup_penalty: Number | None = None


class PackTarget(ContractModel):
    """One pack to be sampled; `target_unique_pairs` is the coverage of the pairs to be visited.

    Those are all but `skipped_pairs`, which are there only if some are skipped. Digests are the
    SHA-256 of the manifest, and of the scores where picks are weighted by them.
    """

    pack: str
    manifest_file: str = PAIRS_MANIFEST_NAME
    manifest_path: str
    pair_count: Count
    unique_pair_ids: Count
    target_coverage: Annotated[Number, Within(0.01, 1)] = 0.99
    target_unique_pairs: Count
    manifest_digest: Omittable[str] = None
    scores_digest: Omittable[str] = None
    skipped_pairs: Omittable[list[PairId]] = None

    @property
    def num_to_visit(self) -> int:
        """How many pairs there are to be visited."""
        return self.pair_count - len(self.skipped_pairs or [])


class Limits(ContractModel):
    """When the run stops, and when its page is reloaded; 0 means never."""

    max_hours: Number = 10.0
    reload_every: Count = 800


class Timeouts(ContractModel):
    """How long a page may take."""

    goto_ms: Annotated[Count, Within(1_000, 300_000)] = 30_000
    vite_ready_ms: Annotated[Count, Within(5_000, 600_000)] = 90_000
    goto_wait_until: str = "domcontentloaded"


class PreflightResult(ContractModel):
    """One look at the server before the page is opened; status -1 means no answer."""

    ok: bool
    status: int
    ms: Number
    error: Omittable[OuterText] = None


class Timing(ContractModel):
    """Where time went besides sampling."""

    nav_timeout_count: Count = 0
    nav_total_ms: Count = 0
    browser_restart_count: Count = 0
    restart_total_ms: Count = 0
    audio_check_count: Count = 0
    audio_check_fail_count: Count = 0
    audio_check_total_ms: Count = 0
    sample_loop_start_iso: str | None = None
    preflight_results: Omittable[list[PreflightResult]] = None
    host_fallback_attempted: Omittable[bool] = None
    host_fallback_succeeded: Omittable[bool] = None
    effective_host: Omittable[str] = None
    elapsed_sec: Omittable[Number] = None


class SampleSettings(ContractModel):
    """How one measurement is taken."""

    downsample_size: Annotated[Count, Within(2, 64)] = 12
    interval_ms: Annotated[Count, Within(0, 5_000)] = 250
    warmup_samples: Annotated[Count, Within(0, 20)] = 2
    measure_samples: Annotated[Count, Within(1, 60)] = 6


class Stuck(ContractModel):
    """How much standing still is borne."""

    pick_timeout_ms: Annotated[Count, Within(500, 60_000)] = 10_000
    stuck_max_consecutive: Annotated[Count, Within(1, 50)] = 3
    stuck_max_restarts: Annotated[Count, Within(0, 50)] = 6
    browser_max_restarts: Annotated[Count, Within(0, 200)] = 20


class Heuristic(ContractModel):
    """Thresholds behind `okHeuristic`."""

    motion_min: Amount = LOW_MOTION
    luma_min: Share = TOO_DARK_LUMA


class PackProgress(ContractModel):
    """How far one pack has come."""

    iter: Count
    visited: Count
    target: Count
    elapsed_min: Omittable[Number] = None
    target_mode: Omittable[Literal["samples", "coverage"]] = None
    done: Omittable[bool] = None


class AudioRequest(ContractModel):
    """Audio that was asked for."""

    audio_file: str | None = None
    audio_root: str | None = None


class AudioUse(ContractModel):
    """Audio that was played; `digest` is the clip's."""

    require_audio: bool = True
    mode: Literal["file", "click", "none"] = "click"
    requested: AudioRequest = AudioRequest()
    picked_from: str = "click"
    audio_file: str | None = None
    digest: Omittable[str] = None


class Viewport(ContractModel):
    """Size of the page; sizes only when it is fixed."""

    mode: Literal["fixed", "maximized"] = "fixed"
    width: Omittable[Annotated[Count, Within(640, 7_680)]] = 1280
    height: Omittable[Annotated[Count, Within(480, 4_320)]] = 720
    device_scale_factor: Omittable[Annotated[Number, Within(0.5, 2)]] = 1.5


class BrowserUse(ContractModel):
    """How the browser was opened."""

    mute_audio: bool = True
    start_maximized: bool = False
    viewport: Viewport = Viewport()


class WebGl(ContractModel):
    """What the page said about its renderer."""

    ok: bool
    vendor: Omittable[OuterText] = None
    renderer: Omittable[OuterText] = None
    error: Omittable[OuterText] = None


class Runtime(ContractModel):
    """What the run rendered with, once probed."""

    gpu_mode: str = "safe"
    headed: bool = False
    require_gpu: bool = False
    webgl: WebGl


class RunFailure(ContractModel):
    """What ended a run."""

    code: str
    pack: str | None = None
    iter: Count | None = None
    phase: str = "init"
    message: _CutText
    stack: _CutText | None = None
    last_url: OuterText | None = None
    last_preflight: PreflightResult | None = None
    at: Omittable[str] = None


class Renderer(ContractModel):
    """Renderer, browser build and flags that travel with the run's rows."""

    renderer_class: str
    chromium_version: str
    launch_args: list[str]


class RenderUse(ContractModel):
    """What every pair was rendered with, in pixels, mesh squares, frames and frames a second."""

    width: Count
    height: Count
    mesh_width: Omittable[Count] = None
    mesh_height: Omittable[Count] = None
    warmup_frames: Count
    measure_frames: Count
    silent_frames: Omittable[Count] = None
    silent_every: Omittable[Count] = None
    frames_per_s: Count


class TakesUse(ContractModel):
    """The takes that pairs were computed from.

    Attributes:
        uri: Their store.
        conditions: Digest of what they were drawn under, for each clip.
        num_proved: Pairs that the last call drew whole as well, and that were what it computed.
        chromium_versions: Builds that drew them, the run's own and earlier ones.
    """

    uri: str
    conditions: list[str]
    num_proved: Count = 0
    chromium_versions: list[str] = Field(default_factory=list)


@functools.cache
def _row_fields() -> dict[str, str]:
    properties = EvalRow.model_json_schema()["properties"]
    return {key: schema["description"] for key, schema in properties.items()}


class RunMeta(ContractModel):
    """A sampling run. Times are ISO-8601; `finished_at` is set on success and on failure."""

    kind: Literal["coupled_eval.v0"] = "coupled_eval.v0"
    started_at: str
    finished_at: str | None = None
    resumed_at: Omittable[str] = None
    url_base: str
    vite_port: Count
    vite_port_mode: Literal["auto", "fixed"] = "auto"
    coupled_pick: Literal["random", "shuffle", "weighted"] = "shuffle"
    target_samples: Annotated[Count, Within(1, 2_000_000)] | None = None
    budget: Budget
    coupled_params: CoupledParams | None = None
    packs: list[PackTarget] = Field(min_length=1)
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    timing: Timing = Timing()
    sample: SampleSettings = SampleSettings()
    stuck: Stuck = Stuck()
    heuristic: Heuristic = Heuristic()
    warnings: list[str] = Field(default_factory=list)
    fields: dict[str, str] = Field(default_factory=lambda: dict(_row_fields()))
    progress: dict[str, PackProgress] = Field(default_factory=dict)
    audio: AudioUse = AudioUse()
    browser: BrowserUse = BrowserUse()
    runtime: Omittable[Runtime] = None
    error: Omittable[RunFailure] = None
    errors: Omittable[list[RunFailure]] = None

    driver: Omittable[Literal["stage", "live"]] = None
    seed: Omittable[int] = None
    renderer: Omittable[Renderer] = None
    render: Omittable[RenderUse] = None
    takes: Omittable[TakesUse] = None

    def num_target(self, pack: PackTarget) -> int:
        """Returns how far a pack is sampled: picks if so many are asked for, else pairs."""
        return pack.target_unique_pairs if self.target_samples is None else self.target_samples


def read_run_meta(path: Path) -> RunMeta:
    """Reads a run's description.

    Raises:
        InputError: Missing, broken, or not of kind `coupled_eval.v0`.
    """
    return validated(RunMeta, read_object(path), str(path))


def write_run_meta(path: Path, meta: RunMeta) -> None:
    """Writes a run's description, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(meta))
