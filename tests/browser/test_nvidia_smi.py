import contextlib
import re
import time

import pytest
from fake_nvidia import FakeGpus, install_program
from hypothesis import given
from hypothesis import strategies as st

from aivj.browser import nvidia_smi
from aivj.browser.nvidia_smi import (
    GpuClient,
    ListedGpu,
    kernel_bus_id,
    listed_gpus,
    parse_clients,
    parse_gpus,
    parse_used_memory,
    sole_use,
    used_memory_mib,
)
from aivj.errors import MissingDependencyError

CLIENTS = """
==============NVSMI LOG==============

Driver Version                            : 580.105.08
Attached GPUs                             : 3
GPU 00000000:01:00.0
    Processes
        GPU instance ID                   : N/A
        Compute instance ID               : N/A
        Process ID                        : 1234
            Type                          : G
            Name                          : /usr/lib/xorg/Xorg
            Used GPU Memory               : 4 MiB
        Process ID                        : 77
            Type                          : G
            Name                          : /usr/lib/chromium/chromium --type=gpu-process --a=b : c
            Used GPU Memory               : 210 MiB
GPU 00000000:C1:00.0
    Processes                             : None
GPU 00000000:C2:00.0
    Processes
        Process ID                        : N/A
            Name                          : [Not Found]
"""
# What differs between tables of one kind is a cell; text without form is another kind of wrong.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters=",:"), max_size=20)
LINES = st.lists(CELLS, max_size=5).map(", ".join)
REPORTS = st.lists(
    st.one_of(
        st.sampled_from(CLIENTS.splitlines()),
        st.text(max_size=40),
        CELLS.map("GPU {}".format),
        CELLS.map("        Process ID   : {}".format),
        CELLS.map("            Name     : {}".format),
    ),
    max_size=12,
).map("\n".join)


def test_the_list_is_read():
    text = "0, GPU-6f, 00000000:01:00.0, NVIDIA RTX 4090\n1, GPU-70, 00000001:C1:00.0, A, B\n\n"

    assert parse_gpus(text) == (
        ListedGpu(0, "GPU-6f", "0000:01:00.0", "NVIDIA RTX 4090"),
        ListedGpu(1, "GPU-70", "0001:c1:00.0", "A, B"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "No devices were found",
        "0, GPU-6f, 00000000:01:00.0",
        "0, , 00000000:01:00.0, A",
        "-1, GPU-6f, 00000000:01:00.0, A",
        "0, GPU-6f, 01:00.0, A",
        "0, GPU-6f, ../../etc, A",
        "٣, GPU-6f, 00000000:01:00.0, A",
    ],
)
def test_another_list_is_refused_with_the_line(text):
    with pytest.raises(MissingDependencyError, match="from nvidia-smi") as caught:
        parse_gpus(f"0, GPU-6f, 00000000:01:00.0, A\n{text}")
    assert caught.value.found.strip("'") in text


def test_used_memory_is_read_and_what_is_withheld_is_refused():
    assert parse_used_memory("00000000:01:00.0, 12\n00000000:02:00.0, 0\n") == {
        "0000:01:00.0": 12,
        "0000:02:00.0": 0,
    }
    with pytest.raises(MissingDependencyError, match="N/A"):
        parse_used_memory("00000000:01:00.0, [N/A]")


def test_processes_are_read_with_their_gpu():
    assert parse_clients(CLIENTS) == (
        GpuClient("0000:01:00.0", 1234, "Xorg"),
        GpuClient("0000:01:00.0", 77, "chromium"),
    )


@given(st.one_of(st.text(), LINES, st.lists(LINES).map("\n".join)))
def test_tables_are_read_or_refused(text):
    for parse in (parse_gpus, parse_used_memory):
        with contextlib.suppress(MissingDependencyError):
            assert len(parse(text)) <= len(text.splitlines())


@given(st.one_of(st.text(), REPORTS))
def test_reports_are_read_or_refused(text):
    with contextlib.suppress(MissingDependencyError):
        clients = parse_clients(text)
        assert all(kernel_bus_id(client.bus_id) == client.bus_id for client in clients)
        assert {client.pid for client in clients} <= set(map(int, re.findall("[0-9]+", text)))


@given(st.integers(0, 0xFFFF), st.integers(0, 255), st.integers(0, 31), st.integers(0, 7))
def test_bus_ids_become_the_kernels(domain, bus, device, function):
    theirs = f"{domain:08X}:{bus:02X}:{device:02X}.{function}"

    assert kernel_bus_id(theirs) == f"{domain:04x}:{bus:02x}:{device:02x}.{function}"
    assert kernel_bus_id(kernel_bus_id(theirs)) == kernel_bus_id(theirs)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18", "mismatch"),
        ("exit 9", "exit code 9"),
        ("printf '\\377'", "utf-8"),
        ("echo hello", "hello"),
        ("sleep 60", "timed out"),
    ],
)
def test_a_program_that_fails_is_named(command, found, tmp_path, monkeypatch):
    if "timed out" in found:
        monkeypatch.setattr(nvidia_smi, "_TIMEOUT_S", 1.0)
    install_program(tmp_path / "bin", command, monkeypatch)
    started = time.monotonic()

    with pytest.raises(MissingDependencyError) as caught:
        listed_gpus()

    assert found in caught.value.found
    assert time.monotonic() - started < 60


def test_a_driver_without_gpus_has_none(tmp_path, monkeypatch):
    install_program(tmp_path / "bin", "echo 'No devices were found'; exit 6", monkeypatch)

    assert listed_gpus() == ()
    assert used_memory_mib() == {}


def test_one_at_a_time(tmp_path, monkeypatch):
    FakeGpus((0, 1)).install(tmp_path, monkeypatch)

    with sole_use() as first, sole_use() as second:
        assert (first, second) == (True, False)
    with sole_use() as third:
        assert third


def test_no_program_no_turn(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError), sole_use():
        pass
