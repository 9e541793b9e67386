from collections.abc import Callable

import numpy as np
import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.coupling.pack_rows import PackRows
from aivj.coupling.preset_measurements import preset_measurements

HASHES = ("bb", "aa", "cc")
PACK = PackRows("tiny", np.array([1, 2, 3]), np.array([0, 0, -1]), np.array([1, 2, 2]))

LAYERS = {
    "pm_avg_luma_fg": 0.2,
    "fg_avg_frame_delta": 0.01,
    "audio_response_fg": 0.1,
    "pm_avg_luma_bg": 0.4,
    "bg_avg_frame_delta": 0.0,
    "audio_response_bg": 0.0,
}


@pytest.fixture
def measured(make_row: Callable[..., EvalRow]) -> Callable[..., EvalRow]:
    return lambda pair, **changes: make_row(pair, 0.3, 1e-3, **{**LAYERS, **changes})


def test_each_layer_speaks_for_its_preset(measured: Callable[..., EvalRow]) -> None:
    table = preset_measurements([measured(1)], [PACK], HASHES)
    assert table.to_pydict() == {
        "content_hash": ["aa", "bb"],
        "luma": [0.4, 0.2],
        "log_motion": [pytest.approx(-5), pytest.approx(-2)],
        "log_response": [pytest.approx(-4), pytest.approx(-1)],
        "error_rate": [0.0, 0.0],
    }


def test_measurements_of_a_preset_are_averaged_in_any_order(
    measured: Callable[..., EvalRow],
) -> None:
    rows = [measured(1), measured(2, pm_avg_luma_fg=0.6)]
    table = preset_measurements(rows, [PACK], HASHES)
    assert table.equals(preset_measurements(rows[::-1], [PACK], HASHES))
    assert dict(zip(*table.select([0, 1]).to_pydict().values(), strict=True)) == {
        "aa": 0.4,
        "bb": pytest.approx(0.4),
        "cc": 0.4,
    }


def test_what_cannot_be_used_is_left_out(measured: Callable[..., EvalRow]) -> None:
    rows = [
        measured(1, degraded=["fg.warp"]),
        measured(2, fg_avg_frame_delta=None),
        measured(3),
        measured(4),
        measured(1, pack="other"),
        measured(None),
    ]
    table = preset_measurements(rows, [PACK], HASHES)
    assert table["content_hash"].to_pylist() == ["cc"]
    assert preset_measurements([], [PACK], HASHES).num_rows == 0


def test_error_rate_is_the_share_of_pairs_that_failed(measured: Callable[..., EvalRow]) -> None:
    def failure(pair: int, kind: str, pack: str = "tiny") -> FailureRow:
        return FailureRow(
            t_ms=1, pack=pack, pair=pair, kind=kind, attempts=1, message="m", quarantined=False
        )

    failures = [
        failure(2, "script-error"),
        failure(3, "missing-preset"),
        failure(9, "script-error"),
        failure(1, "script-error", pack="other"),
    ]
    table = preset_measurements([measured(1)], [PACK], HASHES, failures)

    # "bb" was in pairs 1 and 2, "aa" in pair 1; "cc" was never measured.
    assert table["content_hash"].to_pylist() == ["aa", "bb"]
    assert table["error_rate"].to_pylist() == [0.0, 0.5]
