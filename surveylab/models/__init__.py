"""Bayesian families, a file each, over one linear predictor and one fit. The only PyMC.

A family is a likelihood of sufficient statistics. Everything else (design matrix, priors,
sampling, gate, standardisation) is ``_fit`` and ``_predictor``, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from surveylab.design.factors import Arm

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Sufficient statistics of one outcome, one entry per cell; arrays have shape (C,).

    ``n`` cases (effective ones where they are weighted), ``total`` the sum of the values and
    ``squares`` the sum of their squares, both on the scale of the family (logs for duration).
    ``arm`` indexes ``arms``. ``groups``: name -> (labels, index (C,) into them); strata, blocks
    and clusters. ``shares``: cell weights that standardise to the frame: stratum group names
    in ``standard`` and the frame share of each combination of their labels.
    """

    arms: tuple[Arm, ...]
    arm: NDArray[np.intp]
    n: Array
    total: Array
    squares: Array
    groups: Mapping[str, tuple[tuple[str, ...], NDArray[np.intp]]]
    shares: Mapping[str, Array]
    """Stratum group -> frame share of each of its labels; groups not named are averaged over
    at zero (a block or a cluster is a sample of its kind)."""


@runtime_checkable
class Contract(Protocol):
    """What a family is."""

    LOGGED: bool
    """Whether its statistics are sums of logarithms."""

    def log_likelihood(self, eta: Any, phi: Any, data: Mapping[str, Any]) -> Any:
        """PyTensor scalar: log p(statistics | eta (C,), phi), constants dropped."""

    def natural(self, eta: Array, phi: Array) -> Array:
        """The mean on the natural scale of the linear predictor; same shape as ``eta``."""
