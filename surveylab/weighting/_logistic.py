"""Weighted logistic regression of response on covariates, on the distinct rows of the covariates.

Maximum pseudo-likelihood (Binder 1983) by iteratively reweighted least squares: R's
``glm(family = quasibinomial, weights = w)``. ``svy`` fits it too, with a survey variance; here it is
fitted once per replicate, so rows with the same covariates are added up first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns
from surveylab.weighting._columns import Array, Cells, Codes
from surveylab.weighting._distance import full_rank

ROUNDS = 50
EXTREME = 1e-8
"""A fitted propensity nearer to 0 or 1 than this is separation: the data do not bound it."""


@dataclass(frozen=True, eq=False)
class Covariates:
    """The model matrix with an intercept: ``patterns`` (p, k) are its distinct rows, ``pattern`` (n,) their codes.

    Categorical covariates (text, categories, booleans) have an indicator per level but the first.
    ``factors`` are their partitions of the rows.
    """

    patterns: Array
    pattern: Codes
    names: tuple[str, ...]
    factors: dict[str, Cells]

    def sums(self, values: Array) -> Array:
        """Values of the rows added up by pattern, shape (p,)."""
        return np.bincount(self.pattern, weights=values, minlength=len(self.patterns)).astype(np.float64)


def is_category(column: pd.Series[Any]) -> bool:
    """Whether a covariate enters by its levels: everything but numbers does."""
    return not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def covariates(data: pd.DataFrame, names: Sequence[str]) -> Covariates:
    """The model matrix of main effects.

    Raises:
        SurveylabError: no covariate, an unknown one, or one that is missing in places.
    """
    if not names:
        raise SurveylabError("A model of response needs covariates; name columns that nonrespondents have too.")
    _columns.check_columns(data, names)
    factors = {name: _columns.cells(data, name, "covariate") for name in names if is_category(data[name])}
    joint = np.zeros(len(data), dtype=np.int64)
    numeric = {name: _columns.complete(data, name, "covariate") for name in names if name not in factors}
    parts = [factors[name].codes if name in factors else pd.factorize(numeric[name])[0] for name in names]
    for codes in parts:  # kept dense on the way, so that it cannot overflow
        joint = np.unique(joint * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    _, first, pattern = np.unique(joint, return_index=True, return_inverse=True)
    columns, titles = [np.ones(len(first))], ["intercept"]
    for name in names:
        if name in factors:
            cells = factors[name]
            for code in range(1, len(cells.labels)):
                columns.append((cells.codes[first] == code).astype(np.float64))
                titles.append(cells.text(code))
        else:
            columns.append(numeric[name][first])
            titles.append(name)
    return Covariates(np.column_stack(columns), pattern.astype(np.int64), tuple(titles), factors)


def propensities(model: Covariates, responded: Array, weights: Array, *, extremes: bool = False) -> Array:
    """The fitted probability of response of every pattern of covariates, shape (p,).

    Args:
        model: the covariates.
        responded: 1 or 0, shape (n,).
        weights: shape (n,).
        extremes: take propensities of 0 and 1, to which the fit goes where nobody or everybody answered.

    Raises:
        SurveylabError: covariates that follow from others, nobody or everybody answered in a category,
            or a fit that does not converge.
    """
    trials, answers = model.sums(weights), model.sums(weights * responded)
    used = trials > 0
    x, n, y = model.patterns[used], trials[used], answers[used]
    _check(model, x, n, y, extremes)
    centre, reach = x.mean(axis=0), np.ptp(x, axis=0)
    scaled = np.where(reach > 0, (x - centre) / np.where(reach > 0, reach, 1.0), 1.0)
    share = y.sum() / n.sum()
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(share / (1 - share))
    for _ in range(ROUNDS):
        rho = expit(scaled @ beta)
        information = (scaled * (n * rho * (1 - rho))[:, None]).T @ scaled
        score = scaled.T @ (y - n * rho)
        step = np.linalg.lstsq(information, score, rcond=None)[0]
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10 or (extremes and np.abs(score).max() < 1e-11 * n.sum()):
            break
    else:
        raise SurveylabError(
            "The model of response did not converge: some combination of covariates tells exactly who answers. "
            "Merge categories or leave a covariate out."
        )
    fitted = np.full(len(trials), np.nan)
    fitted[used] = expit(scaled @ beta)
    if not extremes and (np.minimum(fitted[used], 1 - fitted[used]) < EXTREME).any():
        raise SurveylabError(
            "The model of response gives a propensity of 0 or 1: some combination of covariates tells exactly who "
            "answers. Merge categories or leave a covariate out."
        )
    if not used.all():
        whole = (model.patterns - centre) / np.where(reach > 0, reach, 1.0)
        fitted[~used] = expit(np.where(reach > 0, whole, 1.0) @ beta)[~used]
    return fitted


def check(model: Covariates, weights: Array) -> None:
    """SurveylabError with the first covariate that follows from the others among rows with a weight.

    To be called once; replicates that lack a category are fitted without it.
    """
    trials = model.sums(weights)
    used = trials > 0
    full_rank(model.patterns[used], model.names, trials[used])


def _check(model: Covariates, x: Array, n: Array, y: Array, extremes: bool) -> None:
    if not 0 < y.sum() < n.sum():
        raise SurveylabError(f"{'Nobody' if y.sum() == 0 else 'Everybody'} answered; there is no response to model.")
    for j, name in enumerate(() if extremes else model.names):
        if set(np.unique(x[:, j])) == {0.0, 1.0}:
            here = x[:, j] == 1
            if not 0 < y[here].sum() < n[here].sum():
                who = "nobody" if y[here].sum() == 0 else "everybody"
                raise SurveylabError(f"In {name} {who} answered; merge the category with another.")
