"""An audit of a library, with what finds out how good its presets are."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import row_bytes
from aivj.contracts.preset_audit import AuditQuality
from aivj.errors import ItemError
from aivj.library.audit import (
    AuditResult,
    Prober,
    Progress,
    run_audit,
)
from aivj.library.compat_probe import CompatPlan, CompatSettings, CompatWorker, ProbeJob
from aivj.library.exports import export_audit, remove_verdicts
from aivj.library.listing import library_files
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.library.quality import Limits, failed_quality, quality_of
from aivj.library.record import begin_record
from aivj.library.request import AuditRequest
from aivj.library.tally import Tally
from aivj.pipeline.rendering import open_executor
from aivj.pipeline.taking import Studio
from aivj.stage.assets import drawing_digest
from aivj.stage.conversion import PresetConverter, converter_digest
from aivj.storage import sha256_hex
from aivj.takes.store import TakeStore

_LOOK_EVERY = 32
"""After so many presets that were drawn it is looked which takes are there."""

_NUM_DIGITS = 16


@dataclass(frozen=True)
class Audited:
    """What a call of the audit came to.

    Attributes:
        result: What it did.
        tally: What all entries say together.
        passed_over: Files that are not looked at, by reason.
    """

    result: AuditResult
    tally: Tally
    passed_over: Mapping[str, int]


def audit_library(
    request: AuditRequest,
    studio: Studio,
    compat: CompatSettings,
    on_progress: Progress = lambda _what, _num_done, _num_all: None,
) -> Audited:
    """Audits a library as far as it was not audited before, and writes what others read of it.

    Args:
        request: What is asked for.
        studio: What draws presets; it does not if the text alone is looked at.
        compat: How the page's hook is asked, if it is.
        on_progress: Told what is done, and how many of how many are.

    Raises:
        InputError: There is no library, or its audit's folder is of another.
        AivjError: As `Studio.take`.
        StorageError: The disk did not take what was found.
    """
    passed_over: Counter[str] = Counter()
    files = library_files(
        request, passed_over, lambda num_found: on_progress("listing", num_found, num_found)
    )
    record = begin_record(request)
    remove_verdicts(request.out_dir)
    probers: Mapping[str, Callable[[], Prober | None]] = {
        "take": lambda: TakeProber(studio, request.limits),
        "compat": lambda: CompatProber(studio, request.limits, compat),
        "none": lambda: None,
    }
    result = run_audit(request, files, probers[request.probe](), on_progress)
    on_progress("writing", 0, result.num_files)
    tally = export_audit(request.out_dir, record, is_whole=result.stopped_by is None)
    return Audited(result, tally, passed_over)


class TakeProber:
    """Judges presets by their takes; has those drawn that have none.

    Args:
        studio: What draws them.
        limits: What a picture must be like.
    """

    def __init__(self, studio: Studio, limits: Limits) -> None:
        self._studio = studio
        self._limits = limits
        self._choice: RendererChoice | None = None

    def open(self, presets: Sequence[PresetOnDisk]) -> str:
        """Chooses what draws; see `Prober`."""
        self._choice = self._studio.choose(presets)
        conditions = self._studio.store(self._choice).conditions.digest
        return f"take:{conditions}:{_digest(self._limits)}"

    def judge(
        self, presets: Sequence[PresetOnDisk]
    ) -> Iterator[tuple[PresetOnDisk, AuditQuality | None]]:
        """Yields what takes say, first of those that are there; see `Prober`."""
        assert self._choice is not None  # noqa: S101 - it was opened
        store = self._studio.store(self._choice)
        there = [preset for preset in presets if _is_settled(store, preset.content_hash)]
        yield from self._judged(store, there)
        waiting = {preset.content_hash: preset for preset in presets}
        for preset in there:
            del waiting[preset.content_hash]
        done: list[PresetOnDisk] = []
        drawing = self._studio.drawing(self._choice, list(waiting.values()))
        for num_drawn, content in enumerate(drawing, start=1):
            if content in waiting:
                done.append(waiting.pop(content))
            if num_drawn % _LOOK_EVERY == 0:
                store.refresh()
                yield from self._judged(store, [p for p in done if p.content_hash in store])
                done = [preset for preset in done if preset.content_hash not in store]
        store.refresh()
        rest = [*done, *waiting.values()]
        yield from self._judged(store, [each for each in rest if each.content_hash in store])
        yield from ((each, None) for each in rest if each.content_hash not in store)

    def _judged(
        self, store: TakeStore, presets: Sequence[PresetOnDisk]
    ) -> Iterator[tuple[PresetOnDisk, AuditQuality | None]]:
        takes = store.read(preset.content_hash for preset in presets)
        for preset, take in zip(presets, takes, strict=True):
            yield preset, quality_of(take.outcome, self._limits)


def _is_settled(store: TakeStore, content: str) -> bool:
    """Tells whether a preset was drawn, or failed for good."""
    failure = store.failure(content)
    return content in store and (failure is None or failure.is_final)


class CompatProber:
    """Judges presets by the page's own hook, each anew.

    Args:
        studio: What browsers it opens.
        limits: What a picture must be like.
        settings: How the hook is asked.
    """

    def __init__(self, studio: Studio, limits: Limits, settings: CompatSettings) -> None:
        self._studio = studio
        self._limits = limits
        self._settings = settings
        self._choice: RendererChoice | None = None

    def open(self, _presets: Sequence[PresetOnDisk]) -> str:
        """Chooses what draws; see `Prober`."""
        self._choice = self._studio.prove()
        page = sha256_hex(f"{drawing_digest()} {converter_digest()}".encode())[:_NUM_DIGITS]
        renderer = self._choice.report.renderer_class
        return f"compat:{renderer}:{page}:{_digest(self._limits, self._settings)}"

    def judge(
        self, presets: Sequence[PresetOnDisk]
    ) -> Iterator[tuple[PresetOnDisk, AuditQuality | None]]:
        """Yields what the hook says; see `Prober`."""
        choice, studio = self._choice, self._studio
        assert choice is not None  # noqa: S101 - it was opened
        by_content = {preset.content_hash: preset for preset in presets}
        failed: list[tuple[PresetOnDisk, AuditQuality | None]] = []
        plan = CompatPlan(choice.plan, choice.policy, choice.report, self._settings, self._limits)
        with (
            PresetConverter(studio.conversion_cache) as converter,
            open_executor(
                studio.options, studio.num_workers(choice.report.is_software), "audit", choice
            ) as executor,
        ):
            jobs = _probe_jobs(presets, converter, failed)
            outcomes = executor.run(partial(CompatWorker, plan), jobs, policy=self._settings.policy)
            for outcome in outcomes:
                quality = outcome.result
                if outcome.error is not None:
                    quality = failed_quality(outcome.error.kind, outcome.error.found)
                yield by_content[outcome.item.content], quality
                while failed:
                    yield failed.pop()
        while failed:
            yield failed.pop()


def _probe_jobs(
    presets: Sequence[PresetOnDisk],
    converter: PresetConverter,
    failed: list[tuple[PresetOnDisk, AuditQuality | None]],
) -> Iterator[ProbeJob]:
    """Yields what is to be probed; those that not even convert are put to `failed`."""
    for preset in presets:
        try:
            converted = converter.convert(preset.data)
        except (ItemError, OSError) as error:
            kind = error.kind if isinstance(error, ItemError) else "missing-preset"
            failed.append((preset, failed_quality(kind, str(error))))
            continue
        if not converted.butterchurn:
            why = "; ".join(converted.degraded_reasons) or "nothing came of its text"
            failed.append((preset, failed_quality("unconvertible", why)))
            continue
        text = json.dumps(converted.butterchurn, separators=(",", ":"))
        yield ProbeJob(preset.content_hash, text)


def _digest(*settings: Limits | CompatSettings) -> str:
    return sha256_hex(row_bytes([asdict(each) for each in settings]))[:_NUM_DIGITS]
