"""The pointer: which scores a pack's runtime reads now, where they came from, what was before.

Keys in a bucket, all read by programs that know only them:

    sha256/<digest>/pairs-quality.v0.json      the scores, never overwritten
    sha256/<digest>/verify-report.json         the evidence they were promoted on, likewise
    history/<pack>/<serial>-<digest12>.json    every former pointer, likewise
    presets/<pack>/pairs-quality.current.json  the pointer, swapped
    presets/<pack>/pairs-quality.v0.json       the scores under the runtime's own key, swapped
"""

from typing import Literal

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel, parse_json, validated
from aivj.contracts.pairs_manifest import require_pack_name
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.release.bucket import Bucket

REPORT_NAME = "verify-report.json"


class StoredObject(ContractModel):
    """A content-addressed object of the bucket.

    Attributes:
        digest: SHA-256 of its bytes, 64 hexadecimal digits.
        object: Its key.
    """

    digest: str
    object: str


class Pointer(ContractModel):
    """What a pack's runtime reads, and why.

    Attributes:
        version: Version of this form.
        serial: 1 for a pack's first promotion, one more at each swap; orders the history.
        action: How the pointer came to be.
        pack: Name of the pack.
        digest: SHA-256 of the scores.
        object: Key of the scores.
        promoted_at: ISO-8601 time of the swap, by the clock of whoever swapped.
        run_id: MLflow run that made the scores; None where there was none.
        verified: Whether a check in a browser passed for exactly these scores.
        verify_report: That check's report.
        manifest_digest: SHA-256 of the manifest whose pairs the scores were compared with.
        previous: What the runtime read before; None if nothing.
    """

    version: Literal["v0"] = "v0"
    serial: Count
    action: Literal["promote", "rollback"]
    pack: str
    digest: str
    object: str
    promoted_at: str
    run_id: str | None = None
    verified: bool
    verify_report: StoredObject | None = None
    manifest_digest: str | None = None
    previous: StoredObject | None = None

    @property
    def scores(self) -> StoredObject:
        """The scores that it points to."""
        return StoredObject(digest=self.digest, object=self.object)

    @property
    def history_key(self) -> str:
        """Where this pointer is kept once another takes its place."""
        return f"{history_prefix(self.pack)}{self.serial:06d}-{self.digest[:12]}.json"


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
