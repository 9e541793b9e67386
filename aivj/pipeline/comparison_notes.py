"""What to know before a comparison is trusted."""

from collections.abc import Iterator

from aivj.contracts.pairs_manifest import PairsManifest
from aivj.pipeline.comparison_labels import Labels
from aivj.pipeline.comparison_sides import ScoredSide

_FEW_ITEMS = 30


def comparison_notes(
    labels: Labels,
    manifest: PairsManifest,
    champion: ScoredSide,
    candidate: ScoredSide,
    *,
    manifest_digest: str,
    with_trained: bool,
) -> list[str]:
    """Returns sentences on what is left out, few labels, what nets were trained on, unlike sides.

    Args:
        labels: What both were judged by.
        manifest: The pack's pairs.
        champion: What is served.
        candidate: What might be.
        manifest_digest: SHA-256 of the pack's manifest as it is now.
        with_trained: Whether pairs that a net was trained on were judged by too.
    """
    return [
        *([manifest.left_out] if manifest.left_out else []),
        *_label_notes(labels),
        *_training_notes(champion, candidate, with_trained=with_trained),
        *_side_notes(champion, candidate, manifest_digest),
    ]


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
