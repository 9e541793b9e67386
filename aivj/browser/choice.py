"""Finds the launch profile that gives the renderer a policy asks for, by trying."""

from collections.abc import Sequence
from dataclasses import dataclass

from aivj.browser.profiles import (
    GpuPolicy,
    LaunchPlan,
    ProfileName,
    candidate_profiles,
    installed_egl_vendors,
    launch_plan,
    takes_either_way,
)
from aivj.browser.renderer import RendererReport, without_launch
from aivj.errors import MissingDependencyError, RendererRefusedError, WorkerLostError


@dataclass(frozen=True)
class RendererChoice:
    """A plan that was proved, and what was tried in vain before it.

    Attributes:
        plan: The launch plan.
        policy: What a session opened with this plan insists on: `require` or `software`.
        report: What the browser said under this plan.
        rejected: One line for each profile that did not do, without its flags.
    """

    plan: LaunchPlan
    policy: GpuPolicy
    report: RendererReport
    rejected: tuple[str, ...]


async def choose_renderer(
    policy: GpuPolicy,
    *,
    profile: ProfileName | None = None,
    headed: bool | None = None,
    maximized: bool = False,
) -> RendererChoice:
    """Tries the profiles of `policy`, best first, and returns the first that is proved.

    Raises:
        RendererRefusedError: No profile gives the renderer that was asked for.
        MissingDependencyError: Chromium is missing.
    """
    # What has been proved can be read without it, and Playwright takes its time.
    from aivj.browser.session import BrowserSession

    names: Sequence[ProfileName] = [profile] if profile else candidate_profiles(policy)
    rejected: list[str] = []
    for name in names:
        insisted: GpuPolicy = "software" if name.startswith("software") else "require"
        if policy not in {"auto", insisted}:
            raise RendererRefusedError(
                f"a profile for --gpu {policy}", f"profile {name}", "name another profile"
            )
        plan = launch_plan(
            name,
            headed=headed if takes_either_way(name) else None,
            maximized=maximized,
            egl_vendors=installed_egl_vendors(),
        )
        session = BrowserSession(plan, insisted)
        try:
            report = await session.open()
        except (RendererRefusedError, WorkerLostError) as error:
            rejected.append(f"{name}: {error.found}")
        except MissingDependencyError as error:
            if "Chromium" in error.expected or len(names) == 1:
                raise
            rejected.append(f"{name}: {error.found}")
        else:
            await session.close()
            return RendererChoice(plan, insisted, report, tuple(map(without_launch, rejected)))
    raise RendererRefusedError(
        {"require": "a GPU renderer", "software": "a software renderer"}.get(policy, "a renderer"),
        "; ".join(rejected),
        "check the driver and the container's graphics capability with `aivj doctor`"
        + (", or say --gpu software" if policy == "require" else ""),
    )
