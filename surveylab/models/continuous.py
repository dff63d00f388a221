"""Means: normal, one residual sd per arm, on number, sum and sum of squares.

Right by the central limit theorem for means of ratings, of the recode {-100, 0, 100} whose
mean is a net promoter score, and of per-person shares: what is estimated is the mean of each
arm, whose sampling variance the arm's own residual sd gives.
"""

from __future__ import annotations

from surveylab.models import Array
from surveylab.models._normal import derivatives, log_likelihood

__all__ = ["LOGGED", "SPREAD", "derivatives", "log_likelihood", "natural"]

LOGGED = False
SPREAD = True


def natural(eta: Array) -> Array:
    """The mean itself."""
    return eta
