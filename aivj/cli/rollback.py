"""`aivj rollback`: earlier scores, back into the runtime's bucket."""

from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.next_steps import say_next
from aivj.cli.options import BucketOption, PackOption, TrackingOption
from aivj.cli.promote import (
    AllowUnconditionalOption,
    bucket_to_write,
    print_promotion,
    tell_unregistered,
)
from aivj.cli.tracking import open_tracker

if TYPE_CHECKING:
    from aivj.settings import Settings


def rollback(
    context: typer.Context,
    pack: PackOption,
    to: Annotated[
        str | None, typer.Option("--to", help="Digest, or its first digits. Default: the last one.")
    ] = None,
    allow_unconditional: AllowUnconditionalOption = False,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Make earlier scores what the runtime reads again.

    Example: aivj rollback --pack mine
    """
    from aivj.pipeline.releasing import roll_back

    settings: Settings = context.obj
    tracker = open_tracker(settings, tracking_uri, "rollback")
    promotion = roll_back(
        pack=pack,
        bucket=bucket_to_write(
            bucket or settings.bucket_uri, allow_unconditional=allow_unconditional
        ),
        to=to,
        tracker=tracker,
    )
    print_promotion(promotion)
    tell_unregistered(tracker)
    chosen = [] if bucket is None else ["--bucket", bucket]
    say_next(context, "releases", "--pack", pack, *chosen)
