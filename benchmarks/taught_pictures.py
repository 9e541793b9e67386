"""Whether pictures beside the text tell taught styles better, compared preset by preset.

Folder and embeddings are those of `benchmarks.styles`. What is judged is what `aivj styles teach
--embeddings` keeps, by the code that judges it there: authors that were held out, five folds at a
time, here dealt anew several times. Differences from the text alone are of the same presets in the
same folds; their 95 % interval is a bootstrap over authors.
"""

import argparse
from pathlib import Path

import numpy as np
from rich.table import Table

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.packs.scan import PresetFile
from aivj.packs.term_table import TermTable
from aivj.presets.code_terms import code_terms
from aivj.presets.features import feature_vector
from aivj.styles.held_out import NUM_TRIES, HeldOut, Judged, author_interval, hold_out
from aivj.styles.pictures import PICTURE_SHARE, PictureLookup
from aivj.styles.planes import Floats
from aivj.styles.sorted_folder import SortedFolder
from benchmarks.screen import console
from benchmarks.styles import Labelled, read_labelled


def sorted_of(labelled: Labelled, folder: Path) -> SortedFolder:
    """Returns labelled presets as a sorted folder, by the authors that labels tell."""
    names, place = np.unique(labelled.styles, return_inverse=True)
    return SortedFolder(
        names=tuple(names.tolist()),
        is_of=np.eye(len(names), dtype=bool)[place],
        files=tuple(PresetFile(path, folder / path) for path in labelled.paths),
        authors=tuple(labelled.authors.tolist()),
        terms=TermTable.of(map(code_terms, labelled.milks)),
        features=np.stack([feature_vector(milk) for milk in labelled.milks]),
        left_out={},
    )


def deals(known: SortedFolder, pictures: PictureLookup, share: float, num: int) -> list[Judged]:
    """Returns what is said of held-out presets, authors dealt anew each time.

    Args:
        known: The presets.
        pictures: Of some of them, by path.
        share: Length of the pictures' part; that of the terms is 1.
        num: How often authors are dealt.
    """
    found = pictures.of([file.relative_path for file in known.files])
    judged = [hold_out(known, found, picture_share=share, seed=seed) for seed in range(num)]
    return [each for each in judged if each is not None]


def added(judged: list[Judged], num_tries: int) -> tuple[Floats, Floats]:
    """Returns how often each preset with a picture is told right by text and by both, 0 to 1."""
    both = [each.pictures for each in judged if each.pictures is not None]

    def right(said: list[HeldOut]) -> Floats:
        return np.asarray(np.mean([each.are_right(num_tries) for each in said], axis=0))

    return right([each.text for each in both]), right([each.seen for each in both])


def main() -> None:
    """Prints what text tells, and how much more pictures do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="presets and labels.tsv")
    parser.add_argument("--embeddings", type=Path, required=True, help="by `aivj embed`")
    parser.add_argument("--deals", type=int, default=5, help="how often authors are dealt")
    parser.add_argument("--shares", type=float, nargs="+", default=[PICTURE_SHARE])
    options = parser.parse_args()
    known = sorted_of(read_labelled(options.folder), options.folder)
    lookup = PictureLookup(read_embeddings(EmbeddingFiles.at(options.embeddings)))
    table = Table("source", "first", "beside text", "top three", "beside text")
    for share in options.shares:
        judged = deals(known, lookup, share, options.deals)
        cells, texts = [], []
        for num_tries in (1, NUM_TRIES):
            text, both = added(judged, num_tries)
            authors = next(each.pictures.seen.authors for each in judged if each.pictures)
            low, high = author_interval(both - text, authors)
            texts += [f"{text.mean():.3f}", ""]
            gain = f"{(both - text).mean():+.3f} ({low:+.3f} to {high:+.3f})"
            cells += [f"{both.mean():.3f}", gain]
        if share == options.shares[0]:
            table.add_row("text", *texts)
        table.add_row(f"text, pictures at {share}", *cells)
    console.print(table)


if __name__ == "__main__":
    main()
