"""How many different pictures a set of pictures amounts to: the Vendi score."""

import numpy as np

from aivj.curation.candidates import Floats, Looks

NUM_COMPARED = 200
"""Of how many pairs the score is taken: sets of different sizes cannot be compared."""

_NEGLIGIBLE = 1e-12


def vendi_score(looks: Looks) -> float:
    """Returns the Vendi score, 1 for n equal vectors to n for n orthogonal ones.

    The exponential of the Shannon entropy of the eigenvalues of K / n, where K holds the cosines:
    Friedman and Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine Learning"
    (2023). It counts what differs, not what is good: noise and broken pictures score high.

    Args:
        looks: Unit vectors, one or more, shape [n, D].
    """
    vectors = looks.astype(np.float64)
    # The products of rows and of columns have the same eigenvalues, but for zeros.
    num, width = vectors.shape
    kernel = vectors @ vectors.T if num <= width else vectors.T @ vectors
    return _of_shares(kernel / num)


def vendi_of_kernel(kernel: Floats | Looks) -> float:
    """Returns the Vendi score of things by how alike they are; see `vendi_score`.

    Args:
        kernel: Positive semi-definite with ones on its diagonal, shape [n, n].
    """
    return _of_shares(kernel.astype(np.float64) / len(kernel))


def _of_shares(kernel: Floats) -> float:
    shares = np.asarray(np.linalg.eigvalsh(kernel), np.float64)
    shares = shares[shares > _NEGLIGIBLE]
    return float(np.exp(-(shares * np.log(shares)).sum()))
