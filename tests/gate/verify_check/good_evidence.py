"""Evidence that passes every check, and how to spoil it."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gate.tested_packs import MOVING, PackFolder, write_pack

from aivj.contracts.json_text import document_bytes
from aivj.gate.uplift import measure_uplift
from aivj.gate.verify_check import VerifyCheckReport, judge_evidence, load_evidence
from aivj.storage import sha256_hex

JUDGED = {"numPairs": 40, "numFamilies": 12, "netLoss": 0.4, "constantLoss": 0.5}
SCORES = [0.1, 0.3, 0.6, 0.95]
RUN_STARTED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
SCORED_AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
VERIFIED_AT = datetime(2026, 3, 1, 10, tzinfo=UTC)
MEASURED_AT = datetime(2026, 3, 1, 11, tzinfo=UTC)
LIBRARY = "run3-crashsafe-15000"
CONTROLS = ("perfCaps", "aivjAccent", "audioDrivePresets", "presetLoadShedding")


@dataclass(frozen=True)
class EvidenceFolder:
    """A folder of evidence beside its pack."""

    path: Path
    pack: PackFolder

    def edit(self, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
        path = self.path / name
        document = json.loads(path.read_text())
        change(document)
        write(path, json.dumps(document))

    def edit_report(self, **values: Any) -> None:
        self.edit("report.json", lambda report: report.update(values))

    def edit_checks(self, **values: Any) -> None:
        self.edit("report.json", lambda report: report["checks"].update(values))

    def edit_quality(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Changes the scores as if they had been verified so."""
        document = json.loads(self.pack.quality.read_text())
        change(document)
        self.write_quality(json.dumps(document))

    def write_quality(self, text: str) -> None:
        write(self.pack.quality, text, SCORED_AT)
        self.edit_report(qualityDigest=sha256_hex(text.encode()))

    def judge(self, mode: str = "release", **options: Any) -> VerifyCheckReport:
        options = {"run_started_at": RUN_STARTED_AT, **options}
        evidence = load_evidence(self.path, mode=mode, packs_root=self.pack.root, **options)
        return judge_evidence(evidence, source=str(self.path))


def write(path: Path, text: str, at: datetime = MEASURED_AT) -> None:
    path.write_text(text)
    os.utime(path, (at.timestamp(), at.timestamp()))


def write_good_evidence(root: Path) -> EvidenceFolder:
    folder = EvidenceFolder(root / "evidence", write_pack(root / "public", [MOVING] * 4, SCORES))
    folder.path.mkdir()
    quality = folder.pack.quality
    scores = json.loads(quality.read_text())
    scores["provenance"]["judgement"] = JUDGED
    write(quality, json.dumps(scores), SCORED_AT)
    uplift = measure_uplift([(9, 0.95)] * 50, [(0, 0.1)] * 50, SCORES, seed=0)
    report = {
        "schemaVersion": 1,
        "url": "http://127.0.0.1:5174/?coupled=1&coupledPack=tested"
        f"&presetLibrarySource={LIBRARY}&runManifestUrl=/run-manifest.json",
        "startedAt": VERIFIED_AT.isoformat(),
        "pack": "tested",
        "qualityDigest": sha256_hex(quality.read_bytes()),
        "renderer": {"vendor": "Google Inc. (NVIDIA)", "renderer": "ANGLE (NVIDIA, L4)"},
        "counts": {"console": 1, "pageErrors": 0},
        "checks": {
            "canvasAttached": True,
            "projectMFramesRendered": {"initialized": True, "framesRendered": 3},
            "finalOutputNonEmpty": True,
            "finalOutputChanges": True,
            "projectMCanvasNonEmpty": True,
            "projectMCanvasChanges": True,
            **{name: {"ok": True, "error": None} for name in CONTROLS},
            "coupledNext": {"ok": True, "required": True, "reason": "2 picks in each arm"},
            **{name: {"ok": True} for name in ("pageOpened", "manifestActive", "scoresMerged")},
            "everyNext": {"ok": True, "required": False, "reason": "no pick fell short"},
            "ownCheck": {"ok": True, "required": True, "reason": "as it should be"},
            **{
                name: {"ok": True}
                for name in ("dualRandom", "favoritesCompare", "presetStress", "userFlow")
            },
            "beatTempo": {"ok": True},
            "outputsPanel": {"ok": True},
        },
        "uplift": json.loads(document_bytes(uplift)),
    }
    write(folder.path / "report.json", json.dumps(report))
    write(folder.path / "frame-time.json", json.dumps({"n": 20, "p50Ms": 16.0, "p95Ms": 33.0}))
    write(folder.path / "budget-dynamics.json", json.dumps({"ok": True, "error": None}))
    write(folder.path / "page-errors.log", "\n")
    write(folder.path / "browser-console.log", "[info] [error] in the middle is none\n")
    selected = [f"selected preset {LIBRARY}-{n} (m=0.3, tier=strict)\n" for n in range(6)]
    write(folder.path / "aivj-selection.log", "".join(selected))
    return folder
