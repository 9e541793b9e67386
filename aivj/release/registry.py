"""The model registry: a version for each file of scores, and aliases that mirror the bucket.

The bucket's pointer decides what is served; the aliases only tell of it, so that they can be
brought up to date at any time, however often, from the pointer alone.

    candidate  registered last, and not promoted yet
    champion    what the pointer names
    previous    what was there before, where that was registered
"""

import json
from collections.abc import Mapping

from aivj.contracts.pointer import Forced, Pointer
from aivj.errors import StorageError
from aivj.release.logged_model import ServableModel, log_model
from aivj.release.mlflow_client import mlflow_errors, tolerated
from aivj.release.tracking import Tracker

CANDIDATE = "candidate"
CHAMPION = "champion"
PREVIOUS = "previous"

_DIGEST_TAG = "digest"
_MODEL_TAG = "model_id"
_FORCED_REASON_TAG = "forced_reason"
_FORCED_BY_TAG = "forced_by"
_OVERRULED_TAG = "overruled_gates"


def model_name(pack: str) -> str:
    """Returns the name under which a pack's scores are registered."""
    return f"aivj-pairs-quality-{pack}"


def register_quality(
    tracker: Tracker,
    *,
    pack: str,
    run_id: str,
    artifact_path: str,
    digest: str,
    tags: Mapping[str, str],
    model: ServableModel | None = None,
) -> int:
    """Registers a run's scores as a new version and makes it the candidate for promotion.

    Scores that are registered already keep their version, and the champion stays what it is.

    Args:
        tracker: Where runs are recorded.
        pack: Name of the pack.
        run_id: The run that made the scores.
        artifact_path: Where the scores lie among its artifacts, as `log_artifact` returned it.
        digest: SHA-256 of the scores.
        tags: What else to say of them.
        model: What gives these scores again; kept with a new version, which then leads to it.

    Returns:
        The version.

    Raises:
        StorageError: The server does not answer or take the version.
    """
    name = model_name(pack)
    with mlflow_errors(tracker.uri):
        version = _version_of(tracker, name, digest)
        if version is None:
            with tolerated("RESOURCE_ALREADY_EXISTS"):
                tracker.client.create_registered_model(name)
            artifacts = tracker.client.get_run(run_id).info.artifact_uri
            model_id, source = None, f"{artifacts}/{artifact_path}"
            if model is not None:
                model_id, source = log_model(tracker, run_id, pack, model)
                tags = {**tags, _MODEL_TAG: model_id}
            made = tracker.client.create_model_version(
                name,
                source=source,
                run_id=run_id,
                model_id=model_id,
                tags={**tags, _DIGEST_TAG: digest},
            )
            version = int(made.version)
            if model_id is not None:
                # By this tag MLflow's page leads from a model to its versions.
                told = json.dumps([{"name": name, "version": version}])
                tracker.client.set_logged_model_tags(model_id, {"mlflow.modelVersions": told})
    if version != current(tracker, name, CHAMPION):
        set_alias(tracker, name, CANDIDATE, version)
    return version


def is_registered(tracker: Tracker, pack: str, digest: str) -> bool:
    """Whether scores with that SHA-256 have a version already.

    Raises:
        StorageError: The server does not answer.
    """
    with mlflow_errors(tracker.uri):
        return _version_of(tracker, model_name(pack), digest) is not None


def set_alias(tracker: Tracker, name: str, alias: str, version: int) -> None:
    """Points an alias of the registered model `name` to a version.

    Raises:
        StorageError: The server does not answer, or there is no such version.
    """
    with mlflow_errors(tracker.uri):
        tracker.client.set_registered_model_alias(name, alias, str(version))


def current(tracker: Tracker, name: str, alias: str) -> int | None:
    """Returns the version that an alias of `name` points to, or None.

    Raises:
        StorageError: The server does not answer.
    """
    with mlflow_errors(tracker.uri), tolerated("RESOURCE_DOES_NOT_EXIST"):
        aliases = tracker.client.get_registered_model(name).aliases
        return int(aliases[alias]) if alias in aliases else None
    return None


def follow_pointer(tracker: Tracker, pointer: Pointer) -> int:
    """Makes the registry say what a bucket's pointer says, and returns the champion's version.

    What a person forced, and why, stands in the version's tags.

    Raises:
        StorageError: The server does not answer, or the scores were never registered there.
    """
    name = model_name(pointer.pack)
    with mlflow_errors(tracker.uri):
        champion = _version_of(tracker, name, pointer.digest)
        former = pointer.previous
        before = _version_of(tracker, name, former.digest) if former else None
    if champion is None:
        raise StorageError(
            f"a version of {name} with the digest {pointer.digest[:12]} at {tracker.uri}",
            "none",
            "the bucket is right as it is; register the scores there, then promote them again",
        )
    _tag_force(tracker, name, champion, pointer.forced)
    _move_alias(tracker, name, PREVIOUS, before)
    _move_alias(tracker, name, CHAMPION, champion)
    if current(tracker, name, CANDIDATE) == champion:
        _move_alias(tracker, name, CANDIDATE, None)
    return champion


def _tag_force(tracker: Tracker, name: str, version: int, forced: Forced | None) -> None:
    """Sets the tags of a forced promotion, or takes them off once every gate has passed."""
    with mlflow_errors(tracker.uri):
        if forced is None:
            for tag in (_FORCED_REASON_TAG, _FORCED_BY_TAG, _OVERRULED_TAG):
                tracker.client.delete_model_version_tag(name, str(version), tag)
            return
        for tag, value in {
            _FORCED_REASON_TAG: forced.reason,
            _FORCED_BY_TAG: forced.by,
            _OVERRULED_TAG: ", ".join(forced.overruled),
        }.items():
            tracker.client.set_model_version_tag(name, str(version), tag, value)


def _move_alias(tracker: Tracker, name: str, alias: str, version: int | None) -> None:
    if version is not None:
        set_alias(tracker, name, alias, version)
    elif current(tracker, name, alias) is not None:
        with mlflow_errors(tracker.uri):
            tracker.client.delete_registered_model_alias(name, alias)


def _version_of(tracker: Tracker, name: str, digest: str) -> int | None:
    """Returns the oldest version with that digest."""
    # A pack's name may hold a single quote, never a double one.
    found = tracker.client.search_model_versions(
        f'name = "{name}" and tag.{_DIGEST_TAG} = "{digest}"'
    )
    return min((int(version.version) for version in found), default=None)
