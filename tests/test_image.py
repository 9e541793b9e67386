"""The image for GPU nodes: what its recipe, its seccomp profile and its .dockerignore may say.

That it builds, runs and draws in a sandbox is shown by `make image-test`.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "Dockerfile.gpu"
SECCOMP = ROOT / "k8s" / "seccomp" / "chromium.json"
HADOLINT = Path(sys.executable).parent / "hadolint"

# Of Linux's `clone(2)`: new mounts, control groups, host names, messages; of `unshare(2)`, time.
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWTIME = 0x80
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
# Calls that reach the kernel or other processes' secrets; Docker's own profile allows none of them
# without capabilities.
NEVER = frozenset(
    {
        *(
            "add_key",
            "bpf",
            "init_module",
            "finit_module",
            "io_uring_setup",
            "kexec_load",
            "keyctl",
        ),
        *("mount", "move_mount", "open_by_handle_at", "perf_event_open", "pivot_root", "reboot"),
        *("request_key", "swapon", "syslog", "umount2", "userfaultfd"),
    }
)


def instructions(text: str) -> list[tuple[str, str]]:
    """Returns a Dockerfile's instructions: name and the rest, lines that go on joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        (name, " ".join(rest.split()))
        for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]


def last_stage(text: str) -> list[tuple[str, str]]:
    found = instructions(text)
    start = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def place_of(stage: list[tuple[str, str]], said: str) -> int:
    return next(place for place, (_, rest) in enumerate(stage) if said in rest)


@pytest.fixture(scope="module")
def text() -> str:
    return DOCKERFILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stage(text: str) -> list[tuple[str, str]]:
    return last_stage(text)


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HADOLINT, path], capture_output=True, text=True, check=False)


def test_hadolint_has_nothing_to_say() -> None:
    said = hadolint(DOCKERFILE)
    assert (said.returncode, said.stdout) == (0, "")


def test_hadolint_does_find_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:latest\nRUN cd /tmp\n")
    assert "DL3007" in hadolint(tmp_path / "Dockerfile").stdout


def test_the_base_is_a_parameter_and_pinned_to_a_version(text: str) -> None:
    arguments = [rest for name, rest in instructions(text) if name == "ARG"]
    base = next(rest for rest in arguments if rest.startswith("BASE="))
    assert re.fullmatch(r"BASE=nvidia/cuda:\d+\.\d+\.\d+-(base|runtime)-ubuntu\d\d\.04", base)
    bases = [rest.split()[0] for name, rest in instructions(text) if name == "FROM"]
    assert bases == ["${BASE}", "base", "base"]


def test_nobody_is_root_and_process_one_reaps(stage: list[tuple[str, str]]) -> None:
    said = {name: rest for name, rest in stage if name in {"USER", "ENTRYPOINT", "HEALTHCHECK"}}
    assert said["USER"] == "1000:1000"
    assert said["ENTRYPOINT"] == '["tini", "--"]'
    assert "aivj-health" in said["HEALTHCHECK"]


def test_what_changes_often_stands_below_what_is_large(stage: list[tuple[str, str]]) -> None:
    order = ["apt-get install", "constraints.txt /opt", "--requirement", "*.whl", "ray_jobs"]
    places = [place_of(stage, said) for said in order]
    assert places == sorted(places)
    above = stage[: place_of(stage, "--requirement")]
    copied = {rest for name, rest in above if name == "COPY"}
    assert not {rest for rest in copied if "pyproject" in rest or " aivj" in rest or "ray" in rest}


def test_every_package_of_the_image_has_a_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!]+", line)] == []
    locked = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}
    wanted = {re.split(r"[\[><=]", name)[0].replace("_", "-") for name in project["dependencies"]}
    assert wanted - locked == set()


def test_vulkan_is_not_drawn_by_mesa(text: str) -> None:
    assert "mesa-vulkan" not in text
    capabilities = re.search(r"NVIDIA_DRIVER_CAPABILITIES=(\S+)", text)
    assert capabilities
    assert set(capabilities[1].split(",")) == {"compute", "utility", "graphics", "display"}
    for file, library in {
        "10_nvidia": "libEGL_nvidia.so.0",
        "nvidia_icd": "libGLX_nvidia.so.0",
    }.items():
        icd = json.loads((ROOT / "docker" / f"{file}.json").read_text(encoding="utf-8"))
        assert icd["ICD"]["library_path"] == library


@pytest.mark.parametrize(
    ("num_defunct", "free_kib", "complaint"),
    [
        (0, 10**6, ""),
        (50, 65536, ""),
        (51, 10**6, "start the container with tini"),
        (0, 65535, "give it more room"),
    ],
)
def test_a_container_is_unhealthy_that_reaps_nothing_or_is_full(
    num_defunct: int, free_kib: int, complaint: str, tmp_path: Path
) -> None:
    """Stand-ins tell what it looks at: the processes of this machine are no container's."""
    for name, says in {"cat": "", "grep": num_defunct, "df": f"Avail\n{free_kib}"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ROOT / "docker" / "health.sh"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "AIVJ_HOME": "s3://bucket/home"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if complaint else 0)
    assert complaint in done.stdout


def test_no_secret_is_built_in(text: str) -> None:
    said = [rest for name, rest in instructions(text) if name in {"ARG", "ENV", "ADD"}]
    assert not [
        rest for rest in said if re.search("token|secret|passw|_key|://", rest, re.IGNORECASE)
    ]


def test_only_what_is_copied_is_sent_to_the_build(text: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        word.split("/")[0]
        for name, rest in instructions(text)
        if name == "COPY" and "--from" not in rest
        for word in [word for word in rest.split() if not word.startswith("--")][:-1]
    }
    assert sent == copied
    assert all((ROOT / name).exists() for name in sent)


@pytest.fixture(scope="module")
def profile() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SECCOMP.read_text(encoding="utf-8"))
    return loaded


def allowing(profile: dict[str, Any], call: str) -> list[dict[str, Any]]:
    return [
        block
        for block in profile["syscalls"]
        if call in block["names"] and block["action"] == "SCMP_ACT_ALLOW"
    ]


def test_the_profile_is_flat(profile: dict[str, Any]) -> None:
    """containerd and CRI-O read the runtime's form, which knows no conditions on capabilities."""
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    keys = {key for block in profile["syscalls"] for key in block}
    assert keys <= {"names", "action", "args", "errnoRet"}
    assert set(profile) == {"defaultAction", "defaultErrnoRet", "architectures", "syscalls"}


def test_chromium_may_make_its_sandbox(profile: dict[str, Any]) -> None:
    for call in ("clone", "setns", "unshare", "chroot"):
        assert len(allowing(profile, call)) == 1, call


@pytest.mark.parametrize(
    ("call", "others"),
    [
        ("clone", CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC),
        ("unshare", CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWTIME),
    ],
)
def test_no_namespace_is_made_but_those_of_the_sandbox(
    call: str, others: int, profile: dict[str, Any]
) -> None:
    (condition,) = allowing(profile, call)[0]["args"]
    assert (condition["index"], condition["op"]) == (0, "SCMP_CMP_MASKED_EQ")
    assert (condition["value"], condition["valueTwo"]) == (others, 0)
    assert condition["value"] & (CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET) == 0


def test_clone3_hides_its_flags_and_is_unknown(profile: dict[str, Any]) -> None:
    assert allowing(profile, "clone3") == []
    assert profile["defaultErrnoRet"] == 38


def test_nothing_reaches_the_kernel_itself(profile: dict[str, Any]) -> None:
    allowed = {
        name
        for block in profile["syscalls"]
        if block["action"] == "SCMP_ACT_ALLOW"
        for name in block["names"]
    }
    assert allowed & NEVER == set()


def test_sockets_of_the_hypervisor_and_of_kernel_ciphers_are_none(profile: dict[str, Any]) -> None:
    af_alg = 38
    assert allowing(profile, "socket")[0]["args"] == [
        {"index": 0, "value": af_alg, "valueTwo": 0, "op": "SCMP_CMP_LT"}
    ]
