"""One self-contained page that shows a whole run to a person."""

from aivj.report.data import CheckLine, ReportData, StageLine
from aivj.report.page import write_report

__all__ = ["CheckLine", "ReportData", "StageLine", "write_report"]
