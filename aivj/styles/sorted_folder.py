"""A folder that people sorted: a sub-folder a style, presets anywhere below it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.errors import InputError
from aivj.packs.feature_extraction import Extraction, extract
from aivj.packs.feature_table import FloatArray
from aivj.packs.scan import PresetFile, scan_presets
from aivj.packs.term_table import TermTable
from aivj.presets.author import first_author, first_word
from aivj.styles.planes import Flags

MIN_STYLES = 2
MIN_PRESETS = 5
"""Of fewer different presets no style is learned."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class SortedFolder:
    """Different presets and the styles that people gave them.

    Attributes:
        names: Styles, sorted.
        is_of: [N, S] whether a preset is of a style; of one or more each.
        files: A file of each preset.
        authors: First author of each; where its name tells none, its content hash.
        terms: Terms of the code of each.
        features: [N, F] features of each.
        left_out: Files that were not taken, by reason.
    """

    names: tuple[str, ...]
    is_of: Flags
    files: tuple[PresetFile, ...]
    authors: tuple[str, ...]
    terms: TermTable
    features: FloatArray
    left_out: dict[str, int]

    def __len__(self) -> int:
        return len(self.files)


def read_sorted_folder(
    folder: Path, on_progress: Progress = lambda _num_done, _num_all: None
) -> SortedFolder:
    """Reads presets and their styles; the same content in two sub-folders has two styles.

    Args:
        folder: A sub-folder a style.
        on_progress: Told how many files of how many were read.

    Raises:
        InputError: It is no folder, or there are fewer than two sub-folders of enough presets.
    """
    left_out = Counter[str]()
    library = scan_presets(folder, passed_over=left_out)
    sorted_files = [file for file in library if "/" in file.relative_path]
    left_out["in no sub-folder"] += len(library) - len(sorted_files)
    first_of: dict[str, int] = {}
    styles_of: list[set[str]] = []
    files: list[PresetFile] = []
    terms, features = TermTable(), []
    read = _Reading(sorted_files, left_out)
    for batch in extract(read, Extraction(terms=True)):
        for number, content in enumerate(batch.content_hashes):
            file = sorted_files[int(batch.file_hashes[number])]
            if content not in first_of:
                first_of[content] = len(files)
                files.append(file)
                styles_of.append(set())
                terms.add(batch.terms[number])
                features.append(batch.values[number])
            else:
                left_out["the same preset once more"] += 1
            styles_of[first_of[content]].add(_style(file))
        on_progress(read.num_read, len(sorted_files))
    sizes = Counter(style for styles in styles_of for style in styles)
    names = sorted(name for name, size in sizes.items() if size >= MIN_PRESETS)
    if len(names) < MIN_STYLES:
        found = ", ".join(f"{name!r} with {size}" for name, size in sizes.most_common(5))
        raise InputError(
            f"at least {MIN_STYLES} sub-folders of {folder} with {MIN_PRESETS} presets each",
            found or "none",
            "sort presets into a sub-folder a style; the folder itself is not one",
        )
    is_of = np.array([[name in styles for name in names] for styles in styles_of], bool)
    kept = np.flatnonzero(is_of.any(axis=1)).tolist()
    left_out[f"in a sub-folder of fewer than {MIN_PRESETS}"] += len(files) - len(kept)
    contents = list(first_of)
    return SortedFolder(
        names=tuple(names),
        is_of=is_of[kept],
        files=tuple(files[place] for place in kept),
        authors=tuple(_author(files[place], contents[place]) for place in kept),
        terms=terms.rows(kept),
        features=np.stack([features[place] for place in kept]),
        left_out={reason: num for reason, num in sorted(left_out.items()) if num},
    )


class _Reading(Iterator[tuple[str, bytes]]):
    """Yields files by their place in the list; counts those that cannot be read."""

    def __init__(self, files: list[PresetFile], left_out: Counter[str]) -> None:
        self.num_read = 0
        self._files = files
        self._left_out = left_out

    def __next__(self) -> tuple[str, bytes]:
        while self.num_read < len(self._files):
            place, self.num_read = self.num_read, self.num_read + 1
            try:
                return str(place), self._files[place].path.read_bytes()
            except OSError:
                self._left_out["cannot be read"] += 1
        raise StopIteration


def _style(file: PresetFile) -> str:
    return file.relative_path.partition("/")[0]


def _author(file: PresetFile, content: str) -> str:
    name = file.relative_path
    return first_author(name) or first_word(name) or f"content:{content[:16]}"
