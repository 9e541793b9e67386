import json

import pytest
from release.release_fixtures import (
    FORCE,
    NOW,
    PACK,
    UNVERIFIED,
    promote_numbered,
    scores_numbered,
)

from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError, StorageError
from aivj.release import describe, promote, read_champion, rollback
from aivj.release.pointer import runtime_key
from aivj.storage import sha256_hex


def test_releases_are_told_newest_first_with_the_registrys_names(bucket, tmp_path):
    for number in range(3):
        promote_numbered(bucket, tmp_path, number)
    rollback(bucket, pack=PACK, now=NOW)
    found = describe(bucket, PACK)
    told = [(p.serial, p.action, found.alias(p)) for p in found.newest_first]
    assert told == [
        (4, "rollback", "champion"),
        (3, "promote", "previous"),
        (2, "promote", None),
        (1, "promote", None),
    ]
    assert found.bucket_uri == bucket.uri


def test_scores_that_came_back_are_previous_once(file_bucket, tmp_path):
    for number in (0, 1, 0, 2):
        promote_numbered(file_bucket, tmp_path, number)
    found = describe(file_bucket, PACK)
    assert [found.alias(p) for p in found.newest_first] == ["champion", "previous", None, None]


def test_what_was_there_before_by_hand_has_no_release_to_name(file_bucket, tmp_path):
    file_bucket.swap(runtime_key(PACK), b"made by hand", None)
    promote_numbered(file_bucket, tmp_path, 1)
    found = describe(file_bucket, PACK)
    assert [found.alias(p) for p in found.newest_first] == ["champion"]


def test_nothing_promoted_is_described_as_such(file_bucket):
    found = describe(file_bucket, PACK)
    assert (found.pointer, found.newest_first, found.served_digest) == (None, [], None)
    assert found.in_step


def test_another_content_under_the_runtimes_key_is_seen(file_bucket, tmp_path):
    pointer = promote_numbered(file_bucket, tmp_path, 1).pointer
    file_bucket.swap(runtime_key(PACK), b"by hand", pointer.digest)
    found = describe(file_bucket, PACK)
    assert not found.in_step
    assert found.served_digest == sha256_hex(b"by hand")


def test_programs_read_the_same(file_bucket, tmp_path):
    pointers = [promote_numbered(file_bucket, tmp_path, number).pointer for number in (1, 2)]
    document = json.loads(document_bytes(describe(file_bucket, PACK)))
    assert document["pointer"]["digest"] == pointers[1].digest
    assert [former["serial"] for former in document["history"]] == [1]
    assert (document["pack"], document["bucketUri"]) == (PACK, file_bucket.uri)
    assert (document["servedDigest"], document["inStep"]) == (pointers[1].digest, True)


def test_the_champion_comes_with_its_report(file_bucket, tmp_path):
    pointer = promote_numbered(file_bucket, tmp_path, 1).pointer
    champion = read_champion(file_bucket, PACK)
    assert champion.pointer == pointer
    assert champion.scores == scores_numbered(tmp_path, 1).read_bytes()
    assert sha256_hex(champion.report) == pointer.verify_report.digest


def test_a_champion_without_a_check_has_no_report(file_bucket, tmp_path):
    promote(
        file_bucket,
        pack=PACK,
        quality_path=scores_numbered(tmp_path, 1),
        manifest_path=None,
        evidence=UNVERIFIED,
        force=FORCE,
        now=NOW,
    )
    assert read_champion(file_bucket, PACK).report is None


def test_without_a_promotion_there_is_no_champion(file_bucket):
    with pytest.raises(InputError, match="a promotion of pack"):
        read_champion(file_bucket, PACK)


def test_a_champion_that_was_damaged_is_an_error(file_bucket, tmp_path):
    pointer = promote_numbered(file_bucket, tmp_path, 1).pointer
    (tmp_path / "bucket" / pointer.object).write_bytes(b"other")
    with pytest.raises(StorageError, match="SHA-256 that its key names"):
        read_champion(file_bucket, PACK)
