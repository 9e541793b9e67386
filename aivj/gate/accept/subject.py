"""What is accepted or not, and what is already known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import get_args

from aivj.contracts.checks import Mode, VerifyCheckReport
from aivj.gate.stats import LinkLimits, read_lines
from aivj.gate.verify_check import Evidence, judge_evidence, load_evidence

MakeEvidence = Callable[[float], None]
"""Verifies the pack, in the seconds given, and leaves the evidence in the subject's folder."""


@dataclass(frozen=True)
class AcceptSubject:
    """What is accepted or not.

    Attributes:
        pack: The pack.
        packs_root: Folder that `/presets/...` URLs resolve below.
        evidence: Folder of the verification.
        libraries: Libraries of single presets that are looked at as well.
        limits: How much of a selection has to be in the run manifest.
        make_evidence: Makes the evidence; None: what is there is judged.
        diversity: Report of `aivj diversity` that must have passed; None: none is asked for.
    """

    pack: str
    packs_root: Path
    evidence: Path
    libraries: tuple[str, ...] = ()
    limits: LinkLimits = field(default_factory=LinkLimits)
    make_evidence: MakeEvidence | None = None
    diversity: Path | None = None

    @property
    def folder(self) -> Path:
        """The pack's own folder."""
        return self.packs_root / "presets" / self.pack

    @cached_property
    def loaded(self) -> Evidence:
        """The evidence, read once: when it is first asked for it has been made.

        Raises:
            InputError: There is no such folder.
        """
        return load_evidence(
            self.evidence, mode="release", packs_root=self.packs_root, limits=self.limits
        )

    @property
    def loaded_if_any(self) -> Evidence | None:
        """The evidence; None if there is no such folder."""
        return self.loaded if self.evidence.is_dir() else None

    @cached_property
    def judged(self) -> Mapping[Mode, VerifyCheckReport]:
        """The verdict on the evidence, by what it has to be good enough for.

        Raises:
            InputError: There is no such folder.
        """
        modes: tuple[Mode, ...] = get_args(Mode)
        return {
            mode: judge_evidence(replace(self.loaded, mode=mode), source=str(self.evidence))
            for mode in modes
        }

    def lines_of(self, *names: str) -> list[str]:
        """Returns the lines of those logs that are there."""
        paths = [self.evidence / name for name in names]
        return read_lines([path for path in paths if path.is_file()])
