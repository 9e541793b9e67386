"""A sampling run's folder in, and whether it keeps every rule for such folders out."""

from aivj.contracts.checks import CheckResult, RunCheckReport
from aivj.gate.run_check.report import RULES, check_run, write_report
from aivj.gate.run_check.run_files import LoadedRun, load_run

__all__ = [
    "RULES",
    "CheckResult",
    "LoadedRun",
    "RunCheckReport",
    "check_run",
    "load_run",
    "write_report",
]
