"""What a person who looks at the page reads of the sampling."""

from aivj.contracts.eval_rows import EvalRow
from aivj.live.page_answers import MeasureAnswer
from aivj.live.tally import Tally
from aivj.sampling.packs import SamplePack


def overlay_text(
    row: EvalRow, answer: MeasureAnswer, tally: Tally, pack: SamplePack, iteration: int
) -> str:
    """Returns the lines that programs look for, and people."""
    visited = f"{len(tally.visited(pack.name))}/{pack.num_target}"
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
