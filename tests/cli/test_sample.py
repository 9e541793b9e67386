"""Where `aivj sample` puts a run that nobody names a folder for."""

import pytest

from aivj.errors import InputError


@pytest.fixture
def out_dir(run_here, monkeypatch, tmp_path):
    """Returns the folder of a run below the home, which nothing is done in."""
    asked = []

    def refuse(request, _playlist):
        asked.append(request.out_dir)
        raise InputError("a pack", "a test", "do not ask")

    monkeypatch.setattr("aivj.sampling.run.require_usable", refuse)

    def of(*arguments):
        run_here("--home", tmp_path, "sample", "--gpu", "software", *arguments)
        return asked[-1].relative_to(tmp_path / "artifacts" / "coupled-eval").as_posix()

    return of


def test_a_run_is_named_after_its_time(out_dir):
    assert out_dir("--pack", "mine")[:2] == "20"


def test_a_run_to_be_resumed_is_named_after_its_packs(out_dir):
    assert out_dir("--pack", "one,two", "--pack", "three", "--resume") == "one+two+three"
