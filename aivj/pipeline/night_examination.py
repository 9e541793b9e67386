"""Whether a night would be wasted: asked before its first stage."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aivj.audio.groove import GROOVE_NAME
from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import GpuPolicy
from aivj.doctor import Finding, Prospects, examine, look_ahead, require_all

if TYPE_CHECKING:
    from aivj.pipeline.night import NightRequest
    from aivj.pipeline.pool_examination import Actors
    from aivj.settings import Settings

_IN_BROWSERS = frozenset({"pairs", "pack", "sample", "verify", "frames", "audit"})


@dataclass(frozen=True)
class Asked:
    """What of a night decides what is examined.

    Attributes:
        gpu: Which renderer is asked for.
        bucket_uri: Where scores are promoted to.
        tracking_uri: Where runs are recorded.
        num_workers: Browsers at a time.
        stages: Names of the stages that are asked for.
        actors: What browsers ask of the cluster that the night is to join; None without one.
        is_proved: Whether the renderer was proved just now.
    """

    gpu: GpuPolicy
    num_workers: int
    bucket_uri: str | None = None
    tracking_uri: str | None = None
    stages: frozenset[str] = frozenset()
    actors: "Actors | None" = None
    is_proved: bool = False


def prove_any(home: Path) -> RendererChoice:
    """Examines this machine, and returns a GPU that was proved, or else the software renderer.

    Raises:
        RendererRefusedError: Neither draws.
        MissingDependencyError: Something that is needed is missing.
    """
    return examine(home, "auto").require_health()


def examine_night(
    request: "NightRequest",
    settings: "Settings",
    asked: Asked,
    on_finding: Callable[[Finding], None],
) -> RendererChoice | None:
    """Looks at the machine and at all that the night will use.

    Args:
        request: The night.
        settings: Where everything is.
        asked: What else it is asked for.
        on_finding: Told each finding that is not well.

    Returns:
        The renderer that was proved, if one was.

    Raises:
        DeviceRefusedError: There is no CUDA device, and the CPU is not allowed.
        MissingDependencyError: Something else that it needs is not there.
        RendererRefusedError: The browser draws with another renderer than it shall.
    """
    ahead = look_ahead(_prospects(request, settings, asked))
    if request.ray_address is not None and asked.actors is not None:
        from aivj.pipeline.pool_examination import examine_pool

        # Where no node fits yet, one may come when it is asked for.
        ahead.append(examine_pool(request.ray_address, asked.actors, grows=True))
    for finding in ahead:
        if finding.state != "ok":
            on_finding(finding)
    require_all(ahead)
    if asked.is_proved or not asked.stages & _IN_BROWSERS:
        return None
    examination = examine(settings.home, asked.gpu)
    for finding in examination.findings:
        if finding.state == "missing":
            on_finding(finding)
    return examination.require_health()


def _prospects(request: "NightRequest", settings: "Settings", asked: Asked) -> Prospects:
    # What is in a bucket comes to this disk with the first verb that names it.
    is_made = (request.src_base or request.presets or settings.home_uri) is not None
    is_elsewhere = request.ray_address is not None or settings.home_uri is not None
    promotes = request.promote and "promote" in asked.stages
    return Prospects(
        home=settings.home,
        packs_root=settings.packs_root,
        packs=() if is_made or request.kind == "styles" else request.packs,
        libraries=() if is_made or request.kind == "coupled" else request.packs,
        elite_dir=None if request.elite_dir is None else Path(request.elite_dir),
        audio=request.audio or GROOVE_NAME,
        trains="train" in asked.stages and not is_elsewhere,
        allow_cpu=request.allow_cpu,
        bucket_uri=(asked.bucket_uri or settings.bucket_uri) if promotes else None,
        tracking_uri=asked.tracking_uri or settings.tracking_uri,
        num_presets=0,
        num_workers=asked.num_workers,
    )
