import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit

from aivj.preferences.information import expected_information

means = st.floats(-12, 12)
variances = st.floats(1e-6, 25)


def coin(chance: float) -> float:
    return -sum(p * math.log(p) for p in (chance, 1 - chance) if p > 0)


def by_integration(mean: float, variance: float) -> float:
    def expected(of):
        def weighed(x):
            return of(float(expit(mean + math.sqrt(variance) * x))) * math.exp(-x * x / 2)

        return quad(weighed, -10, 10, limit=300)[0] / math.sqrt(2 * math.pi)

    return coin(expected(lambda chance: chance)) - expected(coin)


@pytest.mark.parametrize("mean", [0.0, 0.7, -3.0, 6.0])
@pytest.mark.parametrize("variance", [0.01, 1.0, 4.5, 9.0])
def test_it_is_the_integral(mean, variance):
    found = expected_information(np.array(mean), np.array(variance))
    assert found == pytest.approx(by_integration(mean, variance), abs=1e-3)


@given(means, variances)
def test_it_is_a_part_of_a_bit_and_the_same_for_both_sides(mean, variance):
    found, turned = expected_information(np.array([mean, -mean]), np.array([variance, variance]))
    assert -1e-12 <= found <= math.log(2)
    assert turned == pytest.approx(found, abs=1e-12)


@given(st.floats(0, 6), st.floats(0.01, 9))
def test_doubt_teaches_and_a_foregone_result_does_not(mean, variance):
    asked = np.array([mean, mean, mean + 0.1]), np.array([variance, variance + 0.1, variance])
    found, in_more_doubt, more_foregone = expected_information(*asked)
    assert more_foregone < found < in_more_doubt


def test_shapes_are_kept():
    assert expected_information(np.zeros((2, 3)), np.ones((2, 3))).shape == (2, 3)
