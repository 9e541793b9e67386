"""The pointer: which scores a pack's runtime reads now, where they came from, what was before.

Keys in a bucket, all read by programs that know only them:

    sha256/<digest>/pairs-quality.v0.json      the scores, never overwritten
    sha256/<digest>/verify-report.json         the report of their check in a browser, likewise
    history/<pack>/<serial>-<digest12>.json    every former pointer, likewise
    presets/<pack>/pairs-quality.current.json  the pointer, swapped
    presets/<pack>/pairs-quality.v0.json       the scores under the runtime's own key, swapped
"""

from typing import Literal

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel, parse_json, validated
from aivj.contracts.pairs_manifest import require_pack_name
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.errors import InputError
from aivj.release.bucket import Bucket

REPORT_NAME = "verify-report.json"

Gate = Literal["statistics", "pack", "spread", "verify"]
"""What scores must pass: own statistics, the pack as it is, a deviation, a check in a browser."""


class StoredObject(ContractModel):
    """A content-addressed object of the bucket.

    Attributes:
        digest: SHA-256 of its bytes, 64 hexadecimal digits.
        object: Its key.
    """

    digest: str
    object: str


class Forced(ContractModel):
    """Why scores were promoted that a gate refused.

    Attributes:
        reason: In the words of whoever decided it.
        by: Who that was.
        overruled: The gates that refused.
    """

    reason: str
    by: str
    overruled: list[Gate]


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
        verify_report: Report of the last such check, passed or not.
        forced: Why they were promoted although a gate refused; None if none did.
        num_pairs: How many pairs are scored; None for scores that were found in the bucket.
        quality_std: Standard deviation of the scores; None likewise.
        manifest_digest: SHA-256 of the manifest whose pairs the scores were compared with.
        previous: What the runtime read before; None if nothing.
        unconditional: Whether the store swapped without judging, see `Bucket`.
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
    forced: Forced | None = None
    num_pairs: Count | None = None
    quality_std: Number | None = None
    manifest_digest: str | None = None
    previous: StoredObject | None = None
    unconditional: bool = False

    @property
    def scores(self) -> StoredObject:
        """The scores that it points to."""
        return StoredObject(digest=self.digest, object=self.object)

    @property
    def history_key(self) -> str:
        """Where this pointer is kept once another takes its place."""
        return f"{history_prefix(self.pack)}{self.serial:06d}-{self.digest[:12]}.json"


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
