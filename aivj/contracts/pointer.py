"""`pairs-quality.current.json`: which scores a pack's runtime reads, and where they came from."""

from typing import Literal

from aivj.contracts.fields import Count, Number
from aivj.contracts.json_text import ContractModel

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
        unconditional: Whether the store swapped without judging, see `aivj.storage.bucket`.
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
