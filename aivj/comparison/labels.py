"""What is known of pairs apart from any score."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import elite_class, read_elite_manifest
from aivj.contracts.pairs_manifest import ManifestPair, preset_file
from aivj.contracts.preferences import read_preferences
from aivj.presets.digest import content_hash


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels of the pairs that scores are judged by, by id.

    Attributes:
        targets: Mean worth of measured pairs, 0..1.
        elite: Whether a pair of the elite list is a positive example or a negative one.
        judgements: Pairs of pairs, the better one first.
        notes: Sentences on what was left out.
    """

    targets: dict[int, float]
    elite: dict[int, bool]
    judgements: list[tuple[int, int]]
    notes: tuple[str, ...] = ()


def judgements_of(path: Path, pairs: Sequence[ManifestPair], pack: str) -> list[tuple[int, int]]:
    """Reads people's judgements of two of the pairs; ties say nothing of an order.

    Raises:
        InputError: The file cannot be read.
    """
    wanted = {pair.pair for pair in pairs}
    judged = [
        (row.winner.pair, row.loser.pair)
        for row in read_preferences(path).rows
        if row.winner.pack == row.loser.pack == pack and not row.tie
    ]
    return [both for both in judged if wanted.issuperset(both)]


def elite_of(
    elite_dir: Path,
    pairs: Sequence[ManifestPair],
    packs_root: Path,
    on_progress: Callable[[int, int], None],
) -> dict[int, bool]:
    """Finds the pairs whose two presets are, by content, those of a positive or negative entry.

    Args:
        elite_dir: Folder or file of an elite list.
        pairs: Where to look.
        packs_root: Folder that `/presets/<pack>/...` lies under.
        on_progress: Called with how many of the pairs have been looked up.

    Raises:
        InputError: The list cannot be used, or a pair's URL leaves `packs_root`.
    """
    examples = {}
    for entry in read_elite_manifest(elite_dir).entries:
        example = elite_class(entry.score)
        if example is not None:
            examples[_content(entry.fg), _content(entry.bg)] = example == "positive"
    found = {}
    for number, pair in enumerate(pairs, start=1):
        fg, bg = (_content(preset_file(packs_root, url)) for url in (pair.fg_url, pair.bg_url))
        if fg is not None and bg is not None and (fg, bg) in examples:
            found[pair.pair] = examples[fg, bg]
        on_progress(number, len(pairs))
    return found


def _content(path: Path | None) -> str | None:
    """Returns the content hash of a preset, None if it cannot be read."""
    if path is None:
        return None
    try:
        return content_hash(path.read_bytes())
    except OSError:
        return None
