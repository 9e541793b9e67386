import shutil

import pytest

from aivj import doctor
from aivj.doctor import examine
from aivj.errors import MissingDependencyError, RendererRefusedError


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


def test_what_is_missing_is_named_with_what_to_do(tmp_path, monkeypatch):
    which = shutil.which
    monkeypatch.setattr(
        doctor.shutil, "which", lambda name: None if name in {"node", "Xvfb"} else which(name)
    )
    monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 2**62)

    examination = examine(tmp_path, "software")

    found = states(examination)
    assert (found["node"], found["xvfb"], found["disk"]) == ("missing", "optional", "missing")
    with pytest.raises(MissingDependencyError, match="node") as caught:
        examination.require_health()
    assert "make setup" in caught.value.remedy
    assert "AIVJ_HOME" in caught.value.remedy
