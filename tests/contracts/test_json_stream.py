import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts import json_stream
from aivj.contracts.json_stream import CutOffError, DocumentWriter, stream_members
from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@pytest.fixture(params=[1, 7, 1 << 20])
def chunk(request, monkeypatch):
    monkeypatch.setattr(json_stream, "_CHUNK_BYTES", request.param)


def read(path):
    return list(stream_members(path, listed="entries"))


def take_all(items, found):
    for item in items:
        found.append(item)


def as_read(document):
    return [
        pair
        for key, value in document.items()
        for pair in ([(key, item) for item in value] if key == "entries" else [(key, value)])
    ]


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "document",
    [
        {},
        {"entries": []},
        {"version": "v0", "entries": [{"a": 1}, {"b": 'x, ] } " é 😀'}], "seed": 12},
        {"entries": [1, 23, -4.5e3, True, None, "t", [], {}], "last": 1234567},
    ],
)
def test_members_come_in_order_however_it_is_cut(tmp_path, document, indent):
    path = tmp_path / "d.json"
    path.write_bytes(json.dumps(document, indent=indent, ensure_ascii=False).encode("utf-8-sig"))
    assert read(path) == as_read(document)


@given(document=st.dictionaries(st.text(), VALUES), items=st.lists(VALUES), data=st.data())
def test_any_document_is_read_and_a_cut_one_up_to_its_end(tmp_path_factory, document, items, data):
    path = tmp_path_factory.mktemp("d") / "d.json"
    document = document | {"entries": items}
    text = json.dumps(document).encode()
    path.write_bytes(text)
    assert read(path) == as_read(document)

    path.write_bytes(text[: data.draw(st.integers(0, len(text) - 1))])
    found = []
    with pytest.raises(CutOffError):
        take_all(stream_members(path, listed="entries"), found)
    assert found == as_read(document)[: len(found)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"[]", "'['"),
        (b'{"entries": 3}', "'3'"),
        (b'{"a" 1}', "'1'"),
        (b"{1: 2}", "the key 1"),
        (b'{"a": 1 "b": 2}', "'\"'"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"a": ' + b"[" * 100_000 + b"}", "breaks off or makes no sense"),
    ],
)
def test_what_is_no_such_document_says_so(tmp_path, text, found):
    path = tmp_path / "d.json"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert found in caught.value.found
    assert str(path) in caught.value.expected


def test_numbers_that_are_none_read_as_nothing(tmp_path):
    path = tmp_path / "d.json"
    path.write_text('{"entries": [NaN, -Infinity, 1]}')
    assert [value for _, value in read(path)] == [None, None, 1]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="nothing there"):
        read(tmp_path / "none.json")


@given(listed=st.lists(VALUES), mapped=st.dictionaries(st.text(), VALUES), plain=VALUES)
def test_what_is_streamed_is_what_would_be_written_whole(listed, mapped, plain):
    file = io.BytesIO()
    writer = DocumentWriter(file)
    writer.member("plain", plain)
    writer.listed("listed", iter(listed))
    writer.mapped("mapped", iter(mapped.items()))
    writer.end()
    whole = document_bytes({"plain": plain, "listed": listed, "mapped": mapped})
    assert file.getvalue() == whole


def test_a_document_of_nothing():
    file = io.BytesIO()
    DocumentWriter(file).end()
    assert file.getvalue() == document_bytes({})
