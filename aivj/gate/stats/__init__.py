"""A runtime's logs in, figures with a verdict out."""

from aivj.contracts.log_stats import BudgetStat, FrameTimeStat, Stat
from aivj.gate.stats.log_text import LogRead, read_lines
from aivj.gate.stats.picks import LoggedPick, PickStat, pick_stat, read_picks
from aivj.gate.stats.preload import (
    PreloadStat,
    budget_stat,
    frame_time_stat,
    measured_frame_times,
    preload_stat,
)
from aivj.gate.stats.preload_log import PreloadLog, read_preload_log
from aivj.gate.stats.selection import (
    DataLinkStat,
    LinkLimits,
    SelectedPreset,
    SelectionStat,
    data_link_stat,
    read_selection_log,
    selection_stat,
)

__all__ = [
    "BudgetStat",
    "DataLinkStat",
    "FrameTimeStat",
    "LinkLimits",
    "LogRead",
    "LoggedPick",
    "PickStat",
    "PreloadLog",
    "PreloadStat",
    "SelectedPreset",
    "SelectionStat",
    "Stat",
    "budget_stat",
    "data_link_stat",
    "frame_time_stat",
    "measured_frame_times",
    "pick_stat",
    "preload_stat",
    "read_lines",
    "read_picks",
    "read_preload_log",
    "read_selection_log",
    "selection_stat",
]
