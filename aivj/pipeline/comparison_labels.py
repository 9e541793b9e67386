"""What is known of pairs apart from any score: measurements, elite lists, people's judgements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import elite_class, read_elite_manifest
from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.pairs_manifest import ManifestPair, preset_file
from aivj.contracts.preferences import read_preferences
from aivj.coupling.eval_labels import eval_labels
from aivj.coupling.eval_target import EvalTarget
from aivj.presets.digest import content_hash


@dataclass(frozen=True, kw_only=True)
class LabelFiles:
    """Where labels are read from.

    Attributes:
        eval_paths: Measurements, `eval.jsonl` files.
        elite_dir: Folder or file of an elite list.
        preferences_path: People's judgements.
        eval_target: What a measured pair is worth.
        mix_renderers: Whether rows of different renderer classes may be mixed.
    """

    eval_paths: Sequence[Path] = ()
    elite_dir: Path | None = None
    preferences_path: Path | None = None
    eval_target: EvalTarget = "v1"
    mix_renderers: bool = False


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels of the pairs that were asked for, by id.

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


def read_labels(
    sources: LabelFiles,
    pairs: Sequence[ManifestPair],
    *,
    pack: str,
    packs_root: Path,
    on_progress: Callable[[int, int], None],
) -> Labels:
    """Reads what is known of some pairs of a pack.

    Args:
        sources: Where to look.
        pairs: The pairs.
        pack: Name of their pack.
        packs_root: Folder that `/presets/<pack>/...` lies under.
        on_progress: Called with how many of the pairs have been looked up in the elite list.

    Raises:
        InputError: A file cannot be read, an elite list cannot be used, rows come from different
            renderer classes and may not be mixed, or a pair's URL leaves `packs_root`.
    """
    wanted = {pair.pair for pair in pairs}
    rows = [
        row for path in sources.eval_paths for row in read_eval_rows(path).rows if row.pack == pack
    ]
    labels = eval_labels(rows, target=sources.eval_target, mix_renderers=sources.mix_renderers)
    left_out = {
        "they lack what the eval target needs": labels.num_unmeasured,
        "a part was not drawn": labels.num_degraded,
    }
    judgements = _judgements(sources.preferences_path, pack)
    return Labels(
        targets={
            pair: label.target for (_, pair), label in labels.of_pair.items() if pair in wanted
        },
        elite=_elite(sources.elite_dir, pairs, packs_root, on_progress),
        judgements=[pair for pair in judgements if wanted.issuperset(pair)],
        notes=tuple(
            f"{num} eval rows left out since {why}" for why, num in left_out.items() if num
        ),
    )


def _judgements(path: Path | None, pack: str) -> list[tuple[int, int]]:
    """Returns judgements of two pairs of the pack; ties say nothing of an order."""
    if path is None:
        return []
    return [
        (row.winner.pair, row.loser.pair)
        for row in read_preferences(path).rows
        if row.winner.pack == row.loser.pack == pack and not row.tie
    ]


def _elite(
    elite_dir: Path | None,
    pairs: Sequence[ManifestPair],
    packs_root: Path,
    on_progress: Callable[[int, int], None],
) -> dict[int, bool]:
    """Finds the pairs whose two presets are, by content, those of a positive or negative entry."""
    if elite_dir is None:
        return {}
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
