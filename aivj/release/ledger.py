"""The swap itself: how a pack's pointer moves without a moment in which anything is lost.

The order of writes, and what a crash after each leaves behind:

1. The new scores and their report, content-addressed, each read back and compared. Nobody refers
   to them yet.
2. What the runtime reads now, content-addressed too, should it have come from elsewhere.
3. The pointer as it stands, into the history. It says what is still true.
4. The pointer, swapped only if it is still the one that was read. *This is the promotion*: of
   several at once one wins, and the others have changed nothing that anybody reads.
5. The runtime's own key, swapped to what the pointer names and read back. Until then the runtime
   reads the former scores, whole; repeating the command catches up.

Steps 1 to 3 write new keys whose content follows from their names, so repeating them is harmless.
The serial number in each pointer keeps two of them from ever being the same bytes, so that a
version seen once is never seen again. Step 5 repeats until what it finds under the runtime's key
is what it finds in the pointer: a slow promotion cannot put back what a later one replaced.
"""

import contextlib
from dataclasses import dataclass
from typing import Self

from aivj.contracts.json_text import document_bytes
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.pointer import Pointer, StoredObject
from aivj.errors import LostRaceError, StorageError
from aivj.release.pointer import (
    history_key,
    history_prefix,
    object_key,
    pointer_key,
    read_pointer,
    runtime_key,
)
from aivj.storage import Bucket, sha256_hex

_MAX_SETTLE_ROUNDS = 16


@dataclass(frozen=True, kw_only=True)
class PackState:
    """What a pack's two swapped keys held when they were read.

    Attributes:
        pack: Name of the pack.
        pointer: The pointer; None if nothing was promoted yet.
        pointer_etag: Its version in the bucket.
        served: The scores that the runtime reads; None if there are none.
        served_etag: Their version in the bucket.
    """

    pack: str
    pointer: Pointer | None
    pointer_etag: str | None
    served: bytes | None
    served_etag: str | None

    @classmethod
    def read(cls, bucket: Bucket, pack: str) -> Self:
        """Reads the pointer, then what is served.

        Raises:
            InputError: There is something else under the pointer's key.
            StorageError: The bucket does not answer.
        """
        pointer, pointer_etag = read_pointer(bucket, pointer_key(pack)) or (None, None)
        served, served_etag = bucket.get(runtime_key(pack)) or (None, None)
        return cls(
            pack=pack,
            pointer=pointer,
            pointer_etag=pointer_etag,
            served=served,
            served_etag=served_etag,
        )

    @property
    def next_serial(self) -> int:
        """The serial number of the pointer that would come next."""
        return self.pointer.serial + 1 if self.pointer else 1

    @property
    def served_digest(self) -> str | None:
        """SHA-256 of what the runtime reads."""
        return None if self.served is None else sha256_hex(self.served)

    @property
    def in_step(self) -> bool:
        """Whether the runtime reads what the pointer says."""
        return self.served_digest == (self.pointer.digest if self.pointer else None)

    def before(self, digest: str) -> StoredObject | None:
        """Returns what the runtime read before the scores `digest`, if those come next."""
        served = self.served_digest
        if served is not None and served != digest:
            return StoredObject(digest=served, object=object_key(served))
        if self.pointer and self.pointer.digest != digest:
            return self.pointer.scores
        return self.pointer.previous if self.pointer else None


def keep(bucket: Bucket, data: bytes, name: str = PAIRS_QUALITY_NAME) -> StoredObject:
    """Stores `data` under its own digest and reads it back; the same bytes are stored once.

    Raises:
        StorageError: The bucket did not take it, or gives back something else.
    """
    stored = StoredObject(digest=sha256_hex(data), object=object_key(sha256_hex(data), name))
    _put_and_compare(bucket, stored.object, data)
    return stored


def stored_bytes(bucket: Bucket, stored: StoredObject) -> bytes:
    """Returns a content-addressed object.

    Raises:
        StorageError: It is gone, or its bytes are not those that its digest was taken of.
    """
    found = bucket.get(stored.object)
    if found is None or sha256_hex(found[0]) != stored.digest:
        raise StorageError(
            f"{bucket.uri}/{stored.object} with the SHA-256 that its key names",
            "nothing there" if found is None else "other bytes",
            "restore it from a copy, or promote other scores",
        )
    return found[0]


def _put_and_compare(bucket: Bucket, key: str, data: bytes) -> None:
    bucket.put_new(key, data)
    found = bucket.get(key)
    if found is None or found[0] != data:
        raise StorageError(
            f"{bucket.uri}/{key} to give back the bytes that were just written",
            "nothing" if found is None else f"other bytes, sha256 {sha256_hex(found[0])[:12]}",
            "nothing was swapped: examine the store, delete that object, then promote again",
        )


def former_pointers(bucket: Bucket, pack: str) -> list[Pointer]:
    """Returns the pack's history, newest first.

    Raises:
        InputError: Something else lies in it.
        StorageError: The bucket does not answer.
    """
    found = (read_pointer(bucket, key) for key in bucket.list(history_prefix(pack)))
    return sorted((pointer for pointer, _ in filter(None, found)), key=lambda p: -p.serial)


def commit(bucket: Bucket, state: PackState, pointer: Pointer) -> None:
    """Makes `pointer` the pack's pointer if `state` still holds, and the runtime follow it.

    Raises:
        LostRaceError: The pointer was swapped since `state` was read, or, by a store that does not
            judge, another took the same place.
        StorageError: The bucket did not take a write; repeating the command completes it.
    """
    key = pointer_key(pointer.pack)
    if state.served is not None:
        keep(bucket, state.served)
    if state.pointer is not None:
        _put_and_compare(bucket, history_key(state.pointer), document_bytes(state.pointer))
    bucket.swap(key, document_bytes(pointer), state.pointer_etag)
    settle(bucket, pointer.pack)
    now, _ = read_pointer(bucket, key) or (None, None)
    if now != pointer and (now is None or now.serial <= pointer.serial):
        raise LostRaceError.at(f"{bucket.uri}/{key}")


def settle(bucket: Bucket, pack: str) -> bool:
    """Makes the runtime's key hold what the pointer says, whoever else is at it.

    Returns:
        Whether anything had to be done.

    Raises:
        StorageError: The bucket did not take the write, or others kept on changing the key.
    """
    for num_rounds in range(_MAX_SETTLE_ROUNDS):
        state = PackState.read(bucket, pack)
        if state.pointer is None or state.in_step:
            return num_rounds > 0
        if state.served is not None:
            keep(bucket, state.served)
        scores = stored_bytes(bucket, state.pointer.scores)
        # Whoever was faster is judged in the next round, by the pointer as it is then.
        with contextlib.suppress(LostRaceError):
            bucket.swap(runtime_key(pack), scores, state.served_etag)
    raise StorageError(
        f"{bucket.uri}/{runtime_key(pack)} to become what the pointer says",
        f"another content in each of {_MAX_SETTLE_ROUNDS} rounds",
        "stop whatever else writes there, then run the same command again",
    )
