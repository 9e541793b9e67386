"""Every launch profile on trial: on real browsers, and with what a fit machine never shows."""

import dataclasses

import pytest

from aivj.doctor import Aftermath, ProfileTrial, library_jobs, own_jobs, try_profiles
from aivj.errors import InputError
from aivj.takes.self_test import presets, short
from aivj.takes.settings import RenderSettings

FIT = ProfileTrial(
    "headless-egl",
    "ANGLE (NVIDIA)",
    takes_per_min=100,
    num_takes=9,
    digests=("0" * 16,),
    aftermath=Aftermath("gone", 0.1, is_noticed=True, is_repeated=True),
)


@pytest.fixture(scope="module")
def trials():
    settings = short(RenderSettings())
    return {
        trial.profile: trial
        for trial in try_profiles("software", own_jobs(), seconds=0, settings=settings)
    }


def test_software_profiles_draw_the_same_again_and_survive_a_killed_gpu_process(trials):
    assert set(trials) == {"software-egl", "software-swiftshader"}
    for trial in trials.values():
        assert trial.is_fit
        assert trial.differing == ()
        assert trial.num_takes == len(presets())
        assert trial.takes_per_min > 0
        assert trial.aftermath.is_noticed
        assert trial.aftermath.is_repeated


def test_profiles_draw_on_what_they_are_named_after(trials):
    assert "llvmpipe" in trials["software-egl"].renderer
    assert "SwiftShader" in trials["software-swiftshader"].renderer
    assert trials["software-egl"].digests != trials["software-swiftshader"].digests


def test_a_profile_without_its_gpu_is_refused_and_unfit():
    for trial in try_profiles("require", own_jobs(), seconds=0, settings=RenderSettings()):
        assert trial.renderer is None
        assert trial.refused.startswith("found '")
        assert "--use-" not in trial.refused
        assert not trial.is_fit


def test_what_is_unfit():
    unnoticed = dataclasses.replace(FIT.aftermath, is_noticed=False)
    other = dataclasses.replace(FIT.aftermath, is_repeated=False)
    assert FIT.is_fit
    assert dataclasses.replace(FIT, aftermath=None).is_fit
    assert not dataclasses.replace(FIT, differing=(0,)).is_fit
    assert not dataclasses.replace(FIT, aftermath=unnoticed).is_fit
    assert not dataclasses.replace(FIT, aftermath=other).is_fit


def test_presets_of_a_library_are_taken_each_content_once(tmp_path):
    for name, zoom in (("a", 1.0), ("b", 1.0), ("c", 1.1), ("d", 1.2)):
        (tmp_path / f"{name}.milk").write_text(f"[preset00]\nzoom={zoom}\n")
    jobs = library_jobs(tmp_path, tmp_path / "cache", 3)
    assert len({job.content for job in jobs}) == len(jobs) == 3
    assert len(library_jobs(tmp_path, tmp_path / "cache", 2)) == 2


def test_a_folder_without_presets_is_refused(tmp_path):
    with pytest.raises(InputError, match="that converts"):
        library_jobs(tmp_path, tmp_path / "cache", 3)
