"""Proves on which GPU a browser draws, by the driver's own account.

The driver lists the processes of each GPU. Where it withholds them, as in most containers, the
browser takes GPU memory and the GPU whose memory shrinks is the one.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import psutil

from aivj.browser.gpus import GpuPin
from aivj.browser.nvidia_smi import gpu_clients, sole_use, used_memory_mib
from aivj.browser.pinning import REMEDY
from aivj.errors import RendererRefusedError

HELD_MIB = 128
# Drivers serve part of a request from what they had set aside.
_GROWN_MIB = 96
# Neighbours at work take memory too, but not of the same GPU each time that we do.
_MIN_ROUNDS = 2
_MAX_ROUNDS = 5
_TURN_TIMEOUT_S = 120.0
_TURN_POLL_S = 0.1

# Written to, since memory that nobody wrote to need not exist. Gone with the document.
HOLD_MEMORY = """numMib => {
  window.held ??= document.createElement("canvas").getContext("webgl2");
  const gl = window.held;
  if (!gl) return false;
  const numLayers = numMib / 16;
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, gl.createTexture());
  gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8, 2048, 2048, numLayers);
  const texture = gl.getParameter(gl.TEXTURE_BINDING_2D_ARRAY);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  for (let layer = 0; layer < numLayers; layer++) {
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, texture, 0, layer);
    gl.clearColor(1, 1, 1, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }
  return gl.getError() === gl.NO_ERROR;
}"""


async def prove_pin(
    pin: GpuPin,
    gpu_processes: Sequence[psutil.Process],
    hold_memory: Callable[[], Awaitable[bool]],
) -> None:
    """Checks that a browser is on the GPU it was pinned to, and on no other.

    Args:
        pin: Where it should be.
        gpu_processes: The browser's processes that draw; they have drawn already.
        hold_memory: Makes the browser take `HELD_MIB` more of GPU memory; False if it cannot.

    Raises:
        RendererRefusedError: It is elsewhere, or nothing tells where it is.
        MissingDependencyError: `nvidia-smi` does not work.
    """
    how = "in nvidia-smi's list of processes"
    found = await asyncio.to_thread(_listing_gpus, gpu_processes)
    if not found:
        how = f"by the growth of memory.used when the browser took {HELD_MIB} MiB at a time"
        async with _turn():
            found = await _growing_gpus(hold_memory)
    if found != {pin.bus_id}:
        where = f"on {', '.join(sorted(found))}" if found else "on no GPU"
        raise RendererRefusedError(f"a browser on {pin} alone", f"it {where}, {how}", REMEDY)


def _listing_gpus(gpu_processes: Sequence[psutil.Process]) -> frozenset[str]:
    """Returns the GPUs that list one of the processes, by id and by name.

    The id alone could be a process of another pid namespace.
    """
    programs = {}
    for process in gpu_processes:
        with contextlib.suppress(psutil.Error):
            programs[process.pid] = process.name()
    return frozenset(
        client.bus_id for client in gpu_clients() if programs.get(client.pid) == client.program
    )


async def _growing_gpus(hold_memory: Callable[[], Awaitable[bool]]) -> frozenset[str]:
    """Returns the GPUs whose used memory grew each time that the browser took some."""
    before = await asyncio.to_thread(used_memory_mib)
    growing = frozenset(before)
    for num_rounds in range(1, _MAX_ROUNDS + 1):
        if not await hold_memory():
            return frozenset()
        after = await asyncio.to_thread(used_memory_mib)
        growing &= {gpu for gpu, mib in after.items() if mib - before.get(gpu, mib) >= _GROWN_MIB}
        before = after
        if len(growing) <= 1 and num_rounds >= _MIN_ROUNDS:
            break
    return growing


@contextlib.asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """Waits until no other browser is being proved: in step, they would not be told apart."""
    end_s = time.monotonic() + _TURN_TIMEOUT_S
    while time.monotonic() < end_s:
        with sole_use() as is_ours:
            if is_ours:
                yield
                return
        await asyncio.sleep(_TURN_POLL_S)
    raise RendererRefusedError(
        f"a turn to prove a GPU pin within {_TURN_TIMEOUT_S:.0f} s",
        "other browsers took them all",
        "start fewer browsers at once",
    )
