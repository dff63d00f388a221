"""The normal likelihood of sufficient statistics, shared by means and by logs of times.

log p = - sum_a n_a phi_a - 1/2 sum_a exp(-2 phi_a) sum_{c in a} (squares - 2 eta total + n eta^2)_c
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from surveylab.models import Array


def log_likelihood(eta: Any, phi: Any, data: Mapping[str, Any]) -> Any:
    """Normal log likelihood without its constant; ``phi`` (A,) is the log sd of each arm."""
    import pytensor.tensor as pt  # late: who asks a family for LOGGED needs no PyTensor

    rest = data["squares"] - 2 * eta * data["total"] + data["n"] * eta**2
    return -(data["arms"] @ data["n"]) @ phi - 0.5 * (data["arms"] @ rest) @ pt.exp(-2 * phi)


def derivatives(eta: Array, phi: Array | None, data: Mapping[str, Array]) -> tuple[Array, Array]:
    """The weighted residual (total - n eta) / sd^2, and n / sd^2."""
    assert phi is not None, "a family with a residual sd has one for each arm"
    precision = np.exp(-2 * phi) @ data["arms"]
    return (data["total"] - data["n"] * eta) * precision, data["n"] * precision
