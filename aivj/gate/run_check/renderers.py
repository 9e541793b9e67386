"""What drew the pictures: that it was proved, was allowed, and is named alike everywhere."""

from collections.abc import Iterator

from aivj.browser.renderer import classify_renderer
from aivj.contracts.run_meta import RunMeta, WebGl
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.sources import Rows

_NO_GPU = frozenset({"swiftshader", "llvmpipe", "software", "unknown"})


def judge_probed(_: Rows, meta: RunMeta) -> Finding:
    """There are rows, so the page was asked what draws and answered."""
    if meta.runtime is None:
        return judged([Problem("no runtime")], "")
    webgl = meta.runtime.webgl
    silent = [] if webgl.ok and webgl.renderer else [Problem(f"webgl says {_told(webgl)}")]
    return judged(silent, _told(webgl))


def judge_allowed(meta: RunMeta) -> Finding:
    """A GPU drew where one was required."""
    if meta.runtime is None:
        return not_applicable("no runtime")
    if not meta.runtime.require_gpu:
        return not_applicable("no GPU was required")
    webgl = meta.runtime.webgl
    refused = [Problem(_told(webgl))] if _class_of(webgl) in _NO_GPU else []
    return judged(refused, _told(webgl))


def judge_class(rows: Rows, meta: RunMeta) -> Finding:
    """Run and rows name the class that the page's answer belongs to."""
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
