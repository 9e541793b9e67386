"""What this machine is fit for, proved by real browsers, and what it lacks."""

import dataclasses
import shutil

import pytest
from fake_nvidia import FakeGpus, install_program

from aivj.browser import session
from aivj.doctor import examination as module
from aivj.doctor import examine
from aivj.errors import MissingDependencyError, RendererRefusedError


@pytest.fixture
def proved_before(software_renderer, monkeypatch):
    """The renderer that the suite has proved, for tests of something else."""

    async def choose(_):
        return software_renderer

    monkeypatch.setattr(module, "choose_renderer", choose)


@pytest.fixture
def gpu_choice(software_renderer, monkeypatch):
    """A proved GPU renderer, for which the CPU stands in."""
    plan = dataclasses.replace(software_renderer.plan, profile="headless-egl")
    choice = dataclasses.replace(software_renderer, plan=plan, policy="require")

    async def choose(_):
        return choice

    monkeypatch.setattr(module, "choose_renderer", choose)
    monkeypatch.setattr(session, "refuse_wrong_renderer", lambda *_: None)


def states(examination):
    return {finding.name: finding.state for finding in examination.findings}


def test_this_machine_is_fit_for_software_rendering(tmp_path):
    examination = examine(tmp_path / "not" / "there" / "yet", "software")

    assert "missing" not in states(examination).values()
    assert examination.require_health().report.renderer_class == "llvmpipe"
    assert states(examination)["renderer"] == "ok"


def test_a_gpu_that_is_not_there_is_said_and_refused(tmp_path):
    examination = examine(tmp_path, "require")

    assert states(examination)["renderer"] == "missing"
    with pytest.raises(RendererRefusedError):
        examination.require_health()


@pytest.mark.usefixtures("proved_before")
def test_a_home_that_cannot_be_made_is_missing(tmp_path):
    (tmp_path / "file").write_text("no folder")

    (disk,) = [
        f for f in examine(tmp_path / "file" / "home", "software").findings if f.name == "disk"
    ]

    assert (disk.state, disk.found) == ("missing", f"{tmp_path / 'file'}, which is a file")


@pytest.mark.usefixtures("proved_before")
def test_what_is_missing_is_named_with_what_to_do(tmp_path, monkeypatch):
    which = shutil.which
    monkeypatch.setattr(
        module.shutil, "which", lambda name: None if name in {"node", "Xvfb"} else which(name)
    )
    monkeypatch.setattr(module, "MIN_FREE_BYTES", 2**62)

    examination = examine(tmp_path, "software")

    found = states(examination)
    assert (found["node"], found["xvfb"], found["disk"]) == ("missing", "optional", "missing")
    with pytest.raises(MissingDependencyError, match="node") as caught:
        examination.require_health()
    assert "make setup" in caught.value.remedy
    assert "AIVJ_HOME" in caught.value.remedy


def row(examination, name):
    return next(finding for finding in examination.findings if finding.name == name)


@pytest.mark.usefixtures("proved_before")
def test_a_machine_without_nvidia_smi_says_so_and_is_fit_for_software(tmp_path):
    examination = examine(tmp_path, "software")

    assert row(examination, "gpus").state == "optional"
    assert "no nvidia-smi" in row(examination, "gpus").found
    examination.require_health()


@pytest.mark.usefixtures("proved_before")
@pytest.mark.parametrize(("policy", "state"), [("require", "missing"), ("software", "optional")])
def test_an_nvidia_smi_that_fails_is_said(policy, state, tmp_path, monkeypatch):
    install_program(
        tmp_path / "bin", "echo 'Driver/library version mismatch'; exit 18", monkeypatch
    )

    finding = row(examine(tmp_path, policy), "gpus")

    assert (finding.state, finding.found) == (state, "Driver/library version mismatch")


@pytest.mark.usefixtures("proved_before")
def test_software_rendering_pins_nothing_to_the_gpus_it_lists(tmp_path, monkeypatch):
    FakeGpus((0, 1)).install(tmp_path, monkeypatch)

    examination = examine(tmp_path, "software")

    assert "GPU 1" in row(examination, "gpus").found
    assert not any(name.startswith("  pin") for name in states(examination))
    examination.require_health()


@pytest.mark.usefixtures("gpu_choice")
def test_one_gpu_is_not_pinned(tmp_path, monkeypatch):
    FakeGpus((0,)).install(tmp_path, monkeypatch)

    examination = examine(tmp_path, "require")

    assert "nothing is pinned" in row(examination, "gpus").found
    assert not any(name.startswith("  pin") for name in states(examination))


@pytest.mark.usefixtures("gpu_choice")
def test_a_browser_is_proved_on_each_of_several_gpus(tmp_path, monkeypatch):
    FakeGpus((2, 0)).install(tmp_path, monkeypatch)

    examination = examine(tmp_path, "require")

    assert [row(examination, f"  pin {index}").state for index in (0, 1)] == ["ok", "ok"]
    assert "GPU-1" in row(examination, "  pin 1").found


@pytest.mark.usefixtures("gpu_choice")
def test_gpus_that_cannot_be_pinned_are_said_and_refused(tmp_path, monkeypatch):
    FakeGpus((0, 1), obeys=False).install(tmp_path, monkeypatch)

    examination = examine(tmp_path, "require")

    assert [row(examination, f"  pin {index}").state for index in (0, 1)] == ["ok", "missing"]
    with pytest.raises(MissingDependencyError, match="pin 1") as caught:
        examination.require_health()
    assert "one GPU" in caught.value.remedy
