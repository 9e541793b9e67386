"""`aivj compare`: the served scores and those that might take their place."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from aivj.cli.console import bar, out, say
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.results import JsonOption, plain_table, print_json
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.contracts.comparison import Comparison, Side, Verdict
    from aivj.pipeline.requests import CompareRequest

_MEANINGS = {
    "preference_agreement": "people's judgements that the scores agree with",
    "pick_uplift": "measured worth of weighted picks above shuffled ones",
    "top20_hit_rate": "weighted picks among the measured best fifth",
    "eval_spearman": "rank correlation with the measured worth",
    "elite_auc": "elite positives above negatives (AUC)",
    "score_std": "standard deviation of the scores",
    "score_p50": "median of the scores",
}
_STYLES = {"better": "green", "worse": "bold red", "not to be told apart": "yellow"}


@takes(
    request=From(
        "aivj.pipeline.requests:CompareRequest",
        defaults={"bucket_uri": lambda settings, _: settings.bucket_uri},
    )
)
def compare(
    context: typer.Context,
    request: "CompareRequest",
    not_worse: Annotated[
        bool,
        typer.Option(
            "--not-worse",
            help="End with 7 if the candidate is worse; with 0 if nothing is served yet.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Judge the served scores and a candidate by the same labels; changes nothing.

    Differences come with 95 % intervals of a paired bootstrap over the pairs. Ends with 0 whatever
    the verdict is, unless told otherwise.

    Example: aivj compare --pack mine --eval-jsonl var/runs/mine/eval.jsonl

    With checks in a browser: aivj compare --pack mine --evidence-candidate var/verify/mine
    """
    from aivj.pipeline.comparing import compare as run_compare
    from aivj.pipeline.comparing import has_champion

    if not_worse and not has_champion(request):
        say(f"nothing is served of {request.pack} yet, so nothing to be worse than")
        return
    with bar("presets") as progress:

        def on_progress(counted: str, num_done: int, num_total: int) -> None:
            if counted != progress.label:
                progress.begin(counted)
            progress.update(num_done, num_total)

        comparison = run_compare(request, on_progress)
    if as_json:
        print_json(comparison)
    else:
        _print(comparison)
        if comparison.verdict == "better":
            say_next(context, "verify", "--pack", request.pack, "--release", *gpu_option())
    if not_worse and comparison.verdict == "worse":
        raise GateError(
            "a candidate that is no worse than what is served",
            f"a worse one, judged by {comparison.judged_by}",
            "keep what is served, or `aivj promote --force --reason ...`",
        )


def _print(comparison: "Comparison") -> None:
    sides = {"champion": comparison.champion, "candidate": comparison.candidate}
    for name, side in sides.items():
        out.print(Text(f"{name:<9}  {side.digest[:12]}  {side.num_pairs} pairs  {side.source}"))
    held_out = comparison.num_held_out
    known = "training unknown" if held_out is None else f"{held_out} held out from training"
    out.print(f"{comparison.num_common} pairs in common ({comparison.common_share:.0%}), {known}")
    out.print(
        f"judged by {comparison.num_judged}: {comparison.num_measured} measured, "
        f"{comparison.num_elite} elite, {comparison.num_judgements} judgements\n"
    )
    out.print(_figures(comparison), soft_wrap=False)
    for name in comparison.figures:
        out.print(Text(f"  {name}: {_MEANINGS[name]}", "dim"))
    if any(side.evidence is not None for side in sides.values()):
        out.print()
        out.print(_checks(sides), soft_wrap=False)
    out.print()
    for note in comparison.notes:
        out.print(Text(f"note: {note}"))
    judged = f"by {comparison.judged_by}" if comparison.judged_by else "without any label"
    told = {"better": "is better than", "worse": "is worse than"}.get(
        comparison.verdict, "is not to be told apart from"
    )
    out.print(Text(f"the candidate {told} the champion, {judged}", _STYLES[comparison.verdict]))


def _figures(comparison: "Comparison") -> Table:
    from aivj.contracts.comparison import DESCRIPTIVE

    table = plain_table()
    table.add_column("figure", no_wrap=True)
    for name in ("champion", "candidate", "difference", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for name, found in comparison.figures.items():
        verdict = Text() if name in DESCRIPTIVE else _short(found.verdict)
        table.add_row(
            name,
            f"{found.champion:.3f}",
            f"{found.candidate:.3f}",
            f"{found.difference:+.3f}",
            f"{found.low95:+.3f} to {found.high95:+.3f}",
            verdict,
        )
    return table


def _short(verdict: "Verdict") -> Text:
    """Returns a verdict as narrow as a terminal wants it."""
    return Text("unclear" if verdict == "not to be told apart" else verdict, _STYLES[verdict])


def _checks(sides: "dict[str, Side]") -> Table:
    """Tells what `aivj verify` said of both."""
    table = plain_table()
    for name in ("verified", "verdict", "uplift", "95 % interval", "renderer", "failed"):
        table.add_column(name)
    for name, side in sides.items():
        found = side.evidence
        if found is None:
            table.add_row(name, "no check", "", "", "", "")
            continue
        uplift = found.uplift
        table.add_row(
            name,
            Text(found.verdict, "green" if found.verdict == "passed" else "bold red"),
            f"{uplift.mean:+.3f}" if uplift else "",
            f"{uplift.low95:+.3f} to {uplift.high95:+.3f}" if uplift else "",
            found.renderer_class,
            Text(", ".join(found.failed_checks)),
        )
    return table
