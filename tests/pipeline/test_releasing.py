"""The bucket and the registry together."""

import json

import pytest
from pipeline.compared_pack import PACK, ComparedPack

from aivj.errors import GateError
from aivj.pipeline import releasing
from aivj.pipeline.releasing import publish, roll_back
from aivj.release import CANDIDATE, CHAMPION, PREVIOUS, Force, Tracker, current, model_name
from aivj.release.pointer import pointer_key, read_pointer
from aivj.storage import open_bucket, sha256_hex

FORCE = Force(reason="tonight's show", by="ada")


@pytest.fixture(scope="module")
def tracker(new_tracking_store, tmp_path_factory):
    return Tracker(new_tracking_store(tmp_path_factory.mktemp("mlflow") / "mlflow.db"))


@pytest.fixture
def pack(tmp_path):
    return ComparedPack(tmp_path).write()


@pytest.fixture
def bucket(tmp_path):
    return open_bucket(str(tmp_path / "bucket"))


@pytest.fixture
def name(tracker):
    """The pack's model, gone again after the test."""
    yield model_name(PACK)
    tracker.client.delete_registered_model(model_name(PACK))


def aliases(tracker, name):
    return {alias: current(tracker, name, alias) for alias in (CANDIDATE, CHAMPION, PREVIOUS)}


def published(pack, bucket, tracker, seed, **options):
    path = pack.write_scores(pack.noisy_scores(0.3, seed=seed))
    evidence_dir = pack.write_report(pack.home / f"verify{seed}", path)
    return publish(
        pack=PACK,
        bucket=bucket,
        quality_path=path,
        tracker=tracker,
        **{"evidence_dir": evidence_dir, **options},
    )


def test_the_aliases_follow_a_promotion_and_a_rollback(pack, bucket, tracker, name):
    first, second = (published(pack, bucket, tracker, seed) for seed in (1, 2))
    assert aliases(tracker, name) == {CANDIDATE: None, CHAMPION: 2, PREVIOUS: 1}
    version = tracker.client.get_model_version_by_alias(name, CHAMPION)
    assert version.tags["digest"] == second.pointer.digest
    assert version.run_id == second.pointer.run_id
    back = roll_back(pack=PACK, bucket=bucket, to=None, tracker=tracker)
    assert back.pointer.digest == first.pointer.digest
    assert aliases(tracker, name) == {CANDIDATE: None, CHAMPION: 1, PREVIOUS: 2}


def test_what_a_gate_refuses_stays_the_candidate(pack, bucket, tracker, name):
    published(pack, bucket, tracker, 1)
    with pytest.raises(GateError):
        published(pack, bucket, tracker, 2, evidence_dir=None)
    assert aliases(tracker, name) == {CANDIDATE: 2, CHAMPION: 1, PREVIOUS: None}


def test_a_force_is_told_by_pointer_and_registry(pack, bucket, tracker, name):
    forced = published(pack, bucket, tracker, 1, evidence_dir=None, force=FORCE)
    assert forced.pointer.forced.overruled == ["verify"]
    tags = tracker.client.get_model_version(name, "1").tags
    assert (tags["forced_reason"], tags["forced_by"]) == ("tonight's show", "ada")


def test_a_failed_check_refuses_and_its_report_is_published_by_force(pack, bucket, tracker, name):
    path = pack.write_scores(pack.noisy_scores(0.3, seed=1))
    failed = pack.write_report(pack.home / "failed", path, passed=False)
    with pytest.raises(GateError, match="one that failed"):
        published(pack, bucket, tracker, 1, evidence_dir=failed)
    forced = published(pack, bucket, tracker, 1, evidence_dir=failed, force=FORCE)
    report = json.loads(bucket.get(forced.pointer.verify_report.object)[0])
    assert report["verdict"] == "failed"
    assert aliases(tracker, name)[CHAMPION] == 1


def test_who_follows_late_follows_what_came_after(pack, bucket, tracker, name, monkeypatch):
    """A promotion comes to the registry only after a later one has been there already."""
    promote = releasing.promote
    later = []

    def promote_then_be_overtaken(*arguments, **options):
        monkeypatch.setattr(releasing, "promote", promote)
        promotion = promote(*arguments, **options)
        later.append(published(pack, bucket, tracker, 2).pointer)
        return promotion

    monkeypatch.setattr(releasing, "promote", promote_then_be_overtaken)
    published(pack, bucket, tracker, 1)
    champion = tracker.client.get_model_version_by_alias(name, CHAMPION)
    assert champion.tags["digest"] == later[0].digest
    assert later[0].digest == sha256_hex(bucket.get(later[0].object)[0])


def test_a_server_that_is_away_holds_no_release_back(pack, bucket, tracker, name, tmp_path):
    away = Tracker("http://127.0.0.1:9", spool=tmp_path / "spool")
    first = published(pack, bucket, tracker, 1)
    second = published(pack, bucket, away, 2)
    assert away.is_away
    assert read_pointer(bucket, pointer_key(PACK))[0].digest == second.pointer.digest
    assert aliases(tracker, name) == {CANDIDATE: None, CHAMPION: 1, PREVIOUS: None}
    # The same again, when it is back.
    assert published(pack, bucket, tracker, 2).pointer.digest == second.pointer.digest
    assert aliases(tracker, name) == {CANDIDATE: None, CHAMPION: 2, PREVIOUS: 1}
    back = roll_back(pack=PACK, bucket=bucket, to=None, tracker=away)
    assert back.pointer.digest == first.pointer.digest
