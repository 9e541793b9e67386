"""What was measured of single presets: figures of the layers that they were in measured pairs.

Layers are drawn apart, so a layer's own luma, motion and response do not depend on the other one:
a preset that was measured in one pair needs no rendering in the next. Pairs that nobody rendered
can be judged by the figures of their layers, which say more of a picture than the text does.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.coupling.pack_rows import PackRows
from aivj.coupling.preset_rows import MISSING

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("luma", "log_motion", "log_response")
ERROR_RATE = "error_rate"
# What lies with the pack's files says nothing of how a preset is drawn.
_OF_FILES = frozenset({"bad-entry", "missing-preset", "unconvertible"})
_LEAST_MOTION = 1e-5
_LEAST_RESPONSE = 1e-4

Figures = tuple[float, float, float]


def preset_measurements(
    rows: Sequence[EvalRow],
    packs: Sequence[PackRows],
    hashes: Sequence[str],
    failures: Sequence[FailureRow] = (),
) -> "pa.Table":
    """Returns an Arrow table with a row for each measured preset, in the order of their hashes.

    Columns: `content_hash`; `luma`, 0..1; `log_motion` and `log_response`, log10 of the mean change
    per frame and of the mean difference from silence; `error_rate`, 0..1, the share of the preset's
    pairs that failed. Several measurements of a preset are averaged.

    Args:
        rows: Measurements; those without figures of the layers, or of degraded presets, are left
            out.
        packs: The pairs that they are about.
        hashes: Content hash of each row that `packs` point to.
        failures: Pairs that could not be measured. A preset that was in no measured pair has no
            row, whatever failed.
    """
    import pyarrow as pa

    layers = {
        (pack.pack, pair): (fg, bg)
        for pack in packs
        for pair, fg, bg in zip(
            pack.pair_ids.tolist(), pack.fg_index.tolist(), pack.bg_index.tolist(), strict=True
        )
    }
    found: dict[str, list[Figures]] = defaultdict(list)
    num_visits: Counter[str] = Counter()
    num_errors: Counter[str] = Counter()
    for failure in failures:
        if failure.kind not in _OF_FILES:
            failed = layers.get((failure.pack, failure.pair)) or ()
            both = {hashes[preset] for preset in failed if preset != MISSING}
            num_visits.update(both)
            num_errors.update(both)
    for row in rows:
        presets = layers.get((row.pack, row.pair)) if row.pair is not None else None
        num_visits.update({hashes[preset] for preset in presets or () if preset != MISSING})
        for preset, figures in zip(presets or (), _layers(row), strict=False):
            if figures is not None and preset != MISSING:
                found[hashes[preset]].append(figures)
    names = sorted(found)
    columns = {
        column: [fmean(figures[place] for figures in found[name]) for name in names]
        for place, column in enumerate(COLUMNS)
    }
    columns[ERROR_RATE] = [num_errors[name] / num_visits[name] for name in names]
    numbers = [pa.array(column, pa.float64()) for column in columns.values()]
    return pa.Table.from_arrays(
        [pa.array(names, pa.string()), *numbers], names=["content_hash", *columns]
    )


def _layers(row: EvalRow) -> Iterator[Figures | None]:
    """Yields the figures of the foreground and of the background."""
    if row.degraded:
        return
    yield _figures(row.pm_avg_luma_fg, row.fg_avg_frame_delta, row.audio_response_fg)
    yield _figures(row.pm_avg_luma_bg, row.bg_avg_frame_delta, row.audio_response_bg)


def _figures(luma: float | None, motion: float | None, response: float | None) -> Figures | None:
    if luma is None or motion is None or response is None:
        return None
    return (
        luma,
        math.log10(max(motion, _LEAST_MOTION)),
        math.log10(max(response, _LEAST_RESPONSE)),
    )
