"""`aivj audit repair`: presets that broke, without what broke them."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aivj.cli.audit_progress import stages
from aivj.cli.console import out
from aivj.cli.model_options import From, takes
from aivj.cli.options import GpuOption, ProfileOption, WorkersOption
from aivj.cli.places import shown
from aivj.cli.stopping import goes_on_with
from aivj.cli.studio import ClipOption, studio_of, takes_uri

if TYPE_CHECKING:
    from aivj.pipeline.render_options import RenderOptions
    from aivj.pipeline.repairing import RepairRequest
    from aivj.settings import Settings
    from aivj.takes.settings import RenderSettings


def _audit_dir(settings: "Settings", _given: object) -> Path:
    return settings.audit_dir


def _out_dir(settings: "Settings", _given: object) -> Path:
    return settings.home / "artifacts" / "presets" / "repaired"


@takes(
    request=From(
        "aivj.pipeline.repairing:RepairRequest",
        defaults={"audit_dir": _audit_dir, "out_dir": _out_dir},
    ),
    render=From("aivj.takes.settings:RenderSettings"),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def repair(
    context: typer.Context,
    request: "RepairRequest",
    render: "RenderSettings",
    options: "RenderOptions",
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
    audio: ClipOption = "groove",
) -> None:
    """Make a pack of presets that broke, without what broke them; the library stays as it is.

    Of each the least change counts that makes it fit: shapes, waves, both, shaders or per-pixel
    code left out. It is drawn to know. repair-lineage.jsonl says what each was made of.

    Example: aivj audit repair --max-presets 100

    Dark ones, too: aivj audit repair --what quality --out-dir var/repaired
    """
    from dataclasses import replace

    from aivj.pipeline.repairing import repair_library

    settings: Settings = context.obj
    goes_on_with(context)
    with stages("repairing") as tell:
        studio = studio_of(
            settings,
            replace(options, gpu=gpu, profile=profile),
            render,
            num_workers=num_workers,
            audio=audio,
            on_progress=lambda num_done, num_all: tell("drawing", num_done, num_all),
        )
        done = repair_library(request, studio, tell)
    out.print(f"repaired {len(done.rows)} of {done.num_tried} presets")
    for strategy, num in Counter(row.strategy for row in done.rows).most_common():
        out.print(f"  {num} {strategy}")
    out.print(shown(context, request.out_dir), markup=False)
