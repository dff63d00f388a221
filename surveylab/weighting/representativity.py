"""R-indicators: how much response propensities vary, over all covariates and by each of them.

With propensities rho_i from a logistic regression, design weights d_i and N = sum d_i (Schouten, Cobben and Bethlehem
2009; Shlomo, Skinner and Schouten 2012; in the form of the RISQ project's code, de Heij, Schouten and Shlomo 2010)::

    S^2 = sum d_i (rho_i - mean)^2 / (N - 1),    mean = sum d_i rho_i / N
    B   = sum d_i z_i'V z_i / N - sum_h var_h(rho sqrt(N_h (d - 1))) / N^2,    z_i = rho_i (1 - rho_i) x_i
    R   = 1 - 2 sqrt(S^2 - B),    CV = sqrt(S^2 - B) / mean

V is the covariance of the coefficients, by model within the sample; in simple random sampling B is S^2's bias
(1/n) sum z'(sum z x')^-1 z - (1/n - 1/N) S^2. Where B exceeds S^2, R is 1. The squares of partial indicators are scaled
by the same factor f = (S^2 - B) / S^2. B includes the variance of the mean propensity, about mean (1 - mean) / n, by
which S^2 - B is too small where nothing differs; that is how it is published. Compare arms with one and the same set of
covariates: R depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns
from surveylab.weighting._columns import Array, Codes, Names
from surveylab.weighting._logistic import Covariates, check, covariates, propensities
from surveylab.weighting.design import Design
from surveylab.weighting.nonresponse import PreparedResponse


@dataclass(frozen=True, eq=False)
class Representativity:
    """R-indicators of a sample, or of each of its domains.

    ``frame``: per domain ``n``, ``respondents``, ``response_rate`` (weighted), ``r``, ``r_se``, ``r_unadjusted``,
    ``cv``, ``cv_se``, ``cv_unadjusted`` and ``factor`` (f). ``variables``: per domain and categorical covariate
    ``unconditional`` and ``conditional`` (NaN beside a numeric covariate, which has no cells), with ``_se`` and
    ``_unadjusted``. ``categories``: the same per category;
    unconditional ones are negative where the category answers less than the mean.
    """

    frame: pd.DataFrame
    variables: pd.DataFrame = field(repr=False)
    categories: pd.DataFrame = field(repr=False)
    covariates: tuple[str, ...]
    variance: str

    def _repr_html_(self) -> str:
        caption = f"R-indicators on {', '.join(self.covariates)}; {self.variance}"
        return str(self.frame.style.format(precision=4).hide(axis="index").set_caption(caption).to_html())

    def maximal_bias(self, sd: float) -> pd.Series[float]:
        """The largest absolute bias of a respondent mean of a variable with standard deviation ``sd`` per domain.

        B_max = S(rho) S(y) / mean rho (Schouten, Cobben and Bethlehem 2009); 0.5 is the most a proportion has.
        """
        return self.frame["cv"] * sd


def representativity(
    design: Design, responded: str, on: Sequence[str], *, by: Names | None = None, weighted: bool = True
) -> Representativity:
    """R-indicators and partial R-indicators, per domain with the same covariates.

    Args:
        design: before any adjustment for nonresponse. With replicate weights all standard errors are
            theirs, the model fitted anew in each; without, those of R are linearised (Shlomo, Skinner and
            Schouten 2012), those of CV follow from them with the response rate taken as fixed, and partial
            ones are NaN.
        responded: the column that is 1 for respondents and 0 for the others.
        on: the covariates; text and categories by level, numbers linearly.
        by: columns whose crossing makes domains.
        weighted: fit the model with the design weights; RISQ's code fits it without. Equal weights give the same.

    Raises:
        SurveylabError: unknown columns, missing values, a domain in which nobody or everybody answered.
    """
    if any(isinstance(each.prepared, PreparedResponse) for each in design.adjustments):
        raise SurveylabError("R-indicators need the nonrespondents; take them from the design before it was adjusted.")
    names = tuple(on)
    answered = _columns.flags(design.data, responded, "response").astype(np.float64)
    keys = _columns.names_of(by)
    domains = _columns.cells(design.data, by, "domain") if by else None
    codes = domains.codes if domains else np.zeros(len(design.data), dtype=np.int64)
    tables_of: tuple[list[dict[str, Any]], ...] = ([], [], [])
    everywhere = covariates(design.data, names)
    for code in range(int(codes.max()) + 1):
        rows = codes == code
        label = dict(zip(keys, domains.labels[code], strict=True)) if domains else {}
        try:
            tables = _Domain(design, answered, everywhere, names, rows=rows, weighted=weighted).tables()
        except SurveylabError as error:
            where = f"In {domains.text(code)}: " if domains else ""
            raise SurveylabError(f"{where}{error}") from error
        for collected, table in zip(tables_of, tables, strict=True):
            collected += [{**label, **row} for row in table]
    replication = design.replication
    variance = (
        f"standard errors by {replication.kind}, {replication.weights.shape[1]} replicates"
        if replication
        else "linearised standard errors"
    )
    whole, variables, categories = map(pd.DataFrame, tables_of)
    return Representativity(whole, variables, categories, names, variance)


class _Domain:
    """The indicators of one domain."""

    def __init__(
        self,
        design: Design,
        answered: Array,
        model: Covariates,
        names: tuple[str, ...],
        *,
        rows: NDArray[np.bool_],
        weighted: bool,
    ) -> None:
        self.design, self.rows, self.weighted = design, rows, weighted
        self.answered = answered[rows]
        self.model = Covariates(model.patterns, model.pattern[rows], model.names, model.factors)
        self.factors = {name: model.factors[name].codes[rows] for name in model.factors}
        self.labels = {name: model.factors[name].labels for name in model.factors}
        self.others = {name: self._others(names, name) for name in self.factors}
        self.weights = design.weights[rows]
        for name, codes in self.factors.items():
            empty = np.setdiff1d(np.arange(len(self.labels[name])), codes)
            if len(empty):
                told = _columns.listed([f"{name}={self.labels[name][code][0]}" for code in empty.tolist()])
                raise SurveylabError(
                    f"Nobody has {told}, which others of the sample have; indicators are compared on the same "
                    "categories. Merge it with another."
                )
        check(self.model, self.weights)
        self.fitted = self._fitted(self.weights)
        self.rho = self.fitted[self.model.pattern]
        self.factor = self._factor()

    def _others(self, names: tuple[str, ...], name: str) -> Codes | None:
        """The cells of all covariates but one; None where one of those has no categories."""
        cells = np.zeros(len(self.answered), dtype=np.int64)
        for other in names:
            if other == name:
                continue
            if other not in self.factors:
                return None
            cells = np.unique(cells * len(self.labels[other]) + self.factors[other], return_inverse=True)[1]
        return cells

    def _fitted(self, weights: Array) -> Array:
        used = weights if self.weighted else (weights > 0).astype(np.float64)
        return propensities(self.model, self.answered, used, extremes=True)

    def _factor(self) -> float:
        """The factor f = (S^2 - B) / S^2, at least 0."""
        d, rho = self.weights, self.rho
        z = (self.fitted * (1 - self.fitted))[:, None] * self.model.patterns
        population = d.sum()
        own = ((z @ self._covariance(z)) * z).sum(axis=1)
        _, stratum = np.unique(self.design.structure.stratum[self.rows], return_inverse=True)
        sums = np.bincount(stratum, weights=d)
        scaled = rho * np.sqrt(np.maximum(sums[stratum] * (d - 1), 0))
        n = np.bincount(stratum).astype(np.float64)
        means = np.bincount(stratum, weights=scaled) / n
        squares = np.bincount(stratum, weights=(scaled - means[stratum]) ** 2)
        sampled = float((squares[n > 1] / (n[n > 1] - 1)).sum())
        bias = (float(self.model.sums(d) @ own) - sampled / population) / population
        variance = self._variance(d, rho)
        return max(1 - bias / variance, 0.0) if variance > 0 else 0.0

    def _covariance(self, z: Array) -> Array:
        d = self.weights if self.weighted else np.ones(len(self.weights))
        once, twice = self.model.sums(d), self.model.sums(d * d)
        bread = np.linalg.pinv((z * once[:, None]).T @ self.model.patterns)
        return np.asarray(bread @ ((z * twice[:, None]).T @ self.model.patterns) @ bread)

    @staticmethod
    def _variance(d: Array, rho: Array) -> float:
        mean = float(d @ rho) / float(d.sum())
        return float(d @ (rho - mean) ** 2) / (float(d.sum()) - 1)

    def _values(self, d: Array, rho: Array) -> dict[Any, float]:
        """Every indicator, unadjusted, from weights and propensities."""
        population, mean = float(d.sum()), float(d @ rho) / float(d.sum())
        s = float(np.sqrt(self._variance(d, rho)))
        values: dict[Any, float] = {"s": s, "cv": s / mean}
        for name, codes in self.factors.items():
            size = len(self.labels[name])
            sums, weight = np.bincount(codes, d * rho, size), np.bincount(codes, d, size)
            with np.errstate(invalid="ignore", divide="ignore"):
                off = np.where(weight > 0, sums / weight - mean, 0.0)
            between = weight / population * off**2
            within = self._within(self.others[name], codes, d, rho, size)
            values[name, "u"], values[name, "c"] = float(np.sqrt(between.sum())), float(np.sqrt(within.sum()))
            for code in np.unique(codes).tolist():
                values[name, code, "u"] = float(np.sign(off[code]) * np.sqrt(between[code]))
                values[name, code, "c"] = float(np.sqrt(within[code]))
        return values

    @staticmethod
    def _within(inner: Codes | None, codes: Codes, d: Array, rho: Array, size: int) -> Array:
        """Variance of the propensities within cells of the other covariates, by category."""
        if inner is None:
            return np.full(size, np.nan)
        cell = np.bincount(inner, d)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.where(cell > 0, np.bincount(inner, d * rho) / cell, 0.0)
        return np.asarray(np.bincount(codes, d / d.sum() * (rho - means[inner]) ** 2, size))

    def _errors(self, values: dict[Any, float]) -> dict[Any, float]:
        """Standard errors of the unadjusted indicators; adjusted ones are a fixed multiple of them."""
        replication = self.design.replication
        if replication is None:
            s_error = self._linearised() / 2
            return dict.fromkeys(values, np.nan) | {
                "s": s_error,
                "cv": s_error * float(self.weights.sum()) / float(self.weights @ self.rho),
            }
        mine = replication.weights[self.rows].T
        replicates = [self._values(w, self._fitted(w)[self.model.pattern]) for w in mine]
        errors = {}
        for key, value in values.items():
            found = np.array([each.get(key, 0.0) for each in replicates])
            centre = found.mean() if replication.centre == "replicates" else value
            errors[key] = float(np.sqrt(replication.coefficients @ (found - centre) ** 2))
        return errors

    def _linearised(self) -> float:
        """The standard error of R: coefficients estimated (A, B) and units sampled (C)."""
        n, rho = len(self.weights), self.fitted
        d = self.model.sums(self.weights / self.weights.mean())
        z = (rho * (1 - rho))[:, None] * self.model.patterns
        centred = rho - float(d @ rho) / n
        apart = z - (d @ z) / n
        a, b = (apart * d[:, None]).T @ centred, (apart * d[:, None]).T @ apart
        square = centred**2
        c = float(d @ (square - float(d @ square) / n) ** 2)
        v = self._covariance(z)
        variance = 4 * float(a @ v @ a) + 2 * float(np.trace(b @ v @ b @ v))
        variance += max(1 - 1 / float(self.weights.mean()), 0.0) * c
        spread = float(d @ centred**2) / (n - 1)
        return float(np.sqrt(variance / spread)) / n if spread > 0 else np.nan

    def tables(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows of the three tables."""
        values = self._values(self.weights, self.rho)
        errors, scale = self._errors(values), float(np.sqrt(self.factor))
        d = self.weights
        whole = {
            "n": len(d),
            "respondents": int(self.answered.sum()),
            "response_rate": float(d @ self.answered) / float(d.sum()),
            "r": 1 - 2 * scale * values["s"],
            "r_se": 2 * errors["s"],
            "r_unadjusted": 1 - 2 * values["s"],
            "cv": scale * values["cv"],
            "cv_se": errors["cv"],
            "cv_unadjusted": values["cv"],
            "factor": self.factor,
        }
        variables = [{"variable": name, **_partial(values, errors, scale, (name,))} for name in self.factors]
        categories = [
            {"variable": name, "category": self.labels[name][code][0], **_partial(values, errors, scale, (name, code))}
            for name, codes in self.factors.items()
            for code in np.unique(codes).tolist()
        ]
        return [whole], variables, categories


def _partial(
    values: dict[Any, float], errors: dict[Any, float], scale: float, key: tuple[Any, ...]
) -> dict[str, float]:
    row = {}
    for letter, name in (("u", "unconditional"), ("c", "conditional")):
        row[name] = scale * values[*key, letter]
        row[f"{name}_se"] = scale * errors[*key, letter]
        row[f"{name}_unadjusted"] = values[*key, letter]
    return row
