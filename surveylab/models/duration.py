"""Times: lognormal, one residual sd per arm, on number, sum and sum of squares of the logs.

The natural mean is exp(eta): the geometric mean, which is the median of a lognormal, as is
standard for times. It does not depend on the residual sd, so that a ratio of two arms is a
ratio of typical times; over strata the logs are averaged.
"""

from __future__ import annotations

import numpy as np

from surveylab.models import Array
from surveylab.models._normal import derivatives, log_likelihood

__all__ = ["LOGGED", "SPREAD", "derivatives", "log_likelihood", "natural"]

LOGGED = True
SPREAD = True


def natural(eta: Array) -> Array:
    """The geometric mean."""
    return np.asarray(np.exp(eta))
