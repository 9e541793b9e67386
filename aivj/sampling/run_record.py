"""Keeps a run's `meta.json` true: what was asked for, what it ran on, how far it came.

Resuming a run means completing the same one: another renderer, music, size or seed is refused.
"""

import contextlib
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from aivj.audio.click import CLICK_NAME
from aivj.audio.clip import AudioClip
from aivj.audio.groove import GROOVE_NAME
from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import iso_utc
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, PairsManifest
from aivj.contracts.run_meta import (
    AudioRequest,
    AudioUse,
    BrowserUse,
    Budget,
    Heuristic,
    Limits,
    PackProgress,
    PackTarget,
    Renderer,
    RenderUse,
    RunFailure,
    RunMeta,
    Runtime,
    Viewport,
    WebGl,
    read_run_meta,
    write_run_meta,
)
from aivj.errors import AivjError, InputError, RunError
from aivj.sampling.order import num_to_cover
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_directory import RunDirectory

_NO_LIMIT_HOURS = 24.0 * 365


class RunRecord:
    """The description of one run, rewritten as a whole each time it changes."""

    def __init__(self, directory: RunDirectory, meta: RunMeta, pack: str) -> None:
        self._directory = directory
        self._meta = meta
        self._pack = pack
        self._started = datetime.now(UTC)
        self._write()

    @classmethod
    def open(
        cls,
        request: SampleRequest,
        directory: RunDirectory,
        manifest: PairsManifest,
        clip: AudioClip,
        choice: RendererChoice,
    ) -> "RunRecord":
        """Begins a run, or goes on with the one that is there.

        Raises:
            InputError: There is a run and `request` does not resume it, or it is another one.
        """
        fresh = _describe(request, manifest, clip, choice)
        if not directory.meta_path.exists():
            return cls(directory, fresh, request.pack)
        earlier = read_run_meta(directory.meta_path)
        _refuse_other_run(earlier, fresh, directory)
        errors = list(earlier.errors or [])
        if earlier.error is not None:
            at = earlier.finished_at or iso_utc(datetime.now(UTC))
            errors.append(earlier.error.model_copy(update={"at": at}))
        changes = {
            "started_at": earlier.started_at,
            "resumed_at": iso_utc(datetime.now(UTC)),
            "progress": earlier.progress,
            "errors": errors or None,
        }
        return cls(directory, fresh.model_copy(update=changes), request.pack)

    def progress(self, num_done: int) -> None:
        """Notes how many pairs are done."""
        self._note(num_done, elapsed_min=self._elapsed_s() / 60)
        self._write()

    def finish(self, num_done: int) -> None:
        """Marks the run as finished."""
        self._note(num_done, target_mode="coverage", done=num_done >= self._target())
        self._end(error=None)

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Writes down an error that ends the block, and lets it go on."""
        try:
            yield
        except (AivjError, KeyboardInterrupt) as error:
            # Being unable to write the record must not hide why the run ended.
            with contextlib.suppress(AivjError):
                self._end(error=_failure(error, self._pack))
            raise

    def _end(self, error: RunFailure | None) -> None:
        timing = self._meta.timing.model_copy(update={"elapsed_sec": self._elapsed_s()})
        changes = {"finished_at": iso_utc(datetime.now(UTC)), "error": error, "timing": timing}
        self._meta = self._meta.model_copy(update=changes)
        self._write()

    def _note(self, num_done: int, **details: object) -> None:
        progress = PackProgress(iter=num_done, visited=num_done, target=self._target())
        progress = progress.model_copy(update=details)
        self._meta = self._meta.model_copy(
            update={"progress": {**self._meta.progress, self._pack: progress}}
        )

    def _target(self) -> int:
        return self._meta.packs[0].target_unique_pairs

    def _elapsed_s(self) -> float:
        return round((datetime.now(UTC) - self._started).total_seconds(), 3)

    def _write(self) -> None:
        write_run_meta(self._directory.meta_path, self._meta)


def _describe(
    request: SampleRequest,
    manifest: PairsManifest,
    clip: AudioClip,
    choice: RendererChoice,
) -> RunMeta:
    now = iso_utc(datetime.now(UTC))
    settings, report = request.settings, choice.report
    render = asdict(settings)
    seed = render.pop("seed")
    num_pairs = len(manifest.pairs)
    pack_folder = request.packs_root / "presets" / request.pack
    is_made = clip.name in {CLICK_NAME, GROOVE_NAME}
    return RunMeta(
        started_at=now,
        url_base="http://127.0.0.1/",
        vite_port=0,
        budget=Budget(
            input_max_hours=_NO_LIMIT_HOURS,
            effective_max_hours=_NO_LIMIT_HOURS,
            start_time_iso=now,
            deadline_time_iso=now,
        ),
        packs=[
            PackTarget(
                pack=request.pack,
                manifest_path=(pack_folder / PAIRS_MANIFEST_NAME).as_posix(),
                pair_count=num_pairs,
                unique_pair_ids=num_pairs,
                target_coverage=request.target_coverage,
                target_unique_pairs=num_to_cover(num_pairs, request.target_coverage),
            )
        ],
        limits=Limits(max_hours=_NO_LIMIT_HOURS, reload_every=1),
        heuristic=Heuristic(motion_min=request.motion_min, luma_min=request.luma_min),
        audio=AudioUse(
            mode="click" if clip.name == CLICK_NAME else "file",
            requested=AudioRequest(audio_file=None if is_made else clip.name),
            picked_from=clip.name if is_made else "file",
            audio_file=None if is_made else clip.name,
            digest=clip.digest,
        ),
        browser=BrowserUse(
            viewport=Viewport(width=settings.width, height=settings.height, device_scale_factor=1)
        ),
        runtime=Runtime(
            gpu_mode="off" if choice.policy == "software" else "safe",
            headed=choice.plan.headed,
            require_gpu=choice.policy == "require",
            webgl=WebGl(ok=True, vendor=report.vendor, renderer=report.renderer),
        ),
        driver="stage",
        seed=seed,
        renderer=Renderer(
            renderer_class=report.renderer_class,
            chromium_version=report.chromium_version,
            launch_args=list(choice.plan.args),
        ),
        render=RenderUse(**render),
    )


def _refuse_other_run(earlier: RunMeta, fresh: RunMeta, directory: RunDirectory) -> None:
    for name in ("seed", "render", "renderer", "heuristic"):
        was, is_now = getattr(earlier, name), getattr(fresh, name)
        if was != is_now:
            raise _other_run(directory, name, was, is_now)
    if [pack.pack for pack in earlier.packs] != [pack.pack for pack in fresh.packs]:
        raise _other_run(directory, "pack", earlier.packs[0].pack, fresh.packs[0].pack)
    if earlier.audio.digest != fresh.audio.digest:
        raise _other_run(directory, "audio", earlier.audio.audio_file, fresh.audio.audio_file)


def _other_run(directory: RunDirectory, name: str, was: object, is_now: object) -> InputError:
    return InputError(
        f"the same {name} as the run in {directory.path} was started with: {was}",
        str(is_now),
        "resume with the options it was started with, or choose another --out-dir",
    )


def _failure(error: AivjError | KeyboardInterrupt, pack: str) -> RunFailure:
    code = "FATAL_NO_SAMPLES" if isinstance(error, RunError) else "UNKNOWN"
    return RunFailure(
        code=code,
        pack=pack,
        phase="sampling",
        message=str(error) or "interrupted",
        stack="".join(traceback.format_exception(error)),
    )
