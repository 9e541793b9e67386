"""`aivj audit snapshot`: where an audit stands, while it goes on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import bar, err, out
from aivj.cli.model_options import From, takes
from aivj.cli.options import OutDirOption
from aivj.cli.places import shown

if TYPE_CHECKING:
    from aivj.library.snapshot import SnapshotOptions
    from aivj.settings import Settings

_MAX_SHOWN = 12


@takes(what=From("aivj.library.snapshot:SnapshotOptions"))
def snapshot(
    context: typer.Context,
    what: "SnapshotOptions",
    audit: Annotated[
        Path | None,
        typer.Option(
            "--in",
            help="An audit's folder, or any preset-audit.json. Default: that of `aivj audit`.",
        ),
    ] = None,
    out_dir: OutDirOption = None,
    summary_out: Annotated[
        str, typer.Option("--summary-out", help="File name of the summary.")
    ] = "preset-audit.summary.json",
    blacklist_out: Annotated[
        str, typer.Option("--blacklist-out", help="File name of the blacklist.")
    ] = "preset-audit.blacklist.json",
) -> None:
    """Write summary and blacklist of an audit as far as it is; the audit is only read.

    Example: aivj audit snapshot --blacklist-mode crash

    Of the original's audit: aivj audit snapshot --in artifacts/presets/audit/preset-audit.json
    """
    from aivj.library.snapshot import take_snapshot
    from aivj.storage import resolve_under

    settings: Settings = context.obj
    source = audit or settings.audit_dir
    folder = out_dir or (source if source.is_dir() else source.parent)
    names = [resolve_under(folder, name).name for name in (summary_out, blacklist_out)]
    with bar("reading") as progress:
        found = take_snapshot(
            source,
            folder,
            what,
            summary_name=names[0],
            blacklist_name=names[1],
            on_progress=lambda num_read: progress.update(num_read, num_read),
        )
    totals = found.summary.totals
    if found.num_bad_entries:
        err.print(f"passed over: {found.num_bad_entries} entries that name no preset")
    out.print(
        f"scanned {totals.scanned}, probed {totals.with_quality}: {totals.ok} ok, "
        f"{found.num_crash_safe} crash-safe, {totals.bad} bad, {totals.missing} to come"
    )
    for reason in found.summary.top.reasons[:_MAX_SHOWN]:
        out.print(f"  {reason.count} {reason.key}", markup=False)
    for name in names:
        out.print(shown(context, folder / name), markup=False)
