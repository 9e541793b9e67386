"""`aivj promote`: a pack's scores, into the runtime's bucket; with what `aivj rollback` shares."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, out, say, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import BucketOption, DiversityOption, PackOption, TrackingOption
from aivj.cli.tracking import open_tracker
from aivj.errors import GateError, InputError

if TYPE_CHECKING:
    from aivj.release.candidate import Force
    from aivj.release.promotion import Promotion
    from aivj.release.tracking import Tracker
    from aivj.settings import Settings
    from aivj.storage import Bucket

AllowUnconditionalOption = Annotated[
    bool,
    typer.Option(
        "--allow-unconditional",
        help="Write even to a store that ignores conditions on writes; recorded. Two promotions at "
        "once may then overwrite each other unseen.",
    ),
]


def promote(
    context: typer.Context,
    pack: PackOption,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", help="Folder that `aivj verify` wrote for these scores."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Promote what a gate refuses; --reason goes on record. Scores that the runtime "
            "could not read stay refused.",
        ),
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why --force, for those who come after.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who decided on --force. Default: the login name.")
    ] = None,
    allow_unconditional: AllowUnconditionalOption = False,
    diversity: DiversityOption = None,
    bucket: BucketOption = None,
    tracking_uri: TrackingOption = None,
) -> None:
    """Make a pack's scores what its runtime reads; what was there before is kept.

    Example: aivj promote --pack mine --evidence var/artifacts/headless/X --bucket s3://live/public

    Past a gate: aivj promote --pack mine --force --reason "only scores before tonight's show"
    """
    say("loading MLflow")
    from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, read_pairs_quality
    from aivj.pipeline.releasing import publish

    settings: Settings = context.obj
    decision = _decision(force=force, reason=reason, by=by)
    quality_path = settings.packs_root / "presets" / pack / PAIRS_QUALITY_NAME
    if diversity is not None:
        _require_varied(diversity, quality_path.parent)
    judgement = read_pairs_quality(quality_path).provenance.judgement
    if judgement is not None:
        out.print(judgement.sentence)
    tracker = open_tracker(settings, tracking_uri, "promote")
    with working("promoting"):
        promotion = publish(
            pack=pack,
            bucket=bucket_to_write(
                bucket or settings.bucket_uri, allow_unconditional=allow_unconditional
            ),
            quality_path=quality_path,
            evidence_dir=evidence,
            tracker=tracker,
            force=decision,
        )
    if decision is not None and promotion.pointer.forced is None:
        err.print("[yellow]note[/] every gate lets these scores pass: nothing was forced")
    print_promotion(promotion)
    tell_unregistered(tracker)
    chosen = [] if bucket is None else ["--bucket", bucket]
    say_next(context, "releases", "--pack", pack, *chosen)


def _decision(*, force: bool, reason: str | None, by: str | None) -> "Force | None":
    """Joins the three options.

    Raises:
        InputError: A reason or a name without `--force`, or `--force` without a reason.
    """
    from aivj.release.candidate import Force

    if force:
        return Force(reason=reason or "", by=_login_name() if by is None else by)
    if reason is not None or by is not None:
        raise InputError(
            "--reason and --by together with --force",
            "no --force",
            "leave them out, or say --force if a gate shall be overruled",
        )
    return None


def _require_varied(report: Path, folder: Path) -> None:
    """Requires a report on the pack's variety.

    Raises:
        InputError: There is none.
        GateError: It did not pass, or is of another pack.
    """
    from aivj.gate.diversity import check_diversity

    finding = check_diversity(report, folder)
    if finding.verdict != "pass":
        raise GateError(
            f"a varied pack, by {report}",
            finding.found,
            "run `aivj diversity` on this pack, or leave --diversity out",
        )
    out.print(f"variety: {finding.found}", markup=False)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return ""


def bucket_to_write(uri: str, *, allow_unconditional: bool) -> "Bucket":
    """Opens a bucket, and says aloud if it cannot tell two writers apart."""
    from aivj.storage import open_bucket

    bucket = open_bucket(uri, allow_unconditional=allow_unconditional)
    if bucket.unconditional:
        err.print(
            f"[yellow]warning[/] {bucket.uri} has no conditional writes: promote from one place at "
            "a time"
        )
    return bucket


def tell_unregistered(tracker: "Tracker") -> None:
    """Says what to do about a registry that could not be told."""
    if tracker.is_away:
        say(
            f"note: {tracker.uri} is away, and its registry knows nothing of this: when it is "
            "back, `aivj mlflow flush`, then the same promotion again, tell it"
        )


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
