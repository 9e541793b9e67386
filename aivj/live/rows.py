"""From a measured pick to its row, and to what the page shows of it."""

from dataclasses import dataclass

from aivj.contracts.eval_rows import EvalRow, ok_heuristic
from aivj.live.measurement import LiveMeasurement
from aivj.live.page_answers import LastPick, MeasureAnswer


@dataclass
class PageErrors:
    """What the page let on since the row before."""

    page: int = 0
    console: int = 0

    def count(self, kind: str) -> None:
        """Counts an event."""
        if kind == "pageerror":
            self.page += 1
        elif kind == "console.error":
            self.console += 1

    def clear(self) -> None:
        """Begins anew."""
        self.page = self.console = 0


@dataclass(frozen=True)
class LiveRowWriter:
    """Makes rows.

    Attributes:
        luma_min: Luma at or below it is too dark.
        motion_min: Motion below it is too low.
        renderer_class: What draws.
        audio_clip: What is heard.
    """

    luma_min: float
    motion_min: float
    renderer_class: str
    audio_clip: str

    def row(
        self,
        pack: str,
        pair: int,
        picked: LastPick,
        answer: MeasureAnswer,
        measured: LiveMeasurement,
        errors: PageErrors,
        t_ms: int,
    ) -> EvalRow:
        """Returns the row of a measured pick."""
        ok, reasons = ok_heuristic(
            measured.luma,
            measured.motion,
            errors.page,
            errors.console,
            luma_min=self.luma_min,
            motion_min=self.motion_min,
        )
        shown = answer.shown
        return EvalRow(
            t_ms=t_ms,
            pack=pack,
            pair=pair,
            warp_diff=picked.warp_diff,
            cx_diff=picked.cx_diff,
            quality01=picked.quality01,
            intensity01=picked.intensity01,
            preset_fg_id=shown.preset_fg_id,
            preset_bg_id=shown.preset_bg_id,
            viz_avg_luma=measured.luma,
            viz_avg_frame_delta=measured.motion,
            pm_avg_luma_fg=measured.luma_fg,
            pm_avg_luma_bg=measured.luma_bg,
            audio_rms=shown.audio_rms,
            audio_peak=shown.audio_peak,
            page_errors_since_last=errors.page,
            console_errors_since_last=errors.console,
            ok_heuristic=ok,
            reasons=reasons,
            driver="live",
            renderer_class=self.renderer_class,
            audio_clip=self.audio_clip,
        )


def overlay_text(row: EvalRow, answer: MeasureAnswer, *, visited: str, iteration: int) -> str:
    """Returns what a person who looks at the page reads; programs look for the first lines."""
    measured = f"luma={_shown(row.viz_avg_luma)} motion={_shown(row.viz_avg_frame_delta)}"
    heard = f"audioRms={_shown(row.audio_rms)} peak={_shown(row.audio_peak)}"
    lines = (
        f"pair={row.pair} visited={visited} iter={iteration}",
        f"pack={row.pack}",
        f"fg={row.preset_fg_id}",
        f"bg={row.preset_bg_id}",
        f"q01={_shown(row.quality01)} {measured}",
        f"{heard} pmFrames={_shown(answer.shown.frames_rendered)}",
    )
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
