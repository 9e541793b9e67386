"""The figures of many pairs of layers at once, as `figures.measure_pair` has them of one."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.errors import InputError
from aivj.takes.composite import CompositeFigures, composite_figures
from aivj.takes.figures import (
    BLACK_BELOW,
    BLOWN_ABOVE,
    PairFigures,
    color_motion,
    motion_proxies,
)
from aivj.takes.flash_limits import MAX_FLASHES_PER_S
from aivj.takes.picture import FOREGROUND_OPACITY, LUMA_UNIT, WHOLE_LUMA_WEIGHTS
from aivj.takes.reactivity import Heard, alignments
from aivj.takes.table import LayerTable

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.integer[Any]]

_ON_CPU = 8
_ON_DEVICE = 256
"""Pairs that are measured as one task."""


ManyPairs = PairFigures[Floats, Flags]


def pair_figures(
    table: LayerTable,
    foregrounds: Places,
    backgrounds: Places,
    heard: Heard,
    *,
    device: str | None = None,
    num_threads: int = 1,
) -> ManyPairs:
    """Composes and measures pairs of a table's layers.

    The same pairs give the same bytes for any number of threads and whatever stands beside them;
    torch differs in the last digits of few figures.

    Args:
        table: The layers.
        foregrounds: Places in the table of the layers in front, shape [num_pairs], one or more.
        backgrounds: Of those behind, the same.
        heard: The music that the layers were rendered with.
        device: None for what is compiled for the CPU, or a device of torch such as "cuda".
        num_threads: On a CPU.

    Raises:
        InputError: There are no pairs, not as many layers in front as behind, or places that are
            not in the table.
    """
    pairs = _pairs_of(table, foregrounds, backgrounds)
    found = CompositeFigures.empty(len(pairs), table.settings)
    if device is None:
        _measure_compiled(table, pairs, found, num_threads)
    else:
        with torch_threads(num_threads):
            _measure_by_torch(table, pairs, found, device)
    return _figures(table, pairs, found, heard)


@contextlib.contextmanager
def torch_threads(num_threads: int) -> Iterator[None]:
    """Lets torch use that many threads of the CPU for as long as the block lasts."""
    import torch

    num_before = torch.get_num_threads()
    torch.set_num_threads(num_threads)
    try:
        yield
    finally:
        torch.set_num_threads(num_before)


def _pairs_of(table: LayerTable, foregrounds: Places, backgrounds: Places) -> Places:
    """Returns both layers' places, of shape [num_pairs, 2]. Raises as `pair_figures`."""
    if not 0 < len(foregrounds) == len(backgrounds):
        raise InputError(
            "as many layers in front as behind, one or more",
            f"{len(foregrounds)} in front, {len(backgrounds)} behind",
            "name both layers of each pair",
        )
    # Of one type, since each type is compiled for by itself.
    pairs = np.stack([foregrounds, backgrounds], axis=1).astype(np.int64)
    if pairs.min() < 0 or pairs.max() >= len(table):
        raise InputError(
            f"places 0 to {len(table) - 1} of the table's layers",
            f"{pairs.min()} to {pairs.max()}",
            "count layers as the table was built",
        )
    return pairs


def _measure_compiled(
    table: LayerTable, pairs: Places, found: CompositeFigures, num_threads: int
) -> None:
    # Who measures nothing does without numba: some 0.4 s.
    from aivj.takes.compiled import Rules, measure

    rules = Rules.of(table.settings)

    def task(places: slice) -> None:
        measure(table.planes, pairs[places], rules, found.rows(places))

    with ThreadPoolExecutor(num_threads) as pool:
        list(pool.map(task, _tasks(len(pairs), _ON_CPU)))


def _measure_by_torch(
    table: LayerTable, pairs: Places, found: CompositeFigures, device: str
) -> None:
    import torch

    for places in _tasks(len(pairs), _ON_CPU if device == "cpu" else _ON_DEVICE):
        front, back = (
            torch.asarray(table.planes[layers], device=device) for layers in pairs[places].T
        )
        measured = composite_figures(torch, front, back, table.settings)
        for row, column in zip(found.rows(places), measured, strict=True):
            row[...] = column.cpu().numpy()


def _tasks(num_pairs: int, at_a_time: int) -> list[slice]:
    return [slice(start, start + at_a_time) for start in range(0, num_pairs, at_a_time)]


def _figures(
    table: LayerTable, pairs: Places, composed: CompositeFigures, heard: Heard
) -> ManyPairs:
    front, back = pairs.T
    colors = composed.color
    luma = _luma(colors)
    frame_luma, color = luma[:, 1:], colors[:, 1:].mean(axis=1)
    layer_luma = table.luma[:, 1:].mean(axis=1)
    motion, alone = color_motion(table.color), _luma(table.color)[:, 1:].mean(axis=1)
    luma_mean = frame_luma.mean(axis=1)
    return PairFigures(
        viz_avg_luma=(layer_luma[front] + layer_luma[back]) / 2,
        viz_avg_frame_delta=motion_proxies(
            (table.luma[front] + table.luma[back]) / 2, (motion[front] + motion[back]) / 2
        ),
        pm_avg_luma_fg=table.luma[front, -1],
        pm_avg_luma_bg=table.luma[back, -1],
        composite_avg_luma=luma_mean,
        composite_avg_frame_delta=composed.delta.mean(axis=1),
        composite_color_r=color[:, 0],
        composite_color_g=color[:, 1],
        composite_color_b=color[:, 2],
        fg_avg_frame_delta=table.delta[front],
        bg_avg_frame_delta=table.delta[back],
        luma_range=np.ptp(frame_luma, axis=1),
        black_share=composed.black.mean(axis=1),
        blown_share=composed.blown.mean(axis=1),
        black_frames=(frame_luma < BLACK_BELOW).mean(axis=1),
        blown_frames=(frame_luma > BLOWN_ABOVE).mean(axis=1),
        audio_response=composed.response.mean(axis=1),
        audio_response_fg=table.response[front],
        audio_response_bg=table.response[back],
        audio_alignment=alignments(composed.delta, heard.energy),
        audio_alignment_control=np.mean(
            [alignments(composed.delta, control) for control in heard.controls], axis=0
        ),
        flashes_per_s=composed.flashes_per_s,
        red_flashes_per_s=composed.red_flashes_per_s,
        flash_unsafe=np.maximum(composed.flashes_per_s, composed.red_flashes_per_s)
        > MAX_FLASHES_PER_S,
        colourfulness=composed.colourfulness.mean(axis=1),
        spatial_detail=composed.spatial_detail.mean(axis=1),
        fg_contribution=np.maximum(0, luma_mean - alone[back]),
        bg_contribution=np.maximum(0, luma_mean - FOREGROUND_OPACITY * alone[front]),
        last_luma=luma[:, -1],
    )


def _luma(colors: Floats) -> Floats:
    """Returns luma of mean colours, [..., 3] to [...]; no matrix product, whose bits vary."""
    return np.asarray((colors * np.array(WHOLE_LUMA_WEIGHTS)).sum(axis=-1) * (255 / LUMA_UNIT))
