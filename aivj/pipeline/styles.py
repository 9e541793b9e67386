"""Learned styles are told of a pack's or a folder's presets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.contracts.embeddings import EmbeddingFiles
from aivj.contracts.json_text import row_bytes
from aivj.contracts.taught_styles import PresetStyles, StyleGuess
from aivj.errors import InputError
from aivj.packs.feature_extraction import Extraction, extract
from aivj.packs.term_table import TermTable
from aivj.pipeline.library_presets import ListedLibrary
from aivj.storage import open_atomic
from aivj.styles.pictures import PictureLookup, fitting_embeddings
from aivj.styles.planes import Floats
from aivj.styles.taught import styles_of
from aivj.styles.taught_files import TaughtModel

_BY_TEXT = "told by text alone:"
_NUM_LIKELY = 3

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


def styled_files(library: ListedLibrary) -> list[StyledFile]:
    """Returns the presets of a library."""
    return [StyledFile(each.preset_id, each.relative_path, each.path) for each in library.presets]


def pictures_to_tell_by(
    taught: TaughtModel,
    files: Sequence[StyledFile],
    *,
    own: Sequence[EmbeddingFiles],
    wanted: EmbeddingFiles | None = None,
) -> tuple[PictureLookup | None, str | None]:
    """Looks for pictures that learned styles can be told by.

    Args:
        taught: The styles.
        files: Presets whose styles are asked for.
        own: Where embeddings may lie that nobody named.
        wanted: Those that somebody named.

    Returns:
        The pictures, and what to say of presets that are told by text alone, if any are.

    Raises:
        InputError: What was named cannot be read, or another encoder made it.
    """
    learned = taught.card.pictures
    if learned is None:
        by_text = "all presets, since these styles were taught without --embeddings"
        return None, None if wanted is None else f"{_BY_TEXT} {by_text}"
    try:
        places = own if wanted is None else [wanted]
        embeddings = fitting_embeddings(places, learned.encoder, learned.dims)
    except InputError as error:
        if wanted is not None:
            raise
        return None, f"{_BY_TEXT} all presets: {error}"
    lookup = PictureLookup(embeddings)
    num_without = len(files) - lookup.num_of(file.preset_id for file in files)
    if not num_without:
        return lookup, None
    return lookup, f"{_BY_TEXT} {num_without} of {len(files)} presets, which have no picture"


def told_shares(
    taught: TaughtModel,
    files: Sequence[StyledFile],
    pictures: PictureLookup | None = None,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> Iterator[tuple[int, Floats]]:
    """Yields place and logarithms of styles' shares, [S], of each preset that can be read.

    Args:
        taught: The styles.
        files: The presets.
        pictures: By the encoder that was learned from; presets without one are told by text alone.
        on_progress: Told how many files of how many were read.
    """
    for batch in extract(_readable(files), Extraction(terms=True)):
        places = [int(name) for name in batch.file_hashes]
        names = [files[place].preset_id for place in places]
        seen = None if pictures is None else pictures.of(names)
        shares = taught.model.log_shares(TermTable.of(batch.terms), batch.values, seen)
        yield from zip(places, shares, strict=True)
        on_progress(places[-1] + 1, len(files))
    on_progress(len(files), len(files))


def tell(
    taught: TaughtModel,
    files: Sequence[StyledFile],
    pictures: PictureLookup | None = None,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> Iterator[PresetStyles]:
    """Yields the styles of presets, in their order; of files that cannot be read, nothing."""
    names = taught.names
    for place, logs in told_shares(taught, files, pictures, on_progress):
        shares = np.exp(logs)
        likely = np.argsort(-shares, kind="stable")[:_NUM_LIKELY].tolist()
        yield PresetStyles(
            preset_id=files[place].preset_id,
            rel_path=files[place].relative_path,
            styles=styles_of(shares, names),
            likely=[StyleGuess(style=names[i], share01=round(float(shares[i]), 4)) for i in likely],
        )


def apply(
    taught: TaughtModel,
    files: Sequence[StyledFile],
    path: Path,
    pictures: PictureLookup | None = None,
    on_progress: Progress = lambda _num_done, _num_all: None,
) -> dict[str, int]:
    """Writes the styles of presets, a line each, whole or not at all.

    Args:
        taught: The styles.
        files: The presets.
        path: Where the lines are put.
        pictures: By the encoder that was learned from; presets without one are told by text alone.
        on_progress: Told how many files of how many were read.

    Returns:
        How many presets have each style.

    Raises:
        InputError: Not one preset can be read.
        StorageError: The disk did not take them.
    """
    counts = dict.fromkeys(taught.names, 0)
    num_told = 0
    with open_atomic(path) as file:
        for told in tell(taught, files, pictures, on_progress):
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
