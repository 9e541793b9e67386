"""`aivj pool`: packs of single presets, from the pool of an audit."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aivj.cli.audited import say_unaudited
from aivj.cli.console import bar, err, out, working
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.verb import Verb, Verbs
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.pipeline.pools import PoolRequest
    from aivj.settings import Settings

app = typer.Typer(
    name="pool",
    cls=Verbs,
    help="Packs of single presets from an audited library: draw one, divide one, see if it is old.",
    epilog="Exit codes: 0 done, 3 input that cannot be used, 7 a pack whose pool is another now, "
    "8 disk. Example: aivj pool check --name safe --audit preset-audit.json",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AuditOption = Annotated[Path, typer.Option("--audit", help="The library's preset-audit.json.")]


def _report_path(settings: "Settings", given: Mapping[str, Any]) -> Path:
    from aivj.contracts.library_reports import QUALITY_REPORT_NAME

    return settings.home / "artifacts" / "presets" / str(given["name"]) / QUALITY_REPORT_NAME


@app.command(cls=Verb)
@takes(
    request=From("aivj.pipeline.pools:PoolRequest", defaults={"quality_report_out": _report_path})
)
def draw(context: typer.Context, request: "PoolRequest") -> None:
    """Draw presets from an audited pool and lay them out as a library: the base of later stages.

    The audit is read through once and no folder is walked. What a blacklist names, and what is no
    sound file, is left out; quality-report.json says why. The same call again changes nothing.

    Example: aivj pool draw --name safe --source ~/milkdrop --audit preset-audit.json --limit 15000

    Without an audit, said aloud: aivj pool draw --name raw --source ~/milkdrop --pool any
    """
    from aivj.pipeline.pools import draw_pool

    with bar("drawing") as progress:
        drawn = draw_pool(request, progress.update)
    counts = drawn.report.counts
    if request.pool == "any":
        say_unaudited(context, request.name)
    left_out = counts.excluded_by_blacklist_prefilter + counts.excluded
    err.print(
        f"listed: {counts.scanned}, left out: {left_out} ({counts.excluded_by_hygiene} no sound "
        f"file, {counts.excluded_by_blacklist + counts.excluded_by_blacklist_prefilter} on a "
        f"blacklist), odd: {counts.warnings}; {request.quality_report_out}",
        markup=False,
    )
    there = ", as before: this very pack was there already" if drawn.was_there else ""
    out.print(f"{counts.included} presets in {drawn.folder}{there}", markup=False)
    say_next(context, "diversity", request.name, "--text-only")


@app.command(cls=Verb)
def check(
    context: typer.Context,
    audit: AuditOption,
    name: Annotated[str, typer.Option("--name", "--pack", help="The pack.")],
) -> None:
    """Tell whether a pack's pool is still what the audit says; ends with 7 if it is another.

    Example: aivj pool check --name safe --audit preset-audit.json
    """
    from aivj.contracts.pairs_manifest import require_pack_name
    from aivj.packs.audited import staleness

    settings: Settings = context.obj
    folder = settings.packs_root / "presets" / require_pack_name(name)
    with working("reading the audit"):
        why = staleness(folder, audit)
    if why is not None:
        raise GateError(
            f"the pool of {name} to be what {audit} says",
            why,
            "draw the pack anew with --replace",
        )
    out.print(f"{name} is of the pool as it is now", markup=False)


@app.command(cls=Verb)
def split(
    context: typer.Context,
    audit: AuditOption,
    manifest: Annotated[
        Path, typer.Option("--manifest", help="The library's library-manifest.json.")
    ],
    safe: Annotated[
        Path | None, typer.Option("--out-safe", help="Default: beside it, NAME.safe.json.")
    ] = None,
    unsafe: Annotated[
        Path | None, typer.Option("--out-unsafe", help="Default: beside it, NAME.unsafe.json.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Default: safe-unsafe.report.json beside the audit."),
    ] = None,
    missing_quality: Annotated[
        Literal["unsafe", "drop", "safe"],
        typer.Option("--missing-quality", "--missingQuality", help="Of presets not probed."),
    ] = "unsafe",
    allow_bad_in_safe: Annotated[
        bool,
        typer.Option(
            "--allow-bad-in-safe", "--allowBadInSafe", help="Whatever broke nothing is safe."
        ),
    ] = False,
    require_wasm_compat_ok: Annotated[
        bool,
        typer.Option(
            "--require-wasm-compat-ok",
            "--requireWasmCompatOk",
            help="Safe is only what the manifest says a probe could load.",
        ),
    ] = False,
) -> None:
    """Divide a library's manifest by an audit: presets that may be shown, and the others.

    Presets are joined by relative path, by name where that is unambiguous, never by id.

    Example: aivj pool split --manifest library-manifest.json --audit preset-audit.json
    """
    from datetime import UTC, datetime

    from aivj.contracts.library_reports import SAFE_UNSAFE_REPORT_NAME, SplitPolicy
    from aivj.packs.safe_unsafe import SplitPlaces, split_by_audit

    stem = manifest.name.removesuffix(".json")
    places = SplitPlaces(
        manifest=manifest,
        audit=audit,
        safe=safe or manifest.parent / f"{stem}.safe.json",
        unsafe=unsafe or manifest.parent / f"{stem}.unsafe.json",
        report=report or audit.parent / SAFE_UNSAFE_REPORT_NAME,
    )
    policy = SplitPolicy(
        missing_quality=missing_quality,
        allow_bad_in_safe=allow_bad_in_safe,
        require_wasm_compat_ok=require_wasm_compat_ok,
    )
    with working("reading the audit"):
        found = split_by_audit(places, policy, now=datetime.now(UTC))
    stats = found.stats
    err.print(f"no entry in the audit: {stats.total_missing_audit_entry}")
    out.print(
        f"{stats.safe} safe in {places.safe}, {stats.unsafe} unsafe in {places.unsafe}, "
        f"{stats.dropped} dropped",
        markup=False,
    )
    say_next(context, "pool", "draw", "--help", why="or draw from the pool itself")
