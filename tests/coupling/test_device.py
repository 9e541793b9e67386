import stat
import time
from pathlib import Path

import pytest
import torch

from aivj.coupling.device import choose_device, gpu_snapshot
from aivj.errors import DeviceRefusedError


def test_without_cuda_training_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    start_s = time.monotonic()
    with pytest.raises(DeviceRefusedError) as caught:
        choose_device(allow_cpu=False)
    assert time.monotonic() - start_s < 10
    assert "CUDA" in caught.value.expected
    assert "--allow-cpu" in caught.value.remedy
    assert caught.value.exit_code == 6


def test_an_allowed_cpu_is_said_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    choice = choose_device(allow_cpu=True)
    assert choice.device == torch.device("cpu")
    assert "no CUDA" in choice.reason


def test_cuda_wins_even_where_the_cpu_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Test GPU")
    choice = choose_device(allow_cpu=True)
    assert choice.device.type == "cuda"
    assert "Test GPU" in choice.reason


def program(folder: Path, script: str) -> None:
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_snapshot_is_what_nvidia_smi_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "echo 'Test GPU, 12 %'")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_snapshot() == "Test GPU, 12 %\n"


def test_missing_or_failing_nvidia_smi_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_snapshot() is None
    program(tmp_path, "exit 9")
    assert gpu_snapshot() is None
