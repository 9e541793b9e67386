"""The report on one run: checked by the gate's rules, as a page."""

from dataclasses import replace
from pathlib import Path

from aivj.contracts.run_folder import PAGE_NAME
from aivj.gate.run_check import check_run
from aivj.report import CheckLine, write_report
from aivj.report.run import run_data
from aivj.runs.directory import RunDirectory


def write_run_report(run: Path, path: Path | None, *, packs_root: Path) -> Path:
    """Checks a run and writes its page; returns where.

    Args:
        run: Folder of the run: ours, of a runtime's page, or of the runtime's own sampler.
        path: Where the page goes; None puts it into the folder.
        packs_root: Folder that packs lie below; names and scores are looked up there.

    Raises:
        InputError: There is no run in the folder.
        StorageError: The disk did not take the page.
    """
    data = run_data(RunDirectory(run), packs_root=packs_root)
    is_known = all((packs_root / "presets" / pack).is_dir() for pack in data.pack.split(", "))
    checked = check_run(run, packs_root=packs_root if is_known else None)
    checks = [
        CheckLine(
            name,
            required=True,
            passed=None if check.verdict == "not-applicable" else check.verdict == "pass",
            detail=check.found if check.remedy is None else f"{check.found}; {check.remedy}",
        )
        for name, check in checked.checks.items()
    ]
    judged = replace(data, checks=checks, verdict=checked.passed, judged="Check of the run")
    target = path or run / PAGE_NAME
    write_report(target, judged)
    return target
