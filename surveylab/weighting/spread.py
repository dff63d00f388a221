"""How unequal weights are, and what that costs: Kish's design effect and the effective sample size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surveylab.errors import SurveylabError
from surveylab.weighting._columns import Array


@dataclass(frozen=True)
class Spread:
    """Weights, without those of zero, in a few numbers.

    ``deff`` = n sum(w^2) / (sum w)^2 = 1 + CV^2, the loss of precision from unequal weights alone,
    against simple random sampling with replacement and equal weights (Kish 1965, 11.7; 1992);
    ``effective_n`` = n / deff = (sum w)^2 / sum(w^2).
    """

    n: int
    total: float
    minimum: float
    median: float
    maximum: float
    ratio: float
    """Largest over smallest; infinite where a weight is negative."""
    deff: float
    effective_n: float


def spread(weights: Array) -> Spread:
    """The spread of the weights that are not zero; SurveylabError where there are none."""
    used = weights[weights != 0]
    if not len(used):
        raise SurveylabError("All weights are zero.")
    total, squares = float(used.sum()), float(used @ used)
    low, high = float(used.min()), float(used.max())
    deff = len(used) * squares / total**2
    return Spread(
        len(used),
        total,
        low,
        float(np.median(used)),
        high,
        high / low if low > 0 else float("inf"),
        deff,
        len(used) / deff,
    )


def cluster_deff(size: float, rho: float) -> float:
    """1 + (m - 1) rho: what clusters of ``size`` m with intraclass correlation ``rho`` cost (Kish 1965, 5.4)."""
    return 1.0 + (size - 1.0) * rho
