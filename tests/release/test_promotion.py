import itertools
import json
import shutil

import pytest
from release.release_fixtures import (
    FORCE,
    NOW,
    PACK,
    UNVERIFIED,
    promote_numbered,
    scores_numbered,
    verified,
    write_manifest,
    write_scores,
)

from aivj.errors import GateError, InputError, StorageError
from aivj.release import describe, promote, rollback
from aivj.release.pointer import object_key, pointer_key, runtime_key
from aivj.storage import open_bucket, sha256_hex


def served(bucket):
    return bucket.get(runtime_key(PACK))[0]


def roll_back(bucket, to=None):
    return rollback(bucket, pack=PACK, now=NOW, to=to)


def test_the_first_promotion_publishes_scores_report_and_pointer(bucket, tmp_path):
    path = scores_numbered(tmp_path, 1)
    manifest_path = write_manifest(tmp_path / "pairs-manifest.v0.json", num_pairs=3)
    evidence = verified(path)
    promotion = promote(
        bucket,
        pack=PACK,
        quality_path=path,
        manifest_path=manifest_path,
        evidence=evidence,
        now=NOW,
    )
    digest = sha256_hex(path.read_bytes())
    assert promotion.changed
    assert served(bucket) == path.read_bytes()
    assert bucket.get(object_key(digest))[0] == path.read_bytes()
    pointer = json.loads(bucket.get(pointer_key(PACK))[0])
    report = pointer.pop("verifyReport")
    assert bucket.get(report["object"])[0] == evidence.verify.report_path.read_bytes()
    assert pointer == {
        "version": "v0",
        "serial": 1,
        "action": "promote",
        "pack": PACK,
        "digest": digest,
        "object": object_key(digest),
        "promotedAt": "2026-03-01T11:00:00.000Z",
        "runId": "run1",
        "verified": True,
        "forced": None,
        "numPairs": 3,
        "qualityStd": pytest.approx(0.4025, abs=1e-4),
        "manifestDigest": sha256_hex(manifest_path.read_bytes()),
        "previous": None,
        "unconditional": False,
    }
    assert len(bucket.list("")) == 4


def test_the_runtime_is_served_json(s3_uri, s3_client, tmp_path):
    promote_numbered(open_bucket(s3_uri), tmp_path, 1)
    name, prefix = s3_uri.removeprefix("s3://").split("/")
    answer = s3_client.get_object(Bucket=name, Key=f"{prefix}/{runtime_key(PACK)}")
    assert answer["ContentType"] == "application/json"
    assert answer["Body"].read() == scores_numbered(tmp_path, 1).read_bytes()


def test_what_was_there_before_stays_reachable(bucket, tmp_path):
    promotions = [promote_numbered(bucket, tmp_path, number) for number in range(3)]
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer == promotions[2].pointer
    assert release.history == [promotions[1].pointer, promotions[0].pointer]
    for before, after in itertools.pairwise(promotions):
        assert after.pointer.previous.digest == before.pointer.digest
    for promotion in promotions:
        data = bucket.get(promotion.pointer.object)[0]
        assert sha256_hex(data) == promotion.pointer.digest


def test_promoting_the_same_scores_again_changes_nothing(bucket, tmp_path):
    first = promote_numbered(bucket, tmp_path, 1)
    keys = bucket.list("")
    again = promote_numbered(bucket, tmp_path, 1)
    assert not again.changed
    assert again.pointer == first.pointer
    assert bucket.list("") == keys


def force_promoted(bucket, path, evidence=UNVERIFIED):
    return promote(
        bucket,
        pack=PACK,
        quality_path=path,
        manifest_path=None,
        evidence=evidence,
        force=FORCE,
        now=NOW,
    )


def test_what_was_forced_stays_on_record(bucket, tmp_path):
    promote_numbered(bucket, tmp_path, 1)
    path = write_scores(tmp_path / "flat.json", [0.5, 0.51])
    failed = verified(path, passed=False)
    forced = force_promoted(bucket, path, failed).pointer
    assert served(bucket) == path.read_bytes()
    assert json.loads(bucket.get(pointer_key(PACK))[0])["forced"] == {
        "reason": "tonight's show",
        "by": "ada",
        "overruled": ["spread", "verify"],
    }
    assert not forced.verified
    assert bucket.get(forced.verify_report.object)[0] == failed.verify.report_path.read_bytes()
    assert not force_promoted(bucket, path, failed).changed

    promote_numbered(bucket, tmp_path, 2)
    assert describe(bucket, PACK).history[0] == forced
    assert roll_back(bucket).pointer.forced == forced.forced


def test_a_later_check_is_added_to_what_is_promoted(file_bucket, tmp_path):
    promote_numbered(file_bucket, tmp_path, 1)
    unverified = force_promoted(file_bucket, scores_numbered(tmp_path, 2))
    assert not unverified.pointer.verified
    checked = promote_numbered(file_bucket, tmp_path, 2)
    assert checked.changed
    assert (checked.pointer.verified, checked.pointer.forced) == (True, None)
    assert checked.pointer.previous == unverified.pointer.previous
    assert describe(file_bucket, PACK).history[0] == unverified.pointer


def test_scores_that_were_put_there_by_hand_are_kept(bucket, tmp_path):
    bucket.swap(runtime_key(PACK), b"made by hand", None)
    promotion = promote_numbered(bucket, tmp_path, 1)
    assert promotion.pointer.previous.digest == sha256_hex(b"made by hand")
    back = roll_back(bucket)
    assert served(bucket) == b"made by hand"
    assert not back.pointer.verified


def test_scores_that_were_changed_by_hand_are_kept_and_put_right(file_bucket, tmp_path):
    path = scores_numbered(tmp_path, 1)
    promote_numbered(file_bucket, tmp_path, 1)
    file_bucket.swap(runtime_key(PACK), b"by hand", sha256_hex(path.read_bytes()))
    assert not describe(file_bucket, PACK).in_step
    assert promote_numbered(file_bucket, tmp_path, 1).changed
    assert served(file_bucket) == path.read_bytes()
    assert file_bucket.get(object_key(sha256_hex(b"by hand")))[0] == b"by hand"


def test_refused_scores_leave_the_bucket_as_it_was(bucket, tmp_path):
    promote_numbered(bucket, tmp_path, 1)
    before = {key: bucket.get(key) for key in bucket.list("")}
    flat = write_scores(tmp_path / "flat.json", [0.5, 0.51, 0.5])
    other = write_scores(tmp_path / "other.json", pack="day")
    for path in (flat, other):
        with pytest.raises(GateError):
            promote(
                bucket,
                pack=PACK,
                quality_path=path,
                manifest_path=None,
                evidence=verified(path),
                now=NOW,
            )
    assert {key: bucket.get(key) for key in bucket.list("")} == before


def test_packs_do_not_touch_each_other(file_bucket, tmp_path):
    promote_numbered(file_bucket, tmp_path, 1)
    path = write_scores(tmp_path / "day.json", pack="day")
    promote(
        file_bucket,
        pack="day",
        quality_path=path,
        manifest_path=None,
        evidence=verified(path),
        now=NOW,
    )
    assert describe(file_bucket, "day").history == []
    assert describe(file_bucket, PACK).pointer.serial == 1


def test_a_rollback_is_the_same_swap_backwards_and_a_second_undoes_it(bucket, tmp_path):
    old, new = (promote_numbered(bucket, tmp_path, number).pointer for number in (1, 2))
    back = roll_back(bucket)
    assert back.changed
    assert served(bucket) == scores_numbered(tmp_path, 1).read_bytes()
    assert (back.pointer.action, back.pointer.serial) == ("rollback", 3)
    assert back.pointer.previous.digest == new.digest
    assert (back.pointer.run_id, back.pointer.verify_report) == (old.run_id, old.verify_report)
    assert back.pointer.verified
    roll_back(bucket)
    assert served(bucket) == scores_numbered(tmp_path, 2).read_bytes()
    assert [pointer.serial for pointer in describe(bucket, PACK).history] == [3, 2, 1]


def test_a_rollback_finds_older_scores_by_the_start_of_their_digest(file_bucket, tmp_path):
    oldest, *_ = [promote_numbered(file_bucket, tmp_path, number).pointer for number in range(4)]
    back = roll_back(file_bucket, to=oldest.digest[:12].upper())
    assert back.pointer.digest == oldest.digest
    assert served(file_bucket) == scores_numbered(tmp_path, 0).read_bytes()
    assert not roll_back(file_bucket, to=oldest.digest).changed


@pytest.mark.parametrize("to", ["00000000000000", "00", "nonsense"])
def test_a_rollback_to_what_never_was_is_refused(file_bucket, tmp_path, to):
    pointer = promote_numbered(file_bucket, tmp_path, 1).pointer
    with pytest.raises(InputError, match=pointer.digest[:12]):
        roll_back(file_bucket, to=to)


def test_a_rollback_to_too_short_a_digest_is_refused(file_bucket, tmp_path):
    pointer = promote_numbered(file_bucket, tmp_path, 1).pointer
    with pytest.raises(InputError, match="8 or more"):
        roll_back(file_bucket, to=pointer.digest[:7])


def test_without_anything_before_there_is_no_way_back(file_bucket, tmp_path):
    with pytest.raises(InputError, match="a promotion of pack"):
        roll_back(file_bucket)
    promote_numbered(file_bucket, tmp_path, 1)
    with pytest.raises(InputError, match="first promotion"):
        roll_back(file_bucket)


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_rollback_to_damaged_scores_is_refused(file_bucket, tmp_path, damage):
    old = promote_numbered(file_bucket, tmp_path, 1).pointer
    promote_numbered(file_bucket, tmp_path, 2)
    path = tmp_path / "bucket" / old.object
    if damage == "gone":
        shutil.rmtree(path.parent)
    else:
        path.write_bytes(b"other")
    with pytest.raises(StorageError, match="SHA-256 that its key names"):
        roll_back(file_bucket)
    assert served(file_bucket) == scores_numbered(tmp_path, 2).read_bytes()
