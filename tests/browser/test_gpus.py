import pickle

import pytest
from fake_nvidia import FakeGpus
from ray import cloudpickle

from aivj.browser import gpus as gpus_module
from aivj.browser.gpus import GpuPin, own_gpu, visible_gpus
from aivj.browser.profiles import launch_plan, pinned

MODEL = "NVIDIA GeForce RTX 4090"
PINS = (
    GpuPin(0, "GPU-0", "0000:0a:00.0", MODEL, 3),
    GpuPin(1, "GPU-1", "0000:0b:00.0", MODEL, 1),
)


def test_gpus_are_listed_with_their_device_minors(tmp_path, monkeypatch):
    FakeGpus((3, 1)).install(tmp_path, monkeypatch)

    assert visible_gpus() == PINS
    assert str(PINS[1]) == f"GPU 1 ({MODEL}, 0000:0b:00.0)"


def test_without_nvidia_smi_there_are_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert visible_gpus() == ()


@pytest.mark.parametrize("text", [None, "", "Device Minor: none\n", "Device Minor: ٣\n", b"\xff"])
def test_a_minor_that_is_not_told_is_none(text, tmp_path, monkeypatch):
    FakeGpus((3,)).install(tmp_path, monkeypatch)
    page = gpus_module._DRIVER_GPUS / "0000:0a:00.0" / "information"
    page.unlink()
    if text is not None:
        page.write_bytes(text if isinstance(text, bytes) else text.encode())

    assert [gpu.minor for gpu in visible_gpus()] == [None]


def test_one_gpu_or_none_pins_nothing():
    assert own_gpu((), {}) is None
    assert own_gpu(PINS[:1], {"CUDA_VISIBLE_DEVICES": "0"}) is None


def test_several_gpus_are_given_in_turn():
    given = [own_gpu(PINS, {"CUDA_VISIBLE_DEVICES": "0,1"}) for _ in range(4)]

    assert given[:2] == given[2:]
    assert set(given) == set(PINS)


@pytest.mark.parametrize("name", ["1", "GPU-1"])
def test_an_actor_draws_on_the_gpu_that_it_was_given(name):
    assert own_gpu(PINS, {"CUDA_VISIBLE_DEVICES": name}) == PINS[1]


def test_a_plan_travels_with_its_pin():
    plan = pinned(launch_plan("headless-egl"), PINS[1])

    assert plan.gpu == PINS[1]
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301 - written just above
    assert cloudpickle.loads(cloudpickle.dumps(plan)) == plan
    assert hash(plan) == hash(pinned(launch_plan("headless-egl"), PINS[1]))


def test_software_plans_have_no_gpu():
    assert launch_plan("headless-egl").gpu is None
    assert pinned(launch_plan("software-egl"), PINS[0]).gpu is None
    assert pinned(launch_plan("headed-vulkan"), None).gpu is None
