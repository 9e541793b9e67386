"""Styles are learned from a sorted folder, and told of a pack's or a folder's presets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aivj.contracts.json_text import iso_utc, row_bytes
from aivj.contracts.taught_styles import (
    LearnedStyle,
    PresetStyles,
    StyleFigures,
    StyleGuess,
    TaughtStyles,
)
from aivj.errors import InputError
from aivj.packs.feature_extraction import Extraction, extract
from aivj.packs.term_table import TermTable
from aivj.storage import open_atomic, sha256_hex
from aivj.styles.held_out import HeldOut, hold_out
from aivj.styles.sorted_folder import SortedFolder, read_sorted_folder
from aivj.styles.taught import (
    MODEL_SPEC,
    STRENGTH,
    Floats,
    StyleModel,
    fitted_sharpness,
    styles_of,
)
from aivj.styles.taught_files import TaughtModel, model_bytes, read_taught, write_taught

_NUM_LIKELY = 3
_MIN_LIFT = 0.02
_NO_FIGURES = "no figures: all presets are of one author, so nobody can be held out"

OnStep = Callable[[str], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class StyledFile:
    """A preset whose style is asked for.

    Attributes:
        preset_id: What it is called.
        relative_path: Below its library, with `/`.
        path: Where to read it.
    """

    preset_id: str
    relative_path: str
    path: Path


def teach(
    folder: Path,
    out_dir: Path,
    *,
    name: str,
    on_step: OnStep = lambda _: None,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> TaughtStyles:
    """Learns the styles of a sorted folder and writes them, with how well they are told.

    Args:
        folder: A sub-folder a style.
        out_dir: Where card and numbers are put.
        name: What the set of styles is called.
        on_step: Told what is being done after reading.
        on_progress: Told how many files of how many were read.

    Raises:
        InputError: The folder holds no styles that can be learned.
        StorageError: The disk did not take them.
    """
    known = read_sorted_folder(folder, on_progress)
    on_step("judging: authors that are held out")
    held_out = hold_out(known)
    sharpness = 1.0 if held_out is None else fitted_sharpness(held_out.margins, held_out.is_of)
    on_step("learning from all")
    model = StyleModel.fit(known.terms, known.features, known.is_of, sharpness=sharpness)
    arrays = model_bytes(model)
    figures = None if held_out is None else _figures(held_out)
    card = TaughtStyles(
        generated_at=iso_utc(datetime.now(UTC)),
        name=name,
        inputs_spec=MODEL_SPEC,
        arrays=sha256_hex(arrays),
        strength=STRENGTH,
        num_terms=len(model.space.terms),
        num_presets=len(known),
        left_out=known.left_out,
        styles=_learned(known, held_out),
        figures=figures,
        notes=_notes(known, figures),
    )
    write_taught(out_dir, card, arrays)
    return card


def told_shares(
    taught: TaughtModel,
    files: Sequence[StyledFile],
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> Iterator[tuple[int, Floats]]:
    """Yields place and logarithms of styles' shares, [S], of each preset that can be read."""
    for batch in extract(_readable(files), Extraction(terms=True)):
        shares = taught.model.log_shares(TermTable.of(batch.terms), batch.values)
        places = [int(name) for name in batch.file_hashes]
        yield from zip(places, shares, strict=True)
        on_progress(places[-1] + 1, len(files))
    on_progress(len(files), len(files))


def tell(
    taught: TaughtModel,
    files: Sequence[StyledFile],
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> Iterator[PresetStyles]:
    """Yields the styles of presets, in their order; of files that cannot be read, nothing."""
    names = taught.names
    for place, logs in told_shares(taught, files, on_progress):
        shares = np.exp(logs)
        likely = np.argsort(-shares, kind="stable")[:_NUM_LIKELY].tolist()
        yield PresetStyles(
            preset_id=files[place].preset_id,
            rel_path=files[place].relative_path,
            styles=styles_of(shares, names),
            likely=[StyleGuess(style=names[i], share01=round(float(shares[i]), 4)) for i in likely],
        )


def apply(
    model_dir: Path,
    files: Sequence[StyledFile],
    path: Path,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> dict[str, int]:
    """Writes the styles of presets, a line each, whole or not at all.

    Returns:
        How many presets have each style.

    Raises:
        InputError: There is no model, or not one preset that can be read.
        StorageError: The disk did not take them.
    """
    taught = read_taught(model_dir)
    counts = dict.fromkeys(taught.names, 0)
    num_told = 0
    with open_atomic(path) as file:
        for told in tell(taught, files, on_progress):
            file.write(row_bytes(told))
            num_told += 1
            for style in told.styles:
                counts[style] += 1
        if not num_told:
            raise InputError(
                "presets that can be read", f"none of {len(files)}", "name a pack or a folder"
            )
    return counts


def _readable(files: Sequence[StyledFile]) -> Iterator[tuple[str, bytes]]:
    for place, file in enumerate(files):
        try:
            yield str(place), file.path.read_bytes()
        except OSError:
            continue


def _figures(held_out: HeldOut) -> StyleFigures:
    low95, high95 = held_out.interval()
    return StyleFigures(
        top1=held_out.share_right(held_out.guesses),
        top3=held_out.top3,
        low95=low95,
        high95=high95,
        chance=held_out.share_right(held_out.common),
        untaught=held_out.share_right(held_out.untaught),
        num_judged=len(held_out.is_of),
        num_authors=int(held_out.authors.max()) + 1,
    )


def _learned(known: SortedFolder, held_out: HeldOut | None) -> list[LearnedStyle]:
    styles = []
    authors = np.array(known.authors)
    for place, name in enumerate(known.names):
        is_own = known.is_of[:, place]
        told, mistaken = None, None
        if held_out is not None:
            guesses = held_out.guesses[is_own]
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
