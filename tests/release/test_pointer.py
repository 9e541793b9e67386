import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.contracts.json_text import document_bytes, parse_json, validated
from aivj.contracts.pointer import Forced, Pointer, StoredObject
from aivj.errors import InputError
from aivj.release.pointer import (
    history_key,
    history_prefix,
    object_key,
    pointer_key,
    read_pointer,
    runtime_key,
)

digests = st.text("0123456789abcdef", min_size=64, max_size=64)
stored = st.builds(StoredObject, digest=digests, object=digests.map(object_key))
pointers = st.builds(
    Pointer,
    serial=st.integers(1, 10**9),
    action=st.sampled_from(["promote", "rollback"]),
    pack=st.text(min_size=1),
    digest=digests,
    object=digests.map(object_key),
    promoted_at=st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
    run_id=st.none() | st.text(),
    verified=st.booleans(),
    verify_report=st.none() | stored,
    forced=st.none()
    | st.builds(
        Forced,
        reason=st.text(),
        by=st.text(),
        overruled=st.lists(st.sampled_from(["statistics", "spread", "verify"])),
    ),
    num_pairs=st.none() | st.integers(0, 10**6),
    quality_std=st.none() | st.floats(0, 1),
    manifest_digest=st.none() | digests,
    previous=st.none() | stored,
    unconditional=st.booleans(),
)


@settings(max_examples=40)
@given(pointers)
def test_a_pointer_survives_its_file(pointer):
    text = document_bytes(pointer)
    assert validated(Pointer, parse_json(text, "x"), "x") == pointer


def test_the_file_is_what_other_programs_read():
    pointer = Pointer(
        serial=2,
        action="promote",
        pack="p",
        digest="d" * 64,
        object=object_key("d" * 64),
        promoted_at="2026-03-01T11:00:00.000Z",
        run_id="run1",
        verified=False,
        verify_report=None,
        forced=Forced(reason="tonight's show", by="ada", overruled=["verify"]),
        num_pairs=4,
        quality_std=0.25,
        manifest_digest=None,
        previous=StoredObject(digest="c" * 64, object=object_key("c" * 64)),
    )
    assert parse_json(document_bytes(pointer), "x") == {
        "version": "v0",
        "serial": 2,
        "action": "promote",
        "pack": "p",
        "digest": "d" * 64,
        "object": f"sha256/{'d' * 64}/pairs-quality.v0.json",
        "promotedAt": "2026-03-01T11:00:00.000Z",
        "runId": "run1",
        "verified": False,
        "verifyReport": None,
        "forced": {"reason": "tonight's show", "by": "ada", "overruled": ["verify"]},
        "numPairs": 4,
        "qualityStd": 0.25,
        "manifestDigest": None,
        "previous": {
            "digest": "c" * 64,
            "object": f"sha256/{'c' * 64}/pairs-quality.v0.json",
        },
        "unconditional": False,
    }
    assert history_key(pointer) == "history/p/000002-dddddddddddd.json"


def test_a_pointer_of_before_there_was_force_is_read():
    old = {
        "version": "v0",
        "serial": 1,
        "action": "promote",
        "pack": "p",
        "digest": "d" * 64,
        "object": object_key("d" * 64),
        "promotedAt": "2026-03-01T11:00:00.000Z",
        "verified": True,
    }
    pointer = validated(Pointer, old, "x")
    assert (pointer.forced, pointer.unconditional, pointer.num_pairs) == (None, False, None)


def test_the_runtime_finds_scores_under_its_own_key():
    assert runtime_key("p") == "presets/p/pairs-quality.v0.json"
    assert pointer_key("p") == "presets/p/pairs-quality.current.json"


@pytest.mark.parametrize("pack", ["", "../p", "a/b", ".hidden", "a\\b", "a:b"])
@pytest.mark.parametrize("key", [runtime_key, pointer_key, history_prefix])
def test_a_pack_is_one_folder(key, pack):
    with pytest.raises(InputError):
        key(pack)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"version": "v0"}', b'{"version": "v9"}', b"\xff"])
def test_something_else_under_the_pointers_key_is_an_error(file_bucket, data):
    file_bucket.swap("presets/p/pairs-quality.current.json", data, None)
    with pytest.raises(InputError, match=r"file:///.*pairs-quality\.current\.json"):
        read_pointer(file_bucket, pointer_key("p"))
