"""`aivj diversity`: how varied a pack is, and whether that will do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import bar, err, out
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import GpuOption, ProfileOption, WorkersOption
from aivj.cli.results import STYLES, JsonOption, print_json
from aivj.cli.studio import ClipOption, studio_of, takes_uri
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.pipeline.diversity import DiversityRequest, JudgedPack
    from aivj.pipeline.render_options import RenderOptions
    from aivj.settings import Settings


@takes(
    request=From("aivj.pipeline.diversity:DiversityRequest"),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def diversity(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[PACK]", help="Name of the pack, of pairs or of single presets."),
    ] = None,
    *,
    request: "DiversityRequest",
    options: "RenderOptions",
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
    audio: ClipOption = "groove",
    out_dir: Annotated[
        Path | None,
        typer.Option("--out-dir", help="Where to write. Default: <home>/artifacts/diversity/PACK."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how varied a pack is, by its texts and by its pictures; ends with 7 if it is too alike.

    Presets are drawn once, those that were not yet. Writes diversity.json, which `accept` and
    `promote` can require, and diversity.html with the most repeated looks.

    Example: aivj diversity mine --min-vendi 25 --max-duplicate-share 0.3

    Without drawing anything: aivj diversity mine --text-only
    """
    from dataclasses import replace

    from aivj.contracts.diversity import DIVERSITY_NAME
    from aivj.contracts.json_text import document_bytes
    from aivj.pipeline.diversity import judge_pack
    from aivj.storage import write_atomic
    from aivj.takes.settings import RenderSettings

    settings: Settings = context.obj
    if name is not None:
        request = request.model_copy(update={"pack": name})
    folder = out_dir or settings.home / "artifacts" / "diversity" / request.pack
    with bar("reading") as progress:
        studio = studio_of(
            settings,
            replace(options, gpu=gpu, profile=profile),
            RenderSettings(),
            num_workers=num_workers,
            audio=audio,
            on_progress=lambda num_done, num_all: progress.update(num_done, num_all, "drawn"),
        )
        judged = judge_pack(request, studio.take, on_progress=progress.update)
    report = judged.report
    write_atomic(folder / DIVERSITY_NAME, document_bytes(report))
    _write_page(folder / "diversity.html", judged)
    if as_json:
        print_json(report)
    else:
        for rule, check in report.checks.items():
            verdict = (f"{check.verdict:<15}", STYLES[check.verdict])
            out.print(Text.assemble(verdict, (f"{rule}: ", "bold"), check.found))
    err.print(f"page: {folder / 'diversity.html'}", markup=False)
    if report.verdict == "failed":
        wanted = [check.expected for check in report.checks.values() if check.verdict == "fail"]
        found = [f"{rule}: {told}" for rule, told in report.failed_checks.items()]
        raise GateError(
            f"a varied pack: {'; '.join(wanted)}",
            "; ".join(found),
            "draw more presets, of more authors, or let `aivj pairs` choose pairs unlike each "
            f"other; the page shows what is alike: {folder / 'diversity.html'}",
        )
    say_next(context, "accept", "--pack", request.pack, "--diversity", folder / DIVERSITY_NAME)


def _write_page(path: Path, judged: "JudgedPack") -> None:
    from aivj.report.diversity import PictureSpread, RepeatedPicture, write_diversity_page

    spread = None
    if judged.pictures is not None:
        reached = judged.pictures.coverage
        spread = PictureSpread(
            reached.luma.tolist(), reached.motion.tolist(), reached.colour_shares.tolist()
        )
    looks = [RepeatedPicture(look.num, look.examples, look.webp) for look in judged.looks]
    write_diversity_page(path, judged.report, spread, looks)
