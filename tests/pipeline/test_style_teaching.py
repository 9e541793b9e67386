"""Styles are taught by text and pictures, and told by what there is of a preset."""

import json

import numpy as np
import pytest
from styles.made_presets import (
    ENCODER,
    STYLES,
    write_library,
    write_pictures,
    write_sorted,
    write_vectors,
)

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.contracts.taught_styles import TAUGHT_ARRAYS_NAME
from aivj.errors import InputError
from aivj.pipeline.library_presets import read_library
from aivj.pipeline.style_teaching import teach
from aivj.pipeline.styles import apply, pictures_to_tell_by, styled_files, tell, told_shares
from aivj.styles.taught_files import read_taught

OTHER = ENCODER.model_copy(update={"weights": "1" * 64})


def shown(folder, num=None):
    """Ids of a sorted folder's presets as its embeddings have them, with their styles."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.milk"))
    return {path: path.split("/")[0] for path in paths[:num]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sorted(tmp_path_factory.mktemp("styles") / "sorted")


@pytest.fixture(scope="module")
def taught(folder):
    files = write_pictures(folder.parent / "pictures", shown(folder))
    teach(folder, folder.parent / "taught", name="mine", embeddings=files)
    return read_taught(folder.parent / "taught")


@pytest.fixture
def files(tmp_path):
    return styled_files(read_library(write_library(tmp_path)))


def style(preset_id):
    return preset_id.split("-")[1]


def test_the_card_says_what_made_the_pictures_and_how_well_they_tell(taught):
    pictures = taught.card.pictures

    assert (pictures.encoder, pictures.dims, pictures.num_presets) == (ENCODER, 8, 36)
    assert pictures.share == 0.5
    told = pictures.figures
    assert (told.num_judged, told.num_authors) == (36, 6)
    assert told.top1 == 1
    assert told.text_top1 == taught.card.figures.top1
    assert told.gain_low95 <= told.top1 - told.text_top1 <= told.gain_high95
    assert (told.chance, told.untaught) == (
        taught.card.figures.chance,
        taught.card.figures.untaught,
    )
    assert all(each.told == 1 for each in taught.card.styles)


def test_embeddings_in_another_order_teach_the_same_bytes(tmp_path, folder, taught):
    there = read_embeddings(EmbeddingFiles(folder.parent / "pictures"))
    order = np.random.default_rng(3).permutation(len(there.ids))
    names = tuple(there.ids[place] for place in order)
    files = write_vectors(tmp_path / "pictures", names, there.vectors[order])

    card = teach(folder, tmp_path, name="mine", embeddings=files)

    assert card.arrays == taught.card.arrays
    assert card.pictures == taught.card.pictures
    again = (tmp_path / TAUGHT_ARRAYS_NAME).read_bytes()
    assert again == (folder.parent / "taught" / TAUGHT_ARRAYS_NAME).read_bytes()


def test_without_pictures_nothing_else_is_learned_of_text(tmp_path, folder, taught):
    card = teach(folder, tmp_path, name="mine")

    assert card.pictures is None
    assert card.figures == taught.card.figures
    model = read_taught(tmp_path).model
    assert model.text.arrays.keys() == taught.model.text.arrays.keys()
    for name, array in model.text.arrays.items():
        assert array.tolist() == taught.model.text.arrays[name].tolist()


def test_some_presets_without_a_picture_are_said_aloud(tmp_path, folder):
    said = []
    files = write_pictures(tmp_path / "pictures", shown(folder, 30))

    card = teach(folder, tmp_path, name="mine", embeddings=files, on_step=said.append)

    assert "pictures: 30 of 36 presets have one" in said
    assert "6 of 36 presets have no picture: only their text is learned from" in card.notes
    assert card.pictures.figures.num_judged == 30
    assert card.figures.num_judged == 36


def test_pictures_that_tell_no_more_than_text_are_said_to(tmp_path, folder):
    files = write_pictures(tmp_path / "pictures", shown(folder), spread=100.0)

    card = teach(folder, tmp_path, name="mine", embeddings=files)

    assert any("pictures add nothing to first guesses" in note for note in card.notes)


def test_pictures_of_other_presets_or_of_nobody_are_refused(tmp_path, folder):
    few = write_pictures(tmp_path / "few", shown(folder, 7))
    nameless = write_pictures(tmp_path / "nameless", shown(folder))
    nameless.meta.unlink()
    below = {f"sorted/{name}": each for name, each in shown(folder).items()}
    for files, found in (
        (few, "7 of 36 presets have one, of 7 that are there"),
        (write_pictures(tmp_path / "below", below), "0 of 36"),
        (nameless, "none that says it"),
        (EmbeddingFiles(tmp_path / "none"), "nothing there"),
    ):
        with pytest.raises(InputError, match=found):
            teach(folder, tmp_path / "taught", name="mine", embeddings=files)
    assert not (tmp_path / "taught").exists()


def test_a_preset_is_told_by_its_picture_if_it_has_one(tmp_path, taught, files):
    # Pictures contradict the text: whoever looks at them says so.
    names = [file.preset_id for file in files]
    others = dict(zip(STYLES, [*list(STYLES)[1:], "Waves"], strict=True))
    shown = {name: others[style(name)] for name in names[: len(names) // 2]}
    own = write_pictures(tmp_path / "pack", shown)

    lookup, note = pictures_to_tell_by(taught, files, own=[own])
    by_both = [shares.tolist() for _, shares in told_shares(taught, files, lookup)]
    by_text = [shares.tolist() for _, shares in told_shares(taught, files)]

    assert note == "told by text alone: 12 of 24 presets, which have no picture"
    for name, both, text in zip(names, by_both, by_text, strict=True):
        assert (both == text) is (name not in shown)
        if name in shown:
            place = taught.names.index(shown[name])
            assert both[place] > text[place]
    counts = apply(taught, files, tmp_path / "styles.jsonl", lookup)
    rows = [json.loads(line) for line in (tmp_path / "styles.jsonl").read_text().splitlines()]
    assert [row["likely"][0]["share01"] for row in rows] == pytest.approx(
        np.exp(by_both).max(axis=1), abs=1e-4
    )
    assert sum(counts.values()) == sum(len(row["styles"]) for row in rows)


def test_why_presets_are_told_by_text_alone(tmp_path, folder, taught, files):
    names = {file.preset_id: style(file.preset_id) for file in files}
    nothing = EmbeddingFiles(tmp_path / "nothing")
    other = write_pictures(tmp_path / "other", names, encoder=OTHER)

    for places, found in (
        ([], "found none; embed the pictures"),
        ([nothing], "found none in"),
        ([nothing, other], "some by k m p 1111"),
    ):
        lookup, note = pictures_to_tell_by(taught, files, own=places)
        assert lookup is None
        assert note.startswith("told by text alone: all presets: ")
        assert found in note
    with pytest.raises(InputError, match="11111111"):  # what somebody named is not passed over
        pictures_to_tell_by(taught, files, own=[], wanted=other)
    fitting = write_pictures(tmp_path / "fits", names)
    lookup, note = pictures_to_tell_by(taught, files, own=[nothing, other, fitting])
    assert (lookup.num_of(names), note) == (24, None)

    teach(folder, tmp_path / "text", name="mine")
    of_text = read_taught(tmp_path / "text")
    assert pictures_to_tell_by(of_text, files, own=[fitting]) == (None, None)
    lookup, note = pictures_to_tell_by(of_text, files, own=[], wanted=fitting)
    assert lookup is None
    assert "taught without --embeddings" in note


def test_the_order_of_a_packs_embeddings_changes_nothing(tmp_path, taught, files):
    names = {file.preset_id: style(file.preset_id) for file in files}
    own = write_pictures(tmp_path / "pack", dict(reversed(names.items())))
    lookup, _ = pictures_to_tell_by(taught, files, own=[own])
    there = read_embeddings(own)
    order = list(range(24))[::-1]
    again = write_vectors(
        tmp_path / "again", tuple(there.ids[place] for place in order), there.vectors[order]
    )
    other, _ = pictures_to_tell_by(taught, files, own=[again])

    assert list(tell(taught, files, lookup)) == list(tell(taught, files, other))
