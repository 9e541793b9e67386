"""Real browsers beside a made `nvidia-smi`: each proved on its GPU, or refused."""

import asyncio
import dataclasses
import json
import os
from pathlib import Path

import psutil
import pytest
from fake_nvidia import FakeGpus

from aivj.browser import pin_proof
from aivj.browser.gpus import GpuPin, visible_gpus
from aivj.browser.nvidia_smi import GpuClient, sole_use
from aivj.browser.pinning import application_profile, pinned_environment, pinned_to_own_gpu
from aivj.browser.profiles import installed_egl_vendors, launch_plan
from aivj.browser.session import BrowserSession
from aivj.errors import MissingDependencyError, RendererRefusedError


@pytest.fixture
def machine(tmp_path, monkeypatch):
    def install(*minors, **behaviour):
        FakeGpus(minors, **behaviour).install(tmp_path, monkeypatch)
        return visible_gpus()

    return install


def session_on(gpu):
    # No GPU is here to draw: the CPU does, and the fake driver books it on a GPU.
    plan = launch_plan("software-egl", egl_vendors=installed_egl_vendors())
    return BrowserSession(dataclasses.replace(plan, gpu=gpu), "software")


def test_the_profile_is_the_drivers():
    assert json.loads(application_profile(5)) == {
        "profiles": [{"name": "aivj", "settings": ["EGLVisibleDGPUDevices", 0x20]}],
        "rules": [{"pattern": [], "profile": "aivj"}],
    }


def profile_in(home):
    return Path(home, ".nv", "nvidia-application-profiles-rc").read_text()


def test_browsers_of_a_process_draw_on_each_gpu_in_turn_but_not_if_the_cpu_draws(machine):
    gpus = machine(3, 1)

    plans = [pinned_to_own_gpu(launch_plan("headless-egl")) for _ in range(2)]

    assert {plan.gpu for plan in plans} == set(gpus)
    assert pinned_to_own_gpu(launch_plan("software-egl")).gpu is None


async def test_the_environment_names_a_home_with_the_profile_and_takes_it_away(machine):
    _, second = machine(3, 1)

    async with pinned_environment(second) as env:
        home = env.pop("HOME")
        text = profile_in(home)

    assert env == {"__GL_APPLICATION_PROFILE": "1"}
    assert text == application_profile(1)
    with pytest.raises(FileNotFoundError):
        profile_in(home)


async def test_the_minor_is_that_of_the_browsers_machine(machine):
    gpu = machine(3)[0]
    planned_elsewhere = dataclasses.replace(gpu, index=7, minor=0)

    async with pinned_environment(planned_elsewhere) as env:
        assert profile_in(env["HOME"]) == application_profile(3)


@pytest.mark.parametrize("uuid", ["GPU-9", ""])
async def test_a_gpu_of_another_machine_is_refused(uuid, machine):
    gpu = dataclasses.replace(machine(0, 1)[0], uuid=uuid)

    with pytest.raises(RendererRefusedError, match="GPU-0, GPU-1"):
        await session_on(gpu).open()


async def test_a_pin_without_nvidia_smi_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RendererRefusedError, match="no NVIDIA GPU"):
        async with pinned_environment(GpuPin(0, "GPU-0", "0000:0a:00.0", "RTX", 0)):
            pass


async def test_a_gpu_outside_the_mask_is_refused(machine):
    gpu = machine(0, 32)[1]

    with pytest.raises(RendererRefusedError, match="one GPU"):
        await session_on(gpu).open()


@pytest.mark.parametrize("tells", [True, False], ids=["by list", "by memory"])
@pytest.mark.parametrize("index", [0, 1, 2])
async def test_a_pinned_browser_is_proved_where_it_is(index, tells, machine):
    gpu = machine(4, 0, 2, tells=tells)[index]

    async with session_on(gpu) as session:
        assert (await session.call("about:blank", "() => 7", None, 5)).value == 7


@pytest.fixture
def child_not_waited_for():
    ended = os.posix_spawn("/bin/true", ["true"], {})
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    yield
    os.waitpid(ended, 0)


@pytest.mark.usefixtures("child_not_waited_for")
async def test_a_browser_is_proved_beside_a_process_that_ended(machine):
    async with session_on(machine(0, 1)[1]) as session:
        assert (await session.call("about:blank", "() => 7", None, 5)).value == 7


@pytest.mark.parametrize("tells", [True, False], ids=["by list", "by memory"])
async def test_a_browser_elsewhere_is_refused_and_gone(tells, machine, newcomers):
    gpu = machine(0, 1, obeys=False, tells=tells)[1]

    with pytest.raises(RendererRefusedError) as caught:
        await session_on(gpu).open()

    assert "GPU 1" in caught.value.expected
    assert "it on 0000:0a:00.0" in caught.value.found
    assert caught.value.exit_code == 5
    assert [command for _, command in newcomers() if "chrom" in command.partition(" ")[0]] == []


async def test_browsers_pinned_at_once_do_not_confuse_each_other(machine):
    sessions = [session_on(gpu) for gpu in machine(0, 1, tells=False)]
    try:
        await asyncio.gather(*(session.open() for session in sessions))
    finally:
        await asyncio.gather(*(session.close() for session in sessions))


async def test_a_turn_that_never_comes_is_refused(machine, monkeypatch):
    gpu = machine(0, 1, tells=False)[0]
    monkeypatch.setattr(pin_proof, "_TURN_TIMEOUT_S", 0.3)

    with sole_use(), pytest.raises(RendererRefusedError, match="a turn"):
        await session_on(gpu).open()


async def test_a_browser_that_takes_no_memory_proves_nothing(machine):
    gpu = machine(0, 1, tells=False)[0]
    for took in (False, True):

        async def hold(took=took):
            return took

        with pytest.raises(RendererRefusedError, match="on no GPU"):
            await pin_proof.prove_pin(gpu, [], hold)


async def test_neighbours_at_work_are_told_apart(machine, monkeypatch):
    gpu, other = machine(0, 1, tells=False)
    rounds = iter([(10, 10), (140, 900), (270, 910)])

    def used():
        return dict(zip((gpu.bus_id, other.bus_id), next(rounds), strict=True))

    async def hold():
        return True

    monkeypatch.setattr(pin_proof, "used_memory_mib", used)
    await pin_proof.prove_pin(gpu, [], hold)


async def test_a_foreign_process_of_the_same_id_is_not_the_browser(machine, monkeypatch):
    gpu = machine(0, 1, tells=False)[0]
    me = psutil.Process()
    stranger = GpuClient(gpu.bus_id, me.pid, "Xorg")
    monkeypatch.setattr(pin_proof, "gpu_clients", lambda: (stranger,))

    async def hold():
        return False

    with pytest.raises(RendererRefusedError, match="on no GPU"):
        await pin_proof.prove_pin(gpu, [me], hold)


async def test_an_unpinned_browser_never_asks(tmp_path, monkeypatch):
    FakeGpus((0, 1)).install(tmp_path, monkeypatch)
    (tmp_path / "bin" / "nvidia-smi").write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\nexit 9\n")

    async with session_on(None):
        assert not (tmp_path / "asked").exists()
    with pytest.raises(MissingDependencyError):
        await session_on(GpuPin(0, "GPU-0", "0000:0a:00.0", "RTX", 0)).open()
