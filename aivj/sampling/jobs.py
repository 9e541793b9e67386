"""From picks to jobs: presets are read and converted when somebody is free to render them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from aivj.contracts.pairs_manifest import preset_path
from aivj.errors import ItemError, UnsafePathError
from aivj.sampling.packs import SamplePack
from aivj.sampling.picking import Pick
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


def _job(
    pack: SamplePack, pick: Pick, packs_root: Path, convert: Convert, num_clips: int
) -> PairJob:
    pair = pack.pairs[pick.pair]
    texts: list[str] = []
    degraded: list[str] = []
    digests: list[str] = []
    for layer, url in (("fg", pair.fg_url), ("bg", pair.bg_url)):
        data = _read(packs_root, url)
        digests.append(sha256_hex(data))
        converted = convert(data)
        texts.append(json.dumps(converted.butterchurn, separators=(",", ":")))
        degraded += [f"{layer}: {reason}" for reason in converted.degraded_reasons]
    foreground, background = texts
    return PairJob(
        pack=pack.name,
        pair=pick.pair,
        foreground=foreground,
        background=background,
        clip=str(pick.pair % num_clips),
        iteration=pick.iteration,
        degraded=tuple(degraded),
        digests=(digests[0], digests[1]),
    )


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
