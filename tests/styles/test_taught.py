"""Styles that were taught: learning, telling, and what is kept of it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from styles.made_presets import ENCODER, STYLES, preset, write_sorted

from aivj.contracts.embeddings import Embeddings
from aivj.contracts.taught_styles import TAUGHT_ARRAYS_NAME, TAUGHT_STYLES_NAME, TaughtStyles
from aivj.errors import InputError
from aivj.packs.feature_extraction import Extraction
from aivj.packs.term_table import TermTable
from aivj.storage import sha256_hex
from aivj.styles import StyleModel, read_sorted_folder
from aivj.styles.held_out import hold_out
from aivj.styles.pictures import PictureLookup, Pictures
from aivj.styles.planes import fitted_sharpness
from aivj.styles.taught import MODEL_SPEC, styles_of
from aivj.styles.taught_files import model_bytes, read_taught, write_taught


def card_of(arrays, names, **changes):
    told = {
        "generated_at": "2026-03-01T09:00:00.000Z",
        "name": "mine",
        "inputs_spec": MODEL_SPEC,
        "arrays": sha256_hex(arrays),
        "strength": 1.0,
        "num_terms": 1,
        "num_presets": 1,
        "left_out": {},
        "styles": [{"name": name, "num_presets": 1, "num_authors": 1} for name in names],
    }
    return TaughtStyles.model_validate(told | changes)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return read_sorted_folder(write_sorted(tmp_path_factory.mktemp("sorted") / "all"))


@pytest.fixture(scope="module")
def model(known):
    return StyleModel.fit(known.terms, known.features, known.is_of)


def pictures_of(known, told, *, seed=0, without=0):
    """Pictures in which the styles of `told` show, [N, S]; the first ones have none."""
    vectors = 1 + told @ np.eye(len(known.names), 8) * 3
    vectors = vectors + np.random.default_rng(seed).normal(0, 0.2, vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    are_there = np.arange(len(vectors)) >= without
    return Pictures((vectors * are_there[:, None]).astype(np.float32), are_there)


@pytest.fixture(scope="module")
def shuffled(known):
    """The presets with styles by chance, of which code tells nothing."""
    order = np.random.default_rng(5).permutation(len(known))
    return replace(known, is_of=known.is_of[order])


@pytest.fixture(scope="module")
def seeing(known):
    return StyleModel.fit(
        known.terms, known.features, known.is_of, pictures=pictures_of(known, known.is_of)
    )


def asked(style, num=5):
    texts = [(str(seed), preset(style, 90_000 + seed).encode()) for seed in range(num)]
    batch = Extraction(terms=True)(texts)
    return TermTable.of(batch.terms), batch.values


def test_presets_that_were_never_seen_are_told(known, model):
    for place, style in enumerate(known.names):
        logs = model.log_shares(*asked(style))

        assert np.exp(logs).sum(axis=1) == pytest.approx(np.ones(5))
        assert (logs.argmax(axis=1) == place).all()


def test_presets_of_held_out_authors_are_told_far_beyond_chance(known):
    found = hold_out(known).text

    assert known.names == tuple(sorted(STYLES))
    share = found.share_right(found.guesses)
    assert share > 0.9
    assert found.share_right(found.untaught) > 0.8
    assert found.share_right(found.common) < 0.5
    assert found.top3 == 1
    low, high = found.interval()
    assert 0 < low <= share <= high <= 1


def test_pictures_tell_what_code_does_not_and_a_preset_without_one_is_told_by_text(shuffled):
    pictures = pictures_of(shuffled, shuffled.is_of, without=12)

    judged = hold_out(shuffled, pictures)

    seen, text = judged.pictures.seen, judged.pictures.text
    assert judged.pictures.places.tolist() == list(range(12, 36))
    assert seen.share_right(seen.guesses) == 1
    assert text.share_right(text.guesses) < 0.7
    assert judged.pictures.gain == pytest.approx(1 - text.share_right(text.guesses))
    low, high = judged.pictures.gain_interval()
    assert 0 < low <= judged.pictures.gain <= high
    by_text = hold_out(shuffled).text
    assert judged.text.margins.tolist() == by_text.margins.tolist()
    assert judged.guesses[:12].tolist() == by_text.guesses[:12].tolist()
    assert judged.guesses[12:].tolist() == seen.guesses.tolist()


def test_nobody_is_held_out_of_a_single_author(tmp_path):
    assert hold_out(read_sorted_folder(write_sorted(tmp_path / "all", num_authors=1))) is None


def test_a_style_of_held_out_authors_alone_is_never_guessed(tmp_path):
    folder = write_sorted(tmp_path / "sorted", styles=("Waves", "Tunnels"))
    (folder / "Sparks").mkdir()
    for number in range(6):
        text = preset("Sparks", 7000 + number)
        (folder / "Sparks" / f"Only - spark {number}.milk").write_text(text)
    known = read_sorted_folder(folder)

    found = hold_out(known).text

    sparks = known.names.index("Sparks")
    assert not (found.guesses[known.is_of[:, sparks]] == sparks).any()
    assert found.share_right(found.guesses) < 1


def test_a_preset_in_two_folders_has_two_styles(tmp_path):
    folder = write_sorted(tmp_path / "sorted")
    for style in ("Waves", "Tunnels"):
        (folder / style / "Authorz - both.milk").write_text(preset("Tunnels", 5))

    known = read_sorted_folder(folder)

    assert known.left_out == {"the same preset once more": 1}
    both = known.is_of[known.is_of.sum(axis=1) == 2]
    assert both.tolist() == [[False, True, True]]  # Sparks, Tunnels, Waves


def test_what_is_nearly_as_likely_is_a_second_style():
    names = ["A", "B", "C"]
    assert styles_of(np.array([0.5, 0.4, 0.1]), names) == ["A", "B"]
    assert styles_of(np.array([0.6, 0.3, 0.1]), names) == ["A"]
    assert styles_of(np.array([1.0]), ["A"]) == ["A"]


def test_margins_become_shares_that_are_as_often_right_as_they_say():
    rng = np.random.default_rng(0)
    margins = rng.normal(0, 1, (4000, 3))
    shares = np.exp(2.5 * margins) / np.exp(2.5 * margins).sum(axis=1, keepdims=True)
    own = (shares.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)

    assert fitted_sharpness(margins, np.eye(3, dtype=bool)[own]) == pytest.approx(2.5, rel=0.1)


@pytest.mark.parametrize("num_each", [0, 4])
def test_too_few_presets_are_no_style(tmp_path, num_each):
    folder = write_sorted(tmp_path / "sorted", num_each=num_each)

    with pytest.raises(InputError, match="sub-folder"):
        read_sorted_folder(folder)


def test_presets_outside_of_any_style_are_left_out(tmp_path):
    folder = write_sorted(tmp_path / "sorted")
    (folder / "stray.milk").write_text(preset("Waves", 1))
    (folder / "Few").mkdir()
    (folder / "Few" / "x.milk").write_text(preset("Waves", 8000))

    known = read_sorted_folder(folder)

    assert known.left_out == {"in a sub-folder of fewer than 5": 1, "in no sub-folder": 1}
    assert len(known) == 36


def test_what_was_learned_is_read_back(tmp_path, known, model):
    arrays = model_bytes(model)
    write_taught(tmp_path, card_of(arrays, known.names), arrays)

    again = read_taught(tmp_path)

    assert again.names == list(known.names)
    there, here = (each.log_shares(*asked("Waves")) for each in (again.model, model))
    assert there.tolist() == here.tolist()


def test_the_same_presets_give_the_same_bytes(known, model):
    again = StyleModel.fit(known.terms, known.features, known.is_of)

    assert model_bytes(again) == model_bytes(model)


@pytest.mark.parametrize("without", [0, 5, 36])
def test_presets_without_a_picture_are_told_as_by_a_model_of_text_alone(known, model, without):
    pictures = pictures_of(known, known.is_of, without=without)
    seeing = StyleModel.fit(known.terms, known.features, known.is_of, pictures=pictures)

    told = seeing.log_shares(known.terms, known.features, pictures)

    by_text = model.log_shares(known.terms, known.features)
    assert seeing.log_shares(known.terms, known.features).tolist() == by_text.tolist()
    assert told[:without].tolist() == by_text[:without].tolist()
    assert not (told[without:] == by_text[without:]).any()
    assert np.exp(told).sum(axis=1) == pytest.approx(np.ones(len(known)))


def test_a_picture_of_another_style_draws_a_preset_towards_it(known, seeing):
    terms, features = asked("Waves")
    sparks = np.zeros((5, 3))
    sparks[:, known.names.index("Sparks")] = 1

    by_text = seeing.log_shares(terms, features)
    by_both = seeing.log_shares(terms, features, pictures_of(known, sparks))

    place = known.names.index("Sparks")
    assert (by_both[:, place] > by_text[:, place]).all()


@settings(max_examples=5, deadline=None)
@given(order=st.permutations(range(36)))
def test_the_order_of_embeddings_changes_no_byte(known, seeing, order):
    names = [file.relative_path for file in known.files]
    vectors = pictures_of(known, known.is_of).vectors
    embeddings = Embeddings(tuple(names[place] for place in order), vectors[list(order)])

    pictures = PictureLookup(embeddings).of(names)

    again = StyleModel.fit(known.terms, known.features, known.is_of, pictures=pictures)
    assert model_bytes(again) == model_bytes(seeing)


def test_what_was_learned_of_pictures_is_read_back(tmp_path, known, seeing):
    model = seeing.sharpened(text=2.0, seen=3.0)
    arrays = model_bytes(model)
    told = {"encoder": ENCODER, "dims": 8, "share": 0.5, "num_presets": 36}
    write_taught(tmp_path, card_of(arrays, known.names, pictures=told), arrays)

    again = read_taught(tmp_path)

    assert again.card.pictures.encoder == ENCODER
    pictures = pictures_of(known, known.is_of, without=3)
    there, here = (
        each.log_shares(known.terms, known.features, pictures) for each in (again.model, model)
    )
    assert there.tolist() == here.tolist()
    assert not np.allclose(there, seeing.log_shares(known.terms, known.features, pictures))


@pytest.mark.parametrize("pictures", [None, {"dims": 9}])
def test_a_card_that_says_something_else_of_pictures_is_refused(tmp_path, known, seeing, pictures):
    arrays = model_bytes(seeing)
    told = pictures and {"encoder": ENCODER, "share": 0.5, "num_presets": 36} | pictures
    write_taught(tmp_path, card_of(arrays, known.names, pictures=told), arrays)

    with pytest.raises(InputError, match="found 3 styles, of pictures of 8 numbers"):
        read_taught(tmp_path)


@pytest.mark.parametrize(
    "broken", ["no card", "no numbers", "cut", "of another", "older", "fewer styles", "not ours"]
)
def test_what_does_not_fit_is_refused(tmp_path, known, model, broken):
    arrays = b"PK\x03\x04" + b"\0" * 100 if broken == "not ours" else model_bytes(model)
    names = known.names[:2] if broken == "fewer styles" else known.names
    spec = "terms-v0" if broken == "older" else MODEL_SPEC
    write_taught(tmp_path, card_of(arrays, names, inputs_spec=spec), arrays)
    card, numbers = tmp_path / TAUGHT_STYLES_NAME, tmp_path / TAUGHT_ARRAYS_NAME
    if broken == "no card":
        card.unlink()
    elif broken == "no numbers":
        numbers.unlink()
    elif broken == "cut":
        numbers.write_bytes(arrays[:-7])
    elif broken == "of another":
        document = json.loads(card.read_text())
        card.write_text(json.dumps(document | {"arrays": "0" * 64}))

    with pytest.raises(InputError):
        read_taught(tmp_path)
