"""What pictures add to taught styles is measured by the code that teaches them."""

import csv
import sys

import numpy as np
import pytest
from styles.made_presets import write_pictures, write_sorted

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.styles.held_out import hold_out
from aivj.styles.pictures import PictureLookup
from benchmarks.styles import read_labelled
from benchmarks.taught_pictures import added, deals, main, sorted_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sorted presets with labels by chance, which their pictures show and their code does not."""
    root = tmp_path_factory.mktemp("labelled")
    paths = sorted(path.relative_to(root).as_posix() for path in write_sorted(root).rglob("*.milk"))
    styles = [path.split("/")[0] for path in paths]
    by_chance = np.random.default_rng(5).permutation(styles).tolist()
    with (root / "labels.tsv").open("w", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(["path", "style", "author"])
        for path, style in zip(paths, by_chance, strict=True):
            rows.writerow([path, style, path.split("/")[1].partition(" - ")[0]])
    write_pictures(root / "pictures", dict(zip(paths, by_chance, strict=True)))
    return root


def test_what_is_measured_is_what_teaching_says(folder):
    known = sorted_of(read_labelled(folder), folder)
    pictures = PictureLookup(read_embeddings(EmbeddingFiles(folder / "pictures")))

    judged = deals(known, pictures, 0.5, 2)
    text, both = added(judged, 1)

    of_first = hold_out(known, pictures.of([file.relative_path for file in known.files])).pictures
    assert judged[0].pictures.gain == of_first.gain
    assert judged[0].pictures.seen.margins.tolist() != judged[1].pictures.seen.margins.tolist()
    assert (both - text).mean() == pytest.approx(np.mean([each.pictures.gain for each in judged]))
    assert both.mean() > 0.9
    assert text.mean() < 0.7


def test_the_table_has_a_row_for_text_and_one_for_each_share(folder, monkeypatch, capsys):
    words = [str(folder), "--embeddings", str(folder / "pictures"), "--deals", "1"]
    monkeypatch.setattr(sys, "argv", ["taught_pictures", *words, "--shares", "0.25", "0.5"])

    main()

    printed = capsys.readouterr().out
    assert [printed.count(f"pictures at {share}") for share in (0.25, 0.5)] == [1, 1]
    assert "+0." in printed
