"""From picks to jobs: presets are read and converted when somebody is free to render them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aivj.contracts.pairs_manifest import preset_path
from aivj.errors import ItemError, UnsafePathError
from aivj.runs.directory import RunDirectory
from aivj.sampling.packs import SamplePack
from aivj.sampling.picking import Pick
from aivj.sampling.request import SampleRequest
from aivj.sampling.worker import PairJob
from aivj.storage import sha256_hex


class Converted(Protocol):
    """What sampling needs of a converted preset."""

    @property
    def butterchurn(self) -> Mapping[str, Any]:
        """The preset as Butterchurn takes it."""

    @property
    def degraded_reasons(self) -> list[str]:
        """Why it will not look as its author meant; empty if it will."""


Convert = Callable[[bytes], Converted]
OnFailure = Callable[[str, int, ItemError], None]


def prepared_jobs(
    pack: SamplePack,
    picks: Iterable[Pick],
    packs_root: Path,
    convert: Convert,
    *,
    num_clips: int,
    on_failure: OnFailure,
) -> Iterator[PairJob]:
    """Yields a job for each pick whose presets can be read; clips take turns by pair id.

    Args:
        pack: The pack.
        picks: Which of its pairs.
        packs_root: Where the presets lie.
        convert: Converts a preset's bytes.
        num_clips: How many clips there are.
        on_failure: Called with pack, pair and error for each other pick.
    """
    for pick in picks:
        try:
            yield _job(pack, pick, packs_root, convert, num_clips)
        except ItemError as error:
            on_failure(pack.name, pick.pair, error)


def undrawable(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    convert: Convert,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_total: None,
) -> dict[tuple[str, int], ItemError]:
    """Finds the pairs that cannot be drawn among those that a run still has to visit.

    Args:
        request: What is to be sampled.
        packs: Its packs.
        convert: Converts a preset's bytes.
        on_progress: Told how many pairs of how many were looked at.

    Returns:
        By pack and id, what is wrong with the pairs that cannot be drawn.
    """
    found: dict[tuple[str, int], ItemError] = {}
    waiting = [(pack, pair) for pack in packs for pair in _waiting(request, pack)]
    for number, (pack, pair) in enumerate(waiting, start=1):
        try:
            read_pair(pack, pair, request.packs_root, convert)
        except ItemError as error:
            found[pack.name, pair] = error
        on_progress(number, len(waiting))
    return found


@dataclass(frozen=True)
class ReadPreset:
    """A preset that was read and converted.

    Attributes:
        converted: What came of it.
        digest: SHA-256 of its file.
    """

    converted: Converted
    digest: str


def read_pair(
    pack: SamplePack, pair: int, packs_root: Path, convert: Convert
) -> tuple[ReadPreset, ReadPreset]:
    """Reads and converts the foreground and the background of a pair.

    Raises:
        ItemError: Its entry in the manifest cannot be used, a preset cannot be read, or not even
            its text can be taken apart.
    """
    require_usable_entry(pack, pair)
    urls = pack.pairs[pair]
    foreground, background = (
        _read_preset(packs_root, url, convert) for url in (urls.fg_url, urls.bg_url)
    )
    return foreground, background


def _read_preset(packs_root: Path, url: str, convert: Convert) -> ReadPreset:
    data = _read(packs_root, url)
    converted = convert(data)
    if not converted.butterchurn:
        raise ItemError(
            "unconvertible",
            f"a preset at {url} whose text can be taken apart",
            "; ".join(converted.degraded_reasons) or "nothing came of it",
            "take it out of the pack; if the machine was busy, --resume --retry-failed",
        )
    return ReadPreset(converted, sha256_hex(data))


def _job(
    pack: SamplePack, pick: Pick, packs_root: Path, convert: Convert, num_clips: int
) -> PairJob:
    foreground, background = read_pair(pack, pick.pair, packs_root, convert)
    reasons = [f"fg: {reason}" for reason in foreground.converted.degraded_reasons]
    reasons += [f"bg: {reason}" for reason in background.converted.degraded_reasons]
    return PairJob(
        pack=pack.name,
        pair=pick.pair,
        foreground=_text(foreground),
        background=_text(background),
        clip=str(pick.pair % num_clips),
        iteration=pick.iteration,
        degraded=tuple(reasons),
        digests=(foreground.digest, background.digest),
    )


def _text(preset: ReadPreset) -> str:
    return json.dumps(preset.converted.butterchurn, separators=(",", ":"))


def _waiting(request: SampleRequest, pack: SamplePack) -> Iterator[int]:
    """Yields the pairs that are still to be visited, each once."""
    visits = RunDirectory(request.out_dir).visits()
    done = {pair: num for (name, pair), num in visits.items() if name == pack.name}
    seen: set[int] = set()
    num_ids = len(pack.ids)
    for pick in pack.remaining(request, done):
        if pick.pair not in seen:
            seen.add(pick.pair)
            yield pick.pair
        if len(seen) == num_ids:
            return


def require_usable_entry(pack: SamplePack, pair: int) -> None:
    """Checks that the manifest's entry of a pair can be used.

    Raises:
        ItemError: It cannot.
    """
    fault = pack.faults.get(pair)
    if fault is not None:
        raise ItemError("bad-entry", fault.expected, fault.found, fault.remedy)


def _read(packs_root: Path, url: str) -> bytes:
    """Reads a pair's preset. One that is a link out of the packs is as good as none."""
    remedy = "complete the pack, then sample it anew"
    try:
        path = preset_path(packs_root, url)
    except UnsafePathError as error:
        raise ItemError("missing-preset", error.expected, error.found, remedy) from error
    try:
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or str(error)
        raise ItemError("missing-preset", f"a preset at {path}", found, remedy) from error
