"""From the pairs of a manifest to jobs: presets read, converted, and checked for degradation."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from aivj.contracts.pairs_manifest import ManifestPair, preset_path
from aivj.sampling.worker import PairJob


class Converted(Protocol):
    """What sampling needs of a converted preset."""

    @property
    def butterchurn(self) -> Mapping[str, Any]:
        """The preset as Butterchurn takes it."""

    @property
    def degraded_reasons(self) -> list[str]:
        """Why it will not look as its author meant; empty if it will."""


Convert = Callable[[bytes], Converted]


@dataclass
class JobList:
    """What came of a list of pairs.

    Attributes:
        jobs: Pairs that can be rendered.
        degraded: Reasons by pair id, each with its layer in front.
        missing: Pairs with a preset that is not there, with its path.
    """

    jobs: list[PairJob] = field(default_factory=list)
    degraded: dict[int, list[str]] = field(default_factory=dict)
    missing: dict[int, Path] = field(default_factory=dict)


def prepare_jobs(
    pack: str,
    pairs: Iterable[ManifestPair],
    packs_root: Path,
    convert: Convert,
    on_pair: Callable[[], None] = lambda: None,
) -> JobList:
    """Reads and converts the presets of `pairs`; `on_pair` is called after each pair."""
    result = JobList()
    for pair in pairs:
        _prepare(pack, pair, packs_root, convert, result)
        on_pair()
    return result


def _prepare(
    pack: str, pair: ManifestPair, packs_root: Path, convert: Convert, result: JobList
) -> None:
    texts: list[str] = []
    reasons: list[str] = []
    for layer, url in (("fg", pair.fg_url), ("bg", pair.bg_url)):
        path = preset_path(packs_root, url)
        if not path.is_file():
            result.missing[pair.pair] = path
            return
        converted = convert(path.read_bytes())
        texts.append(json.dumps(converted.butterchurn, separators=(",", ":")))
        reasons += [f"{layer}: {reason}" for reason in converted.degraded_reasons]
    foreground, background = texts
    result.jobs.append(PairJob(pack, pair.pair, foreground, background, clip="0"))
    if reasons:
        result.degraded[pair.pair] = reasons
