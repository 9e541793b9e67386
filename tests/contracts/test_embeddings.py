import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aivj.contracts.embeddings import (
    EmbeddingFiles,
    Embeddings,
    EmbeddingsMeta,
    Encoder,
    fits_a_line,
    read_embeddings,
    read_embeddings_meta,
    remove_embeddings,
    write_embeddings,
)
from aivj.errors import InputError

ENCODER = Encoder(
    kind="openclip", model="ViT-B-32", pretrained="local", weights="1" * 64, image_size=224
)


def made(ids: list[str], dims: int = 4, **changes) -> Embeddings:
    vectors = np.random.default_rng(1).normal(size=(len(ids), dims)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    meta = EmbeddingsMeta(
        generated_at="2026-11-30T21:00:00.000Z",
        encoder=ENCODER,
        dims=dims,
        count=len(ids),
        precision="fp32",
        max_frames_per_preset=3,
    )
    return Embeddings(tuple(ids), vectors, meta.model_copy(update=changes))


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_files_are_golden(tmp_path: Path):
    files = EmbeddingFiles(tmp_path, "hf")
    written = made(["a/b.milk", "é \x0b one id", "c\udc80"])
    write_embeddings(files, written)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "embeddings.hf.meta.json",
        "embeddings.hf.npy",
        "ids.hf.txt",
    ]
    assert files.ids.read_bytes() == b"a/b.milk\n\xc3\xa9 \x0b one id\nc\x80\n"
    assert files.vectors.read_bytes().startswith(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"
    )
    read = read_embeddings(files)
    assert read.ids == written.ids
    assert np.array_equal(read.vectors, written.vectors)
    assert read.meta == written.meta == read_embeddings_meta(files)
    remove_embeddings(files)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_broke_off_leaves_the_rows_before(tmp_path: Path):
    """Killed after any of the three files, what is read is what was there, or all that is new."""
    before, after = made(["a", "b"]), made(["a", "b", "c"])
    old, new = EmbeddingFiles(tmp_path / "old"), EmbeddingFiles(tmp_path / "new")
    write_embeddings(old, before)
    write_embeddings(new, after)
    shutil.copy(new.vectors, old.vectors)
    read = read_embeddings(old)
    assert read.ids == before.ids
    assert np.array_equal(read.vectors, after.vectors[:2])
    shutil.copy(new.ids, old.ids)
    assert read_embeddings(old).ids == after.ids


def test_files_of_another_program_are_read(tmp_path: Path):
    files = EmbeddingFiles(tmp_path)
    files.ids.write_bytes(b"a\r\nb\r\n")
    files.vectors.write_bytes(npy(np.ones((2, 3), np.float16)))
    files.meta.write_text('{"model": "ViT-B-32", "num": 2}')
    read = read_embeddings(files)
    assert (read.ids, read.meta, read.vectors.dtype) == (("a", "b"), None, np.float32)


@pytest.mark.parametrize(
    ("ids", "array"),
    [
        (b"a\nb\nc\n", np.ones((2, 3), np.float32)),
        (b"a\n", np.ones((2, 3), np.float32)),
        (b"a\na\n", np.ones((2, 3), np.float32)),
        (b"a\n\n", np.ones((2, 3), np.float32)),
        (b"a\nb\n", np.ones((2, 3), np.int64)),
        (b"a\nb\n", np.ones(2, np.float32)),
        (b"a\nb\n", np.ones((2, 0), np.float32)),
        (b"a\nb\n", np.full((2, 3), np.nan, np.float32)),
        (b"a\nb\n", np.array([["x"], ["y"]], object)),
    ],
    ids=["few rows", "many rows", "twice", "no id", "whole", "1-D", "narrow", "NaN", "pickle"],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, ids, array):
    files = EmbeddingFiles(tmp_path)
    files.ids.write_bytes(ids)
    files.vectors.write_bytes(npy(array))
    with pytest.raises(InputError):
        read_embeddings(files)


def test_nothing_is_written_that_would_be_refused(tmp_path: Path):
    files = EmbeddingFiles(tmp_path)
    good = made(["a", "b"])
    for bad in (
        made(["a", "a"]),
        made(["a", ""]),
        made(["a", "b\nc"]),
        made(["a", "\ud800"]),
        made(["a", "b"], count=3),
        replace(good, meta=None),
        replace(good, vectors=good.vectors * 2),
        replace(good, vectors=good.vectors * np.nan),
    ):
        with pytest.raises(InputError):
            write_embeddings(files, bad)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError):
        replace(good, ids=("a",))


ids_of_presets = st.lists(st.text(min_size=1, max_size=8).filter(fits_a_line), unique=True)


@given(ids_of_presets.filter(bool))
def test_ids_come_back_as_they_were(tmp_path_factory, ids):
    files = EmbeddingFiles(tmp_path_factory.mktemp("ids"))
    write_embeddings(files, made(ids))
    assert list(read_embeddings(files).ids) == ids


@given(st.binary(max_size=300), st.sampled_from(["vectors", "ids", "meta"]), st.integers(0, 150))
@example(data=b"\0" * 16 + b"(", which="vectors", kept=111)
def test_no_bytes_do_more_than_be_refused(tmp_path_factory, data, which, kept):
    files = EmbeddingFiles(tmp_path_factory.mktemp("embeddings"))
    write_embeddings(files, made(["a", "b"]))
    path = getattr(files, which)
    path.write_bytes(path.read_bytes()[:kept] + data)
    try:
        read = read_embeddings(files)
    except InputError:
        return
    assert len(read.ids) == len(read.vectors)
    assert np.isfinite(read.vectors).all()
