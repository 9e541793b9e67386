"""What a machine with a GPU proves in eight minutes: one JSON and one page, `var/gpu-proof/`.

The suite's tests for CUDA; a fit and composing on CUDA beside the CPU, with the same figures; and
every launch profile of Chromium on three presets: takes a minute, the same bytes again, and what
becomes of a killed GPU process. On a machine without a GPU the software profiles are tried alone,
and everything else says that it was not run.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from aivj.browser.chromium import find_chromium
from aivj.contracts.json_text import iso_utc
from aivj.doctor import ProfileTrial, examine, library_jobs, own_jobs, try_profiles
from aivj.errors import MissingDependencyError
from aivj.report.study import StudyPage, TableRow, write_study
from aivj.settings import Settings
from aivj.storage import write_atomic
from aivj.takes.settings import RenderSettings
from benchmarks.gpu_proof_devices import DeviceRun, composings, devices, fits
from benchmarks.real_pairs import LIBRARY
from benchmarks.screen import console

SCHEMA = "aivj.gpu-proof.v0"
_MOST_S = 8 * 60
_NUM_PRESETS = 3
_SUITE = ("tests/coupling", "tests/takes/test_batch.py", "-k", "cuda")
_SUITE_TIMEOUT_S = 180
_FACTS = {"chromium", "cuda", "gpus", "playwright", "torch"}
"""What the page says of the machine; the JSON has everything."""
_NO_CUDA = "torch sees no CUDA device"

Outcome = Literal["passed", "failed", "not run"]


@dataclass(frozen=True)
class Verdict:
    """One thing to be proved.

    Attributes:
        name: What.
        outcome: `not run` where the machine lacks what it needs.
        found: What was found, or what is lacking.
    """

    name: str
    outcome: Outcome
    found: str


@dataclass
class Proof:
    """Everything that was found.

    Attributes:
        machine: Of the examination: what was looked at, and what is there.
        devices: Fits and composing.
        profiles: Launch profiles of Chromium.
        verdicts: What that proves.
        seconds: Wall time by part.
    """

    machine: list[tuple[str, str]] = field(default_factory=list)
    devices: list[DeviceRun] = field(default_factory=list)
    profiles: list[ProfileTrial] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def has_gpu(self) -> bool:
        """Whether anything of it was found on a GPU."""
        drawn = any(t.is_fit and not t.profile.startswith("software") for t in self.profiles)
        return drawn or any(run.device == "cuda" for run in self.devices)

    def timed(self, part: str, work: Callable[[], None]) -> None:
        """Does a part of the work, and books its time."""
        console.print(f"{part} ...")
        began = time.monotonic()
        work()
        self.seconds[part] = round(time.monotonic() - began, 1)

    def document(self) -> dict[str, Any]:
        """Returns the JSON."""
        return {
            "schema": SCHEMA,
            "generatedAt": iso_utc(datetime.now(UTC)),
            "hasGpu": self.has_gpu,
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "machine": self.machine,
            "devices": [asdict(run) | {"agrees": run.agrees} for run in self.devices],
            "profiles": [asdict(trial) | {"is_fit": trial.is_fit} for trial in self.profiles],
            "seconds": self.seconds,
        }


def suite_verdict() -> Verdict:
    """Runs the suite's tests that have a case for CUDA."""
    name = "the suite's CUDA tests"
    if "cuda" not in devices():
        return Verdict(name, "not run", _NO_CUDA)
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *_SUITE]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SUITE_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Verdict(name, "failed", f"not done after {_SUITE_TIMEOUT_S} s")
    told = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()[-200:]]
    return Verdict(name, "passed" if done.returncode == 0 else "failed", told[0])


def device_verdicts(runs: Sequence[DeviceRun]) -> list[Verdict]:
    """Judges figures of CUDA beside those of the CPU."""
    found = []
    for work, what in (("fit", "a fit"), ("compose", "composing")):
        on_cuda = next((run for run in runs if (run.work, run.device) == (work, "cuda")), None)
        on_cpu = next(run for run in runs if run.work == work)
        name = f"{what} on CUDA finds what it finds on the CPU"
        if on_cuda is None:
            found.append(Verdict(name, "not run", _NO_CUDA))
            continue
        told = (
            f"differs by {on_cuda.difference:.1g}; {on_cuda.seconds:.2f} s, "
            f"{on_cpu.device} {on_cpu.seconds:.2f} s"
        )
        found.append(Verdict(name, "passed" if on_cuda.agrees else "failed", told))
    return found


def profile_verdicts(trials: Sequence[ProfileTrial], *, has_gpu: bool) -> list[Verdict]:
    """Judges launch profiles: those of GPUs are not run where there is none."""
    found = []
    for trial in trials:
        name = f"Chromium as {trial.profile}"
        if trial.renderer is None:
            lacks_gpu = not has_gpu and not trial.profile.startswith("software")
            found.append(Verdict(name, "not run" if lacks_gpu else "failed", trial.refused))
            continue
        after = trial.aftermath
        killed = f"killed GPU process: {after.said}" if after else "no GPU process to kill"
        told = f"{trial.renderer}: {trial.takes_per_min:.0f} takes a minute; {killed}"
        found.append(Verdict(name, "passed" if trial.is_fit else "failed", told))
    return found


def page(proof: Proof) -> StudyPage:
    """Returns what the page is made from."""
    runs = [
        TableRow(
            f"{run.work} on {run.device}",
            (
                f"{run.seconds:.2f} s",
                ", ".join(f"{name} {value:,.3f}" for name, value in run.figures.items()),
                "" if run.difference is None else f"differs by {run.difference:.1g}",
            ),
        )
        for run in proof.devices
    ]
    trials = [
        TableRow(
            trial.profile,
            (
                f"{trial.takes_per_min:.0f} takes a minute" if trial.renderer else "",
                trial.renderer or trial.refused,
                "" if trial.renderer is None else "drawn again: " + _repetition(trial),
            ),
            is_ours=trial.is_fit,
        )
        for trial in proof.profiles
    ]
    return StudyPage(
        title="What this machine's GPU proves" if proof.has_gpu else "No GPU on this machine",
        generated_at=datetime.now(UTC),
        facts=[(name, found) for name, found in proof.machine if name in _FACTS],
        conclusions=[f"{v.outcome}: {v.name}: {v.found}" for v in proof.verdicts],
        notes=[
            "Profiles marked ◂ are fit: the same bytes again, and a killed GPU process is noticed.",
            *(f"{part}: {seconds:.0f} s" for part, seconds in proof.seconds.items()),
        ],
        columns=("speed", "what", "compared"),
        rows=[*runs, *trials],
        charts=(),
    )


def _repetition(trial: ProfileTrial) -> str:
    return f"presets {trial.differing} differ" if trial.differing else ", ".join(trial.digests)


def main() -> None:
    """Proves what can be proved here; exits with 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--seconds", type=float, default=20, help="each launch profile draws")
    parser.add_argument("--out", type=Path, default=Settings().home / "gpu-proof")
    options = parser.parse_args()
    proof, began = Proof(), time.monotonic()

    def look() -> None:
        findings = examine(Settings().home, "auto").findings
        proof.machine = [(finding.name.strip(), finding.found) for finding in findings]

    def compare() -> None:
        proof.devices = [*fits(), *composings()]
        proof.verdicts += device_verdicts(proof.devices)

    def try_all() -> None:
        try:
            find_chromium()
        except MissingDependencyError as error:
            proof.verdicts.append(Verdict("Chromium's launch profiles", "not run", error.found))
            return
        cache = Settings().conversion_cache
        has_library = options.presets.is_dir()
        jobs = library_jobs(options.presets, cache, _NUM_PRESETS) if has_library else own_jobs()
        proof.profiles = try_profiles(
            "auto", jobs, seconds=options.seconds, settings=RenderSettings()
        )
        has_gpu = "cuda" in devices()
        proof.verdicts += profile_verdicts(proof.profiles, has_gpu=has_gpu)

    proof.timed("the machine", look)
    proof.timed("the suite's CUDA tests", lambda: proof.verdicts.append(suite_verdict()))
    proof.timed("devices of torch", compare)
    proof.timed("launch profiles", try_all)
    total_s = time.monotonic() - began
    in_time: Outcome = "passed" if total_s <= _MOST_S else "failed"
    proof.verdicts.append(Verdict(f"within {_MOST_S} s", in_time, f"{total_s:.0f} s"))

    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(proof.document(), indent=2) + "\n"
    write_atomic(options.out / "gpu-proof.json", text.encode())
    write_study(options.out / "gpu-proof.html", page(proof))
    for verdict in proof.verdicts:
        console.print(f"{verdict.outcome:8} {verdict.name}: {verdict.found}", markup=False)
    if not proof.has_gpu:
        console.print("There is no GPU here: only the software profiles were tried.")
    console.print(str(options.out / "gpu-proof.html"))
    if any(verdict.outcome == "failed" for verdict in proof.verdicts):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
