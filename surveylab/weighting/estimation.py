"""Means, totals, ratios, proportions and quantiles with design-based standard errors, computed by ``svy``.

Linearised variances (Taylor): z_i is the linearised variable, u_hi the sum of w z over first-stage unit i of
stratum h, and V = sum_h (1 - f_h) n_h/(n_h - 1) sum_i (u_hi - mean_h u)^2 (Binder 1983; Wolter 2007, 6), with the
second stage added where ``fpc`` names it. After calibration z is replaced by its residual on the auxiliary
variables, weighted by the weights before (Deville and Särndal 1992, 3.4). A domain keeps the whole design: outside of
it z is 0.
Replicate variances: V = sum_r c_r (theta_r - centre)^2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns, _svy
from surveylab.weighting._columns import Array, Cells, Names
from surveylab.weighting.design import Design
from surveylab.weighting.results import LEVEL, Estimates

Missing = Literal["fail", "drop"]
Deff = Literal["wor", "wr"]
DENOMINATORS = {"wor": "simple random sampling without replacement", "wr": "simple random sampling with replacement"}


def mean(
    design: Design,
    variable: str,
    *,
    by: Names | None = None,
    where: str | None = None,
    missing: Missing = "fail",
    deff: Deff | None = None,
    level: float = LEVEL,
) -> Estimates:
    """Weighted mean, sum w y / sum w (Hájek 1971), per domain. R: ``svymean``, ``svyby``.

    Args:
        design: the sample.
        variable: the column y.
        by: columns whose crossing makes domains; an arm is one.
        where: a column of 0 and 1: rows that are estimated on; the others stay in the design.
        missing: what a missing y does among rows with a weight: refuse, or leave the row out of
            the domain (R: ``na.rm = TRUE``).
        deff: the design effect against simple random sampling without (``wor``) or with (``wr``)
            replacement of as many units. ``wor`` reads N as the sum of weights.
        level: of the intervals, which are of Student's t with the degrees of freedom of the domain.

    Raises:
        SurveylabError: an unknown column, a missing value, a domain without units, a lonely stratum.
    """
    return _linear("mean", design, [variable], by=by, where=where, missing=missing, deff=deff, level=level)


def total(
    design: Design,
    variable: str,
    *,
    by: Names | None = None,
    where: str | None = None,
    missing: Missing = "fail",
    deff: Deff | None = None,
    level: float = LEVEL,
) -> Estimates:
    """Weighted total, sum w y (Horvitz and Thompson 1952), per domain. R: ``svytotal``. Arguments as of ``mean``."""
    return _linear("total", design, [variable], by=by, where=where, missing=missing, deff=deff, level=level)


def ratio(
    design: Design,
    numerator: str,
    denominator: str,
    *,
    by: Names | None = None,
    where: str | None = None,
    missing: Missing = "fail",
    deff: Deff | None = None,
    level: float = LEVEL,
) -> Estimates:
    """Ratio of totals, sum w y / sum w x, linearised as (y - R x) / sum w x. R: ``svyratio``.

    Other arguments as of ``mean``.
    """
    return _linear(
        "ratio", design, [numerator, denominator], by=by, where=where, missing=missing, deff=deff, level=level
    )


def proportion(
    design: Design,
    variable: str,
    *,
    by: Names | None = None,
    where: str | None = None,
    missing: Missing = "fail",
    deff: Deff | None = None,
    level: float = LEVEL,
) -> Estimates:
    """The share of each category, per domain. R: ``svymean(~factor(y))``; intervals by ``svyciprop``'s logit.

    Other arguments as of ``mean``.
    """
    ask = _Ask(design, [variable], by=by, where=where, missing=missing, level=level)
    categories = _columns.cells(design.data[ask.inside], variable, "variable")
    codes = np.zeros(len(design.data), dtype=np.int64)
    codes[ask.inside] = categories.codes
    found = _asked(ask, "prop", {"y": codes}, deff)
    found.frame.insert(len(ask.by), "category", [categories.labels[code][0] for code in found.levels])
    return found.estimates(f"proportion of {variable}", ask, deff)


def quantile(
    design: Design,
    variable: str,
    p: float = 0.5,
    *,
    by: Names | None = None,
    where: str | None = None,
    missing: Missing = "fail",
    interval: Literal["woodruff", "replicates"] = "woodruff",
    level: float = LEVEL,
) -> Estimates:
    """The smallest y at which the weighted distribution function reaches ``p``.

    R: ``svyquantile(qrule = "math")``. ``woodruff`` (R: ``interval.type = "mean"``): an interval for the share up to
    the quantile is mapped back by the distribution function; the standard error is the interval's width over 2t
    (Woodruff 1952). ``replicates``: the quantile in every replicate; not for jackknife replicates, which are
    inconsistent for quantiles. The covariance of two domains takes over the correlation of their shares
    below their quantiles. Other arguments as of ``mean``.
    """
    if not 0 < p < 1:
        raise SurveylabError(f"A quantile is of a p between 0 and 1, not {p}.")
    ask = _Ask(design, [variable], by=by, where=where, missing=missing, level=level)
    y = ask.values[variable]
    name = f"{p:g} quantile of {variable}"
    if interval == "replicates":
        if not design.replication or design.replication.kind.startswith("JK"):
            raise SurveylabError("Quantiles are replicated by the bootstrap or BRR; give the design such replicates.")
        return _asked(ask, "quantile", {"y": y}, None, p=p).estimates(name, ask, None)
    if interval != "woodruff":
        raise SurveylabError(f"The interval of a quantile is woodruff or replicates, not {interval!r}.")
    return _woodruff(ask, y, p).estimates(name, ask, None)


def _woodruff(ask: _Ask, y: Array, p: float) -> _Found:
    w, design = ask.design.weights, ask.design
    groups = [ask.inside & (ask.codes == code) for code in ask.present]
    quantiles = np.array([weighted_quantile(y[rows], w[rows], p) for rows in groups])
    at = np.full(int(ask.codes.max()) + 1, np.nan)
    at[ask.present] = quantiles
    shares = _asked(ask, "mean", {"y": (y <= at[ask.codes]).astype(np.float64)}, None)
    rows = []
    for number, inside in enumerate(groups):
        share, error, df = (float(shares.frame[name].iloc[number]) for name in ("estimate", "se", "df"))
        if design.replication:
            df = float(design.df)
        wide = float(t.ppf(0.5 + ask.level / 2, df)) if df > 0 else np.nan
        low, high = share - wide * error, share + wide * error
        lower = weighted_quantile(y[inside], w[inside], low) if low >= 0 else np.nan
        upper = weighted_quantile(y[inside], w[inside], high) if high <= 1 else np.nan
        rows.append((quantiles[number], (upper - lower) / (2 * wide), lower, upper, df))
    shares.frame[["estimate", "se", "lower", "upper", "df"]] = rows
    se = shares.frame["se"].to_numpy(dtype=np.float64)
    spread = np.sqrt(np.diag(shares.covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = shares.covariance / np.outer(spread, spread)
    np.fill_diagonal(correlation, 1.0)
    return replace(shares, covariance=correlation * np.outer(se, se))


def weighted_quantile(y: Array, w: Array, p: float) -> float:
    """The smallest y with F(y) >= p, F the weighted distribution function (R: ``qrule = "math"``)."""
    if (w < 0).any():
        raise SurveylabError(
            "A distribution function with negative weights has no quantiles; calibrate with bounds, or by raking."
        )
    used = w > 0
    y, w = y[used], w[used]
    order = np.argsort(y, kind="stable")
    # In extended precision, as R adds up: with equal weights F is exactly p where it should be, and the value is there.
    cumulated = np.cumsum(w[order], dtype=np.longdouble)
    whole = float(cumulated[-1])
    up_to = cumulated.astype(np.float64)
    place = int(np.searchsorted(up_to, p * whole, side="right")) - 1
    if place < 0 or p - up_to[place] / whole > 0:
        place = min(place + 1, len(y) - 1)
    return float(y[order][place])


@dataclass(frozen=True, eq=False)
class _Found:
    """What ``svy`` answered, domains still without their columns."""

    frame: pd.DataFrame
    covariance: Array
    levels: list[int]
    df: float

    def estimates(self, statistic: str, ask: _Ask, deff: Deff | None) -> Estimates:
        return Estimates(statistic, self.frame, self.covariance, ask.by, self.df, ask.how(deff), ask.level)


class _Ask:
    """What is asked of a design: its variables, its domains, and which rows are in any of them."""

    def __init__(
        self,
        design: Design,
        variables: list[str],
        *,
        by: Names | None,
        where: str | None,
        missing: Missing,
        level: float,
    ) -> None:
        if missing not in ("fail", "drop"):
            raise SurveylabError(f"missing is fail or drop, not {missing!r}.")
        if not 0 < level < 1:
            raise SurveylabError(f"The level of an interval is between 0 and 1, not {level}.")
        self.design, self.level, self.by = design, level, _columns.names_of(by)
        data = design.data
        _columns.check_columns(data, [*variables, *self.by, *([where] if where else [])])
        active = design.weights != 0
        wanted = _columns.flags(data, where, "where") if where else np.ones(len(data), dtype=bool)
        inside = active & wanted
        gaps = inside & data[variables].isna().any(axis="columns").to_numpy()
        if gaps.any() and missing == "fail":
            raise SurveylabError(
                f"{' or '.join(map(repr, variables))} is missing in {_columns.rows(gaps)} with a weight. Adjust "
                'for nonresponse, or say missing="drop" to estimate on those that have a value.'
            )
        self.inside: NDArray[np.bool_] = inside & ~gaps
        if not self.inside.any():
            raise SurveylabError(f"The domain{f' {where!r}' if where else ''} has no units with a weight and a value.")
        self.values = _Values(data, self.inside)
        self.domains = self._domains(data, wanted)
        self.codes = self.domains.codes if self.domains else np.zeros(len(data), dtype=np.int64)
        self.present = np.unique(self.codes[self.inside])
        self._check_replicates()

    def _check_replicates(self) -> None:
        """SurveylabError where a replicate leaves a domain without weight: it has no estimate there."""
        if self.design.replication is None:
            return
        for code in self.present.tolist():
            rows = self.inside & (self.codes == code)
            empty = int((self.design.replication.weights[rows].sum(axis=0) == 0).sum())
            if empty:
                where = self.domains.text(code) if self.domains else "The domain"
                raise SurveylabError(
                    f"{where} has no units in {empty:,} of the replicates; merge it with another domain, or estimate "
                    "it by linearisation."
                )

    def _domains(self, data: pd.DataFrame, wanted: NDArray[np.bool_]) -> Cells | None:
        """The domains; those that ``where`` leaves out altogether are not asked for."""
        if not self.by:
            return None
        empty = _columns.empty_levels(data, self.by)
        cells = _columns.cells(data, self.by, "domain")
        asked, found = (np.bincount(cells.codes[rows], minlength=len(cells.labels)) for rows in (wanted, self.inside))
        empty += [cells.text(code) for code in np.flatnonzero((asked > 0) & (found == 0)).tolist()]
        if empty:
            raise SurveylabError(f"Domains without units that have a weight and a value: {_columns.listed(empty)}.")
        return cells

    def how(self, deff: Deff | None) -> str:
        """How the standard errors come about, in words."""
        replication = self.design.replication
        if replication:
            centre = "their mean" if replication.centre == "replicates" else "the full-sample estimate"
            text = f"{replication.kind}, {replication.weights.shape[1]} replicates around {centre}"
        else:
            text = "Taylor linearisation" + (", residuals of the calibration" if self.design.calibrated() else "")
        return f"{text}; deff against {DENOMINATORS[deff]}" if deff else text


class _Values:
    """Columns as numbers, 0 outside of the domain."""

    def __init__(self, data: pd.DataFrame, inside: NDArray[np.bool_]) -> None:
        self.data, self.inside = data, inside

    def __getitem__(self, name: str) -> Array:
        return np.where(self.inside, _columns.numbers(self.data, name, "variable"), 0.0)


def _linear(
    statistic: Literal["mean", "total", "ratio"],
    design: Design,
    variables: list[str],
    *,
    by: Names | None,
    where: str | None,
    missing: Missing,
    deff: Deff | None,
    level: float,
) -> Estimates:
    ask = _Ask(design, variables, by=by, where=where, missing=missing, level=level)
    columns: dict[str, NDArray[Any]] = dict(zip(("y", "x"), (ask.values[name] for name in variables), strict=False))
    if statistic == "ratio":
        bottom = np.bincount(ask.codes[ask.inside], weights=(design.weights * columns["x"])[ask.inside])
        if (bottom[ask.present] == 0).any():
            raise SurveylabError(f"The denominator {variables[1]!r} adds up to zero in a domain.")
    return _asked(ask, statistic, columns, deff).estimates(f"{statistic} of {' / '.join(variables)}", ask, deff)


def _asked(ask: _Ask, statistic: str, columns: dict[str, NDArray[Any]], deff: Deff | None, p: float = 0.5) -> _Found:
    """Ask ``svy``; the rows are in the order of the domains, then of the categories."""
    import svy

    if deff not in (None, "wor", "wr"):
        raise SurveylabError(f"deff is against wor or wr, not {deff!r}.")
    design = ask.design
    replicated = design.replication is not None
    columns = {**columns, "inside": ask.inside.astype(np.int64)}
    if ask.by:
        columns["by"] = np.where(ask.inside, ask.codes, ask.present[0])
    made = _svy.sample(design, columns, replicated=replicated)
    options: dict[str, Any] = {"by": "by" if ask.by else None, "alpha": 1 - ask.level}
    if not ask.inside[design.weights != 0].all():
        options["where"] = svy.col("inside") == 1
    if replicated:
        assert design.replication is not None
        centre = "rep_mean" if design.replication.centre == "replicates" else "estimate"
        options |= {"method": "replication", "variance_center": centre}
    else:
        options |= {"method": "taylor"} | ({"deff": deff} if deff else {})
    if statistic == "quantile":
        options["p"] = p
    call = getattr(made.estimation, statistic)
    try:
        answer = call("y", "x", **options) if statistic == "ratio" else call("y", **options)
    except svy.SvyError as error:
        raise SurveylabError(" ".join(str(error.detail).split())) from error
    found = _read(answer.to_dicts(), np.asarray(answer.covariance, dtype=np.float64), ask, float(design.df))
    if deff:
        found.frame["deff"] = _deff(found, ask, statistic, columns, deff) if replicated else found.frame["deff"]
    else:
        found.frame.drop(columns="deff", inplace=True)
    return found


def _read(rows: list[dict[str, Any]], covariance: Array, ask: _Ask, df: float) -> _Found:
    keys = [(int(row["by_level"][0]) if ask.by else 0, int(row["y_level"] or 0)) for row in rows]
    order = sorted(range(len(rows)), key=lambda number: keys[number])
    table = pd.DataFrame([rows[number] for number in order])
    names = {"est": "estimate", "se": "se", "lci": "lower", "uci": "upper", "df": "df", "n": "n", "deff": "deff"}
    frame = table[list(names)].rename(columns=names)
    for place, name in enumerate(ask.by):
        assert ask.domains is not None
        labels = [ask.domains.labels[keys[number][0]][place] for number in order]
        frame.insert(place, name, labels)
    return _Found(frame, covariance[np.ix_(order, order)], [keys[number][1] for number in order], df)


def _deff(found: _Found, ask: _Ask, statistic: str, columns: dict[str, NDArray[Any]], deff: Deff) -> Array:
    """The replicate variance over that of simple random sampling, which the linearised answer implies."""
    linear = _Ask.__new__(_Ask)
    linear.__dict__ |= vars(ask) | {"design": replace(ask.design, replication=None, lonely="certainty")}
    other = _asked(linear, statistic, {name: columns[name] for name in ("y", "x") if name in columns}, deff)
    simple = other.frame["se"].to_numpy() ** 2 / other.frame["deff"].to_numpy()
    return np.asarray(found.frame["se"].to_numpy() ** 2 / simple, dtype=np.float64)
