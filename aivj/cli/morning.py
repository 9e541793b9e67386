"""`aivj morning`: the hard evidence of a night, a verdict a line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import out, say, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import BucketOption
from aivj.cli.results import STYLES, JsonOption, plain_table, print_json, told
from aivj.errors import GateError, InputError
from aivj.storage.places import as_uri

if TYPE_CHECKING:
    from collections.abc import Callable

    from aivj.contracts.morning import MorningReport
    from aivj.contracts.night import NightRecord
    from aivj.settings import Settings


def morning(
    context: typer.Context,
    run_stamp: Annotated[
        str | None, typer.Option("--run-stamp", help="Which night. Default: the last one.")
    ] = None,
    bucket: BucketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge what a night left: new, whole, good, verified, served, pictures as measured.

    Changes nothing. Ends with 0 if no check failed, with 7 if one did.

    Example: aivj morning

    Of a certain night: aivj morning --run-stamp 2026-03-01_010000 --json
    """
    with working("reading what the night left"):
        from aivj.contracts.night import BUCKET
        from aivj.pipeline.morning import NightOnDisk, judge_morning
        from aivj.pipeline.night import NightFiles

        settings: Settings = context.obj
        home = settings.home_uri or str(settings.home)
        record = _night(home, run_stamp)
        if run_stamp is None:
            _tell_age(record)
        files, at_hand = NightFiles(home, record.stamp, tuple(record.packs)), _at_hand(settings)
        report = judge_morning(
            NightOnDisk(
                record=record,
                run=at_hand(files.run),
                qualities={pack: at_hand(files.quality(pack)) for pack in record.packs},
                reports={pack: at_hand(files.report(pack)) for pack in record.packs},
                bucket_uri=bucket or record.places.get(BUCKET) or settings.bucket_uri,
                packs_root=settings.packs_root,
                spool=settings.tracking_spool,
            )
        )
    if as_json:
        print_json(report)
    else:
        _print(report)
    if report.verdict == "failed":
        raise GateError(
            f"every check of the night {record.stamp} to pass",
            f"{len(report.failed_checks)} failed: {', '.join(report.failed_checks)}",
            "do what stands beside each failed check",
        )
    if not as_json and record.night_kind == "styles":
        say_next(context, "library", "--pack", record.packs[0], why="its presets by style")
    elif not as_json:
        say_next(context, "report", files.run, why="its pictures and figures as a page")


def _night(home: str, stamp: str | None) -> "NightRecord":
    """Returns the night that is named, or the last one.

    Raises:
        InputError: There is none.
        StorageError: The bucket does not answer.
    """
    from aivj.contracts.night import read_night
    from aivj.pipeline.night import nights_folder
    from aivj.storage import open_folder

    folder = open_folder(nights_folder(home))
    stamps = folder.folders() if stamp is None else [stamp]
    found = [record for name in stamps if (record := read_night(folder.folder(name))) is not None]
    if not found:
        raise InputError(
            f"a night in {folder.uri}",
            "none" if stamp is None else f"none called {stamp!r}",
            "begin one: aivj night --pack PACK",
        )
    return max(found, key=lambda record: record.resumed_at or record.started_at)


def _tell_age(record: "NightRecord") -> None:
    """Says that the last night is not the one that has just passed, if it is not."""
    from datetime import UTC, datetime, timedelta

    from aivj.contracts.json_text import parse_time

    ended = record.finished_at or record.resumed_at or record.started_at
    age = datetime.now(UTC) - parse_time(ended)
    if age > timedelta(days=1):
        say(f"note: the last night, {record.stamp}, is {age.days} days old: none began since then")


def _at_hand(settings: "Settings") -> "Callable[[str], Path]":
    """Returns what brings a place of the home to this disk, if it is in a bucket."""
    from aivj.pipeline.places import Places

    places = Places(settings, say)

    def brought(place: str) -> Path:
        return Path(place) if as_uri(place) is None else places.restore(place)

    return brought


def _print(report: "MorningReport") -> None:
    table = plain_table()
    table.add_column("verdict", no_wrap=True)
    table.add_column("check", no_wrap=True)
    table.add_column("found")
    for name, result in report.checks.items():
        verdict = Text(result.verdict, STYLES[result.verdict])
        table.add_row(verdict, Text(name), told(result.found, result.expected, result.remedy))
    out.print(table, soft_wrap=False)
    out.print(Text(f"{report.verdict}: night {report.stamp}"))
