"""`aivj verify`: a page, opened on a scored pack and judged by the gate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import err, working
from aivj.cli.next_steps import say_next
from aivj.cli.options import (
    Gpu,
    OutDirOption,
    ProfileOption,
    SeedOption,
    VerifiedLibraryOption,
    VerifiedPageOption,
)
from aivj.cli.sampling_steps import announce_renderer, local_stamp
from aivj.cli.verify_check import print_gate
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.settings import Settings


def verify(
    context: typer.Context,
    pack: Annotated[
        str | None,
        typer.Option(
            "--pack", help="Pack to play, weighted and shuffled. Also: VERIFY_COUPLED_PACK."
        ),
    ] = None,
    release: Annotated[
        bool, typer.Option("--release", help="Ask for evidence good enough to release.")
    ] = False,
    url: VerifiedPageOption = None,
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
    library: VerifiedLibraryOption = None,
    run_manifest_url: Annotated[
        str | None,
        typer.Option(
            "--run-manifest-url",
            help="Run manifest to select presets by. Default: /run-manifest.json, if there.",
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", min=1, help="Picks to compare in each mode. Also: VERIFY_SEL_SAMPLES."
        ),
    ] = None,
    max_clicks: Annotated[
        int | None,
        typer.Option("--max-clicks", min=1, help="Most clicks for them. Also: VERIFY_SEL_ITERS."),
    ] = None,
    click_delay_ms: Annotated[
        int | None,
        typer.Option(
            "--click-delay-ms", min=0, help="Time between clicks. Also: VERIFY_SEL_DELAY_MS."
        ),
    ] = None,
    gamma: Annotated[
        float | None,
        typer.Option(
            "--gamma",
            min=0,
            help="How much weighted picks prefer better scores. Also: VERIFY_COUPLED_GAMMA.",
        ),
    ] = None,
    explore: Annotated[
        float | None,
        typer.Option(
            "--explore",
            min=0,
            max=1,
            help="Share of the weight that scores do not decide. Also: VERIFY_COUPLED_EXPLORE.",
        ),
    ] = None,
    device_scale_factor: Annotated[
        float | None,
        typer.Option(
            "--device-scale-factor",
            min=0.1,
            help="Device pixels in a CSS pixel. Also: VERIFY_DSF.",
        ),
    ] = None,
    beat_tempo: Annotated[
        bool | None,
        typer.Option(
            "--beat-tempo/--no-beat-tempo", help="Look for the tempo. Also: VERIFY_BEAT_TEMPO."
        ),
    ] = None,
    strict_outputs: Annotated[
        bool | None,
        typer.Option(
            "--strict-outputs/--no-strict-outputs",
            help="Require the panel of outputs. Also: VERIFY_STRICT_OUTPUTS_PANEL.",
        ),
    ] = None,
    hard_timeout_ms: Annotated[
        int | None,
        typer.Option(
            "--hard-timeout-ms", min=0, help="Longest time for all. Also: VERIFY_HARD_TIMEOUT_MS."
        ),
    ] = None,
    attempts: Annotated[
        int | None,
        typer.Option("--attempts", min=1, help="Tries, if a page is lost. Also: VERIFY_ATTEMPTS."),
    ] = None,
    heartbeat_ms: Annotated[
        int | None,
        typer.Option(
            "--heartbeat-ms", min=0, help="Time between signs of life. Also: VERIFY_HEARTBEAT_MS."
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Host of the own player. Also: VERIFY_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Its port. Also: VERIFY_PORT."),
    ] = None,
    debug: Annotated[
        bool | None,
        typer.Option("--debug/--no-debug", help="Print the logs too. Also: VERIFY_DEBUG."),
    ] = None,
    seed: SeedOption = 0,
    out_dir: OutDirOption = None,
) -> None:
    """Open a page on a pack, try what it does, and judge the evidence by the gate's table.

    Plays the pack weighted and shuffled in the own player, or in the page of --url, tries the
    page's features, writes all evidence into --out-dir (also: VERIFY_OUT_DIR), and ends as
    `aivj verify-check` of that folder would: with 0 if every required check passed or does not
    apply, with 7 if one failed.

    Example: aivj verify --pack mine --gpu software

    Before a release: aivj verify --pack mine --gpu require --release
    """
    from aivj.cli.verify_options import (
        VerifyOptions,
        first,
        gpu_policy,
        is_headed,
        is_set,
        verify_request,
    )
    from aivj.gate.environment import read_environment
    from aivj.pipeline.labels import read_pack
    from aivj.pipeline.rendering import RenderOptions, prove_renderer
    from aivj.pipeline.verification import verify as run_verify

    settings: Settings = context.obj
    environment = read_environment()
    request = verify_request(
        VerifyOptions(
            pack=pack,
            url=url,
            release=release,
            preset_library=library,
            run_manifest_url=run_manifest_url,
            samples=samples,
            max_clicks=max_clicks,
            click_delay_ms=click_delay_ms,
            gamma=gamma,
            explore=explore,
            device_scale_factor=device_scale_factor,
            beat_tempo=beat_tempo,
            strict_outputs=strict_outputs,
            hard_timeout_ms=hard_timeout_ms,
            attempts=attempts,
            heartbeat_ms=heartbeat_ms,
            host=host,
            port=port,
            seed=seed,
        ),
        packs_root=settings.packs_root,
    )
    stamped = settings.home / "artifacts" / "headless" / local_stamp()
    default_folder = environment.out_dir if is_set(environment, "out_dir") else stamped
    folder = out_dir or default_folder
    policy = gpu_policy(gpu, environment)
    if request.url is None and request.pack is not None:
        read_pack(settings.packs_root, request.pack)
    with working("verifying"):
        choice = prove_renderer(
            RenderOptions(
                gpu=policy, profile=profile, headed=is_headed(headed, environment, policy)
            )
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
    if first(debug, environment.debug):
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
    from aivj.gate.report import CONSOLE_NAME, PAGE_ERRORS_NAME

    for name in (PAGE_ERRORS_NAME, CONSOLE_NAME):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            err.print(f"{name}: {line}", markup=False)
