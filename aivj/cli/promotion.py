"""What `aivj promote` and `aivj rollback` share: the bucket they write to, what they tell of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, out

if TYPE_CHECKING:
    from aivj.release.bucket import Bucket
    from aivj.release.promotion import Promotion

AllowUnconditionalOption = Annotated[
    bool,
    typer.Option(
        "--allow-unconditional",
        help="Write even to a store that ignores conditions on writes; recorded. Two promotions at "
        "once may then overwrite each other unseen.",
    ),
]


def bucket_to_write(uri: str, *, allow_unconditional: bool) -> "Bucket":
    """Opens a bucket, and says aloud if it cannot tell two writers apart."""
    from aivj.release.opening import open_bucket

    bucket = open_bucket(uri, allow_unconditional=allow_unconditional)
    if bucket.unconditional:
        err.print(
            f"[yellow]warning[/] {bucket.uri} has no conditional writes: promote from one place at "
            "a time"
        )
    return bucket


def print_promotion(promotion: "Promotion") -> None:
    """Prints what is served now, and what was."""
    pointer = promotion.pointer
    done = f"{pointer.action} of" if promotion.changed else "nothing to change:"
    out.print(f"{done} {pointer.digest[:12]} in {promotion.bucket_uri}")
    if pointer.forced is not None:
        overruled = ", ".join(pointer.forced.overruled)
        out.print(f"forced by {pointer.forced.by} over {overruled}: {pointer.forced.reason}")
    if pointer.previous is not None:
        out.print(f"before: {pointer.previous.digest[:12]} (`aivj rollback` brings it back)")
