"""The filter through which the runtime listens before it measures loudness."""

import numpy as np
import numpy.typing as npt

PRE_EMPHASIS = 0.97


def pre_emphasised(
    signal: npt.NDArray[np.float64], *, previous: float = 0.0
) -> npt.NDArray[np.float64]:
    """Returns `x[n] - 0.97 * x[n - 1]`, as many samples as `signal` has.

    Args:
        signal: Mono samples, float64 of shape (num_samples,).
        previous: The sample before the first one; 0 at the start of a clip.
    """
    return signal - PRE_EMPHASIS * np.concatenate([[previous], signal[:-1]])
