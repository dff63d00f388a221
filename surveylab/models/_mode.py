"""Where the posterior is, roughly: what each coefficient's information and pull are.

The sampler moves in coordinates z in which every coefficient is close to standard normal
whatever the data say (``_sampler``). They need, for each coefficient, the curvature of the log
likelihood and the place to which the data pull it. Only efficiency hangs on these numbers: any
finite values give the same posterior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from surveylab.models import Array, Contract
from surveylab.models._predictor import Predictor

FREEDOM = 4.0
"""Degrees of freedom of the prior on each arm's residual variance: scaled inverse chi-square
around the pooled one, so that arms may differ by a factor of two in sd, and an arm without any
variation keeps a positive one (Gelman et al. 2013, Bayesian Data Analysis, 2.6)."""

_STEPS = 60
_CAP = 2.0
"""Newton steps move no linear predictor further than this: a guard against overshoot."""


@dataclass(frozen=True)
class Mode:
    """Information (P,) and pull = information x anchor (P,); log residual sds and their sds (A,)."""

    information: Array
    pull: Array
    log_sd: Array
    log_sd_sd: Array


def mode(model: Contract, design: Array, data: Mapping[str, Array], predictor: Predictor) -> Mode:
    """Penalised Newton (Fisher scoring) with every scale at one prior sd."""
    sd = predictor.fixed + predictor.loading.sum(axis=1)
    offset = design @ predictor.location
    phi = np.zeros(len(data["arms"])) if model.SPREAD else None
    shift = np.zeros(len(sd))
    curvature = np.zeros(len(sd))
    for _ in range(_STEPS):
        eta = offset + design @ shift
        if phi is not None:
            phi = _log_sd(eta, data)
        slope, weight = model.derivatives(eta, phi, data)
        hessian = (design.T * weight) @ design
        curvature = np.diag(hessian)
        step = np.linalg.solve(hessian + np.diag(sd**-2), design.T @ slope - shift / sd**2)
        step *= min(1.0, _CAP / max(float(np.abs(design @ step).max()), 1e-300))
        shift = shift + step
        if np.abs(step / sd).max() < 1e-8:
            break
    freedom = FREEDOM + data["arms"] @ data["n"]
    log_sd = np.zeros(0) if phi is None else phi
    # At these scales the coordinates' conditional mean is the mode: anchor = shift (1 + 1 / (information sd^2)).
    return Mode(curvature, shift * (curvature + sd**-2), log_sd, 1 / np.sqrt(2 * freedom))


def _log_sd(eta: Array, data: Mapping[str, Array]) -> Array:
    """The conditional mode of each arm's log residual sd, (A,)."""
    rest = data["squares"] - 2 * eta * data["total"] + data["n"] * eta**2
    return np.asarray(0.5 * np.log((FREEDOM + data["arms"] @ rest) / (FREEDOM + data["arms"] @ data["n"])))
