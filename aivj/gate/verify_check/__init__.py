"""A folder of evidence in, and whether it is good enough to develop or to release by out."""

from aivj.gate.report import Mode
from aivj.gate.verify_check.evidence import Evidence, load_evidence
from aivj.gate.verify_check.report import (
    CheckResult,
    SchemaCheck,
    VerifyCheckReport,
    judge_evidence,
    schema_check,
    write_schema_check,
)
from aivj.gate.verify_check.table import CHECKS, Check, required_in

__all__ = [
    "CHECKS",
    "Check",
    "CheckResult",
    "Evidence",
    "Mode",
    "SchemaCheck",
    "VerifyCheckReport",
    "judge_evidence",
    "load_evidence",
    "required_in",
    "schema_check",
    "write_schema_check",
]
