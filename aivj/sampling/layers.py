"""From a pack's pairs to their presets: read when needed, converted when they must be drawn."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aivj.contracts.pairs_manifest import preset_path
from aivj.errors import ItemError, UnsafePathError
from aivj.presets.digest import content_hash
from aivj.runs.directory import RunDirectory
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest
from aivj.storage import sha256_hex
from aivj.takes.render import TakeJob


class Converted(Protocol):
    """What sampling needs of a converted preset."""

    @property
    def butterchurn(self) -> Mapping[str, Any]:
        """The preset as Butterchurn takes it."""

    @property
    def degraded_reasons(self) -> list[str]:
        """Why it will not look as its author meant; empty if it will."""


Convert = Callable[[bytes], Converted]


@dataclass(frozen=True)
class Layer:
    """A preset of a pair.

    Attributes:
        url: Where the pack has it.
        data: Its file.
        digest: SHA-256 of the file.
        content: What it is, however it is written; see `content_hash`.
    """

    url: str
    data: bytes
    digest: str
    content: str

    def job(self, clip: str, convert: Convert) -> TakeJob:
        """Returns what a browser needs to draw it.

        Raises:
            ItemError: Not even its text can be taken apart.
        """
        converted = convert(self.data)
        if not converted.butterchurn:
            raise ItemError(
                "unconvertible",
                f"a preset at {self.url} whose text can be taken apart",
                "; ".join(converted.degraded_reasons) or "nothing came of it",
                "take it out of the pack; if the machine was busy, --resume --retry-failed",
            )
        text = json.dumps(converted.butterchurn, separators=(",", ":"))
        return TakeJob(clip, self.content, text, tuple(converted.degraded_reasons))


class LayerReader:
    """Reads the presets of pairs. What each holds is found out once.

    Args:
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        num_clips: How many clips the pairs of a pack hear in turn.
    """

    def __init__(self, packs_root: Path, num_clips: int) -> None:
        self._packs_root = packs_root
        self._num_clips = num_clips
        self._contents: dict[str, str] = {}

    def clip_of(self, pair: int) -> str:
        """Returns which clip a pair hears."""
        return str(pair % self._num_clips)

    def read(self, pack: SamplePack, pair: int) -> tuple[Layer, Layer]:
        """Reads the foreground and the background of a pair.

        Raises:
            ItemError: Its entry in the manifest cannot be used, or a preset cannot be read.
        """
        pack.require_usable(pair)
        urls = pack.pairs[pair]
        return self._layer(urls.fg_url), self._layer(urls.bg_url)

    def _layer(self, url: str) -> Layer:
        data = _read(self._packs_root, url)
        digest = sha256_hex(data)
        if digest not in self._contents:
            self._contents[digest] = content_hash(data)
        return Layer(url, data, digest, self._contents[digest])


def all_drawn(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    reader: LayerReader,
    holds: Callable[[str, str], bool],
) -> bool:
    """Tells whether no pair that a run still has to visit needs a preset that must be drawn.

    Args:
        request: What is to be sampled.
        packs: Its packs.
        reader: Reads their presets.
        holds: Whether a preset need not be drawn, by clip and content; see `TakeShelf.holds`.
    """
    for pack in packs:
        for pair in _waiting(request, pack):
            try:
                layers = reader.read(pack, pair)
            except ItemError:
                continue
            if not all(holds(reader.clip_of(pair), layer.content) for layer in layers):
                return False
    return True


def undrawable(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    reader: LayerReader,
    convert: Convert,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_total: None,
) -> dict[tuple[str, int], ItemError]:
    """Finds the pairs that cannot be drawn among those that a run still has to visit.

    Args:
        request: What is to be sampled.
        packs: Its packs.
        reader: Reads their presets.
        convert: Converts a preset's bytes.
        on_progress: Told how many pairs of how many were looked at.

    Returns:
        By pack and id, what is wrong with the pairs that cannot be drawn.
    """
    found: dict[tuple[str, int], ItemError] = {}
    waiting = [(pack, pair) for pack in packs for pair in _waiting(request, pack)]
    for number, (pack, pair) in enumerate(waiting, start=1):
        try:
            for layer in reader.read(pack, pair):
                layer.job(reader.clip_of(pair), convert)
        except ItemError as error:
            found[pack.name, pair] = error
        on_progress(number, len(waiting))
    return found


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
