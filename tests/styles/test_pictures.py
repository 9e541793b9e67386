"""Pictures of presets are found by ids, and stand beside code by what they differ in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from styles.made_presets import ENCODER, write_vectors

from aivj.contracts.embeddings import EmbeddingFiles, Embeddings
from aivj.errors import InputError
from aivj.styles.pictures import PictureLookup, fitting_embeddings

OTHER = ENCODER.model_copy(update={"weights": "1" * 64})


def unit_rows(num):
    return np.eye(num, 4, dtype=np.float32)


def test_vectors_are_found_by_id_whatever_their_order():
    lookup = PictureLookup(Embeddings(("b", "a", "z"), unit_rows(3)))

    found = lookup.of(["a", "c", "b"])

    assert found.vectors.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert found.are_there.tolist() == [True, False, True]
    assert found.mean.tolist() == [0.5, 0.5, 0, 0]  # of those that are there
    assert lookup.num_of(["a", "c", "b"]) == 2
    assert lookup.of([]).vectors.shape == (0, 4)


@given(
    arrays(np.float32, (5, 4), elements=st.floats(-1, 1, width=32)),
    st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_the_picture_part_is_of_length_one_or_nothing(vectors, are_there):
    names = [name for name, is_there in zip("abcde", are_there, strict=True) if is_there]
    kept = vectors[np.flatnonzero(are_there)].reshape(-1, 4)

    pictures = PictureLookup(Embeddings(tuple(names), kept)).of(list("abcde"))
    beside = pictures.beside(pictures.mean)

    assert beside.dtype == np.float32
    lengths = np.linalg.norm(beside, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-3) | (lengths == 0))
    assert not lengths[~pictures.are_there].any()


def test_only_what_the_same_encoder_made_fits(tmp_path):
    none, plain = (
        EmbeddingFiles(tmp_path / "none"),
        write_vectors(tmp_path, ("a", "b"), unit_rows(2), encoder=OTHER),
    )
    with pytest.raises(InputError, match="found none in"):
        fitting_embeddings([none], ENCODER, 4)
    with pytest.raises(InputError, match="found some by k m p 11111111"):
        fitting_embeddings([none, plain], ENCODER, 4)
    with pytest.raises(InputError, match="00000000"):
        fitting_embeddings([plain], ENCODER, 4)
    with pytest.raises(InputError):
        fitting_embeddings([plain], OTHER, 5)
    fitting = write_vectors(tmp_path / "fits", ("a",), unit_rows(1))
    assert fitting_embeddings([none, plain, fitting], ENCODER, 4).ids == ("a",)
    plain.meta.unlink()
    with pytest.raises(InputError, match="an encoder that they do not name"):
        fitting_embeddings([plain], OTHER, 4)
