"""`aivj verify`: a page, opened on a scored pack and judged by the gate."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, working
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import Gpu, ProfileOption, SeedOption
from aivj.cli.proved import prove
from aivj.cli.sampling_steps import announce_renderer, local_stamp
from aivj.cli.verb import was_given
from aivj.cli.verify_check import print_gate
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.gate.environment import VerifyEnvironment
    from aivj.settings import Settings

_OPTIONS = (
    *("coupled_pack", "url", "preset_library", "sel_samples", "sel_iters", "sel_delay_ms"),
    *("coupled_gamma", "coupled_explore", "device_scale_factor", "beat_tempo"),
    *("strict_outputs_panel", "hard_timeout_ms", "attempts", "heartbeat_ms", "host", "port"),
    *("debug", "out_dir"),
)


@takes(
    environment=From(
        "aivj.gate.environment:VerifyEnvironment",
        only=_OPTIONS,
        made_by="aivj.gate.environment:read_environment",
    )
)
def verify(
    context: typer.Context,
    environment: "VerifyEnvironment",
    release: Annotated[
        bool, typer.Option("--release", help="Ask for evidence good enough to release.")
    ] = False,
    gpu: Annotated[
        Gpu | None,
        typer.Option(
            "--gpu",
            envvar="AIVJ_GPU",
            help="require: refuse software renderers (default). software: refuse GPUs. "
            "Also: VERIFY_GPU, VERIFY_GPU_MODE.",
        ),
    ] = None,
    profile: ProfileOption = None,
    headed: Annotated[
        bool | None,
        typer.Option(
            "--headed/--headless",
            help="Software profiles: a window on an own Xvfb. Also: VERIFY_HEADLESS.",
        ),
    ] = None,
    run_manifest_url: Annotated[
        str | None,
        typer.Option(
            "--run-manifest-url",
            help="Run manifest to select presets by. Default: /run-manifest.json, if there.",
        ),
    ] = None,
    features: Annotated[
        bool,
        typer.Option(
            "--features/--no-features", help="Try what else the page does than play the pack."
        ),
    ] = True,
    seed: SeedOption = 0,
) -> None:
    """Open a page on a pack, try what it does, and judge the evidence by the gate's table.

    Plays the pack weighted and shuffled in the own player, or in the page of --url, tries the
    page's features, writes all evidence into --out-dir (also: VERIFY_OUT_DIR), and ends as
    `aivj verify-check` of that folder would: with 0 if every required check passed or does not
    apply, with 7 if one failed.

    Example: aivj verify --pack mine --gpu software

    Before a release: aivj verify --pack mine --gpu require --release
    """
    from aivj.cli.verification import gpu_policy, is_headed, is_set, verify_request
    from aivj.pipeline.labels import read_pack
    from aivj.pipeline.render_options import RenderOptions
    from aivj.pipeline.verification import verify as run_verify

    settings: Settings = context.obj
    request = verify_request(
        environment,
        packs_root=settings.packs_root,
        plays_pairs=was_given(context, "coupled_pack"),
        release=release,
        run_manifest_url=run_manifest_url,
        seed=seed,
    )
    request = replace(request, features=features)
    stamped = settings.home / "artifacts" / "headless" / local_stamp()
    folder = environment.out_dir if is_set(environment, "out_dir") else stamped
    policy = gpu_policy(gpu, environment)
    if request.url is None and request.pack is not None:
        read_pack(settings.packs_root, request.pack)
    with working("verifying"):
        choice = prove(
            context,
            RenderOptions(
                gpu=policy, profile=profile, headed=is_headed(headed, environment, policy)
            ),
        )
        announce_renderer(choice)
        done = run_verify(
            request,
            packs_root=settings.packs_root,
            conversion_cache=settings.conversion_cache,
            choice=choice,
            out_dir=folder,
            limits=environment.link_limits,
            on_progress=lambda text: err.print(f"verify: {text}"),
        )
    if environment.debug:
        _print_logs(folder)
    print_gate(done.gate)
    if not done.report.passed:
        raise GateError(
            "every required check to pass",
            ", ".join(done.gate.failed_checks),
            f"look at the evidence in {folder}",
        )
    if request.pack is not None:
        say_next(context, "promote", "--pack", request.pack, "--evidence", folder)


def _print_logs(folder: Path) -> None:
    from aivj.contracts.verification import CONSOLE_NAME, PAGE_ERRORS_NAME

    for name in (PAGE_ERRORS_NAME, CONSOLE_NAME):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            err.print(f"{name}: {line}", markup=False)
