"""A pack accepted or not: every step in order, each with its evidence, and one verdict."""

from aivj.contracts.acceptance import ACCEPT_PAGE_NAME as PAGE_NAME
from aivj.contracts.acceptance import AcceptReport, AcceptStep
from aivj.gate.accept.subject import AcceptSubject
from aivj.gate.accept.suite import STEPS, Step, run_suite

__all__ = [
    "PAGE_NAME",
    "STEPS",
    "AcceptReport",
    "AcceptStep",
    "AcceptSubject",
    "Step",
    "run_suite",
]
