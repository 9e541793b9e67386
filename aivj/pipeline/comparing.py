"""Comparison: a champion's and a candidate's scores, on the same labels and the same evidence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel, read_bytes
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
)
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.errors import InputError
from aivj.pipeline.comparison_labels import LabelFiles, Labels, read_labels
from aivj.pipeline.comparison_notes import comparison_notes
from aivj.pipeline.comparison_sides import ScoredSide, Side, side_of_champion, side_of_file
from aivj.pipeline.score_comparison import (
    Difference,
    Figure,
    Values,
    Verdict,
    auc,
    compare_figure,
    mean,
    median,
    pick_uplift,
    spearman,
    std,
    top20_hit_rate,
)
from aivj.release.bucket import Bucket
from aivj.storage import sha256_hex

FigureName = Literal[
    "preference_agreement",
    "pick_uplift",
    "top20_hit_rate",
    "eval_spearman",
    "elite_auc",
    "score_std",
    "score_p50",
]

JUDGED_BY: tuple[FigureName, ...] = ("preference_agreement", "pick_uplift", "elite_auc")
"""The figure that decides is the first of these that the labels allow."""

DESCRIPTIVE: tuple[FigureName, ...] = ("score_std", "score_p50")
"""Figures of which more is neither better nor worse."""


@dataclass(frozen=True, kw_only=True)
class CompareRequest:
    """What to compare, and by what.

    Attributes:
        pack: Name of the pack.
        packs_root: Folder that `presets/<pack>` lies under.
        bucket: Its pointer names the champion, unless a file does.
        labels: What is known of the pairs apart from their scores.
        champion_path: The champion's scores, instead of the bucket's.
        candidate_path: The candidate's scores; None takes those beside the manifest.
        champion_evidence: Folder that verifying the champion wrote; None takes the report that was
            published with it.
        candidate_evidence: Folder that verifying the candidate wrote.
        with_trained: Whether to judge also by pairs that a net was trained on.
        seed: Seed of the bootstrap.
    """

    pack: str
    packs_root: Path
    bucket: Bucket
    labels: LabelFiles
    champion_path: Path | None = None
    candidate_path: Path | None = None
    champion_evidence: Path | None = None
    candidate_evidence: Path | None = None
    with_trained: bool = False
    seed: int = 0


class Comparison(ContractModel):
    """How a candidate compares with its champion.

    Attributes:
        version: Version of this form.
        pack: Name of the pack.
        champion: What is served.
        candidate: What might be.
        num_common: Pairs that both score.
        common_share: Their share of the pairs that either scores.
        num_held_out: Those of them that no net is known to be trained on; None if no file says.
        num_judged: Those of them that may be judged by: all, or the held-out ones.
        num_measured: Those of the latter that were measured.
        num_elite: Those of them that an elite list has.
        num_judgements: People's judgements of two of them.
        figures: Each figure that the labels allow, with a 95 % interval of the difference.
        judged_by: The figure that decides; None without any label.
        verdict: What it says of the candidate.
        notes: What to know before trusting it.
    """

    version: Literal["v0"] = "v0"
    pack: str
    champion: Side
    candidate: Side
    num_common: Count
    common_share: Number
    num_held_out: Count | None
    num_judged: Count
    num_measured: Count
    num_elite: Count
    num_judgements: Count
    figures: Mapping[FigureName, Difference]
    judged_by: FigureName | None
    verdict: Verdict
    notes: list[str]


def compare(request: CompareRequest, on_progress: Callable[[str, int, int], None]) -> Comparison:
    """Judges both files of scores by whatever labels are given.

    Args:
        request: What to compare, and by what.
        on_progress: Called with what is being counted, how much of it is done, and of how much.

    Raises:
        InputError: A file cannot be used, nothing was promoted yet, a check is one of other
            scores, or not one pair is scored by both.
        StorageError: The bucket does not answer.
    """
    manifest_path = request.packs_root / "presets" / request.pack / PAIRS_MANIFEST_NAME
    manifest = read_pairs_manifest(manifest_path, pack=request.pack)
    champion, candidate = _sides(request, manifest, manifest_path)
    common = _common_pairs(manifest, champion, candidate)
    held_out = _held_out_pairs(common, champion, candidate)
    judged = common if held_out is None or request.with_trained else held_out
    labels = read_labels(
        request.labels,
        judged,
        pack=request.pack,
        packs_root=request.packs_root,
        on_progress=lambda num_done, num_total: on_progress("presets", num_done, num_total),
    )
    questions = list(_questions(labels, [pair.pair for pair in common], champion, candidate))
    figures: dict[FigureName, Difference] = {}
    for number, (name, figure, theirs, ours) in enumerate(questions, start=1):
        difference = compare_figure(figure, theirs, ours, seed=request.seed)
        if difference is not None:
            figures[name] = difference
        on_progress("figures", number, len(questions))
    judged_by = next((name for name in JUDGED_BY if name in figures), None)
    return Comparison(
        pack=request.pack,
        champion=champion.side,
        candidate=candidate.side,
        num_common=len(common),
        common_share=len(common) / len(champion.scores.keys() | candidate.scores.keys()),
        num_held_out=None if held_out is None else len(held_out),
        num_judged=len(judged),
        num_measured=len(labels.targets),
        num_elite=len(labels.elite),
        num_judgements=len(labels.judgements),
        figures=figures,
        judged_by=judged_by,
        verdict=figures[judged_by].verdict if judged_by else "not to be told apart",
        notes=comparison_notes(
            labels,
            manifest,
            champion,
            candidate,
            manifest_digest=sha256_hex(read_bytes(manifest_path)),
            with_trained=request.with_trained,
        ),
    )


def _sides(
    request: CompareRequest, manifest: PairsManifest, manifest_path: Path
) -> tuple[ScoredSide, ScoredSide]:
    candidate = side_of_file(
        request.candidate_path or manifest_path.with_name(PAIRS_QUALITY_NAME),
        manifest,
        evidence_dir=request.candidate_evidence,
    )
    evidence_dir = request.champion_evidence
    if request.champion_path is not None:
        return side_of_file(request.champion_path, manifest, evidence_dir=evidence_dir), candidate
    return side_of_champion(request.bucket, manifest, evidence_dir=evidence_dir), candidate


def _common_pairs(
    manifest: PairsManifest, champion: ScoredSide, candidate: ScoredSide
) -> list[ManifestPair]:
    common = champion.scores.keys() & candidate.scores.keys()
    if not common:
        raise InputError(
            f"pairs that both {champion.side.source} and {candidate.side.source} score",
            "none in common",
            "score the whole pack with both nets",
        )
    return [pair for pair in manifest.pairs if pair.pair in common]


def _held_out_pairs(
    common: list[ManifestPair], champion: ScoredSide, candidate: ScoredSide
) -> list[ManifestPair] | None:
    """Returns the pairs that every file that says so was kept from; None if neither says."""
    told = [side.held_out for side in (champion, candidate) if side.held_out is not None]
    if not told:
        return None
    return [pair for pair in common if all(pair.pair in held_out for held_out in told)]


def _questions(
    labels: Labels, pairs: list[int], champion: ScoredSide, candidate: ScoredSide
) -> Iterator[tuple[FigureName, Figure, Values, Values]]:
    """Yields each figure that the labels allow, with the champion's and the candidate's values."""

    def scores(of: list[int]) -> tuple[Values, Values]:
        theirs, ours = (
            np.array([side.scores[pair] for pair in of]) for side in (champion, candidate)
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
    yield "score_std", std, *scores(pairs)
    yield "score_p50", median, *scores(pairs)


def _agreement(better: Values, worse: Values) -> Values:
    """Returns 1 where the better pair of a judgement has the higher score, a half where neither."""
    return np.asarray((np.sign(better - worse) + 1) / 2)
