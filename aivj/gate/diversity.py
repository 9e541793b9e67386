"""Whether a pack's variety was judged, and found good enough."""

from pathlib import Path

from aivj.contracts.diversity import read_diversity
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.errors import InputError
from aivj.gate.rules import Finding, failed, held
from aivj.storage import sha256_hex


def check_diversity(report_path: Path, folder: Path) -> Finding:
    """Judges by a report of `aivj diversity` that must be of this very pack.

    Args:
        report_path: The report.
        folder: The pack's own folder.

    Raises:
        InputError: There is no report, or no manifest in the folder.
    """
    report = read_diversity(report_path)
    names = (PAIRS_MANIFEST_NAME, LIBRARY_MANIFEST_NAME)
    manifest = next((folder / name for name in names if (folder / name).is_file()), None)
    if manifest is None:
        raise InputError(f"a manifest in {folder}", "none", "name a pack that is there")
    if report.manifest_digest != sha256_hex(manifest.read_bytes()):
        return failed(f"the report is of another {manifest.name}, of pack {report.pack!r}")
    if report.pictures is None:
        return failed("the report is of texts alone: nobody looked at pictures")
    found = "; ".join(f"{name}: {told}" for name, told in report.failed_checks.items())
    vendi = report.pictures.vendi
    told = f"Vendi score {vendi.mean:.1f} of {vendi.num_compared} pictures"
    return held(report.verdict == "passed", told, found)
