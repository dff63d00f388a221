"""Steps that make weights add up to totals of the population: post-stratification, raking, calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns, margins
from surveylab.weighting._columns import Array
from surveylab.weighting._distance import Convergence, Function, Method, distance, full_rank, solve
from surveylab.weighting.margins import Margin, Margins


@dataclass(frozen=True)
class PostStratify:
    """Each cell of one margin gets its total: w = d T_c / sum_c d (Holt and Smith 1979).

    R: ``postStratify``. The same as calibration to the indicators of the cells.
    """

    margin: Margins

    def prepare(self, data: pd.DataFrame, weights: Array) -> PreparedCalibration:
        """The cells on the data; SurveylabError where they do not fit."""
        if len(self.margin) != 1:
            raise SurveylabError("Post-stratification has one margin, which may cross columns; raking takes several.")
        found = margins.met(data, weights, self.margin)
        return _prepared("post-stratification", found, _Raked(found, 1, 1e-12), weights)


@dataclass(frozen=True)
class Rake:
    """Iterative proportional fitting to several margins (Deming and Stephan 1940).

    The margins are scaled in turn until none is missed by more than ``tolerance``, relatively. The
    limit is calibration by the raking method (Deville and Särndal 1992), and the variance takes it
    as such. R: ``calibrate(calfun = "raking")``, and ``rake`` with a small ``epsilon``.
    """

    margins: Margins
    tolerance: float = 1e-12
    rounds: int = 10_000

    def prepare(self, data: pd.DataFrame, weights: Array) -> PreparedCalibration:
        """The margins on the data; SurveylabError where they do not fit."""
        found = margins.met(data, weights, self.margins)
        return _prepared("raking", found, _Raked(found, self.rounds, self.tolerance), weights)


@dataclass(frozen=True)
class Calibrate:
    """Calibration to margins and to totals of numeric variables (Deville and Särndal 1992).

    Args:
        margins: of categories; may be empty.
        totals: numeric column -> its total in the population.
        size: the number of units in the population, for totals without margins (R's intercept).
        method: ``linear`` (the generalised regression estimator), ``raking`` or ``logit``.
        bounds: lowest and highest g-weight, around 1; the logit method needs them.

    R: ``calibrate(calfun =, bounds =)``.
    """

    margins: Margins = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    size: float | None = None
    method: Method = "linear"
    bounds: tuple[float, float] | None = None

    def prepare(self, data: pd.DataFrame, weights: Array) -> PreparedCalibration:
        """The auxiliary variables on the data; SurveylabError where they do not fit."""
        function = distance(self.method, self.bounds)
        active = weights > 0
        if not self.margins and not self.totals:
            raise SurveylabError("Calibration needs margins or totals.")
        found = margins.met(data, weights, self.margins) if self.margins else ()
        x, totals, names = margins.dummies(found, active)
        columns, sums, titles = [x], list(totals), list(names)
        if self.size is not None:
            if found and abs(found[0].totals.sum() - self.size) > margins.AGREEMENT * self.size:
                raise SurveylabError(
                    f"The margins add up to {found[0].totals.sum():,.10g} units, and size says {self.size:,.10g}."
                )
            if not found:
                columns.append(active.astype(np.float64)[:, None])
                sums.append(float(self.size))
                titles.append("size")
        for name, total in margins.pairs(self.totals):
            values = np.where(active, _columns.numbers(data, name, "auxiliary variable"), 0.0)
            if np.isnan(values).any():
                raise SurveylabError(f"{name!r} (auxiliary variable) is missing in {_columns.rows(np.isnan(values))}.")
            columns.append(values[:, None])
            sums.append(total)
            titles.append(name)
        auxiliary = np.hstack(columns)
        full_rank(auxiliary[active], titles, weights[active])
        run = _Solved(auxiliary, np.array(sums), tuple(titles), function)
        prepared = _prepared(f"calibration ({self.method})", found, run, weights, auxiliary)
        return prepared if found and not self.totals else prepared.with_totals(run, weights)


@dataclass(frozen=True, eq=False)
class PreparedCalibration:
    """A calibration that has met its data."""

    name: str
    report: pd.DataFrame
    convergence: Convergence
    auxiliary: Array
    run: _Raked | _Solved

    def weigh(self, weights: Array) -> Array:
        """The calibrated weights."""
        return self.run(weights)[0]

    def with_totals(self, run: _Solved, weights: Array) -> PreparedCalibration:
        """The same, reporting every total and not the categories of the margins only."""
        after = self.weigh(weights)
        table = pd.DataFrame(
            {"total": run.totals, "before": run.x.T @ weights, "after": run.x.T @ after}, index=list(run.names)
        )
        return PreparedCalibration(self.name, table, self.convergence, self.auxiliary, self.run)


@dataclass(frozen=True, eq=False)
class _Raked:
    """Iterative proportional fitting."""

    found: tuple[Margin, ...]
    rounds: int
    tolerance: float

    def __call__(self, weights: Array) -> tuple[Array, Convergence]:
        w, miss = weights.copy(), np.inf
        active = weights > 0
        for number in range(1, self.rounds + 1):
            for margin in self.found:
                sums = np.bincount(margin.codes, weights=w, minlength=len(margin.totals))
                empty = ~(sums > 0)
                if empty.any():
                    gone = [margin.text(code) for code in np.flatnonzero(empty).tolist()]
                    raise SurveylabError(
                        f"No weight is left in {_columns.listed(gone)}; merge the category with another."
                    )
                w = np.where(active, w * (margin.totals / sums)[margin.codes], 0.0)
            miss = max(
                float(np.abs(np.bincount(m.codes, weights=w, minlength=len(m.totals)) / m.totals - 1).max())
                for m in self.found
            )
            if miss <= max(self.tolerance, 64 * np.finfo(float).eps):
                return w, Convergence(number, miss)
        if len(self.found) == 1:
            return w, Convergence(1, miss)
        raise SurveylabError(
            f"Raking did not converge in {self.rounds:,} rounds: a margin is still missed by {miss:.2g} of its total. "
            "The categories of the margins that the sample has together cannot carry these totals; merge small "
            "categories or leave a margin out."
        )


@dataclass(frozen=True, eq=False)
class _Solved:
    """Calibration by Newton's method."""

    x: Array
    totals: Array
    names: tuple[str, ...]
    function: Function

    def __call__(self, weights: Array) -> tuple[Array, Convergence]:
        active = weights > 0
        x = self.x[active]
        if (np.abs(x).max(axis=0) == 0).any():
            gone = [self.names[j] for j in np.flatnonzero(np.abs(x).max(axis=0) == 0)]
            raise SurveylabError(f"No weight is left in {_columns.listed(gone)}; merge the category with another.")
        g, convergence = solve(weights[active], x, self.totals, self.names, self.function)
        w = np.zeros_like(weights)
        w[active] = weights[active] * g
        return w, convergence


def _prepared(
    name: str,
    found: tuple[Margin, ...],
    run: _Raked | _Solved,
    weights: Array,
    auxiliary: Array | None = None,
) -> PreparedCalibration:
    after, convergence = run(weights)
    x = _independent(margins.dummies(found, weights > 0)[0], weights) if auxiliary is None else auxiliary
    return PreparedCalibration(name, margins.report(found, weights, after), convergence, x, run)


def _independent(x: Array, weights: Array) -> Array:
    """Indicators without those that follow from the ones before them, as crossed margins have."""
    gram = (x * weights[:, None]).T @ x
    kept: list[int] = []
    for j in range(x.shape[1]):
        if kept:
            inner = gram[np.ix_(kept, kept)]
            left = gram[j, j] - gram[j, kept] @ np.linalg.solve(inner, gram[kept, j])
        else:
            left = gram[j, j]
        if left > 1e-10 * gram[j, j]:
            kept.append(j)
    return x if len(kept) == x.shape[1] else np.ascontiguousarray(x[:, kept])
