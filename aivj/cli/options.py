"""Options that several verbs share, spelled once."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

Gpu = Literal["require", "software"]
GpuOrAuto = Literal["require", "software", "auto"]
Profile = Literal["headed-vulkan", "headless-egl", "software-egl", "software-swiftshader"]

# Some have the name that the runtime's sampler or the older trainer has for them, too.
SPELLED = {
    "output_dir": typer.Option("--out-dir", "--outDir"),
    "out_dir": typer.Option("--out-dir", "--outDir"),
    "audit_dir": typer.Option("--in"),
    "root": typer.Option("--source"),
    "num_workers": typer.Option("--workers"),
    # Learning.
    "packs": typer.Option("--pack", "--packs"),
    "eval_paths": typer.Option("--extra-eval-jsonl"),
    "preference_paths": typer.Option("--preferences"),
    "checkpoint_path": typer.Option("--checkpoint"),
    "calibrate_std": typer.Option("--score-calibrate-std"),
    "code_terms": typer.Option("--code-terms/--no-code-terms"),
    "early_stopping": typer.Option("--early-stopping/--all-epochs"),
    "dropout": typer.Option("--dropout", max=0.99),
    "held_out_share": typer.Option("--held-out-share", max=0.9),
    "allow_cpu": typer.Option("--allow-cpu", envvar="AIVJ_ALLOW_CPU"),
    "num_folds": typer.Option("--folds"),
    "num_seeds": typer.Option("--seeds"),
    "num_configs": typer.Option("--configs"),
    "num_trials": typer.Option("--trials"),
    "max_concurrent": typer.Option("--concurrent"),
    # Sampling.
    "takes_uri": typer.Option("--takes"),
    "mode": typer.Option("--pick", "--coupledPick"),
    "gamma": typer.Option("--gamma", "--coupledGamma"),
    "explore": typer.Option("--explore", "--coupledExplore"),
    "dedup_n": typer.Option("--dedup-n", "--coupledDedupN"),
    "dedup_penalty": typer.Option("--dedup-penalty", "--coupledDedupPenalty"),
    "target_coverage": typer.Option("--target-coverage", "--targetCoverage"),
    "target_samples": typer.Option("--target-samples", "--targetSamples"),
    "max_hours": typer.Option("--max-hours", "--maxHours"),
    "reload_every": typer.Option("--reload-every", "--reloadEvery"),
    "luma_min": typer.Option("--luma-min", "--lumaMin"),
    "motion_min": typer.Option("--motion-min", "--motionMin"),
    # Pictures.
    "resumes": typer.Option("--resume/--no-resume"),
    "stop_after_s": typer.Option("--stop-after-s", "--stopAfterSec"),
    "retry_times": typer.Option("--retry-times", "--retryTimes"),
    "refresh_every": typer.Option("--refresh-every", "--refreshEvery"),
    "out_size": typer.Option("--out-size", "--outSize"),
    "capture_count": typer.Option("--capture-count", "--captureCount"),
    "capture_every": typer.Option("--capture-every", "--captureEvery"),
    "timeout_ms": typer.Option("--timeout-ms", "--timeoutMs"),
    "picture_format": typer.Option("--format"),
    "lora_dir": typer.Option("--lora-dir", "--loraDir"),
    "max_frames": typer.Option("--max-frames", "--maxFramesPerPreset"),
    "fp16": typer.Option("--fp16/--no-fp16"),
    "luma_max": typer.Option("--luma-max", "--lumaMax"),
    # Pairs.
    "from_pack": typer.Option("--pack"),
    "num_measured": typer.Option("--measured"),
    # Pools; the names of the tool that they replace go as well.
    "blacklists": typer.Option("--quality-blacklist-file", "--qualityBlacklistFile"),
    "rel_paths_file": typer.Option("--rel-paths-file", "--relPathsFile"),
    "scan_limit": typer.Option("--scan-limit", "--scanLimit"),
    "exclude_hygiene_bad": typer.Option("--exclude-hygiene-bad", "--excludeHygieneBad"),
    "prefilter_blacklist": typer.Option("--prefilter-blacklist/--no-prefilter-blacklist"),
    "quality_report_out": typer.Option("--quality-report-out", "--qualityReportOut"),
    # Verification and acceptance.
    "coupled_pack": typer.Option("--pack"),
    "preset_library": typer.Option("--library"),
    "sel_samples": typer.Option("--samples"),
    "sel_iters": typer.Option("--max-clicks"),
    "sel_delay_ms": typer.Option("--click-delay-ms"),
    "coupled_gamma": typer.Option("--gamma"),
    "coupled_explore": typer.Option("--explore"),
    "device_scale_factor": typer.Option("--device-scale-factor", min=0.1),
    "beat_tempo": typer.Option("--beat-tempo/--no-beat-tempo"),
    "strict_outputs_panel": typer.Option("--strict-outputs/--no-strict-outputs"),
    "debug": typer.Option("--debug/--no-debug"),
    "accept_use_artifacts": typer.Option("--use-artifacts/--no-use-artifacts"),
    "artifacts_dir": typer.Option("--artifacts"),
    "accept_timeout_ms": typer.Option("--timeout-ms"),
    # The loop.
    "first": typer.Option("--from"),
    # Comparison.
    "candidate_path": typer.Option("--candidate"),
    "champion_path": typer.Option("--champion"),
    "candidate_evidence": typer.Option("--evidence-candidate"),
    "champion_evidence": typer.Option("--evidence-champion"),
    "preferences_path": typer.Option("--preferences"),
    "bucket_uri": typer.Option("--bucket"),
}
"""Options that are fields of models, where they are not called as the field is."""

PackOption = Annotated[
    str, typer.Option("--pack", help="Name of the pack, a folder below public/presets.")
]
# Only for looking: what measures for real is told which renderer it shall have.
_GPU = typer.Option(
    "--gpu",
    envvar="AIVJ_GPU",
    help="require: refuse software renderers. software: refuse GPUs.",
)
GpuOption = Annotated[Gpu, _GPU]
GpuIfGivenOption = Annotated[Gpu | None, _GPU]
GpuOrAutoOption = Annotated[
    GpuOrAuto,
    typer.Option(
        "--gpu",
        envvar="AIVJ_GPU",
        help="require, software, or auto: a GPU where one is proved, else software, said aloud.",
    ),
]
ProfileOption = Annotated[
    Profile | None,
    typer.Option(
        "--profile",
        help="Launch profile, instead of trying those that fit --gpu.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Browsers at a time. Default: one a core, 4 on a GPU."),
]
PacksOption = Annotated[
    list[str],
    typer.Option(*("--pack", "--packs"), help="Pack; several by comma or repeated."),
]
TrackingOption = Annotated[
    str | None,
    typer.Option("--tracking-uri", help="MLflow server. Default: sqlite below the home folder."),
]
BucketOption = Annotated[
    str | None,
    typer.Option("--bucket", help="file:///DIR or s3://BUCKET/PREFIX. Default: <home>/bucket."),
]
DiversityOption = Annotated[
    Path | None,
    typer.Option("--diversity", help="Require this diversity.json, of `aivj diversity`: passed."),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Same seed, same bytes.")]

AuditOption = Annotated[
    Path | None,
    typer.Option("--in", help="The audit's folder. Default: <home>/artifacts/presets/audit."),
]
OutDirOption = Annotated[Path | None, typer.Option("--out-dir", "--outDir", help="Where to write.")]

MAX_PAIRS = 1_000_000
"""More than anybody has presets for."""

_WORKERS_ON_A_GPU = 4


def num_workers_or_default(num_workers: int | None, *, is_software: bool) -> int:
    """Returns how many browsers to run at a time."""
    if num_workers is not None:
        return num_workers
    return (os.cpu_count() or 1) if is_software else _WORKERS_ON_A_GPU
