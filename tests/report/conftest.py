"""A fabricated run whose figures are known."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aivj.contracts.eval_rows import EvalRow, ok_heuristic
from aivj.contracts.failures import FailureRow
from aivj.contracts.pairs_quality import PairsQuality, QualityPair, ScoringStats, quality_stats
from aivj.report import CheckLine, ReportData, StageLine


def _row(pair: int) -> EvalRow:
    luma, motion = 0.03 + 0.09 * pair, 10.0 ** (pair / 2 - 6)
    ok, reasons = ok_heuristic(luma, motion, 0, 0)
    return EvalRow(
        t_ms=1,
        pack="demo",
        pair=pair,
        viz_avg_luma=luma,
        viz_avg_frame_delta=motion,
        ok_heuristic=ok,
        reasons=reasons,
        composite_avg_luma=luma,
        composite_color_r=luma,
        composite_color_g=0.0,
        composite_color_b=1.0,
        render_ms_per_frame=15.0,
    )


def _quality(scores: dict[int, float]) -> PairsQuality:
    return PairsQuality(
        generated_at="2026-01-02T03:04:05Z",
        pack="demo",
        quality_stats=quality_stats(list(scores.values())),
        stats=ScoringStats(total_pairs=len(scores), scored_pairs=len(scores)),
        pairs=[QualityPair(pair=pair, quality01=score) for pair, score in scores.items()],
    )


_RUN = ReportData(
    title="Demo run",
    generated_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    pack="demo",
    renderer="ANGLE (Mesa, llvmpipe)",
    renderer_class="llvmpipe",
    is_software=True,
    chromium_version="156.0",
    notices=["No GPU was proved"],
    stages=[StageLine("sample", 60.0, "10 measured"), StageLine("train", 20.0, "3 epochs")],
    rows=[_row(pair) for pair in range(10)],
    failures=[
        FailureRow(
            t_ms=2,
            pack="demo",
            pair=pair,
            kind=kind,
            num_attempts=2,
            message=f"expected a shader that links; found error {pair}; leave it out",
            quarantined=kind == "context-lost",
        )
        for pair, kind in ((10, "shader-link"), (12, "context-lost"), (11, "shader-link"))
    ],
    num_target=13,
    thumbnails={pair: b"picture of %d" % pair for pair in range(10)},
    preset_names={pair: (f"a/Fore {pair}.milk", f"b/Back {pair}.milk") for pair in range(13)},
    quality=_quality({pair: 0.2 + 0.05 * pair for pair in range(13)}),
    training=[
        {
            "epoch": epoch,
            "train_loss": 1.0 / epoch,
            "held_out_loss": None if epoch == 2 else 1.5 / epoch,
            "elite_auc": 0.5 + 0.1 * epoch,
            "eval_spearman": 0.1 * epoch,
            "score_std": 0.02 * epoch,
        }
        for epoch in (1, 2, 3)
    ],
    training_notes=["13 rows"],
    checks=[
        CheckLine("scores merged", required=True, passed=True, detail="13 of 13"),
        CheckLine("frames change", required=True, passed=False, detail="1 distinct frame"),
        CheckLine("hardware", required=False, passed=None, detail="software was allowed"),
    ],
    verdict=False,
    artifacts=[("Scores", "/home/vj/var/pairs-quality.v0.json")],
)


@pytest.fixture(scope="session")
def run() -> ReportData:
    """10 pairs measured, 3 failed, all 13 scored upwards by id; `replace` makes others of it."""
    return _RUN


@pytest.fixture(scope="session")
def make_quality() -> Callable[[dict[int, float]], PairsQuality]:
    """Makes a score file from scores by pair id."""
    return _quality
