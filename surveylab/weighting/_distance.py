"""Weights that meet totals and stay near the weights they come from (Deville and Särndal 1992).

w_i = d_i F(x_i'lambda) with sum w_i x_i = T. F is 1 + u (linear, chi-square distance), exp(u) (raking), or
between bounds L < 1 < U: both of them cut off, or the logit

    F(u) = (L (U - 1) + U (1 - L) exp(A u)) / (U - 1 + (1 - L) exp(A u)),  A = (U - L) / ((1 - L)(U - 1)).

With P' = F, lambda is where the convex function sum d_i P(x_i'lambda) - T'lambda is smallest. Newton's method finds it
from 0; steps that do not lead down are damped. R's ``survey::calibrate`` solves the same, to a wider tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from surveylab.errors import SurveylabError
from surveylab.weighting._columns import Array, listed

Method = Literal["linear", "raking", "logit"]
TOLERANCE = 1e-10
"""Of |sum w x - T| / (1 + |T|), for every total."""
ROUNDS = 200
Function = Callable[[Array], tuple[Array, Array, Array]]
"""u -> P(u), F(u), F'(u)."""


@dataclass(frozen=True)
class Convergence:
    """How a calibration ended: its rounds and the largest relative miss of a total."""

    rounds: int
    miss: float


def distance(method: Method, bounds: tuple[float, float] | None) -> Function:
    """P, F and F' of a method.

    Raises:
        SurveylabError: bounds that do not enclose 1, or a logit without bounds.
    """
    low, high = bounds or (-np.inf, np.inf)
    if bounds and not low < 1 < high:
        raise SurveylabError(f"Bounds of g-weights have to enclose 1, and {bounds} do not.")
    if method == "logit":
        if not (bounds and np.isfinite(low) and np.isfinite(high)):
            raise SurveylabError("The logit method needs bounds, two finite numbers: one below 1, one above.")
        return lambda u: _logit(u, low, high)
    if method == "linear":
        return lambda u: _linear(u, low - 1, high - 1)
    if method == "raking":
        return lambda u: _exponential(u, np.log(max(low, 0.0)) if low > 0 else -np.inf, np.log(high))
    raise SurveylabError(f"The method is linear, raking or logit, not {method!r}.")


def _linear(u: Array, low: float, high: float) -> tuple[Array, Array, Array]:
    v = np.clip(u, low, high)
    return v + v * v / 2 + (1 + v) * (u - v), 1 + v, ((u > low) & (u < high)).astype(np.float64)


def _exponential(u: Array, low: float, high: float) -> tuple[Array, Array, Array]:
    v = np.clip(u, low, high)
    with np.errstate(over="ignore", invalid="ignore"):
        g = np.exp(v)
        return g + g * (u - v), g, np.where((u > low) & (u < high), g, 0.0)


def _logit(u: Array, low: float, high: float) -> tuple[Array, Array, Array]:
    a = (high - low) / ((1 - low) * (high - 1))
    e = np.exp(-np.abs(a * u))  # never overflows; both forms are the same function
    top, bottom = np.where(u > 0, 1.0, e), np.where(u > 0, e, 1.0)
    below = (high - 1) * bottom + (1 - low) * top
    g = (low * (high - 1) * bottom + high * (1 - low) * top) / below
    potential = low * u + (high - low) / a * (np.log(below) + np.maximum(a * u, 0.0))
    return potential, g, a * (g - low) * (high - g) / (high - low)


def solve(d: Array, x: Array, totals: Array, names: Sequence[str], function: Function) -> tuple[Array, Convergence]:
    """The g-weights F(x'lambda), shape (n,), on rows of positive weight ``d``.

    Raises:
        SurveylabError: no g-weights meet the totals, with those that are missed.
    """
    reach = np.maximum(np.abs(x).max(axis=0), np.finfo(float).tiny)
    u, target = x / reach, totals / reach  # a variable in thousands and an indicator are solved for alike
    at, ridge, scale = np.zeros(x.shape[1]), 0.0, float(d @ (u * u).sum(axis=1)) / x.shape[1]
    potential, g, slope = function(u @ at)
    miss = target - u.T @ (d * g)
    value = float(d @ potential)
    for rounds in range(1, ROUNDS + 1):
        hessian = (u * (d * slope)[:, None]).T @ u
        hessian += ridge * scale * np.eye(len(at))
        step = np.linalg.lstsq(hessian, miss, rcond=1e-13)[0]
        down, size = float(miss @ step), 1.0
        while True:
            potential, g, slope = function(u @ (at + size * step))
            trial = float(d @ potential) - float(target @ (at + size * step))
            if np.isfinite(trial) and trial <= value - 1e-4 * size * down + 1e-12 * abs(value):
                break
            size /= 2
            if size < 1e-12:
                break
        at, value = at + size * step, trial
        miss = target - u.T @ (d * g)
        relative = np.abs(miss * reach) / (1 + np.abs(totals))
        if relative.max() < TOLERANCE:
            return g, Convergence(rounds, float(relative.max()))
        # Where bounds hold many weights the equations are nearly singular; a ridge keeps the step a descent.
        ridge = 0.0 if size == 1.0 and slope.all() else 1e-6 if size > 0.1 else min(max(ridge, 1e-6) * 10, 1.0)
    worst = np.flatnonzero(relative >= TOLERANCE)
    told = [f"{names[j]} {totals[j] - miss[j] * reach[j]:,.6g} for {totals[j]:,.6g}" for j in worst.tolist()]
    raise SurveylabError(
        f"The calibration did not converge in {ROUNDS} rounds; no weights of this kind meet the totals "
        f"({listed(told)}). Widen the bounds, merge small categories, or leave a margin out."
    )


def full_rank(x: Array, names: Sequence[str], weights: Array) -> None:
    """SurveylabError with the first variable that follows from those before it."""
    scaled = x / np.maximum(np.abs(x).max(axis=0), np.finfo(float).tiny)
    gram = (scaled * weights[:, None]).T @ scaled
    factor = np.zeros_like(gram)
    for j in range(len(gram)):  # Cholesky by rows; a pivot of zero is a variable without news
        factor[j, :j] = np.linalg.solve(factor[:j, :j], gram[j, :j]) if j else 0.0
        pivot = gram[j, j] - factor[j, :j] @ factor[j, :j]
        if pivot <= 1e-11 * max(gram[j, j], np.finfo(float).tiny):
            raise SurveylabError(
                f"{names[j]} follows from {listed(list(names[:j])) or 'nothing'}; leave it out, or merge categories."
            )
        factor[j, j] = np.sqrt(pivot)
