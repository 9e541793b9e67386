import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from takes.store.made_takes import drawn, failed, same

from aivj.takes.store.shard import DamagedError, shard_bytes, take_of
from aivj.takes.take import Drawn, Take, TakeFailure

# What has no UTF-8 form comes out of no browser and no error of ours.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FAILED = st.builds(TakeFailure, TEXTS, TEXTS, TEXTS, TEXTS)
COUNTS = st.integers(0, 2**40)
TIMES = st.floats(0, 1e9, allow_nan=False)


@st.composite
def takes(draw):
    content, renderer, chromium = draw(TEXTS), draw(TEXTS), draw(TEXTS)
    if draw(st.booleans()):
        return Take(content, draw(FAILED), renderer, chromium)
    plain = drawn(
        content,
        seed=draw(st.integers(0, 9)),
        num_frames=draw(st.integers(1, 4)),
        num_silent=draw(st.integers(0, 3)),
    ).outcome
    outcome = Drawn(
        plain.cells,
        tuple(draw(st.binary(max_size=50)) for _ in range(3)),
        draw(TIMES),
        draw(TIMES),
        draw(COUNTS),
        draw(COUNTS),
        tuple(draw(st.lists(TEXTS, max_size=3))),
    )
    return Take(content, outcome, renderer, chromium)


@given(st.lists(takes(), min_size=1, max_size=4))
@settings(max_examples=40)
def test_takes_come_back_as_they_were(written):
    data, places = shard_bytes(written)
    read = [take_of(data[place.start : place.start + place.size], place) for place in places]
    assert all(same(one, other) for one, other in zip(read, written, strict=True))


def test_any_program_of_arrow_s_reads_a_shard():
    data, places = shard_bytes([drawn("a"), failed("b"), drawn("c")])
    reader = pa.ipc.open_file(data)
    assert reader.num_record_batches == 3
    assert reader.read_all()["content"].to_pylist() == ["a", "b", "c"]
    assert all(
        first.start + first.size == next_.start for first, next_ in itertools.pairwise(places)
    )


def test_cells_are_whole_arrays_that_can_be_looked_at_from_any_side():
    data, (place,) = shard_bytes([drawn("a")])
    cells = take_of(data[place.start : place.start + place.size], place).outcome.cells
    assert cells.music.flags.c_contiguous
    assert cells.music.dtype == np.uint8


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: b"\0" + data[1:]])
def test_bytes_that_changed_are_no_take(spoil):
    data, (place,) = shard_bytes([drawn("a")])
    with pytest.raises(DamagedError):
        take_of(spoil(data[place.start : place.start + place.size]), place)
