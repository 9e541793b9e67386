from pathlib import Path

import pytest
from release.release_fixtures import (
    FORCE,
    NOW,
    PACK,
    UNVERIFIED,
    promote_numbered,
    scores_numbered,
)

from aivj.errors import StorageError
from aivj.release import (
    CANDIDATE,
    CHAMPION,
    PREVIOUS,
    current,
    follow_pointer,
    model_name,
    promote,
    register_quality,
    rollback,
    set_alias,
)
from aivj.storage import sha256_hex

NAME = model_name(PACK)


@pytest.fixture
def run(tracker, tmp_path):
    run = tracker.start("score", params={}, tags={})
    for number in range(4):
        run.log_artifact(scores_numbered(tmp_path, number), "quality")
    return run


def register(tracker, run, tmp_path, number):
    path = scores_numbered(tmp_path, number)
    return register_quality(
        tracker,
        pack=PACK,
        run_id=run.run_id,
        artifact_path=f"quality/{path.name}",
        digest=sha256_hex(path.read_bytes()),
        tags={"quality_std": "0.3"},
    )


def aliases(tracker):
    return {alias: current(tracker, NAME, alias) for alias in (CANDIDATE, CHAMPION, PREVIOUS)}


def test_registered_scores_are_the_candidate_and_can_be_fetched(tracker, run, tmp_path):
    import mlflow.artifacts

    assert [register(tracker, run, tmp_path, number) for number in (0, 1)] == [1, 2]
    assert aliases(tracker) == {CANDIDATE: 2, CHAMPION: None, PREVIOUS: None}
    version = tracker.client.get_model_version_by_alias(NAME, CANDIDATE)
    assert version.run_id == run.run_id
    assert version.tags["quality_std"] == "0.3"
    fetched = mlflow.artifacts.download_artifacts(version.source, tracking_uri=tracker.uri)
    assert Path(fetched).read_bytes() == scores_numbered(tmp_path, 1).read_bytes()


def test_the_same_scores_are_registered_once(tracker, run, tmp_path):
    first = register(tracker, run, tmp_path, 0)
    register(tracker, run, tmp_path, 1)
    assert register(tracker, run, tmp_path, 0) == first
    assert current(tracker, NAME, CANDIDATE) == first


def test_an_alias_of_what_was_never_registered_is_none(tracker):
    assert current(tracker, "no-such-model", CHAMPION) is None


def test_an_alias_of_a_version_that_is_not_there_is_an_error(tracker, run, tmp_path):
    register(tracker, run, tmp_path, 0)
    with pytest.raises(StorageError):
        set_alias(tracker, NAME, CHAMPION, 7)


def test_a_run_that_is_not_there_is_an_error(tracker):
    with pytest.raises(StorageError):
        register_quality(tracker, pack=PACK, run_id="none", artifact_path="x", digest="d", tags={})


def test_the_aliases_follow_promotions_and_rollbacks(tracker, run, file_bucket, tmp_path):
    versions = [register(tracker, run, tmp_path, number) for number in range(3)]
    first = promote_numbered(file_bucket, tmp_path, 0)
    assert follow_pointer(tracker, first.pointer) == versions[0]
    assert aliases(tracker) == {CANDIDATE: versions[2], CHAMPION: versions[0], PREVIOUS: None}

    second = promote_numbered(file_bucket, tmp_path, 2)
    for _ in range(2):
        follow_pointer(tracker, second.pointer)
        assert aliases(tracker) == {
            CANDIDATE: None,
            CHAMPION: versions[2],
            PREVIOUS: versions[0],
        }

    follow_pointer(tracker, rollback(file_bucket, pack=PACK, now=NOW).pointer)
    assert aliases(tracker) == {CANDIDATE: None, CHAMPION: versions[0], PREVIOUS: versions[2]}


def test_the_aliases_catch_up_with_promotions_they_missed(tracker, run, file_bucket, tmp_path):
    versions = [register(tracker, run, tmp_path, number) for number in range(3)]
    follow_pointer(tracker, promote_numbered(file_bucket, tmp_path, 0).pointer)
    promote_numbered(file_bucket, tmp_path, 1)
    follow_pointer(tracker, promote_numbered(file_bucket, tmp_path, 2).pointer)
    assert aliases(tracker) == {CANDIDATE: None, CHAMPION: versions[2], PREVIOUS: versions[1]}


def test_what_was_there_before_but_never_registered_is_no_previous(
    tracker, run, file_bucket, tmp_path
):
    for number in (0, 1):
        register(tracker, run, tmp_path, number)
    promote_numbered(file_bucket, tmp_path, 0)
    follow_pointer(tracker, promote_numbered(file_bucket, tmp_path, 1).pointer)
    assert current(tracker, NAME, PREVIOUS) == 1
    promote_numbered(file_bucket, tmp_path, 9)
    follow_pointer(tracker, promote_numbered(file_bucket, tmp_path, 1).pointer)
    assert aliases(tracker) == {CANDIDATE: None, CHAMPION: 2, PREVIOUS: None}


def test_the_champion_registered_again_is_no_candidate(tracker, run, file_bucket, tmp_path):
    register(tracker, run, tmp_path, 0)
    follow_pointer(tracker, promote_numbered(file_bucket, tmp_path, 0).pointer)
    register(tracker, run, tmp_path, 0)
    assert aliases(tracker) == {CANDIDATE: None, CHAMPION: 1, PREVIOUS: None}


def test_a_forced_promotion_is_told_by_tags_until_every_gate_has_passed(
    tracker, run, file_bucket, tmp_path
):
    register(tracker, run, tmp_path, 0)

    def tags():
        found = tracker.client.get_model_version(NAME, "1").tags
        return {key: found.get(key) for key in ("forced_reason", "forced_by", "overruled_gates")}

    forced = promote(
        file_bucket,
        pack=PACK,
        quality_path=scores_numbered(tmp_path, 0),
        manifest_path=None,
        evidence=UNVERIFIED,
        force=FORCE,
        now=NOW,
    )
    follow_pointer(tracker, forced.pointer)
    assert tags() == {
        "forced_reason": "tonight's show",
        "forced_by": "ada",
        "overruled_gates": "verify",
    }
    follow_pointer(tracker, promote_numbered(file_bucket, tmp_path, 0).pointer)
    assert set(tags().values()) == {None}


def test_promoted_scores_that_were_never_registered_are_an_error(tracker, file_bucket, tmp_path):
    promotion = promote_numbered(file_bucket, tmp_path, 0)
    with pytest.raises(StorageError, match="the bucket is right as it is"):
        follow_pointer(tracker, promotion.pointer)
