"""What `meta.json` says: what drew, in which form, with which options, when."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from aivj.browser.renderer import classify_renderer
from aivj.contracts.fields import Within, ranged
from aivj.contracts.json_text import parse_time
from aivj.contracts.run_folder import META_NAME, MIN_HOURS
from aivj.contracts.run_meta import Budget, RunMeta, WebGl
from aivj.errors import InputError
from aivj.gate.rules import (
    Finding,
    Problem,
    failed,
    held,
    judged,
    not_applicable,
    passed,
    rule,
)
from aivj.gate.run_check.run_files import META_KIND, LoadedRun
from aivj.gate.run_check.sources import MEND_META, RESUME, Rows, RunRules, of_meta, of_rows_and_meta

_NO_GPU = frozenset({"swiftshader", "llvmpipe", "software", "unknown"})


@rule("rendererProbed", "a run with rows knows what drew them", MEND_META)
@of_rows_and_meta
def _probed(_: Rows, meta: RunMeta) -> Finding:
    if meta.runtime is None:
        return failed("no runtime")
    webgl = meta.runtime.webgl
    answered = webgl.ok and bool(webgl.renderer)
    return held(answered, _told(webgl), f"webgl says {_told(webgl)}")


@rule(
    "rendererAllowed",
    "a GPU, not SwiftShader, llvmpipe or something unknown, where one was required",
    "discard the run; prove the GPU with `aivj doctor`, then sample again",
)
@of_meta
def _allowed(meta: RunMeta) -> Finding:
    if meta.runtime is None:
        return not_applicable("no runtime")
    if not meta.runtime.require_gpu:
        return not_applicable("no GPU was required")
    webgl = meta.runtime.webgl
    return held(_class_of(webgl) not in _NO_GPU, _told(webgl))


@rule(
    "rendererClass",
    "rows and run name the class of the renderer that the page named",
    "keep rows of different renderers in runs of their own",
)
@of_rows_and_meta
def _class(rows: Rows, meta: RunMeta) -> Finding:
    named = meta.renderer.renderer_class if meta.renderer else None
    if named is None and all(entry.row.renderer_class is None for entry in rows):
        return not_applicable("neither rows nor run name a class")
    return judged(_misnamed(rows, meta, named), f"{named}")


def _misnamed(rows: Rows, meta: RunMeta, named: str | None) -> Iterator[Problem]:
    if meta.runtime is not None and meta.runtime.webgl.ok:
        proved = _class_of(meta.runtime.webgl)
        if named is not None and proved != named:
            yield Problem(f"the run names {named}, its page's answer is {proved}")
    for entry in rows:
        if entry.row.renderer_class != named:
            text = f"rendererClass is {entry.row.renderer_class}, the run's is {named}"
            yield Problem(text, entry.number)


def _class_of(webgl: WebGl) -> str:
    return classify_renderer(f"{webgl.vendor or ''} {webgl.renderer or ''}")


def _told(webgl: WebGl) -> str:
    return webgl.renderer or webgl.error or "nothing of its renderer"


@rule("metaReadable", "meta.json is a JSON object", MEND_META)
def _readable(run: LoadedRun) -> Finding:
    if run.meta_file.document is None:
        return failed(run.meta_file.problem)
    return passed(f"{len(run.meta_file.document)} keys")


@rule("metaKind", "kind is coupled_eval.v0", MEND_META)
def _kind(run: LoadedRun) -> Finding:
    if run.meta_file.document is None:
        return not_applicable(f"{META_NAME} is no JSON object")
    kind = run.meta_file.document.get("kind")
    return held(kind == META_KIND, META_KIND, f"kind is {kind!r}")


@rule("metaKeys", "every key that a description always has, with a value that fits", MEND_META)
def _keys(run: LoadedRun) -> Finding:
    if run.meta_file.document is None:
        return not_applicable(f"{META_NAME} is no JSON object")
    if run.meta is None:
        return failed(run.meta_file.problem)
    missing = _missing(run.meta, run.meta_file.document, "")
    return judged((Problem(f"no {path}") for path in missing), "every key is there")


@rule(
    "metaOptions",
    "options within the sampler's bounds",
    "sample again with options that the sampler takes",
)
@of_meta
def _options(meta: RunMeta) -> Finding:
    problems = (
        Problem(f"{name} is {value}, not {bounds.low:g} to {bounds.high:g}")
        for name, value, bounds in _bounded(meta)
        if value not in bounds
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


def _bounded(meta: RunMeta) -> Iterator[tuple[str, float, Within]]:
    """Yields name, value and range of every option that has a range."""
    for target in meta.packs:
        for key, value, bounds in ranged(target):
            yield f"{key} of {target.pack}", value, bounds
    yield from (option for option in ranged(meta) if option[1] is not None)
    sections: dict[str, BaseModel] = {
        "sample": meta.sample,
        "stuck": meta.stuck,
        "timeouts": meta.timeouts,
        "heuristic": meta.heuristic,
    }
    viewport = meta.browser.viewport
    # The stage draws without a window's chrome, at any size.
    if viewport.mode == "fixed" and meta.driver != "stage":
        sections["viewport"] = viewport
    for name, section in sections.items():
        for key, value, bounds in ranged(section):
            yield f"{name}.{key}", value or 0, bounds


def _gpu_mode(meta: RunMeta) -> str:
    return meta.runtime.gpu_mode if meta.runtime else "safe"


def _gpu_mode_known(meta: RunMeta) -> bool:
    return _gpu_mode(meta) in {"off", "safe", "force-d3d11"}


_ROUNDING = timedelta(seconds=1)


@rule(
    "metaTimes",
    "ISO-8601 times with Z or an offset, startedAt <= resumedAt <= finishedAt",
    MEND_META,
)
@of_meta
def _times_ok(meta: RunMeta) -> Finding:
    unreadable = [
        Problem(f"{name} is {text!r}")
        for name, text in _times(meta)
        if text is not None and instant(text) is None
    ]
    return judged([*unreadable, *_disordered(meta)], f"{meta.started_at} to {meta.finished_at}")


@rule("runEnded", "finishedAt is set and there is no error", RESUME)
@of_meta
def _ended(meta: RunMeta) -> Finding:
    if meta.error is not None:
        return failed(f"{meta.error.code} in {meta.error.phase}: {meta.error.message}")
    has_ended = meta.finished_at is not None
    return held(has_ended, f"{meta.finished_at}, no error", "finishedAt is null")


@rule(
    "budgetClamp",
    f"effectiveMaxHours is inputMaxHours but {MIN_HOURS} at least, and wasClamped says so",
    MEND_META,
)
@of_meta
def _budget(meta: RunMeta) -> Finding:
    budget = meta.budget
    expected = max(budget.input_max_hours, MIN_HOURS)
    is_small = budget.input_max_hours < MIN_HOURS
    problems = []
    if abs(budget.effective_max_hours - expected) * timedelta(hours=1) > _ROUNDING:
        found = f"effectiveMaxHours is {budget.effective_max_hours:g}, not {expected:g}"
        problems.append(Problem(found))
    if budget.was_clamped != is_small:
        problems.append(Problem(f"wasClamped is {budget.was_clamped}, not {is_small}"))
    return judged(problems, f"{budget.effective_max_hours:g} h")


@rule("budgetDeadline", "deadlineTimeIso is startTimeIso and effectiveMaxHours", MEND_META)
@of_meta
def _deadline(meta: RunMeta) -> Finding:
    budget = meta.budget
    start, deadline = instant(budget.start_time_iso), instant(budget.deadline_time_iso)
    if start is None or deadline is None:
        return not_applicable("the budget's times cannot be read")
    expected = timedelta(hours=budget.effective_max_hours)
    right = abs(deadline - start - expected) <= _ROUNDING
    wrong = f"deadlineTimeIso is {deadline - start} after startTimeIso, not {expected}"
    return held(right, budget.deadline_time_iso, wrong)


def _times(meta: RunMeta) -> Iterator[tuple[str, str | None]]:
    yield "startedAt", meta.started_at
    yield "finishedAt", meta.finished_at
    yield "resumedAt", meta.resumed_at
    yield "timing.sampleLoopStartIso", meta.timing.sample_loop_start_iso
    yield from _budget_times(meta.budget)
    for number, error in enumerate(meta.errors or []):
        yield f"errors.{number}.at", error.at


def _budget_times(budget: Budget) -> Iterator[tuple[str, str | None]]:
    yield "budget.startTimeIso", budget.start_time_iso
    yield "budget.deadlineTimeIso", budget.deadline_time_iso
    yield "budget.resumeDeadlineIso", budget.resume_deadline_iso


def _disordered(meta: RunMeta) -> Iterator[Problem]:
    for steps in (
        ("startedAt", "resumedAt", "finishedAt"),
        ("startedAt", "timing.sampleLoopStartIso"),
    ):
        known = [
            (name, moment)
            for name, text in _times(meta)
            if name in steps and (moment := instant(text))
        ]
        known.sort(key=lambda step: steps.index(step[0]))
        for (earlier, first), (later, second) in pairwise(known):
            if second < first:
                yield Problem(f"{later} is before {earlier}")


def instant(text: str | None) -> datetime | None:
    """Returns the moment; None if there is none or it is no ISO-8601 time with its offset."""
    if text is None:
        return None
    try:
        return parse_time(text)
    except InputError:
        return None


RULES: RunRules = (
    _probed,
    _allowed,
    _class,
    _readable,
    _kind,
    _keys,
    _options,
    _times_ok,
    _ended,
    _budget,
    _deadline,
)
