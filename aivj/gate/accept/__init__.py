"""A pack accepted or not: every gate in order, each with its evidence, and one verdict."""

from aivj.gate.accept.report import (
    ACCEPT_NAME,
    PAGE_NAME,
    AcceptReport,
    AcceptStep,
    write_accept,
)
from aivj.gate.accept.steps import STEPS, Step
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.accept.suite import run_suite

__all__ = [
    "ACCEPT_NAME",
    "PAGE_NAME",
    "STEPS",
    "AcceptReport",
    "AcceptStep",
    "AcceptSubject",
    "Step",
    "run_suite",
    "write_accept",
]
