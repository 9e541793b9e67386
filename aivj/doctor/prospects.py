"""What a night needs besides a machine that is fit: packs, labels, music, places, room and time.

Each finding says what to do; none takes longer than a few seconds.
"""

import email.utils
import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from aivj.audio.playlist import read_playlist
from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME, read_library_manifest
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.coupling.device import choose_device
from aivj.doctor.examination import Finding
from aivj.errors import AivjError, DeviceRefusedError, MissingDependencyError, StorageError
from aivj.storage import open_bucket
from aivj.takes.settings import RenderSettings
from aivj.takes.take import TAKE_KB

_GIB = 1024**3
_TRAINING = "training"
_ANSWER_TIMEOUT_S = 5.0
_MAX_SKEW_S = 60.0
_BYTES_A_PAIR = 12_000
_BYTES_BESIDE = 2 * _GIB
_BYTES_A_BROWSER = _GIB
_SLEEP_TARGET = "sleep.target"
_SYSTEMD = Path("/run/systemd/system")


@dataclass(frozen=True)
class Prospects:
    """What a night will use.

    Attributes:
        home: Where it writes.
        packs_root: The runtime's public folder.
        packs: Packs of pairs that must be there when it begins.
        libraries: The same, of single presets.
        elite_dir: Elite list, if there is one.
        audio: What presets are drawn to.
        trains: Whether a net is fitted on this machine.
        allow_cpu: Whether that may be on the CPU.
        bucket_uri: Where scores are promoted to; None if they are not.
        tracking_uri: Where runs are recorded.
        num_presets: Presets that may have to be drawn, beside those of the packs.
        num_workers: Browsers at a time on this machine.
    """

    home: Path
    packs_root: Path
    packs: Sequence[str]
    libraries: Sequence[str]
    elite_dir: Path | None
    audio: str
    trains: bool
    allow_cpu: bool
    bucket_uri: str | None
    tracking_uri: str
    num_presets: int
    num_workers: int


def look_ahead(prospects: Prospects) -> list[Finding]:
    """Looks at all that a night will use, and changes nothing but a probe of the bucket."""
    findings, num_presets, num_pairs = [], prospects.num_presets, 0
    for pack in prospects.packs:
        finding, presets, pairs = _pack(prospects.packs_root, pack)
        findings.append(finding)
        num_presets, num_pairs = num_presets + presets, num_pairs + pairs
    for pack in prospects.libraries:
        finding, presets = _library(prospects.packs_root, pack)
        findings.append(finding)
        num_presets += presets
    findings += [_elite(prospects.elite_dir)] if prospects.elite_dir is not None else []
    findings.append(_music(prospects.audio))
    findings += [_device(allow_cpu=prospects.allow_cpu)] if prospects.trains else []
    findings.append(_room(prospects.home, num_presets, num_pairs))
    findings.append(_memory(prospects.num_workers))
    findings += [_bucket(prospects.bucket_uri)] if prospects.bucket_uri is not None else []
    findings += list(_tracking(prospects.tracking_uri))
    findings += list(_sleep())
    return findings


def _lacking(name: str, error: AivjError) -> Finding:
    return Finding(name, "missing", f"{error.found}, not {error.expected}", error.remedy)


def require_all(findings: Iterable[Finding]) -> None:
    """Refuses what lacks something that is needed.

    Raises:
        DeviceRefusedError: There is no CUDA device to train on, and the CPU is not allowed.
        MissingDependencyError: Something else is missing.
    """
    missing = [finding for finding in findings if finding.state == "missing"]
    if not missing:
        return
    found = "; ".join(f"{finding.name}: {finding.found}" for finding in missing)
    remedy = "; ".join(finding.remedy for finding in missing)
    if any(finding.name == _TRAINING for finding in missing):
        raise DeviceRefusedError("a CUDA device to train on", found, remedy)
    raise MissingDependencyError("all that is needed", found, remedy)


def _pack(packs_root: Path, pack: str) -> tuple[Finding, int, int]:
    path = packs_root / "presets" / pack / PAIRS_MANIFEST_NAME
    try:
        pairs = read_pairs_manifest(path, pack=pack).pairs
    except AivjError as error:
        return _lacking(f"pack {pack}", error), 0, 0
    presets = {url for pair in pairs for url in (pair.fg_url, pair.bg_url)}
    found = f"{len(pairs)} pairs of {len(presets)} presets"
    return Finding(f"pack {pack}", "ok", found), len(presets), len(pairs)


def _library(packs_root: Path, pack: str) -> tuple[Finding, int]:
    path = packs_root / "presets" / pack / LIBRARY_MANIFEST_NAME
    try:
        presets = read_library_manifest(path).presets
    except AivjError as error:
        return _lacking(f"pack {pack}", error), 0
    return Finding(f"pack {pack}", "ok", f"{len(presets)} presets"), len(presets)


def _elite(folder: Path) -> Finding:
    try:
        elite = read_elite_manifest(folder)
    except AivjError as error:
        return _lacking("elite list", error)
    return Finding("elite list", "ok", f"{len(elite.entries)} pairs in {folder}")


def _music(audio: str) -> Finding:
    try:
        playlist = read_playlist(audio, RenderSettings().duration_s)
    except AivjError as error:
        return _lacking("music", error)
    left_out = f", {len(playlist.rejected)} left out" if playlist.rejected else ""
    return Finding("music", "ok", f"{audio}: {len(playlist.clips)} that can be heard{left_out}")


def _device(*, allow_cpu: bool) -> Finding:
    try:
        return Finding(_TRAINING, "ok", choose_device(allow_cpu=allow_cpu).reason)
    except AivjError as error:
        return _lacking(_TRAINING, error)


def _room(home: Path, num_presets: int, num_pairs: int) -> Finding:
    needed = num_presets * round(1000 * TAKE_KB) + num_pairs * _BYTES_A_PAIR + _BYTES_BESIDE
    there = next(each for each in (home.resolve(), *home.resolve().parents) if each.exists())
    free = shutil.disk_usage(there).free
    found = f"{free / _GIB:.1f} GiB free, {needed / _GIB:.1f} GiB may be needed"
    if free < needed:
        return Finding("room", "missing", found, "free some, or move AIVJ_HOME")
    return Finding("room", "ok", found)


def _memory(num_workers: int) -> Finding:
    available, needed = psutil.virtual_memory().available, num_workers * _BYTES_A_BROWSER
    found = f"{available / _GIB:.1f} GiB free for {num_workers} browsers"
    if available < needed:
        return Finding("memory", "optional", found, "say --workers with fewer, or free memory")
    return Finding("memory", "ok", found)


def _bucket(uri: str) -> Finding:
    """Writes a probe, finds that it cannot be written twice, and takes it away."""
    key = f"aivj-doctor/{uuid.uuid4().hex}"
    try:
        bucket = open_bucket(uri)
        bucket.put_new(key, b"probe")
        try:
            bucket.put_new(key, b"another")
        except StorageError:
            return Finding("bucket", "ok", f"{uri} takes writes, and keeps what is there")
        finally:
            bucket.remove(key)
    except AivjError as error:
        return _lacking("bucket", error)
    return Finding(
        "bucket", "missing", f"{uri} lets what is there be overwritten", "see docs/state.md"
    )


def _tracking(uri: str) -> Iterator[Finding]:
    if not uri.startswith(("http://", "https://")):
        yield Finding("tracking", "ok", "a file of this machine")
        return
    away = "runs wait here until `aivj mlflow flush`"
    try:
        sent = time.time()
        address = f"{uri.rstrip('/')}/health"
        with urllib.request.urlopen(address, timeout=_ANSWER_TIMEOUT_S) as got:  # noqa: S310 - http
            told = got.headers.get("Date")
    except urllib.error.HTTPError as error:
        told = error.headers.get("Date")
        if error.code >= 500:  # noqa: PLR2004 - the server's own failures begin there
            yield Finding("tracking", "optional", f"it answers {error.code}: {away}", "look at it")
            return
    except (OSError, ValueError) as error:
        yield Finding("tracking", "optional", f"away ({error}): {away}", "see that it runs")
        return
    yield Finding("tracking", "ok", "the server answers")
    yield from _clock(told, sent)


def _clock(told: str | None, now_s: float) -> Iterator[Finding]:
    """Compares this machine's clock with a server's; nothing if that told none."""
    try:
        skew_s = email.utils.parsedate_to_datetime(told or "").timestamp() - now_s
    except ValueError:
        return
    found = f"{abs(skew_s):.0f} s {'behind' if skew_s > 0 else 'before'} the server's"
    if abs(skew_s) > _MAX_SKEW_S:
        yield Finding("clock", "optional", found, "set the clock: freshness is judged by times")
    else:
        yield Finding("clock", "ok", found)


def _sleep() -> Iterator[Finding]:
    """Says whether the machine may fall asleep by itself; nothing where nobody could tell."""
    systemctl = shutil.which("systemctl")
    if systemctl is None or not _SYSTEMD.is_dir():
        return
    try:
        done = subprocess.run(
            [systemctl, "is-enabled", _SLEEP_TARGET],
            capture_output=True,
            text=True,
            timeout=_ANSWER_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if done.stdout.strip() == "masked":
        yield Finding("sleep", "ok", "this machine does not fall asleep")
    else:
        remedy = f"`systemctl mask {_SLEEP_TARGET}`, or begin it with `systemd-inhibit`"
        yield Finding("sleep", "optional", "this machine may fall asleep", remedy)
