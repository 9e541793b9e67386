"""Elite lists from what there is: judgements of people, a table of scores, ratings in presets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import EliteEntry, elite_class
from aivj.contracts.elite_table import EliteTableRow, read_elite_table, refuse_lines
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, preset_path
from aivj.contracts.preferences import Preference, read_preferences
from aivj.errors import InputError, NoContrastError
from aivj.packs.elite import ScoredPair, place_elite
from aivj.packs.ratings import draw_elite
from aivj.packs.scan import PresetFile, scan_presets
from aivj.pipeline.labels import read_pack
from aivj.preferences import Belief, Prior

POSITIVE_SHARE = 0.75
"""A pair that is better than this share of the others is a positive example."""

_SCORE_DECIMALS = 3
_NUM_LINES_SHOWN = 5


@dataclass(frozen=True)
class EliteList:
    """A list in its folder.

    Attributes:
        folder: Where it is.
        entries: Its pairs, the best first.
        notes: Sentences on what was left out, or cannot be learned from it.
    """

    folder: Path
    entries: list[EliteEntry]
    notes: tuple[str, ...] = ()

    @property
    def num_positive(self) -> int:
        """Pairs that are examples of the good."""
        return sum(elite_class(entry.score) == "positive" for entry in self.entries)

    @property
    def num_negative(self) -> int:
        """Pairs that are examples of the bad."""
        return sum(elite_class(entry.score) == "negative" for entry in self.entries)


def elite_from_ratings(
    presets: Path, folder: Path, *, num_positive: int, num_negative: int, seed: int
) -> EliteList:
    """Draws pairs of high-rated and of low-rated presets; raises what `draw_elite` does.

    Args:
        presets: Folder of presets, which hold their ratings.
        folder: Where the list goes.
        num_positive: Pairs of two high-rated presets, at most.
        num_negative: Pairs of two low-rated presets, at most.
        seed: Decides which presets are drawn.
    """
    entries = draw_elite(
        scan_presets(presets),
        num_positive=num_positive,
        num_negative=num_negative,
        seed=seed,
        folder=folder,
    )
    made = EliteList(
        folder,
        entries,
        ("these are weak labels: what stands in the presets is the opinion of who saved them",),
    )
    asked = (
        (made.num_positive, num_positive, "positive"),
        (made.num_negative, num_negative, "negative"),
    )
    few = [f"{got} of {wanted} {kind} pairs" for got, wanted, kind in asked if got < wanted]
    told = f"{' and '.join(few)}: no more presets of {presets} are rated so" if few else ""
    return EliteList(folder, entries, (*filter(None, [told]), *made.notes))


def elite_from_preferences(
    pack: str, paths: Sequence[Path], folder: Path, *, packs_root: Path
) -> EliteList:
    """Lists the pairs of a pack that judgements place surely enough in its best or worst quarter.

    A pair's score is 1 + 4 times the probability that it is better than another judged pair, drawn
    at random, as Bradley and Terry's model has it: 4 is better than three of four.

    Args:
        pack: The pack.
        paths: Its judgements, `preferences.jsonl` files.
        folder: Where the list goes.
        packs_root: Folder that `/presets/<pack>/...` lies under.

    Raises:
        NoContrastError: No pair is placed so surely among the best, or none among the worst.
        InputError: A file cannot be read, or not one judgement is of this pack's pairs.
        StorageError: The disk did not take the list.
    """
    manifest = read_pack(packs_root, pack)
    by_id = {row.pair: row for row in manifest.pairs}
    rows, notes = _judgements(manifest, paths)
    belief = Belief(list(by_id), Prior.ignorant(len(by_id)), seed=0)
    belief.learn(rows)
    ranks = belief.ranks01()
    best, worst = max(ranks.values()), min(ranks.values())
    if best < POSITIVE_SHARE or worst > 1 - POSITIVE_SHARE:
        raise NoContrastError(
            f"pairs that are surely better, and pairs that are surely worse, than "
            f"{POSITIVE_SHARE:.0%} of the judged ones",
            f"the best is better than {best:.0%} of them, the worst than {worst:.0%}, "
            f"by {_judged(len(rows))} of {len(ranks)} pairs",
            f"judge more (`aivj prefer --pack {pack}`), twice the number of pairs at least",
        )
    chosen = {
        pair: rank
        for pair, rank in ranks.items()
        if rank >= POSITIVE_SHARE or rank <= 1 - POSITIVE_SHARE
    }
    scored = [
        _scored(by_id[pair], packs_root, round(1 + 4 * rank, _SCORE_DECIMALS))
        for pair, rank in chosen.items()
    ]
    left_out = len(ranks) - len(chosen)
    if left_out:
        notes.append(f"{left_out} judged pairs left out: not surely among the best or the worst")
    return EliteList(folder, place_elite(scored, source=pack, folder=folder), tuple(notes))


def elite_from_table(path: Path, folder: Path, *, pack: str | None, packs_root: Path) -> EliteList:
    """Lists the pairs of a table with its scores.

    Args:
        path: The table; presets in it are named from its folder.
        folder: Where the list goes.
        pack: The pack that ids of the table belong to; None if it has none.
        packs_root: Folder that `/presets/<pack>/...` lies under.

    Raises:
        NoContrastError: Not one score makes a positive or a negative example.
        InputError: The table cannot be used, or names pairs or presets that are not there.
        StorageError: The disk did not take the list.
    """
    rows = read_elite_table(path)
    scored = _looked_up(path, rows, pack, packs_root)
    classes = [elite_class(pair.score) for pair in scored]
    scores = sorted({pair.score for pair in scored})
    if not any(classes):
        raise NoContrastError(
            "a score of 4 and more, or of 2 and less, to learn from",
            f"{len(scored)} scores, all {scores[0]:g}"
            if len(scores) == 1
            else f"scores from {scores[0]:g} to {scores[-1]:g}",
            "score the best pairs 4 or 5 and the worst 1 or 2",
        )
    notes = [
        f"no {kind} example (score {limit}): how well a net tells good from bad cannot be measured"
        for kind, limit in (("positive", "4 and more"), ("negative", "2 and less"))
        if kind not in classes
    ]
    if len(scores) == 1 and len(scored) > 1:
        notes.append(f"all scores are {scores[0]:g}: they tell nothing of an order")
    entries = place_elite(scored, source=path.name, folder=folder)
    return EliteList(folder, entries, tuple(notes))


def _judgements(
    manifest: PairsManifest, paths: Sequence[Path]
) -> tuple[list[Preference], list[str]]:
    """Returns judgements of the pack's pairs, each once, and what to say of the others."""
    pairs = {row.pair for row in manifest.pairs}
    rows: dict[tuple[str, str], Preference] = {}
    notes: list[str] = []
    for path in paths:
        read = read_preferences(path)
        here = [row for row in read.rows if {row.winner.pack, row.loser.pack} == {manifest.pack}]
        known = [row for row in here if {row.winner.pair, row.loser.pair} <= pairs]
        rows |= {(row.by, row.at): row for row in known}
        if read.bad_lines:
            lines = ", ".join(map(str, read.bad_lines[:_NUM_LINES_SHOWN]))
            more = ", ..." if len(read.bad_lines) > _NUM_LINES_SHOWN else ""
            notes.append(f"{read.num_bad_lines} lines of {path} are no judgements: {lines}{more}")
        if len(here) < len(read.rows):
            other = len(read.rows) - len(here)
            notes.append(f"{_judged(other)} of other packs left out")
        if len(known) < len(here):
            ids = {i for row in here for i in (row.winner.pair, row.loser.pair)} - pairs
            shown = ", ".join(map(str, sorted(ids)[:_NUM_LINES_SHOWN]))
            notes.append(
                f"{_judged(len(here) - len(known))} left out: pack {manifest.pack} has no pair "
                f"{shown}"
            )
    if not rows:
        raise InputError(
            f"judgements of pack {manifest.pack!r} in {', '.join(map(str, paths))}",
            "; ".join(notes) or "none",
            f"judge its pairs: aivj prefer --pack {manifest.pack}",
        )
    return list(rows.values()), notes


def _judged(number: int) -> str:
    return f"{number} judgement{'' if number == 1 else 's'}"


def _looked_up(
    path: Path, rows: Sequence[EliteTableRow], pack: str | None, packs_root: Path
) -> list[ScoredPair]:
    """Returns the pairs of a table's rows.

    Raises:
        InputError: A pair or preset is not there; says in which lines.
    """
    pairs = {} if pack is None else {row.pair: row for row in read_pack(packs_root, pack).pairs}
    scored: list[ScoredPair] = []
    wrong: list[str] = []
    for row in rows:
        if row.pair is not None and pack is None:
            wrong.append(f"line {row.line}: pair {row.pair} of no pack; say --pack NAME")
        elif row.pair is not None and row.pair not in pairs:
            wrong.append(f"line {row.line}: pack {pack} has no pair {row.pair}")
        elif row.pair is not None:
            scored.append(_scored(pairs[row.pair], packs_root, row.score))
        else:
            fg, bg = (PresetFile(name, path.parent / name) for name in (row.fg or "", row.bg or ""))
            missing = [file.relative_path for file in (fg, bg) if not file.path.is_file()]
            wrong += [f"line {row.line}: no preset {name}" for name in missing]
            scored.append(ScoredPair(fg, bg, row.score))
    if wrong:
        refuse_lines(path, "pairs and presets that are there, in each line", wrong)
    return scored


def _scored(pair: ManifestPair, packs_root: Path, score: float) -> ScoredPair:
    fg, bg = (PresetFile(url, preset_path(packs_root, url)) for url in (pair.fg_url, pair.bg_url))
    return ScoredPair(fg, bg, score)
