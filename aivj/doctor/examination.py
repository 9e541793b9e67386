"""Looks at a machine and says what AIVJ would find there, before a night is lost on it."""

import asyncio
import importlib.metadata
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.browser.chromium import find_chromium
from aivj.browser.gpus import GpuPin, visible_gpus
from aivj.browser.nvidia_smi import is_installed
from aivj.browser.profiles import GpuPolicy, pinned
from aivj.browser.session import BrowserSession
from aivj.contracts.alert_limits import MIN_FREE_BYTES
from aivj.errors import AivjError, MissingDependencyError, StorageError
from aivj.stage.assets import DIST, read_assets
from aivj.storage import require_writable_folder

State = Literal["ok", "missing", "optional"]

_COMMAND_TIMEOUT_S = 20


@dataclass(frozen=True)
class Finding:
    """One line of the examination.

    Attributes:
        name: What was looked at.
        state: `missing` if AIVJ cannot work without it, `optional` if only a part of it cannot.
        found: What is there.
        remedy: What to do, empty when all is well.
    """

    name: str
    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Examination:
    """All findings, the proved renderer if there is one, and the error if there is none."""

    findings: tuple[Finding, ...]
    renderer: RendererChoice | None
    renderer_error: AivjError | None

    def require_health(self) -> RendererChoice:
        """Returns the proved renderer.

        Raises:
            RendererRefusedError: There is none of the kind asked for.
            MissingDependencyError: Something that is needed is missing.
        """
        if self.renderer_error is not None:
            raise self.renderer_error
        missing = [finding for finding in self.findings if finding.state == "missing"]
        if missing or self.renderer is None:
            raise MissingDependencyError(
                "all that AIVJ needs on this machine",
                "; ".join(f"{finding.name}: {finding.found}" for finding in missing),
                "; ".join(finding.remedy for finding in missing),
            )
        return self.renderer


def examine(home: Path, policy: GpuPolicy) -> Examination:
    """Examines this machine: programs, packages, disk, CUDA, GPUs and what a real browser draws on.

    With several GPUs a browser is pinned to each in turn, and its place is proved.
    """
    gpus, gpus_found = _gpus(policy)
    findings = [
        Finding("python", "ok", platform.python_version()),
        _checked("chromium", lambda: _version([str(find_chromium()), "--version"])),
        _program("xvfb", "Xvfb", "headed browsers cannot run", None),
        _program("node", "node", "presets cannot be converted", ["--version"], needed=True),
        _program("npm", "npm", "the stage cannot be built anew", ["--version"]),
        _checked("stage", lambda: f"{len(read_assets())} files in {DIST}"),
        *(_package(name) for name in ("ray", "torch", "mlflow", "playwright")),
        _cuda(),
        gpus_found,
        _disk(home),
    ]
    try:
        choice = asyncio.run(choose_renderer(policy))
    except AivjError as error:
        findings.append(Finding("renderer", "missing", error.found, error.remedy))
        return Examination(tuple(findings), None, error)
    findings.extend(_renderer(choice, policy))
    findings.extend(asyncio.run(_pins(choice, gpus)))
    return Examination(tuple(findings), choice, None)


def _checked(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, "ok", look())
    except AivjError as error:
        return Finding(name, "missing", error.found, error.remedy)


def _program(
    name: str, command: str, loss: str, version: list[str] | None, *, needed: bool = False
) -> Finding:
    path = shutil.which(command)
    if path is None:
        state: State = "missing" if needed else "optional"
        return Finding(name, state, f"no {command} on PATH: {loss}", "run `make setup`")
    return Finding(name, "ok", _version([path, *version]) if version else path)


def _version(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_COMMAND_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]} did not answer: {error}"
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else command[0]


def _package(name: str) -> Finding:
    try:
        return Finding(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "missing", "not installed", "run `make setup`")


def _cuda() -> Finding:
    command = shutil.which("nvidia-smi")
    if command is None:
        return Finding("cuda", "optional", "no nvidia-smi", "train with --allow-cpu")
    query = [command, "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    return Finding("cuda", "ok", _version(query))


def _gpus(policy: GpuPolicy) -> tuple[tuple[GpuPin, ...], Finding]:
    if not is_installed():
        return (), Finding("gpus", "optional", "no nvidia-smi: no NVIDIA GPU is seen or pinned")
    try:
        gpus = visible_gpus()
    except AivjError as error:
        state: State = "missing" if policy == "require" else "optional"
        return (), Finding("gpus", state, error.found, error.remedy)
    if not gpus:
        return (), Finding("gpus", "optional", "nvidia-smi sees none")
    how = "; one GPU, nothing is pinned" if len(gpus) == 1 else ""
    return gpus, Finding("gpus", "ok", "; ".join(map(str, gpus)) + how)


async def _pins(choice: RendererChoice, gpus: tuple[GpuPin, ...]) -> list[Finding]:
    """Pins a browser to each of several GPUs; a software renderer has none to be pinned to."""
    if len(gpus) <= 1 or choice.policy == "software":
        return []
    return [await _pin(choice, gpu) for gpu in gpus]


async def _pin(choice: RendererChoice, gpu: GpuPin) -> Finding:
    name = f"  pin {gpu.index}"
    try:
        async with BrowserSession(pinned(choice.plan, gpu), choice.policy):
            return Finding(name, "ok", f"a browser pinned to {gpu.uuid} draws there")
    except AivjError as error:
        return Finding(name, "missing", error.found, error.remedy)


def _disk(home: Path) -> Finding:
    try:
        require_writable_folder(home)
    except StorageError as error:
        return Finding("disk", "missing", error.found, error.remedy)
    existing = next(
        folder for folder in (home.resolve(), *home.resolve().parents) if folder.exists()
    )
    free = shutil.disk_usage(existing).free
    found = f"{free / 1024**3:.1f} GiB free for {home}"
    if free < MIN_FREE_BYTES:
        return Finding("disk", "missing", found, "free 2 GiB, or move AIVJ_HOME")
    return Finding("disk", "ok", found)


def _renderer(choice: RendererChoice, policy: GpuPolicy) -> Iterator[Finding]:
    drawn = f"{choice.report.renderer} (profile {choice.plan.profile})"
    if policy == "auto" and choice.report.is_software:
        yield Finding("renderer", "optional", drawn, "no GPU was proved; this CPU renders")
    else:
        yield Finding("renderer", "ok", drawn)
    for line in choice.rejected:
        yield Finding("  tried", "optional", line)
