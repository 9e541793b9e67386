"""What a night is asked for, where it leaves everything, and how it is gone on with."""

import contextlib
import fcntl
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aivj.contracts.night import NightKind, read_night
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.run_folder import EVAL_NAME, RUN_SUMMARY_NAME
from aivj.contracts.run_summary import MIN_OK_RATE
from aivj.contracts.verification import REPORT_NAME
from aivj.coupling.served_files import CHECKPOINT_NAME
from aivj.errors import InputError, RunError
from aivj.packs.scan import PROJECTM_PRESETS
from aivj.pipeline.requests import Names
from aivj.storage import open_folder, storage_errors

NightProfile = Literal["full", "smoke", "demo"]

Pairing = Literal["best", "random"]

DEMO_PACK = "demo"

TONIGHT = "tonight"
"""Stamp of the evening: until noon that of the day before, so that going on finds it."""

_STAMP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NOON = timedelta(hours=12)

FEWEST_PRESETS = 4
"""Of which two pairs can be made, whose scores may differ."""

_DEMO_PAIRS = 32
_PRESETS_PER_PAIR = 1.5
"""Presets of the chosen half are used up to four times, those of the other half once."""

_MEASURED_PER_PAIR = 20

PROFILES: dict[NightProfile, dict[str, dict[str, object]]] = {
    "full": {},
    "smoke": {
        "pairs": {"num": "48", "max-presets": "64", "measured": "1000", "contrast": "true"},
        "sample": {"max-hours": "0.4", "target-samples": "0"},
        "train": {"epochs": "12"},
        "verify": {"samples": "60"},
    },
    "demo": {
        "pairs": {"contrast": "true", "degraded": "skip", "replace": "true"},
        "pack": {"fewer": "true", "degraded": "skip", "replace": "true"},
        "sample": {"target-coverage": "1.0", "target-samples": "0"},
        "train": {"allow-cpu": "true"},
        "verify": {"features": "false", "device-scale-factor": "1.0"},
    },
}
"""What verbs are told by a profile, unless somebody says otherwise."""

_ASKED_BY: dict[NightProfile, dict[str, object]] = {
    "full": {},
    "smoke": {},
    "demo": {
        "packs": (DEMO_PACK,),
        "presets": str(PROJECTM_PRESETS),
        "pairs": _DEMO_PAIRS,
        "weak_elite": True,
        "promote": True,
        "allow_cpu": True,
        # Whatever was served of the demo before was another pack.
        "skip": ("compare",),
    },
}
"""What a profile asks of the night itself, where nothing is asked."""


class NightRequest(BaseModel):
    """What a night is asked for, over all its stages; each stage may be asked for more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    packs: Names = Field((), description="Pack; several by comma or repeated.")
    kind: NightKind = Field(
        "coupled", description="coupled: pairs and scores. styles: frames, clusters, style index."
    )
    profile: NightProfile = Field(
        "full",
        description="full: a night. smoke: all of it in minutes, on few presets. demo: what "
        "`aivj demo` does.",
    )
    run_stamp: str | None = Field(
        None,
        description="Name of the night; `tonight`: the evening's date. Default: now.",
    )
    resume: bool = Field(
        default=False, description="Go on with the last night of these packs that is not passed."
    )
    src_base: str | None = Field(
        None, description="Before all else, sync the packs from this folder of source packs."
    )
    presets: str | None = Field(
        None, description="Choose each pack among the pairs of this folder of .milk files."
    )
    pairs: int | None = Field(
        None, ge=2, le=1_000_000, description="With --presets: how many pairs, at most."
    )
    pairing: Pairing = Field(
        "best",
        description="With --presets. best: chosen among all their pairs. random: as they come, "
        "each preset in one.",
    )
    audio: str | None = Field(
        None,
        description="Music: groove, click, a file, or a folder whose files are heard in turn.",
    )
    elite_dir: str | None = Field(None, description="Elite list: a folder or its manifest.")
    weak_elite: bool = Field(
        default=False,
        description="With --presets: an elite list of the ratings that stand in them, weak labels.",
    )
    sweep: bool = Field(
        default=False, description="Search weights and sizes, instead of fitting one net."
    )
    promote: bool = Field(
        default=False, description="Promote what is verified and no worse than what is served."
    )
    min_ok_rate: float = Field(
        MIN_OK_RATE, ge=0, le=1, description="Least share of pairs that are lit and move."
    )
    only: Names = Field((), description="Only this stage; several by comma or repeated.")
    skip: Names = Field((), description="Not this stage; several by comma or repeated.")
    eval_only: bool = Field(default=False, description="End when pairs are measured and judged.")
    skip_verify: bool = Field(default=False, description="End when pairs are scored.")
    seed: int | None = Field(None, ge=0, description="Of picks, fit and verification.")
    num_workers: int | None = Field(None, ge=1, le=4096, description="Browsers at a time.")
    takes_uri: str | None = Field(
        None, description="Where takes are kept: a folder, or s3://bucket/prefix."
    )
    ray_address: str | None = Field(
        None, description="Join this Ray cluster (`auto` inside a job)."
    )
    allow_cpu: bool = Field(
        default=False, description="Train on the CPU where there is no CUDA device."
    )

    @model_validator(mode="before")
    @classmethod
    def _with_profile(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Adds what the profile asks for where nothing is asked."""
        usual = _ASKED_BY.get(given.get("profile", "full"), {})
        return {**given, **{name: value for name, value in usual.items() if not given.get(name)}}

    @property
    def of_verbs(self) -> dict[str, dict[str, object]]:
        """What verbs are told by the profile, by section and key."""
        told = PROFILES[self.profile]
        if self.profile != "demo" or self.pairs is None:
            return told
        few = {
            "max-presets": str(max(FEWEST_PRESETS, round(_PRESETS_PER_PAIR * self.pairs))),
            "measured": str(_MEASURED_PER_PAIR * self.pairs),
        }
        return told | {"pairs": told["pairs"] | few}


@dataclass(frozen=True)
class NightFiles:
    """Where everything lies.

    Attributes:
        home: What everything is under.
        stamp: What the night is called.
        packs: Packs of the night, the first one first.
        is_apart: Whether its net lies with its record, and not where verbs look for the last one.
    """

    home: str
    stamp: str
    packs: tuple[str, ...]
    is_apart: bool = False

    @property
    def folder(self) -> str:
        """The night's record, and the markers of its stages."""
        return f"{nights_folder(self.home)}/{self.stamp}"

    @property
    def log(self) -> str:
        """What was printed."""
        name = f"run-coupled-quality-overnight.{self.stamp}.log"
        return f"{self.home}/artifacts/overnight-logs/{name}"

    @property
    def run(self) -> str:
        """The run directory of all packs."""
        return f"{self.home}/artifacts/coupled-eval/overnight-{self.stamp}"

    @property
    def rows(self) -> str:
        """What was measured."""
        return f"{self.run}/{EVAL_NAME}"

    @property
    def summary(self) -> str:
        """Its figures."""
        return f"{self.run}/{RUN_SUMMARY_NAME}"

    @property
    def fit(self) -> str:
        """The folder of the net."""
        return f"{self.folder}/coupling" if self.is_apart else f"{self.home}/outputs/coupling"

    @property
    def checkpoint(self) -> str:
        """The net."""
        return f"{self.fit}/models/{CHECKPOINT_NAME}"

    @property
    def weak_elite(self) -> str:
        """Where weak labels are put."""
        return f"{self.folder}/elite"

    @property
    def shown(self) -> str:
        """What a demo leaves to look at."""
        return f"{self.home}/demo"

    def evidence(self, pack: str) -> str:
        """Returns where verifying a pack writes; the first pack's place is called as the night."""
        place = f"{self.home}/artifacts/headless-coupled/overnight-{self.stamp}"
        return place if pack == self.packs[0] else f"{place}-{pack}"

    def report(self, pack: str) -> str:
        """Returns what verifying a pack found."""
        return f"{self.evidence(pack)}/{REPORT_NAME}"

    def manifest(self, pack: str) -> str:
        """Returns a pack's pairs."""
        return f"{self.home}/public/presets/{pack}/{PAIRS_MANIFEST_NAME}"

    def quality(self, pack: str) -> str:
        """Returns a pack's scores."""
        return f"{self.home}/public/presets/{pack}/{PAIRS_QUALITY_NAME}"

    def named(self) -> dict[str, str]:
        """Returns the places by name, for people and programs that look for them."""
        places = {
            "run": self.run,
            "summary": self.summary,
            "checkpoint": self.checkpoint,
            "log": self.log,
        }
        for pack in self.packs:
            places |= {f"quality {pack}": self.quality(pack), f"verify {pack}": self.report(pack)}
        return places


def nights_folder(home: str) -> str:
    """Returns where the records of nights are."""
    return f"{home}/artifacts/nights"


def choose_stamp(request: NightRequest, home: str, now: datetime) -> str:
    """Returns what the night is called.

    Args:
        request: The night.
        home: Where nights are kept.
        now: The time, in the zone that stamps are in.

    Raises:
        InputError: The stamp cannot be a folder's name, or there is no night to go on with.
        StorageError: The bucket does not answer.
    """
    if request.resume and request.run_stamp is None:
        return _last_unfinished(request, home)
    if request.run_stamp is None:
        return f"{now:%Y-%m-%d_%H%M%S}"
    if request.run_stamp == TONIGHT:
        return f"{now - _NOON:%Y-%m-%d}"
    if not _STAMP.fullmatch(request.run_stamp):
        raise InputError(
            "a stamp of letters, digits, dots, dashes and underscores, 64 at most",
            repr(request.run_stamp[:80]),
            "for example --run-stamp 2026-03-01_010000",
        )
    return request.run_stamp


def _last_unfinished(request: NightRequest, home: str) -> str:
    folder = open_folder(nights_folder(home))
    records = (read_night(folder.folder(name)) for name in folder.folders())
    unfinished = [
        record
        for record in records
        if record is not None
        and (record.night_kind, record.packs) == (request.kind, request.packs)
        and not record.is_passed
    ]
    if not unfinished:
        raise InputError(
            f"a night of {', '.join(request.packs)} that is not passed",
            f"none in {folder.uri}",
            "leave --resume out to begin one",
        )
    return max(unfinished, key=lambda record: record.started_at).stamp


@contextlib.contextmanager
def night_locked(folder: Path) -> Iterator[None]:
    """Keeps every other process of this machine out of a night, also when this one is killed.

    Raises:
        RunError: Another process is at it.
    """
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(
                f"to be the only one at the night {folder.name}",
                "another process that holds its lock",
                "wait for it, or begin another night with another --run-stamp",
            ) from error
        yield
