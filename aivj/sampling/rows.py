"""From two takes to the row of their pair."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from aivj.audio.clip import AudioClip
from aivj.audio.levels import rms_peak
from aivj.browser.renderer import RendererReport
from aivj.contracts.eval_rows import EvalRow, ok_heuristic
from aivj.contracts.pairs_manifest import ManifestPair
from aivj.sampling.picked import PickedPair
from aivj.sampling.request import SampleRequest
from aivj.stage.thumbnails import picture_digest
from aivj.takes.compose import compose, composed_picture
from aivj.takes.figures import measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.render import planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.take import Drawn


@dataclass(frozen=True)
class Sound:
    """What rows say of a clip, over the measured frames.

    Attributes:
        name: The clip's name.
        rms: 0 to 1.
        peak: 0 to 1.
        heard: Its energy frame by frame.
    """

    name: str
    rms: float
    peak: float
    heard: Heard

    @classmethod
    def of(cls, clip: AudioClip, settings: RenderSettings) -> "Sound":
        """Measures a clip where presets hear it."""
        start_s = settings.warmup_frames / settings.frames_per_s
        rms, peak = rms_peak(clip, start_s, settings.measure_frames / settings.frames_per_s)
        return cls(clip.name, rms, peak, Heard.of(planar_clip(clip, settings), settings))


@dataclass(frozen=True)
class RowWriter:
    """Makes rows of takes.

    Attributes:
        request: Holds thresholds and seed.
        renderer: What drew.
        sounds: By clip.
    """

    request: SampleRequest
    renderer: RendererReport
    sounds: Mapping[str, Sound]

    def row(
        self,
        picked: PickedPair,
        pair: ManifestPair,
        layers: tuple[Drawn, Drawn],
        t_ms: int,
        quality01: float | None = None,
    ) -> tuple[EvalRow, bytes | None]:
        """Returns a pair's row, and its picture if pictures are asked for.

        Args:
            picked: The pair.
            pair: Its entry in the manifest.
            layers: What its foreground and its background look like.
            t_ms: Time of writing, Unix ms.
            quality01: Its score when it was picked.
        """
        foreground, background = layers
        sound = self.sounds[picked.clip]
        measurement = measure_pair(
            compose(foreground.cells, background.cells), self.request.settings, sound.heard
        )
        picture = (
            composed_picture(foreground.pictures[-1], background.pictures[-1])
            if self.request.thumbnails
            else None
        )
        num_page_errors = sum(layer.num_page_errors for layer in layers)
        num_console_errors = sum(layer.num_console_errors for layer in layers)
        ok, reasons = ok_heuristic(
            measurement.viz_avg_luma,
            measurement.viz_avg_frame_delta,
            num_page_errors,
            num_console_errors,
            luma_min=self.request.luma_min,
            motion_min=self.request.motion_min,
        )
        degraded = [f"fg: {reason}" for reason in foreground.degraded]
        degraded += [f"bg: {reason}" for reason in background.degraded]
        row = EvalRow(
            t_ms=t_ms,
            pack=picked.pack,
            pair=picked.pair,
            warp_diff=pair.warp_diff,
            cx_diff=pair.cx_diff,
            quality01=quality01,
            preset_fg_id=f"coupled:{picked.pack}:{picked.pair}:fg",
            preset_bg_id=f"coupled:{picked.pack}:{picked.pair}:bg",
            audio_rms=sound.rms,
            audio_peak=sound.peak,
            page_errors_since_last=num_page_errors,
            console_errors_since_last=num_console_errors,
            ok_heuristic=ok,
            reasons=reasons,
            driver="stage",
            renderer_class=self.renderer.renderer_class,
            seed=self.request.seed,
            preset_fg_digest=picked.digests[0],
            preset_bg_digest=picked.digests[1],
            thumbnail_digest=picture_digest(picture) if picture else None,
            audio_clip=sound.name,
            degraded=degraded or None,
            render_ms_per_frame=sum(layer.render_ms_per_frame for layer in layers),
            composed=True,
            **asdict(measurement),
        )
        return row, picture
