import numpy as np

from aivj.audio.emphasis import pre_emphasised


def test_first_difference_with_its_coefficient():
    heard = pre_emphasised(np.array([1.0, 1.0, 0.5]))
    assert np.allclose(heard, [1.0, 0.03, 0.5 - 0.97])


def test_sample_before_the_first_counts():
    assert np.allclose(pre_emphasised(np.array([1.0]), previous=1.0), [0.03])


def test_a_signal_may_be_filtered_in_parts():
    signal = np.random.default_rng(3).uniform(-1, 1, 100)
    parts = [pre_emphasised(signal[:40]), pre_emphasised(signal[40:], previous=signal[39])]
    assert np.array_equal(np.concatenate(parts), pre_emphasised(signal))
