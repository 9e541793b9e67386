"""The form of `meta.json`: its kind, its keys, and options within the sampler's bounds."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from aivj.contracts.run_meta import RunMeta
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.run_files import META_KIND, META_NAME, LoadedRun


def judge_readable(run: LoadedRun) -> Finding:
    """It is a JSON object."""
    if run.meta_file.document is None:
        return judged([Problem(run.meta_file.problem)], "")
    return judged([], f"{len(run.meta_file.document)} keys")


def judge_kind(run: LoadedRun) -> Finding:
    """It says of what kind it is."""
    if run.meta_file.document is None:
        return not_applicable(f"{META_NAME} is no JSON object")
    kind = run.meta_file.document.get("kind")
    return judged([] if kind == META_KIND else [Problem(f"kind is {kind!r}")], META_KIND)


def judge_keys(run: LoadedRun) -> Finding:
    """It has every key that a description always has, with a value that fits."""
    if run.meta_file.document is None:
        return not_applicable(f"{META_NAME} is no JSON object")
    if run.meta is None:
        return judged([Problem(run.meta_file.problem)], "")
    missing = _missing(run.meta, run.meta_file.document, "")
    return judged((Problem(f"no {path}") for path in missing), "every key is there")


def judge_options(meta: RunMeta) -> Finding:
    """Options are within the sampler's bounds."""
    problems = (
        Problem(f"{name} is {value}, not {low:g} to {high:g}")
        for name, value, low, high in _bounded(meta)
        if not low <= value <= high
    )
    modes = [] if _gpu_mode_known(meta) else [Problem(f"runtime.gpuMode is {_gpu_mode(meta)!r}")]
    return judged([*problems, *modes], "all within their bounds")


def _missing(model: BaseModel, document: Mapping[str, Any], place: str) -> Iterator[str]:
    """Names the keys that a model always writes and `document` lacks."""
    for name, field in type(model).model_fields.items():
        key = field.alias or name
        path = f"{place}.{key}" if place else key
        if key in document:
            yield from _missing_below(getattr(model, name), document[key], path)
        elif field.exclude_if is None and key != "kind":
            yield path


def _missing_below(value: object, written: object, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel) and isinstance(written, dict):
        yield from _missing(value, written, path)
    elif isinstance(value, list) and isinstance(written, list):
        for number, (item, part) in enumerate(zip(value, written, strict=False)):
            yield from _missing_below(item, part, f"{path}.{number}")
    elif isinstance(value, dict) and isinstance(written, dict):
        for key, item in value.items():
            yield from _missing_below(item, written.get(key), f"{path}.{key}")


def _bounded(meta: RunMeta) -> Iterator[tuple[str, float, float, float]]:
    """Yields name, value, lowest and highest allowed value."""
    for target in meta.packs:
        yield f"targetCoverage of {target.pack}", target.target_coverage, 0.01, 1
    if meta.target_samples is not None:
        yield "targetSamples", meta.target_samples, 1, 2_000_000
    yield "sample.downsampleSize", meta.sample.downsample_size, 2, 64
    yield "sample.intervalMs", meta.sample.interval_ms, 0, 5_000
    yield "sample.warmupSamples", meta.sample.warmup_samples, 0, 20
    yield "sample.measureSamples", meta.sample.measure_samples, 1, 60
    yield "stuck.pickTimeoutMs", meta.stuck.pick_timeout_ms, 500, 60_000
    yield "stuck.stuckMaxConsecutive", meta.stuck.stuck_max_consecutive, 1, 50
    yield "stuck.stuckMaxRestarts", meta.stuck.stuck_max_restarts, 0, 50
    yield "stuck.browserMaxRestarts", meta.stuck.browser_max_restarts, 0, 200
    yield "timeouts.gotoMs", meta.timeouts.goto_ms, 1_000, 300_000
    yield "timeouts.viteReadyMs", meta.timeouts.vite_ready_ms, 5_000, 600_000
    yield "heuristic.lumaMin", meta.heuristic.luma_min, 0, 1
    yield "heuristic.motionMin", meta.heuristic.motion_min, 0, float("inf")
    viewport = meta.browser.viewport
    # The stage draws without a window's chrome, at any size.
    if viewport.mode == "fixed" and meta.driver != "stage":
        yield "viewport.width", viewport.width or 0, 640, 7_680
        yield "viewport.height", viewport.height or 0, 480, 4_320
        yield "viewport.deviceScaleFactor", viewport.device_scale_factor or 0, 0.5, 2


def _gpu_mode(meta: RunMeta) -> str:
    return meta.runtime.gpu_mode if meta.runtime else "safe"


def _gpu_mode_known(meta: RunMeta) -> bool:
    return _gpu_mode(meta) in {"off", "safe", "force-d3d11"}
