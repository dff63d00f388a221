"""Bayesian families, a file each, over one linear predictor and one fit. The only PyMC.

A family is a likelihood of sufficient statistics. Everything else is here once: what cells
are sound (``_cells``), design matrix and priors (``_predictor``), compiled model, sampling
and gate (``_sampler``), standardisation (``_fit``), contrasts and summaries.

Importing this package imports no PyMC; ``fit`` does, when it is first looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from surveylab.design.factors import Arm

if TYPE_CHECKING:
    from surveylab.models._contrasts import contrast
    from surveylab.models._fit import Fit, fit
    from surveylab.models._summaries import expected_loss, p_best, summary

__all__ = ["Array", "Cells", "Contract", "Fit", "contrast", "expected_loss", "fit", "p_best", "summary"]

Array = NDArray[np.float64]

_HOMES = {
    "Fit": "_fit",
    "contrast": "_contrasts",
    "expected_loss": "_summaries",
    "fit": "_fit",
    "p_best": "_summaries",
    "summary": "_summaries",
}


@dataclass(frozen=True)
class Cells:
    """Sufficient statistics of one outcome, one entry per cell; arrays have shape (C,).

    ``n`` cases (effective ones where they are weighted), ``total`` the sum of the values and
    ``squares`` the sum of their squares, both on the scale of the family (logs for duration;
    ``binary`` does not read ``squares``). ``arm`` indexes ``arms``. ``groups``: name ->
    (labels, index (C,) into them); strata, blocks and clusters. Several cells may stand for
    the same arm and labels: they are pooled.
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
    levels: Mapping[str, tuple[str, ...]] | None = None
    """Factor -> its levels, the reference first; in the order in which the arms name them where nothing is said."""


@runtime_checkable
class Contract(Protocol):
    """What a family is.

    ``eta`` (C,) is the linear predictor of each cell; ``phi`` (A,) the log of each arm's
    residual sd where the family has ``SPREAD``, else None; ``data`` maps ``n``, ``total`` and
    ``squares`` to (C,) and ``arms`` to the indicator (A, C) of the arm of each cell.
    """

    LOGGED: bool
    """Whether its statistics are sums of logarithms."""
    SPREAD: bool
    """Whether it has a residual sd. Its statistics are then standardised before the fit (units
    of the pooled within-arm sd), and its means are averages on the linear predictor."""

    def log_likelihood(self, eta: Any, phi: Any, data: Mapping[str, Any]) -> Any:
        """PyTensor scalar: log p(statistics | eta, phi), constants dropped."""

    def derivatives(self, eta: Array, phi: Array | None, data: Mapping[str, Array]) -> tuple[Array, Array]:
        """First derivative and negative second derivative of the log likelihood in ``eta``, (C,) each."""

    def natural(self, eta: Array) -> Array:
        """The mean on the natural scale of the linear predictor; same shape as ``eta``."""


def __getattr__(name: str) -> Any:
    """``fit`` and its kin from their modules, on first use: the import of this package stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
