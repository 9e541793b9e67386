"""A champion's and a candidate's scores on the same labels and the same evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from aivj.comparison.figures import (
    Figure,
    auc,
    compare_figure,
    pick_uplift,
    spearman,
    top20_hit_rate,
)
from aivj.comparison.labels import Labels
from aivj.comparison.sides import ScoredSide
from aivj.contracts.comparison import JUDGED_BY, Comparison, Difference, FigureName
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest
from aivj.errors import InputError
from aivj.statistics import Values, mean, median, std

_FEW_ITEMS = 30


@dataclass(frozen=True)
class Match:
    """Both files, and the pairs that they are judged by.

    Attributes:
        manifest: The pack's pairs.
        champion: What is served.
        candidate: What might be.
        with_trained: Whether pairs that a net was trained on count too.
        common: Pairs that both score.
        held_out: Those that every file that says so was kept from; None if neither says.
    """

    manifest: PairsManifest
    champion: ScoredSide
    candidate: ScoredSide
    with_trained: bool
    common: list[ManifestPair]
    held_out: list[ManifestPair] | None

    @property
    def judged(self) -> list[ManifestPair]:
        """Pairs whose labels count."""
        return self.common if self.held_out is None or self.with_trained else self.held_out


def match(
    manifest: PairsManifest, champion: ScoredSide, candidate: ScoredSide, *, with_trained: bool
) -> Match:
    """Finds the pairs that two files can be judged by.

    Raises:
        InputError: Not one pair is scored by both.
    """
    both = champion.scores.keys() & candidate.scores.keys()
    if not both:
        raise InputError(
            f"pairs that both {champion.side.source} and {candidate.side.source} score",
            "none in common",
            "score the whole pack with both nets",
        )
    common = [pair for pair in manifest.pairs if pair.pair in both]
    told = [side.held_out for side in (champion, candidate) if side.held_out is not None]
    held_out = [pair for pair in common if all(pair.pair in held_out for held_out in told)]
    return Match(manifest, champion, candidate, with_trained, common, held_out if told else None)


def compare(
    matched: Match,
    labels: Labels,
    *,
    manifest_digest: str,
    seed: int,
    on_progress: Callable[[int, int], None],
) -> Comparison:
    """Judges both files by whatever labels there are.

    Args:
        matched: The files.
        labels: What is known of the pairs that are judged by.
        manifest_digest: SHA-256 of the pack's manifest as it is now.
        seed: Seed of the bootstrap.
        on_progress: Called with how many figures of how many are counted.
    """
    champion, candidate = matched.champion, matched.candidate
    questions = list(_questions(labels, matched))
    figures: dict[FigureName, Difference] = {}
    for number, (name, figure, theirs, ours) in enumerate(questions, start=1):
        difference = compare_figure(figure, theirs, ours, seed=seed)
        if difference is not None:
            figures[name] = difference
        on_progress(number, len(questions))
    judged_by = next((name for name in JUDGED_BY if name in figures), None)
    return Comparison(
        pack=matched.manifest.pack,
        champion=champion.side,
        candidate=candidate.side,
        num_common=len(matched.common),
        common_share=len(matched.common) / len(champion.scores.keys() | candidate.scores.keys()),
        num_held_out=None if matched.held_out is None else len(matched.held_out),
        num_judged=len(matched.judged),
        num_measured=len(labels.targets),
        num_elite=len(labels.elite),
        num_judgements=len(labels.judgements),
        figures=figures,
        judged_by=judged_by,
        verdict=figures[judged_by].verdict if judged_by else "not to be told apart",
        notes=[
            *([matched.manifest.left_out] if matched.manifest.left_out else []),
            *_label_notes(labels),
            *_training_notes(champion, candidate, with_trained=matched.with_trained),
            *_side_notes(champion, candidate, manifest_digest),
        ],
    )


def _questions(
    labels: Labels, matched: Match
) -> Iterator[tuple[FigureName, Figure, Values, Values]]:
    """Yields each figure that the labels allow, with the champion's and the candidate's values."""

    def scores(of: list[int]) -> tuple[Values, Values]:
        theirs, ours = (
            np.array([side.scores[pair] for pair in of])
            for side in (matched.champion, matched.candidate)
        )
        return theirs, ours

    if labels.judgements:
        better, worse = (scores(list(part)) for part in zip(*labels.judgements, strict=True))
        theirs, ours = (_agreement(*side) for side in zip(better, worse, strict=True))
        yield "preference_agreement", mean, theirs, ours
    if labels.targets:
        target = np.array(list(labels.targets.values()))
        theirs, ours = scores(list(labels.targets))
        yield "pick_uplift", pick_uplift(target), theirs, ours
        yield "top20_hit_rate", top20_hit_rate(target), theirs, ours
        yield "eval_spearman", spearman(target), theirs, ours
    if labels.elite:
        positive = np.array(list(labels.elite.values()))
        yield "elite_auc", auc(positive), *scores(list(labels.elite))
    pairs = [pair.pair for pair in matched.common]
    yield "score_std", std, *scores(pairs)
    yield "score_p50", median, *scores(pairs)


def _agreement(better: Values, worse: Values) -> Values:
    """Returns 1 where the better pair of a judgement has the higher score, a half where neither."""
    return np.asarray((np.sign(better - worse) + 1) / 2)


def _label_notes(labels: Labels) -> Iterator[str]:
    yield from labels.notes
    counts = {
        "measured pairs": len(labels.targets),
        "pairs of the elite list": len(labels.elite),
        "judgements": len(labels.judgements),
    }
    if not any(counts.values()):
        yield "no label was found for the pairs judged by: only the spread of scores is compared"
    for name, count in counts.items():
        if 0 < count < _FEW_ITEMS:
            yield f"only {count} {name}: intervals of so few are narrower than they should be"


def _training_notes(
    champion: ScoredSide, candidate: ScoredSide, *, with_trained: bool
) -> Iterator[str]:
    silent = [
        name
        for name, side in (("champion", champion), ("candidate", candidate))
        if side.held_out is None
    ]
    if silent:
        yield (
            f"the {' and the '.join(silent)} may have been trained on these pairs, which flatters: "
            "the file does not say"
        )
    if with_trained:
        yield "pairs that a net was trained on are judged by too, which flatters that net"
    elif len(silent) < len((champion, candidate)):
        yield "judged only by pairs held out from training; --with-trained takes the others too"


def _side_notes(champion: ScoredSide, candidate: ScoredSide, manifest_digest: str) -> Iterator[str]:
    if champion.side.digest == candidate.side.digest:
        yield "both sides are the same scores"
    if champion.manifest_digest not in {None, manifest_digest}:
        yield "the champion was promoted with another manifest: an id may mean another pair there"
    checks = [side.side.evidence for side in (champion, candidate)]
    if len({check.conditions for check in checks if check is not None}) > 1:
        yield "the two checks in a browser differ in renderer, gamma or seed"
