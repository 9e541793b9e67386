"""`aivj promote`, `rollback` and `status`: what a runtime's bucket serves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import out
from aivj.cli.options import BucketOption, PackOption, TrackingOption
from aivj.settings import Settings

if TYPE_CHECKING:
    from aivj.release.promotion import Promotion


def promote(
    context: typer.Context,
    pack: PackOption,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", help="Folder that `aivj verify` wrote for these scores."),
    ] = None,
    allow_unverified: Annotated[
        bool, typer.Option("--allow-unverified", help="Promote without such a check; recorded.")
    ] = False,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Make a pack's scores what its runtime reads; what was there before is kept.

    Example: aivj promote --pack mine --evidence var/artifacts/headless/X --bucket s3://live/public
    """
    from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
    from aivj.pipeline.releasing import publish
    from aivj.release.tracking import Tracker

    settings: Settings = context.obj
    promotion = publish(
        pack=pack,
        bucket_uri=bucket or settings.bucket_uri,
        quality_path=settings.packs_root / "presets" / pack / PAIRS_QUALITY_NAME,
        evidence_dir=evidence,
        tracker=Tracker(tracking_uri or settings.tracking_uri),
        allow_unverified=allow_unverified,
    )
    _print_promotion(promotion)


def rollback(
    context: typer.Context,
    pack: PackOption,
    to: Annotated[
        str | None, typer.Option("--to", help="Digest, or its first digits. Default: the last one.")
    ] = None,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Make earlier scores what the runtime reads again.

    Example: aivj rollback --pack mine
    """
    from aivj.pipeline.releasing import roll_back
    from aivj.release.tracking import Tracker

    settings: Settings = context.obj
    promotion = roll_back(
        pack=pack,
        bucket_uri=bucket or settings.bucket_uri,
        to=to,
        tracker=Tracker(tracking_uri or settings.tracking_uri),
    )
    _print_promotion(promotion)


def status(context: typer.Context, pack: PackOption, bucket: BucketOption = None) -> None:
    """Show what a bucket serves for a pack, and what it served before.

    Example: aivj status --pack mine --bucket s3://live/public
    """
    from aivj.release.bucket import open_bucket
    from aivj.release.promotion import describe

    settings: Settings = context.obj
    release = describe(open_bucket(bucket or settings.bucket_uri), pack)
    if release.pointer is None:
        out.print(f"nothing was ever promoted for {pack}")
        return
    for pointer in (release.pointer, *release.history):
        verified = "verified" if pointer.verified else "not verified"
        out.print(f"{pointer.promoted_at}  {pointer.action:<8} {pointer.digest[:12]}  {verified}")
    if not release.in_step:
        out.print("[yellow]the runtime reads something else[/]: promote or roll back again")


def _print_promotion(promotion: "Promotion") -> None:
    pointer = promotion.pointer
    done = f"{pointer.action} of" if promotion.changed else "nothing to change:"
    out.print(f"{done} {pointer.digest[:12]} in {promotion.bucket_uri}")
    if pointer.previous is not None:
        out.print(f"before: {pointer.previous.digest[:12]} (`aivj rollback` brings it back)")
