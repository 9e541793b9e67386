"""`aivj accept`: every gate on a pack, in order, and one verdict."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import above_the_clock, err, out, working
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import (
    DiversityOption,
    Gpu,
    OutDirOption,
    Profile,
    ProfileOption,
    SeedOption,
)
from aivj.cli.results import STYLES
from aivj.cli.sampling_steps import announce_renderer, local_stamp
from aivj.cli.verb import require_path, was_given
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.browser.choice import RendererChoice
    from aivj.gate.accept import AcceptStep, Step
    from aivj.gate.environment import VerifyEnvironment
    from aivj.settings import Settings


@takes(
    environment=From(
        "aivj.gate.environment:VerifyEnvironment",
        only=(
            *("coupled_pack", "url", "preset_library"),
            *("accept_use_artifacts", "artifacts_dir", "accept_timeout_ms"),
        ),
        made_by="aivj.gate.environment:read_environment",
    )
)
def accept(
    context: typer.Context,
    environment: "VerifyEnvironment",
    gpu: Annotated[
        Gpu | None,
        typer.Option(
            "--gpu", envvar="AIVJ_GPU", help="require: a GPU (default). software: the CPU."
        ),
    ] = None,
    profile: ProfileOption = None,
    seed: SeedOption = 0,
    diversity: DiversityOption = None,
    out_dir: OutDirOption = None,
) -> None:
    """Take a pack through every gate: files, lint, verification, statistics of its logs.

    Writes accept.json, accept.html and the evidence of each step. Ends with 0 if no step failed and
    the pack is good enough to release, with 7 otherwise. A step with nothing to read is not
    applicable, never passed.

    Example: aivj accept --pack mine --gpu require

    Evidence that is there: aivj accept --pack mine --use-artifacts --artifacts var/verify/mine
    """
    from aivj.cli.verification import verify_request
    from aivj.gate.accept import PAGE_NAME
    from aivj.pipeline.accepting import EVIDENCE_NAME, AcceptRequest, Verifying
    from aivj.pipeline.accepting import accept as run_accept

    settings: Settings = context.obj
    name = environment.coupled_pack
    require_path(settings.packs_root / "presets" / name)
    judges_artifacts = environment.accept_use_artifacts or (
        was_given(context, "artifacts_dir") and not was_given(context, "accept_use_artifacts")
    )
    folder = out_dir or settings.home / "artifacts" / "accept" / local_stamp()
    verifying = Verifying(
        request=verify_request(
            environment, packs_root=settings.packs_root, release=True, seed=seed
        ),
        prove_renderer=lambda: _renderer(gpu, profile, environment),
        conversion_cache=settings.conversion_cache,
        on_progress=lambda text: err.print(f"  {text}"),
    )
    judged = environment.artifacts_dir if judges_artifacts else None
    with working("accepting"):
        report = run_accept(
            AcceptRequest(
                pack=name,
                packs_root=settings.packs_root,
                folder=folder,
                artifacts=judged,
                timeout_s=environment.accept_timeout_ms / 1000,
                limits=environment.link_limits,
                diversity=diversity,
            ),
            verifying,
            on_step=_tell,
        )
    out.print(f"{report.verdict}: {folder / PAGE_NAME}")
    if not report.passed:
        raise GateError(
            "every step of acceptance to pass",
            ", ".join(report.failed_steps) or "the verification did not pass",
            f"do what stands beside each step in {folder / PAGE_NAME}",
        )
    evidence = folder / EVIDENCE_NAME if judged is None else judged
    say_next(context, "promote", "--pack", name, "--evidence", evidence)


def _renderer(
    gpu: Gpu | None, profile: Profile | None, environment: "VerifyEnvironment"
) -> "RendererChoice":
    from aivj.cli.verification import gpu_policy, is_headed
    from aivj.pipeline.render_options import RenderOptions
    from aivj.pipeline.rendering import prove_renderer

    policy = gpu_policy(gpu, environment)
    headed = is_headed(None, environment, policy)
    choice = prove_renderer(RenderOptions(gpu=policy, profile=profile, headed=headed))
    announce_renderer(choice)
    return choice


def _tell(number: int, step: "Step", ended: "AcceptStep | None") -> None:
    if ended is None:
        err.print(f"{number}. {step.title} ...")
        return
    verdict = (f"{ended.verdict:<15}", STYLES[ended.verdict])
    above_the_clock().print(Text.assemble(verdict, (f"{step.name}: ", "bold"), ended.found))
    if ended.remedy is not None:
        above_the_clock().print(Text.assemble(" " * 15, ("do ", "bold"), ended.remedy))
