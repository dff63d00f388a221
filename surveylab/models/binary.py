"""Shares: binomial counts on the log-odds scale.

log p(total | n, eta) = total * eta - n * log(1 + exp(eta)), McCullagh and Nelder 1989, 4.4.
The form needs no probability, so that cells of 0 % or 100 % and empty cells are harmless; ``n``
and ``total`` may be fractional (effective counts of weighted cases).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import expit

from surveylab.models import Array

LOGGED = False
SPREAD = False


def log_likelihood(eta: Any, phi: Any, data: Mapping[str, Any]) -> Any:  # noqa: ARG001
    """Binomial log likelihood without its coefficient; ``phi`` is None."""
    import pytensor.tensor as pt  # late: who asks a family for LOGGED needs no PyTensor

    return data["total"] @ eta - data["n"] @ pt.softplus(eta)


def derivatives(eta: Array, phi: Array | None, data: Mapping[str, Array]) -> tuple[Array, Array]:  # noqa: ARG001
    """The residual total - n p, and n p (1 - p)."""
    share = expit(eta)
    return data["total"] - data["n"] * share, data["n"] * share * (1 - share)


def natural(eta: Array) -> Array:
    """The probability."""
    return np.asarray(expit(eta))
