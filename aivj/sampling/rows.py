"""From what a worker measured to the pair's row."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from aivj.audio.clip import AudioClip
from aivj.audio.levels import rms_peak
from aivj.browser.renderer import RendererReport
from aivj.contracts.eval_rows import EvalRow, ok_heuristic
from aivj.contracts.pairs_manifest import ManifestPair
from aivj.sampling.request import SampleRequest
from aivj.sampling.worker import PairJob, PairResult
from aivj.stage.thumbnails import picture_digest
from aivj.takes.settings import RenderSettings


@dataclass(frozen=True)
class Loudness:
    """What rows say of a clip, over the measured frames."""

    name: str
    rms: float
    peak: float

    @classmethod
    def of(cls, clip: AudioClip, settings: RenderSettings) -> "Loudness":
        """Measures a clip where pairs hear it."""
        start_s = settings.warmup_frames / settings.frames_per_s
        rms, peak = rms_peak(clip, start_s, settings.measure_frames / settings.frames_per_s)
        return cls(clip.name, rms, peak)


@dataclass(frozen=True)
class RowWriter:
    """Makes rows of what a run's workers answer.

    Attributes:
        request: Holds thresholds and seed.
        renderer: What drew.
        loudness: Of each clip.
    """

    request: SampleRequest
    renderer: RendererReport
    loudness: Sequence[Loudness]

    def row(
        self,
        job: PairJob,
        pair: ManifestPair,
        result: PairResult,
        t_ms: int,
        quality01: float | None = None,
    ) -> EvalRow:
        """Returns the row of a measured pair; `quality01` is its score when it was picked."""
        measurement, heard = result.measurement, self.loudness[int(job.clip)]
        ok, reasons = ok_heuristic(
            measurement.viz_avg_luma,
            measurement.viz_avg_frame_delta,
            result.num_page_errors,
            result.num_console_errors,
            luma_min=self.request.luma_min,
            motion_min=self.request.motion_min,
        )
        return EvalRow(
            t_ms=t_ms,
            pack=job.pack,
            pair=job.pair,
            warp_diff=pair.warp_diff,
            cx_diff=pair.cx_diff,
            quality01=quality01,
            preset_fg_id=f"coupled:{job.pack}:{job.pair}:fg",
            preset_bg_id=f"coupled:{job.pack}:{job.pair}:bg",
            audio_rms=heard.rms,
            audio_peak=heard.peak,
            page_errors_since_last=result.num_page_errors,
            console_errors_since_last=result.num_console_errors,
            ok_heuristic=ok,
            reasons=reasons,
            driver="stage",
            renderer_class=self.renderer.renderer_class,
            seed=self.request.settings.seed,
            preset_fg_digest=job.digests[0] if job.digests else None,
            preset_bg_digest=job.digests[1] if job.digests else None,
            thumbnail_digest=picture_digest(result.thumbnail) if result.thumbnail else None,
            audio_clip=heard.name,
            degraded=[*job.degraded, *result.degraded] or None,
            render_ms_per_frame=result.render_ms_per_frame,
            **asdict(measurement),
        )
