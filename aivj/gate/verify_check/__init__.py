"""A folder of evidence in, and whether it is good enough to develop or to release by out."""

from aivj.contracts.checks import CheckResult, Mode, VerifyCheckReport
from aivj.contracts.verification import SchemaCheck, write_schema_check
from aivj.gate.verify_check.evidence import Evidence, load_evidence
from aivj.gate.verify_check.report import judge_evidence, schema_check
from aivj.gate.verify_check.table import RULE_BY_NAME, RULES, PageRule, required_in

__all__ = [
    "RULES",
    "RULE_BY_NAME",
    "CheckResult",
    "Evidence",
    "Mode",
    "PageRule",
    "SchemaCheck",
    "VerifyCheckReport",
    "judge_evidence",
    "load_evidence",
    "required_in",
    "schema_check",
    "write_schema_check",
]
