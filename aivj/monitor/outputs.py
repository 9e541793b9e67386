"""What was made of a run: scores, net, evidence, release; read when they change."""

from pathlib import Path
from typing import Any

from aivj.contracts.acceptance import ACCEPT_NAME
from aivj.contracts.fields import finite_number
from aivj.contracts.fit_folder import CHECKPOINT_STEM, HISTORY_NAME
from aivj.contracts.json_text import validated
from aivj.contracts.monitor_status import CheckpointOutput, MissingQuality, QualityOutput
from aivj.contracts.monitored_run import EvidenceState, ScoresState, TrainingCurve
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.pointer import Pointer
from aivj.errors import AivjError
from aivj.monitor.documents import Document, Documents, iso_of
from aivj.monitor.places import RunPlace
from aivj.release.pointer import pointer_key

_CURVES = ("train_loss", "validation_loss", "held_out_loss")
_REPORT = "report.json"
_VERIFIED = "headless-coupled"


class Outputs:
    """Looks at what lies around a run.

    Args:
        place: The run.
        documents: Reads files.
        started_s: When it began, seconds since 1970; None if nobody knows: then all is fresh.
        packs: Its packs.
    """

    def __init__(
        self, place: RunPlace, documents: Documents, started_s: float | None, packs: list[str]
    ) -> None:
        self._place = place
        self._documents = documents
        self._started_s = started_s
        self._packs = packs

    def qualities(self) -> list[QualityOutput | MissingQuality]:
        """Returns the scores of each pack."""
        return [self._quality(pack) for pack in self._packs]

    def checkpoint(self) -> CheckpointOutput:
        """Returns the net: the older trainer's if there is one, else our own."""
        folder = self._place.base / "outputs" / "coupling" / "models"
        paths = [folder / f"{CHECKPOINT_STEM}{suffix}" for suffix in (".pth", ".safetensors")]
        path = next((path for path in paths if path.is_file()), paths[0])
        try:
            found = path.stat()
        except OSError:
            return CheckpointOutput(path=str(path), exists=False)
        return CheckpointOutput(
            path=str(path),
            mtime=iso_of(found.st_mtime),
            size_bytes=found.st_size,
            fresh_for_run=self._is_fresh(found.st_mtime),
        )

    @property
    def is_verified_or_running(self) -> bool:
        """Whether evidence of a verification of this night is there, or being made."""
        if self._place.artifacts is not None:
            return (self._place.artifacts / _VERIFIED / f"overnight-{self._place.stamp}").is_dir()
        return any(
            document.mtime_s is not None and self._is_fresh(document.mtime_s)
            for document in (self._report("verify", pack) for pack in self._packs)
        )

    def scores(self) -> list[ScoresState]:
        """Returns what is known of the scores that there are."""
        states = []
        for pack in self._packs:
            document = self._documents.read(self._quality_path(pack))
            if document.value is None:
                continue
            stats = _object(document.value.get("qualityStats"))
            pairs = document.value.get("pairs")
            states.append(
                ScoresState(
                    pack=pack,
                    is_fresh=self._is_fresh(document.mtime_s),
                    std=finite_number(stats.get("std")),
                    num_scored=len(pairs) if isinstance(pairs, list) else 0,
                    at=document.mtime,
                )
            )
        return states

    def training(self) -> list[TrainingCurve]:
        """Returns the curves of the last fit, if it was made after the run began."""
        document = self._documents.read(self._place.base / "outputs" / "coupling" / HISTORY_NAME)
        if document.value is None or not self._is_fresh(document.mtime_s):
            return []
        told = document.value.get("watched") or document.value.get("epochs")
        epochs = [_object(each) for each in told] if isinstance(told, list) else []
        curves = (
            TrainingCurve(
                name=name,
                epochs=list(range(1, len(epochs) + 1)),
                values=[finite_number(epoch.get(name)) for epoch in epochs],
            )
            for name in _CURVES
        )
        return [curve for curve in curves if any(value is not None for value in curve.values)]

    def evidence(self) -> list[EvidenceState]:
        """Returns what was judged and released of the run's packs."""
        found = []
        for pack in self._packs:
            found += [
                *_judged("verify", pack, self._report("verify", pack), "checks"),
                *_judged(
                    "accept",
                    pack,
                    self._documents.read(self._place.base / "accept" / pack / ACCEPT_NAME),
                    "steps",
                ),
                *self._released(pack),
            ]
        return found

    def _report(self, kind: str, pack: str) -> Document:
        if self._place.artifacts is not None:
            # A night of several packs puts the first where a night of one has it.
            name = f"overnight-{self._place.stamp}"
            name = name if pack == self._packs[0] else f"{name}-{pack}"
            return self._documents.read(self._place.artifacts / _VERIFIED / name / _REPORT)
        return self._documents.read(self._place.base / kind / pack / _REPORT)

    def _released(self, pack: str) -> list[EvidenceState]:
        document = self._documents.read(self._place.base / "bucket" / pointer_key(pack))
        if document.value is None:
            return []
        try:
            pointer = validated(Pointer, document.value, "the pointer")
        except AivjError:
            return []
        told = f"release {pointer.serial}, {pointer.digest[:12]}, {pointer.action}"
        verdict = "pass" if pointer.forced is None else "fail"
        if pointer.forced is not None:
            told = f"{told}, forced: {pointer.forced.reason}"
        return [
            EvidenceState(
                kind="release", subject=pack, verdict=verdict, told=told, at=document.mtime
            )
        ]

    def _quality_path(self, pack: str) -> Path:
        return self._place.base / "public" / "presets" / pack / PAIRS_QUALITY_NAME

    def _quality(self, pack: str) -> QualityOutput | MissingQuality:
        path = self._quality_path(pack)
        document = self._documents.read(path)
        if document.mtime_s is None:
            return MissingQuality(pack=pack, path=str(path))
        return QualityOutput(
            pack=pack,
            path=str(path),
            mtime=document.mtime,
            size_bytes=document.size_bytes,
            fresh_for_run=self._is_fresh(document.mtime_s),
            quality_stats=_object((document.value or {}).get("qualityStats")) or None,
        )

    def _is_fresh(self, mtime_s: float | None) -> bool:
        return mtime_s is not None and (self._started_s is None or mtime_s >= self._started_s)


def _judged(kind: Any, pack: str, document: Document, parts: str) -> list[EvidenceState]:
    """Returns the verdict of a report, with the names of what failed in it."""
    if document.value is None:
        return []
    checks = _object(document.value.get(parts))
    failed = [name for name, check in checks.items() if _object(check).get("verdict") == "fail"]
    passed = document.value.get("verdict") == "passed"
    told = f"{len(checks)} {parts}" if not failed else f"failed: {', '.join(map(str, failed))}"
    verdict = "pass" if passed else "fail"
    return [EvidenceState(kind=kind, subject=pack, verdict=verdict, told=told, at=document.mtime)]


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
