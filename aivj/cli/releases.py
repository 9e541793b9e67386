"""`aivj releases`: what a bucket serves for a pack, and all that it served before."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aivj.cli.console import out
from aivj.cli.options import BucketOption, PackOption
from aivj.cli.results import JsonOption, plain_table, print_json

if TYPE_CHECKING:
    from aivj.contracts.pointer import Pointer
    from aivj.release.releases import PackReleases
    from aivj.settings import Settings

# Narrower, the table would cut digests.
_MIN_WIDTH = 130


def releases(
    context: typer.Context,
    pack: PackOption,
    bucket: BucketOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a pack's releases, newest first: scores, evidence, and what was forced and why.

    Example: aivj releases --pack mine --bucket s3://live/public

    For programs: aivj releases --pack mine --json
    """
    from aivj.release.releases import describe
    from aivj.storage import open_bucket

    settings: Settings = context.obj
    found = describe(open_bucket(bucket or settings.bucket_uri), pack)
    if as_json:
        print_json(found)
        return
    if found.pointer is None:
        out.print(Text(f"nothing was ever promoted for {pack} in {found.bucket_uri}"))
    else:
        Console(file=out.file, width=max(out.width, _MIN_WIDTH)).print(_table(found))
    if not found.in_step:
        served = "nothing" if found.served_digest is None else found.served_digest[:12]
        out.print(f"[yellow]the runtime reads {served}[/], which is not what stands above")
        out.print("promote or roll back again to mend that")


def _table(found: "PackReleases") -> Table:
    table = plain_table()
    for name in ("serial", "when", "action", "digest", "pairs", "std", "verified", "MLflow run"):
        table.add_column(name, no_wrap=True)
    table.add_column("alias", no_wrap=True)
    table.add_column("remarks")
    for pointer in found.newest_first:
        table.add_row(*_cells(pointer), found.alias(pointer) or "", Text(_remarks(pointer)))
    return table


def _cells(pointer: "Pointer") -> list[str | Text]:
    return [
        str(pointer.serial),
        pointer.promoted_at,
        pointer.action,
        pointer.digest[:12],
        "?" if pointer.num_pairs is None else str(pointer.num_pairs),
        "?" if pointer.quality_std is None else f"{pointer.quality_std:.4f}",
        "yes" if pointer.verified else Text("no", "yellow"),
        Text((pointer.run_id or "")[:12]),
    ]


def _remarks(pointer: "Pointer") -> str:
    remarks = []
    if pointer.forced is not None:
        overruled = ", ".join(pointer.forced.overruled)
        remarks.append(f"forced by {pointer.forced.by} over {overruled}: {pointer.forced.reason}")
    if pointer.unconditional:
        remarks.append("swapped without conditional writes")
    return "; ".join(remarks)
