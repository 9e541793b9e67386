"""What is accepted or not, and what is already known of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aivj.gate.report import Mode
from aivj.gate.stats import LinkLimits, read_lines
from aivj.gate.verify_check import Evidence, load_evidence

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
    """

    pack: str
    packs_root: Path
    evidence: Path
    libraries: tuple[str, ...] = ()
    limits: LinkLimits = field(default_factory=LinkLimits)
    make_evidence: MakeEvidence | None = None

    @property
    def folder(self) -> Path:
        """The pack's own folder."""
        return self.packs_root / "presets" / self.pack

    def loaded(self, mode: Mode) -> Evidence:
        """Reads the evidence as it is now.

        Raises:
            InputError: There is no such folder.
        """
        return load_evidence(
            self.evidence, mode=mode, packs_root=self.packs_root, limits=self.limits
        )

    @cached_property
    def is_software(self) -> bool:
        """Whether a software renderer drew; not known before there is evidence."""
        return self.loaded("dev").is_software

    def lines_of(self, *names: str) -> list[str]:
        """Returns the lines of those logs that are there."""
        paths = [self.evidence / name for name in names]
        return read_lines([path for path in paths if path.is_file()])
