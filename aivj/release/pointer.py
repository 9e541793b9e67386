"""The pointer: which scores a pack's runtime reads now, where they came from, what was before.

Keys in a bucket, all read by programs that know only them:

    sha256/<digest>/pairs-quality.v0.json      the scores, never overwritten
    sha256/<digest>/verify-report.json         the report of their check in a browser, likewise
    history/<pack>/<serial>-<digest12>.json    every former pointer, likewise
    presets/<pack>/pairs-quality.current.json  the pointer, swapped
    presets/<pack>/pairs-quality.v0.json       the scores under the runtime's own key, swapped
"""

from aivj.contracts.json_text import parse_json, validated
from aivj.contracts.pairs_manifest import require_pack_name
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.pointer import Pointer
from aivj.errors import InputError
from aivj.storage import Bucket

REPORT_NAME = "verify-report.json"

FOUNDATION_FIELDS = (
    "run_id",
    "verified",
    "verify_report",
    "forced",
    "num_pairs",
    "quality_std",
    "manifest_digest",
)
"""Attributes of a `Pointer` that belong to the scores: a rollback brings them back too."""


def object_key(digest: str, name: str = PAIRS_QUALITY_NAME) -> str:
    """Returns the key of the content-addressed object with that SHA-256."""
    return f"sha256/{digest}/{name}"


def pointer_key(pack: str) -> str:
    """Returns the key of a pack's pointer."""
    return f"presets/{require_pack_name(pack)}/pairs-quality.current.json"


def runtime_key(pack: str) -> str:
    """Returns the key under which the runtime reads a pack's scores."""
    return f"presets/{require_pack_name(pack)}/{PAIRS_QUALITY_NAME}"


def history_prefix(pack: str) -> str:
    """Returns what the keys of a pack's former pointers begin with."""
    return f"history/{require_pack_name(pack)}/"


def history_key(pointer: Pointer) -> str:
    """Returns where a pointer is kept once another takes its place."""
    return f"{history_prefix(pointer.pack)}{pointer.serial:06d}-{pointer.digest[:12]}.json"


def read_pointer(bucket: Bucket, key: str) -> tuple[Pointer, str] | None:
    """Reads the pointer at `key` and its version in the bucket, or None if there is none.

    Raises:
        InputError: There is something else at that key.
    """
    found = bucket.get(key)
    if found is None:
        return None
    data, etag = found
    source = f"{bucket.uri}/{key}"
    return validated(Pointer, parse_json(data, source), source), etag


def never_promoted(bucket: Bucket, pack: str) -> InputError:
    """Makes the error for a pack that has no pointer yet."""
    return InputError(
        f"a promotion of pack {pack!r} in {bucket.uri}",
        "none",
        "check the pack's name and the bucket; `aivj promote` makes the first one",
    )
