"""Libraries and probers for tests of the audit."""

from aivj.contracts.preset_audit import AuditQuality
from aivj.library.audit import run_audit
from aivj.library.exports import export_audit
from aivj.library.listing import library_files
from aivj.library.record import begin_record
from aivj.library.request import AuditRequest

TEXTS = {
    "a/one.milk": "[preset00]\nfWarpScale=2\nper_pixel_1=rot=1;\n",
    "a/two.milk": "[preset00]\nfWaveScale=1\nbWaveThick=1\n",
    "b/one again.milk": "\r\nFWARPSCALE=2.000\r\nper_pixel_1=rot=1;\r\n",
    "b/three.milk": "nMotionVectorsX=12\n",
    "four.milk": "warp=0.5\n",
}


def write_library(folder, texts=TEXTS):
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return folder


class MadeProber:
    """Judges by a table of what stands in the text; others are ok."""

    def __init__(self, reasons=None, *, probe="made:1", unknown=()):
        self.reasons = reasons or {}
        self.probe = probe
        self.unknown = unknown
        self.asked = []

    def open(self, _presets):
        return self.probe

    def judge(self, presets):
        for preset in presets:
            text = preset.data.decode("latin-1")
            self.asked.append(preset.source.relative_path)
            if any(part in text for part in self.unknown):
                yield preset, None
                continue
            reasons = [reason for part, reason in self.reasons.items() if part in text]
            hard = any(reason in {"wasm-abort", "render-failed"} for reason in reasons)
            yield (
                preset,
                AuditQuality(
                    ok=not reasons,
                    reasons=reasons,
                    avg_luma=None if hard else 0.01 if "too-dark" in reasons else 0.4,
                    avg_frame_delta=None if hard else 0.01,
                    render_ok=not hard,
                    aborted="wasm-abort" in reasons,
                ),
            )


def audit(root, out_dir, prober=None, **options):
    """Audits as the pipeline does; returns what was done and what was counted."""
    probe = "none" if prober is None else "take"
    request = AuditRequest(root=root, out_dir=out_dir, probe=probe, **options)
    record = begin_record(request)
    result = run_audit(request, library_files(request, {}), prober)
    return result, export_audit(out_dir, record, is_whole=result.stopped_by is None)
