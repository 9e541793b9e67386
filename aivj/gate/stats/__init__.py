"""A runtime's logs in, figures with a verdict out."""

from aivj.gate.stats.budget import BudgetStat, budget_stat
from aivj.gate.stats.data_link import DataLinkStat, LinkLimits, data_link_stat
from aivj.gate.stats.frame_time import FrameTimeStat, frame_time_stat, measured_frame_times
from aivj.gate.stats.log_text import LogRead, read_lines
from aivj.gate.stats.picks import LoggedPick, PickStat, pick_stat, read_picks
from aivj.gate.stats.preload import PreloadStat, preload_stat
from aivj.gate.stats.preload_log import PreloadLog, read_preload_log
from aivj.gate.stats.selection import SelectionStat, selection_stat
from aivj.gate.stats.selection_log import SelectedPreset, read_selection_log
from aivj.gate.stats.stat import Stat

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
