"""Pictures of presets: out of takes where these have what is asked for, else drawn by the page."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from aivj.browser.choice import RendererChoice
from aivj.contracts.frames_index import FramesRow
from aivj.errors import InputError, ItemError
from aivj.executor.protocol import WorkPolicy
from aivj.faults import max_attempts
from aivj.frames.capture import Capture, failed, unreadable
from aivj.frames.folder import FramesFolder
from aivj.frames.from_takes import band_loudness, capture_of
from aivj.frames.plan import NUM_OF_A_TAKE, CapturePlan, Limits
from aivj.frames.subjects import Subject
from aivj.frames.worker import FramesJob, FramesWorker, WorkerPlan
from aivj.library.preset_on_disk import PresetOnDisk
from aivj.packs.scan import PresetFile
from aivj.pipeline.known_renderer import KnownRenderer
from aivj.pipeline.rendering import open_executor, prove_renderer
from aivj.pipeline.taking import Studio
from aivj.presets.digest import content_hash
from aivj.sampling.layers import Convert, Layer
from aivj.stage.conversion import PresetConverter
from aivj.storage import sha256_hex
from aivj.storage.file_lock import file_lock

PictureSource = Literal["takes", "page"]

_LOCK_NAME = ".frames.lock"
# Of each browser; between lots it is started anew, and pictures of the lot before are written.
_LOT = 200
_WATCHDOG_MIN_S = 300.0
_WATCHDOG_MORE_S = 60.0


@dataclass(frozen=True)
class FramesRequest:
    """Of which presets pictures are taken, and when to stop."""

    source: Annotated[
        PictureSource | None,
        Field(
            description="Where pictures come from. Default: takes; the page, where another size, "
            "warm-up, format or more than 3 pictures are asked for."
        ),
    ] = None
    resumes: Annotated[
        bool, Field(description="Leave out presets that the index has pictures of.")
    ] = True
    limit: Annotated[int, Field(ge=0, description="Presets at most; 0: all.")] = 0
    stop_after_s: Annotated[
        float,
        Field(ge=0, le=1e7, allow_inf_nan=False, description="Seconds until none is begun; 0: no."),
    ] = 0
    retry_times: Annotated[
        int, Field(ge=0, le=10, description="Tries more where the machinery failed a preset.")
    ] = 2
    refresh_every: Annotated[
        int, Field(ge=0, le=100_000, description="Presets in one document; 0: all.")
    ] = 100


@dataclass
class FramesSummary:
    """What a run made.

    Attributes:
        index: The index.
        source: Where pictures came from.
        num_before: Presets that were left out, since the index had them.
        num_left: Presets that were not begun, since time was over.
        statuses: Presets by their status.
        reasons: Reasons of those that failed.
    """

    index: Path
    source: PictureSource
    num_before: int = 0
    num_left: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, row: FramesRow) -> None:
        """Counts a preset."""
        self.statuses[row.status] += 1
        self.reasons.update(row.reasons)


def take_frames(
    subjects: Sequence[Subject],
    folder: Path,
    request: FramesRequest,
    *,
    plan: CapturePlan,
    limits: Limits,
    studio: Studio,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None,
    now_s: Callable[[], float] = time.monotonic,
) -> FramesSummary:
    """Takes pictures of presets into a folder, and writes their index.

    Args:
        subjects: The presets.
        folder: Where to write.
        request: Which of them, and until when.
        plan: How pictures are taken.
        limits: What they must be like.
        studio: Where, with what and to what presets are drawn.
        on_progress: Told how many presets of how many are done.
        now_s: The clock.

    Raises:
        InputError: Takes are asked for, and what they do not have.
        StorageError: Another process writes to the folder, or the disk does not take it.
        AivjError: As `Studio.take`, and `aivj.pipeline.rendering.prove_renderer`.
    """
    source = _source(request, plan)
    frames = FramesFolder(folder)
    remedy = "wait for it, or give this one its own --out-dir"
    with file_lock(folder / _LOCK_NAME, timeout_s=0, remedy=remedy):
        settled = frames.settled() if request.resumes else set()
        waiting = [subject for subject in subjects if subject.preset_id not in settled]
        num_before = len(subjects) - len(waiting)
        waiting = waiting[: request.limit or None]
        summary = FramesSummary(frames.index, source, num_before)
        end_s = now_s() + request.stop_after_s if request.stop_after_s else None
        is_over = lambda: end_s is not None and now_s() >= end_s  # noqa: E731
        session = _Session(frames, plan, limits, summary, len(waiting), on_progress)
        try:
            if source == "takes":
                _from_takes(waiting, session, replace(studio, is_over=is_over))
            else:
                _from_page(waiting, session, studio, request, is_over)
        finally:
            frames.close()
    summary.num_left = len(waiting) - summary.statuses.total()
    return summary


def fits_takes(plan: CapturePlan) -> bool:
    """Whether takes have the pictures: few, and not of another size or time than is usual."""
    usual = CapturePlan(capture_count=plan.capture_count, timeout_ms=plan.timeout_ms)
    return plan.capture_count <= NUM_OF_A_TAKE and plan == usual


def _source(request: FramesRequest, plan: CapturePlan) -> PictureSource:
    if request.source == "takes" and not fits_takes(plan):
        raise InputError(
            f"at most {NUM_OF_A_TAKE} pictures, of the size and time that takes have",
            "another size, warm-up, format, or more pictures",
            "leave these options out, or say --source page",
        )
    return request.source or ("takes" if fits_takes(plan) else "page")


@dataclass(frozen=True)
class _Session:
    """What both ways share: where pictures go, and how far it is."""

    frames: FramesFolder
    plan: CapturePlan
    limits: Limits
    summary: FramesSummary
    num_all: int
    on_progress: Callable[[int, int], None]

    def keep(self, subject: Subject, capture: Capture) -> None:
        self.summary.add(self.frames.keep(subject, capture))
        self.on_progress(self.summary.statuses.total(), self.num_all)

    def read(self, subject: Subject) -> bytes | None:
        """Reads a preset; writes down what is none, and returns None then."""
        try:
            data = subject.path.read_bytes()
        except OSError as error:
            text = error.strerror or str(error)
            self.keep(subject, Capture(reasons=("read-failed",), error_text=text))
            return None
        if (capture := unreadable(data)) is not None:
            self.keep(subject, capture)
            return None
        return data


def _from_takes(waiting: Sequence[Subject], session: _Session, studio: Studio) -> None:
    loudness = band_loudness(studio.music, studio.settings)
    lot = _LOT * studio.num_workers(True)
    for start in range(0, len(waiting), lot):
        if studio.is_over():
            return
        presets: dict[Subject, PresetOnDisk] = {}
        for subject in waiting[start : start + lot]:
            if (data := session.read(subject)) is not None:
                file = PresetFile(subject.relative_path, subject.path)
                presets[subject] = PresetOnDisk(file, content_hash(data))
        different = {preset.content_hash: preset for preset in presets.values()}
        store = studio.take(list(different.values()))
        known = {
            subject: preset.content_hash
            for subject, preset in presets.items()
            if preset.content_hash in store
        }
        for subject, take in zip(known, store.read(known.values()), strict=True):
            capture = capture_of(
                take.outcome,
                loudness=loudness,
                num_pictures=session.plan.capture_count,
                limits=session.limits,
                timeout_ms=session.plan.timeout_ms,
            )
            session.keep(subject, capture)


def _from_page(
    waiting: Sequence[Subject],
    session: _Session,
    studio: Studio,
    request: FramesRequest,
    is_over: Callable[[], bool],
) -> None:
    if not waiting:
        return
    choice = studio.proved or _proved(studio)
    worker_plan = WorkerPlan(
        launch=choice.plan,
        policy=choice.policy,
        expected=choice.report,
        capture=session.plan,
        limits=session.limits,
        retry_times=request.retry_times,
        refresh_every=request.refresh_every,
    )
    # The longest time for all tries of a preset, after which its browser is given up.
    watchdog_s = max(
        _WATCHDOG_MIN_S, worker_plan.try_s * (request.retry_times + 1) + _WATCHDOG_MORE_S
    )
    policy = WorkPolicy(
        max_attempts=lambda error: min(max_attempts(error), request.retry_times + 1),
        deadline_s=watchdog_s,
        first_deadline_min_s=watchdog_s,
    )
    num_workers = studio.num_workers(choice.report.is_software)
    by_id = {subject.preset_id: subject for subject in waiting}
    with (
        PresetConverter(studio.conversion_cache) as converter,
        open_executor(studio.options, num_workers, "frames", choice) as executor,
    ):
        jobs = _jobs(waiting, session, converter.convert, is_over)
        for outcome in executor.run(partial(FramesWorker, worker_plan), jobs, policy=policy):
            if outcome.error is not None:
                capture = failed(outcome.error, session.plan.timeout_ms)
            else:
                assert outcome.result is not None  # noqa: S101 - an outcome has one of both
                capture = outcome.result
            session.keep(by_id[outcome.item.preset_id], capture)


def _proved(studio: Studio) -> RendererChoice:
    choice = prove_renderer(studio.options)
    KnownRenderer(studio.home, studio.options).keep(choice)
    studio.on_renderer(choice)
    return choice


def _jobs(
    waiting: Sequence[Subject], session: _Session, convert: Convert, is_over: Callable[[], bool]
) -> Iterator[FramesJob]:
    """Yields what is to be drawn; writes down what not even converts."""
    for subject in waiting:
        if is_over():
            return
        data = session.read(subject)
        if data is None:
            continue
        layer = Layer(subject.relative_path, data, sha256_hex(data), "")
        try:
            yield FramesJob(subject.preset_id, layer.job("", convert).preset)
        except ItemError as error:
            session.keep(subject, failed(error, session.plan.timeout_ms))
