"""How Chromium is started, as pure functions of what is wanted.

`headed-vulkan` and `headless-egl` draw on a GPU; `software-egl` (Mesa llvmpipe) and
`software-swiftshader` on the CPU. Which renderer a browser really got is proved by
`aivj.browser.renderer`, never assumed from the flags. `d3d11` is the runtime's `force-d3d11`: it
draws where there is Direct3D, is tried only when it is named, and is refused anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from aivj.browser.display import SCREEN
from aivj.browser.gpus import GpuPin
from aivj.errors import InputError

ProfileName = Literal[
    "headed-vulkan", "headless-egl", "software-egl", "software-swiftshader", "d3d11"
]
GpuPolicy = Literal["require", "software", "auto"]

# Playwright allows SwiftShader on Linux by default: a lost GPU would be a slow success.
DROPPED_DEFAULT_ARGS = ("--enable-unsafe-swiftshader",)

# A GPU process that dies must be an error at once, not after Chromium's own retries and blocks.
_FAULT_ARGS = ("--disable-domain-blocking-for-3d-apis", "--disable-gpu-process-crash-limit")
_QUIET_ARGS = ("--disable-quic", "--no-first-run", "--no-proxy-server", "--mute-audio")
# Suggestions below an address bar that nobody sees are two pages of 400 modules for each window:
# half of what it takes to open one of ours.
_UNSEEN_FEATURES = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Of several lists Chromium reads the last one, which is ours: what Playwright turns off stands in
# it too.
_PLAYWRIGHTS_FEATURES = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    *("PreconnectToSearch", "msForceBrowserSignIn"),
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
_FEATURES_ARG = f"--disable-features={','.join((*_PLAYWRIGHTS_FEATURES, *_UNSEEN_FEATURES))}"
_COMMON_ARGS = ("--ignore-gpu-blocklist", *_FAULT_ARGS, *_QUIET_ARGS, _FEATURES_ARG)

# Our display has no window manager, who alone maximizes: the size is said as well.
_MAXIMIZED_ARGS = (
    *("--start-maximized", "--window-position=0,0"),
    f"--window-size={SCREEN[0]},{SCREEN[1]}",
)

_RENDERER_ARGS: Mapping[ProfileName, tuple[str, ...]] = {
    "headed-vulkan": ("--use-angle=vulkan", "--enable-features=Vulkan", "--disable-vulkan-surface"),
    "headless-egl": ("--use-gl=angle", "--use-angle=gl-egl"),
    "software-egl": ("--use-gl=angle", "--use-angle=gl-egl"),
    "software-swiftshader": ("--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    # Of the runtime's flags, `--use-gl=desktop` is none of Chromium's any more.
    "d3d11": (
        *("--use-gl=angle", "--use-angle=d3d11", "--disable-software-rasterizer"),
        *("--enable-gpu-rasterization", "--enable-zero-copy"),
    ),
}

# llvmpipe draws in the thread that asks: at our sizes its threads mostly wait for each other, and
# the other cores have browsers of their own.
_LLVMPIPE_ENV = (("LP_NUM_THREADS", "0"),)

_NVIDIA_EGL_VENDOR = Path("/usr/share/glvnd/egl_vendor.d/10_nvidia.json")
_MESA_EGL_VENDOR = Path("/usr/share/glvnd/egl_vendor.d/50_mesa.json")


@dataclass(frozen=True)
class LaunchPlan:
    """Everything that decides which renderer a browser gets.

    Attributes:
        profile: Name of the launch profile.
        headed: Whether a window is opened, on a display that the session owns.
        args: Chromium's command line, without what Playwright adds.
        env: Environment variables added for Chromium alone.
        gpu: The one GPU, of several, that the browser must draw on; None pins nothing.
        maximized: Whether the window fills its screen, and pages driven live the window.
    """

    profile: ProfileName
    headed: bool
    args: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    gpu: GpuPin | None = None
    maximized: bool = False

    @property
    def gpu_mode(self) -> str:
        """What the runtime's sampler calls it, as `meta.json` says: off, safe or force-d3d11."""
        if self.profile == "d3d11":
            return "force-d3d11"
        return "off" if self.profile.startswith("software") else "safe"


def takes_either_way(profile: ProfileName) -> bool:
    """Whether a profile draws in a window as well as without one."""
    return profile.startswith("software") or profile == "d3d11"


def launch_plan(
    profile: ProfileName,
    *,
    headed: bool | None = None,
    maximized: bool = False,
    egl_vendors: frozenset[Path] = frozenset(),
) -> LaunchPlan:
    """Builds the plan of a profile.

    Args:
        profile: Which profile.
        headed: Overrides the profile's own way; most GPU profiles do not take it.
        maximized: Whether a window, if there is one, fills its screen.
        egl_vendors: The EGL vendor files that exist on this machine (`installed_egl_vendors`).

    Raises:
        InputError: Unknown profile, or `headed` against the nature of a GPU profile.
    """
    if profile not in get_args(ProfileName):
        raise InputError(
            f"one of the profiles {', '.join(get_args(ProfileName))}",
            repr(profile),
            "name one of them",
        )
    natural = profile == "headed-vulkan"
    if headed is not None and headed != natural and not takes_either_way(profile):
        raise InputError(
            f"{profile} to run {'headed' if natural else 'headless'}",
            "the opposite",
            "leave the choice to the profile",
        )
    is_headed = natural if headed is None else headed
    is_maximized = maximized and is_headed
    window_args = (
        *(("--ozone-platform=x11",) if is_headed else ()),
        *(_MAXIMIZED_ARGS if is_maximized else ()),
    )
    return LaunchPlan(
        profile=profile,
        headed=is_headed,
        args=(*_RENDERER_ARGS[profile], *window_args, *_COMMON_ARGS),
        env=_environment(profile, egl_vendors),
        maximized=is_maximized,
    )


def pinned(plan: LaunchPlan, gpu: GpuPin | None) -> LaunchPlan:
    """Returns the plan for a browser on `gpu`; no GPU draws what a software plan starts."""
    return plan if plan.profile.startswith("software") else replace(plan, gpu=gpu)


def _environment(profile: ProfileName, vendors: frozenset[Path]) -> tuple[tuple[str, str], ...]:
    """Pins EGL to one vendor, so that it gives that vendor's renderer or an error."""
    wanted = {"headless-egl": _NVIDIA_EGL_VENDOR, "software-egl": _MESA_EGL_VENDOR}.get(profile)
    drawing = _LLVMPIPE_ENV if profile == "software-egl" else ()
    if wanted is None or wanted not in vendors:
        return drawing
    return (("__EGL_VENDOR_LIBRARY_FILENAMES", str(wanted)), *drawing)


def installed_egl_vendors() -> frozenset[Path]:
    """Returns which of the EGL vendor files that matter exist here."""
    return frozenset(p for p in (_NVIDIA_EGL_VENDOR, _MESA_EGL_VENDOR) if p.is_file())


def candidate_profiles(policy: GpuPolicy) -> tuple[ProfileName, ...]:
    """Returns the profiles to try for a policy, best first."""
    gpu: tuple[ProfileName, ...] = ("headed-vulkan", "headless-egl")
    software: tuple[ProfileName, ...] = ("software-egl", "software-swiftshader")
    return {"require": gpu, "software": software, "auto": gpu + software}[policy]
