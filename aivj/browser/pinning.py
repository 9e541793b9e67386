"""How a browser is kept to one GPU of several.

Chromium has no switch for it on Linux, and `CUDA_VISIBLE_DEVICES` does nothing to EGL and Vulkan.
NVIDIA's driver has: the application profile key `EGLVisibleDGPUDevices`, a mask of the device
minors that are seen. It looks first below `$HOME/.nv`, so a browser with a home folder of its own
has a mask of its own, whatever the container's is. Whether it worked is proved by
`aivj.browser.pin_proof`, never assumed.

Source: README of the NVIDIA driver 580, appendix "Application Profiles". NVIDIA's container
toolkit writes the same rule to restrict EGL and Vulkan to a container's share of the GPUs.
"""

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from aivj.browser.gpus import GpuPin, own_gpu, visible_gpus
from aivj.browser.profiles import LaunchPlan, pinned
from aivj.errors import RendererRefusedError

_PROFILE_FILE = Path(".nv", "nvidia-application-profiles-rc")
_PROFILE_NAME = "aivj"
_MASK_BITS = 32
REMEDY = "give each pod one GPU: then nothing is pinned"


def pinned_to_own_gpu(plan: LaunchPlan) -> LaunchPlan:
    """Returns the plan for the next browser of this process; see `aivj.browser.gpus.own_gpu`.

    Raises:
        MissingDependencyError: `nvidia-smi` is there and does not work.
    """
    if plan.profile.startswith("software"):
        return plan
    return pinned(plan, own_gpu(visible_gpus(), os.environ))


@contextlib.asynccontextmanager
async def pinned_environment(pin: GpuPin) -> AsyncIterator[dict[str, str]]:
    """Keeps a home folder that pins what runs in it, and yields the environment for it.

    Raises:
        RendererRefusedError: The GPU is not one of this machine's, or has no place in the mask.
        MissingDependencyError: `nvidia-smi` does not work.
    """
    minor = _minor_of(pin, await asyncio.to_thread(visible_gpus))
    with _home_with(application_profile(minor)) as home:
        yield {"HOME": home, "__GL_APPLICATION_PROFILE": "1"}


def application_profile(minor: int) -> str:
    """Returns the application profile under which `/dev/nvidia<minor>` alone is seen."""
    settings = ["EGLVisibleDGPUDevices", 1 << minor]
    return json.dumps(
        {
            "profiles": [{"name": _PROFILE_NAME, "settings": settings}],
            "rules": [{"pattern": [], "profile": _PROFILE_NAME}],
        }
    )


@contextlib.contextmanager
def _home_with(profile: str) -> Iterator[str]:
    # A browser that was killed may still be writing there.
    with tempfile.TemporaryDirectory(prefix="aivj-gpu-", ignore_cleanup_errors=True) as home:
        file = Path(home, _PROFILE_FILE)
        file.parent.mkdir()
        file.write_text(profile, encoding="utf-8")
        yield home


def _minor_of(pin: GpuPin, gpus: tuple[GpuPin, ...]) -> int:
    """Looks the GPU up where the browser will run: plans are made elsewhere, minors change."""
    here = {gpu.uuid: gpu for gpu in gpus}.get(pin.uuid)
    if here is None:
        found = ", ".join(gpu.uuid for gpu in gpus) or "no NVIDIA GPU"
        raise RendererRefusedError(
            f"{pin}, {pin.uuid}, on the machine of its browser",
            found,
            "choose pins with `visible_gpus` on that machine",
        )
    if here.minor is None or here.minor >= _MASK_BITS:
        raise RendererRefusedError(
            f"a device minor below {_MASK_BITS} for {pin}",
            f"{here.minor} in /proc/driver/nvidia/gpus",
            REMEDY,
        )
    return here.minor
