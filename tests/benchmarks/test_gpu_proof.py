"""What `make gpu-proof` concludes: from a machine with a GPU, without one, and with a bad one."""

import dataclasses
import json

import pytest

from aivj.doctor import Aftermath, ProfileTrial
from aivj.report.study import study_html
from benchmarks.gpu_proof import Proof, device_verdicts, page, profile_verdicts
from benchmarks.gpu_proof_devices import DeviceRun

AFTER = Aftermath("context-lost", 0.1, is_noticed=True, is_repeated=True)
ON_GPU = ProfileTrial("headless-egl", "ANGLE (NVIDIA)", takes_per_min=600, aftermath=AFTER)
ON_CPU = ProfileTrial("software-egl", "ANGLE (Mesa, llvmpipe)", takes_per_min=60, aftermath=AFTER)
REFUSED = ProfileTrial("headed-vulkan", None, "found 'none'")
FITS = [
    DeviceRun("fit", "cpu", 8.0, {"elite AUC": 0.9}, None),
    DeviceRun("fit", "cuda", 2.0, {"elite AUC": 0.91}, 0.01),
]
COMPOSINGS = [
    DeviceRun("compose", "numpy", 8.0, {"pairs a minute": 1000.0}, None),
    DeviceRun("compose", "cpu", 9.0, {"pairs a minute": 900.0}, 1e-9),
    DeviceRun("compose", "cuda", 1.0, {"pairs a minute": 9000.0}, 1e-8),
]


def outcomes(verdicts):
    return [verdict.outcome for verdict in verdicts]


def test_cuda_that_agrees_passes_and_tells_both_times():
    fit, compose = device_verdicts([*FITS, *COMPOSINGS])
    assert outcomes([fit, compose]) == ["passed", "passed"]
    assert "2.00 s, cpu 8.00 s" in fit.found
    assert "1.00 s, numpy 8.00 s" in compose.found


@pytest.mark.parametrize(("place", "difference"), [(1, 0.04), (4, 2e-6), (4, float("nan"))])
def test_cuda_that_finds_something_else_fails(place, difference):
    runs = [*FITS, *COMPOSINGS]
    runs[place] = dataclasses.replace(runs[place], difference=difference)
    assert "failed" in outcomes(device_verdicts(runs))


def test_without_cuda_nothing_is_claimed():
    verdicts = device_verdicts([FITS[0], *COMPOSINGS[:2]])
    assert outcomes(verdicts) == ["not run", "not run"]


def test_a_gpu_profile_that_is_refused_fails_only_where_there_is_a_gpu():
    trials = [REFUSED, ON_CPU]
    assert outcomes(profile_verdicts(trials, has_gpu=True)) == ["failed", "passed"]
    assert outcomes(profile_verdicts(trials, has_gpu=False)) == ["not run", "passed"]


def test_a_software_profile_that_is_refused_always_fails():
    refused = ProfileTrial("software-egl", None, "found 'none'")
    assert outcomes(profile_verdicts([refused], has_gpu=False)) == ["failed"]


def test_a_profile_that_draws_otherwise_again_fails():
    unfit = dataclasses.replace(ON_GPU, differing=(0,))
    assert outcomes(profile_verdicts([ON_GPU, unfit], has_gpu=True)) == ["passed", "failed"]


def test_json_and_page_say_whether_anything_was_proved_on_a_gpu():
    without = Proof([("gpus", "none")], FITS[:1], [REFUSED, ON_CPU])
    proved = Proof([("gpus", "RTX 4090")], FITS, [ON_GPU, ON_CPU])
    assert json.loads(json.dumps(without.document()))["hasGpu"] is False
    assert proved.document()["hasGpu"] is True
    assert "No GPU on this machine" in study_html(page(without))
    assert "600 takes a minute" in study_html(page(proved))
