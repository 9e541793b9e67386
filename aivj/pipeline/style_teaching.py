"""Styles are learned from a sorted folder, by what its presets are written and look like."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from aivj.contracts.embeddings import EmbeddingFiles, EmbeddingsMeta, read_embeddings
from aivj.contracts.json_text import iso_utc
from aivj.contracts.taught_styles import (
    LearnedStyle,
    PictureFigures,
    StyleFigures,
    TaughtPictures,
    TaughtStyles,
)
from aivj.errors import InputError
from aivj.storage import sha256_hex
from aivj.styles.held_out import HeldOut, HeldOutPictures, Judged, hold_out
from aivj.styles.pictures import PictureLookup, Pictures
from aivj.styles.planes import STRENGTH, fitted_sharpness
from aivj.styles.sorted_folder import SortedFolder, read_sorted_folder
from aivj.styles.taught import MODEL_SPEC, StyleModel
from aivj.styles.taught_files import model_bytes, write_taught

_MIN_LIFT = 0.02
_MIN_PICTURED = 0.2
"""Share of the sorted presets; of fewer pictures nothing is learned."""

_NO_FIGURES = "no figures: all presets are of one author, so nobody can be held out"

OnStep = Callable[[str], None]
Progress = Callable[[int, int], None]


def teach(
    folder: Path,
    out_dir: Path,
    *,
    name: str,
    embeddings: EmbeddingFiles | None = None,
    on_step: OnStep = lambda _: None,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> TaughtStyles:
    """Learns the styles of a sorted folder and writes them, with how well they are told.

    Args:
        folder: A sub-folder a style.
        out_dir: Where card and numbers are put.
        name: What the set of styles is called.
        embeddings: Of the folder's pictures, whose ids are paths below it; None to learn from text
            alone.
        on_step: Told what is being done after reading.
        on_progress: Told how many files of how many were read.

    Raises:
        InputError: The folder holds no styles that can be learned, or the embeddings cannot be
            read, do not say what made them, or are of other presets.
        StorageError: The disk did not take them.
    """
    taught = None if embeddings is None else _TaughtEmbeddings.read(embeddings)
    known = read_sorted_folder(folder, on_progress)
    pictures = None if taught is None else taught.pictures_of(known)
    if pictures is not None:
        on_step(f"pictures: {pictures.are_there.sum()} of {len(known)} presets have one")
    on_step("judging: authors that are held out")
    judged = hold_out(known, pictures)
    on_step("learning from all")
    model = StyleModel.fit(known.terms, known.features, known.is_of, pictures=pictures)
    if judged is not None:
        model = model.sharpened(
            text=_sharpness(judged.text),
            seen=1.0 if judged.pictures is None else _sharpness(judged.pictures.seen),
        )
    arrays = model_bytes(model)
    figures = None if judged is None else StyleFigures(**_figures(judged.text))
    of_pictures = None if taught is None else _of_pictures(taught.meta, model, pictures, judged)
    card = TaughtStyles(
        generated_at=iso_utc(datetime.now(UTC)),
        name=name,
        inputs_spec=MODEL_SPEC,
        arrays=sha256_hex(arrays),
        strength=STRENGTH,
        num_terms=len(model.space.terms),
        num_presets=len(known),
        left_out=known.left_out,
        styles=_learned(known, judged),
        figures=figures,
        pictures=of_pictures,
        notes=[*_notes(known, figures), *_picture_notes(of_pictures, len(known))],
    )
    write_taught(out_dir, card, arrays)
    return card


@dataclass(frozen=True, eq=False)
class _TaughtEmbeddings:
    """Vectors of pictures, and what made them."""

    lookup: PictureLookup
    meta: EmbeddingsMeta
    files: EmbeddingFiles

    @classmethod
    def read(cls, files: EmbeddingFiles) -> "_TaughtEmbeddings":
        embeddings = read_embeddings(files)
        if embeddings.meta is None:
            raise InputError(
                f"embeddings that say what made them, in {files.meta}",
                "none that says it",
                "embed the pictures with `aivj embed`: others could not be told by these styles",
            )
        return cls(PictureLookup(embeddings), embeddings.meta, files)

    def pictures_of(self, known: SortedFolder) -> Pictures:
        """Finds presets by their path below the folder.

        Raises:
            InputError: Too few are there.
        """
        pictures = self.lookup.of([file.relative_path for file in known.files])
        num = int(pictures.are_there.sum())
        if num < _MIN_PICTURED * len(known):
            raise InputError(
                f"embeddings of the sorted presets in {self.files.folder}, of one in five at least",
                f"{num} of {len(known)} presets have one, of {len(self.lookup)} that are there",
                "take pictures of this very folder: aivj frames --source-root FOLDER --out-dir E, "
                "aivj embed --index E/frames-index.jsonl; or teach without --embeddings",
            )
        return pictures


def _sharpness(held_out: HeldOut) -> float:
    return fitted_sharpness(held_out.margins, held_out.is_of)


def _figures(held_out: HeldOut) -> dict[str, Any]:
    low95, high95 = held_out.interval()
    return {
        "top1": held_out.share_right(held_out.guesses),
        "top3": held_out.top3,
        "low95": low95,
        "high95": high95,
        "chance": held_out.share_right(held_out.common),
        "untaught": held_out.share_right(held_out.untaught),
        "num_judged": len(held_out.is_of),
        "num_authors": held_out.num_authors,
    }


def _of_pictures(
    meta: EmbeddingsMeta, model: StyleModel, pictures: Pictures | None, judged: Judged | None
) -> TaughtPictures | None:
    if model.seen is None or pictures is None:
        return None
    return TaughtPictures(
        encoder=meta.encoder,
        dims=meta.dims,
        share=model.seen.share,
        num_presets=int(pictures.are_there.sum()),
        figures=_picture_figures(judged.pictures) if judged and judged.pictures else None,
    )


def _picture_figures(held_out: HeldOutPictures) -> PictureFigures:
    gain_low95, gain_high95 = held_out.gain_interval()
    return PictureFigures(
        **_figures(held_out.seen),
        text_top1=held_out.text.share_right(held_out.text.guesses),
        text_top3=held_out.text.top3,
        gain_low95=gain_low95,
        gain_high95=gain_high95,
    )


def _learned(known: SortedFolder, judged: Judged | None) -> list[LearnedStyle]:
    styles = []
    authors = np.array(known.authors)
    for place, name in enumerate(known.names):
        is_own = known.is_of[:, place]
        told, mistaken = None, None
        if judged is not None:
            guesses = judged.guesses[is_own]
            told = float((guesses == place).mean())
            wrong = np.bincount(guesses[guesses != place], minlength=len(known.names))
            mistaken = known.names[int(wrong.argmax())] if wrong.any() else None
        styles.append(
            LearnedStyle(
                name=name,
                num_presets=int(is_own.sum()),
                num_authors=len(set(authors[is_own].tolist())),
                told=told,
                mistaken_for=mistaken,
            )
        )
    return styles


def _notes(known: SortedFolder, figures: StyleFigures | None) -> list[str]:
    notes = []
    if figures is None:
        notes.append(_NO_FIGURES)
    elif figures.low95 <= figures.chance:
        notes.append("no better than chance: nothing of these styles shows in presets' code")
    elif figures.top1 < figures.untaught + _MIN_LIFT:
        notes.append("hardly better than nearest neighbours: more sorted presets may help")
    few = [
        name
        for place, name in enumerate(known.names)
        if len({known.authors[row] for row in np.flatnonzero(known.is_of[:, place])}) == 1
    ]
    if few:
        notes.append(f"of one author alone, so hardly to be told of others: {', '.join(few)}")
    return notes


def _picture_notes(pictures: TaughtPictures | None, num_presets: int) -> list[str]:
    if pictures is None:
        return []
    notes = []
    num_without = num_presets - pictures.num_presets
    if num_without:
        notes.append(
            f"{num_without} of {num_presets} presets have no picture: "
            "only their text is learned from"
        )
    figures = pictures.figures
    if figures is not None and figures.gain_low95 <= 0:
        notes.append(
            "pictures add nothing to first guesses that shows, "
            f"{figures.top1 - figures.text_top1:+.3f} "
            f"({figures.gain_low95:+.3f} to {figures.gain_high95:+.3f}): "
            "teaching without --embeddings does as well"
        )
    return notes
