"""What a bucket holds for one pack: what its runtime reads, and all that it read before."""

from dataclasses import dataclass
from typing import Literal

from aivj.contracts.json_text import ContractModel
from aivj.contracts.pointer import Pointer
from aivj.release.ledger import PackState, former_pointers, stored_bytes
from aivj.release.pointer import never_promoted, pointer_key, read_pointer
from aivj.storage import Bucket


class PackReleases(ContractModel):
    """A pack's releases.

    Attributes:
        pack: Name of the pack.
        bucket_uri: The bucket.
        pointer: The pointer; None if nothing was ever promoted.
        history: Former pointers, newest first.
        served_digest: SHA-256 of what the runtime reads; None if there is nothing.
        in_step: Whether the runtime reads what the pointer says; if not, a promotion or rollback
            was interrupted, or somebody wrote there by hand.
    """

    pack: str
    bucket_uri: str
    pointer: Pointer | None
    history: list[Pointer]
    served_digest: str | None
    in_step: bool

    @property
    def newest_first(self) -> list[Pointer]:
        """Every pointer that there is or was."""
        return [*([self.pointer] if self.pointer else []), *self.history]

    def alias(self, pointer: Pointer) -> Literal["champion", "previous"] | None:
        """Returns what the registry calls a release: what is served, or was served before it.

        Scores that were promoted several times are `previous` once, the last time.
        """
        if self.pointer is None:
            return None
        if pointer == self.pointer:
            return "champion"
        before = self.pointer.previous
        former = (p for p in self.history if before is not None and p.digest == before.digest)
        return "previous" if pointer == next(former, None) else None


@dataclass(frozen=True, kw_only=True)
class Champion:
    """What a pack's pointer names.

    Attributes:
        pointer: The pointer.
        scores: The file of scores.
        report: The report of their check in a browser; None if there was none.
    """

    pointer: Pointer
    scores: bytes
    report: bytes | None


def describe(bucket: Bucket, pack: str) -> PackReleases:
    """Returns what the bucket holds for `pack`.

    Raises:
        InputError: A pointer in the bucket is not what it should be.
        StorageError: The bucket does not answer.
    """
    state = PackState.read(bucket, pack)
    return PackReleases(
        pack=pack,
        bucket_uri=bucket.uri,
        pointer=state.pointer,
        history=former_pointers(bucket, pack),
        served_digest=state.served_digest,
        in_step=state.in_step,
    )


def read_champion(bucket: Bucket, pack: str) -> Champion:
    """Returns the scores that the pointer names, with the report of their check.

    Raises:
        InputError: Nothing was promoted yet.
        StorageError: The bucket does not answer, or what the pointer names is gone or damaged.
    """
    pointer, _ = read_pointer(bucket, pointer_key(pack)) or (None, None)
    if pointer is None:
        raise never_promoted(bucket, pack)
    report = pointer.verify_report
    return Champion(
        pointer=pointer,
        scores=stored_bytes(bucket, pointer.scores),
        report=None if report is None else stored_bytes(bucket, report),
    )
