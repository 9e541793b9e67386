"""The page on a pack that was chosen among all pairs."""

from datetime import datetime
from pathlib import Path

from aivj.curation.best_pairs import PairSet
from aivj.curation.vendi import NUM_COMPARED
from aivj.pipeline.pairs import ChosenPack
from aivj.pipeline.pairs_request import PairsRequest
from aivj.report.pairs import MAX_SHOWN, PairsSide, PairsStudy, ShownPair, write_pairs_page
from aivj.takes.compose import composed_picture


def write_pairs_report(path: Path, request: PairsRequest, pack: ChosenPack) -> None:
    """Writes the page, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    best, manifest = pack.best, pack.drawn.manifest
    num_sound, num_chosen = int(best.sifted.is_sound.sum()), len(best.chosen.pairs)
    refused = [
        f"{num:,} of the measured pairs refused: {rule}"
        for rule, num in best.sifted.num_refused.items()
        if num
    ]
    facts = {
        "presets": f"{len(pack.presets):,}",
        "pairs of them": f"{len(pack.presets) * (len(pack.presets) - 1):,}",
        "measured": f"{best.num_measured:,}",
        "may be shown": f"{num_sound:,}",
        "chosen": f"{num_chosen:,} of {request.choosing.num:,}",
        "at random in the pack": f"{len(manifest.pairs) - num_chosen:,}",
        "method": request.method,
        "variety": f"{request.variety:g}",
        "quality": request.quality,
        "uses, at most": str(request.max_uses),
        "seed": str(request.seed),
    }
    write_pairs_page(
        path,
        PairsStudy(
            pack=manifest.pack,
            generated_at=datetime.fromisoformat(manifest.generated_at),
            facts=list(facts.items()),
            notes=[*pack.notes, *refused],
            chosen=_side(pack, best.chosen, "chosen", "In the order of the choice."),
            at_random=_side(
                pack, best.at_random, "at random", "Drawn from the same presets as they come."
            ),
            num_vendi=min(NUM_COMPARED, num_chosen),
        ),
    )


def _side(pack: ChosenPack, side: PairSet, title: str, note: str) -> PairsSide:
    return PairsSide(
        title=title,
        note=note,
        pairs=[
            ShownPair(
                foreground=pack.presets[front].source.relative_path,
                background=pack.presets[behind].source.relative_path,
                target01=float(target01),
                is_unsafe=bool(is_unsafe),
                webp=composed_picture(pack.pictures[front], pack.pictures[behind])
                if place < MAX_SHOWN
                else b"",
            )
            for place, ((front, behind), target01, is_unsafe) in enumerate(
                zip(side.pairs.tolist(), side.target01, side.measured.flash_unsafe, strict=True)
            )
        ],
        vendi=side.vendi,
        num_uses=side.num_uses(len(pack.presets)).tolist(),
    )
