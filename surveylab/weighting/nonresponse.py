"""Steps that let respondents stand for those who did not answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns
from surveylab.weighting._columns import Array, Cells, Codes, Names
from surveylab.weighting._logistic import Covariates, check, covariates, propensities


@dataclass(frozen=True)
class Collapse:
    """When a weighting class is merged with another.

    A class with fewer than ``fewest`` respondents, or whose factor 1/RR is over ``largest``, is merged
    with the class whose weighted response rate is nearest to its own; the smallest class first, until
    none is left (Kalton and Flores-Cervantes 2003 give the reasons for both limits).
    """

    fewest: int = 20
    largest: float = 3.0


@dataclass(frozen=True)
class ResponseClasses:
    """Weighting classes: w / RR_c, with the weighted response rate RR_c of the class (Oh and Scheuren 1983).

    Args:
        responded: the column that is 1 for respondents and 0 for the others.
        by: the columns whose crossing makes the classes.
        collapse: how small classes are merged. None merges nothing; a class without respondents is an error then.
        within: columns that make classes too, and across which none are merged: arms.

    Nonrespondents keep a weight of zero and stay in the design. In a replicate the classes are those of
    the full sample and the rates are its own.
    """

    responded: str
    by: Names
    collapse: Collapse | None = None
    within: Names = ()

    def prepare(self, data: pd.DataFrame, weights: Array) -> PreparedResponse:
        """The classes on the data; SurveylabError where one has no respondents."""
        answered = _columns.flags(data, self.responded, "response").astype(np.float64)
        inner, outer = _columns.names_of(self.by), _columns.names_of(self.within)
        cells = _columns.cells(data, (*outer, *inner), "weighting class")
        merged = _merged(cells, answered, weights, self.collapse, len(outer))
        prepared = PreparedResponse(
            "weighting classes", lambda w: _by_class(merged, answered, w, cells), pd.DataFrame()
        )
        return prepared.reported(_class_report(cells, merged, answered, weights), weights)


@dataclass(frozen=True)
class Propensity:
    """Response propensities from a weighted logistic regression (Little 1986).

    Args:
        responded: the column that is 1 for respondents and 0 for the others.
        covariates: columns that nonrespondents have too; text and categories by level, numbers linearly.
        classes: None divides by the propensity itself; a number makes that many classes of equal
            size by propensity (5: quintiles) and divides by the weighted response rate of the class.

    In a replicate the model is fitted, and the classes are cut, anew.
    """

    responded: str
    covariates: tuple[str, ...]
    classes: int | None = None

    def prepare(self, data: pd.DataFrame, weights: Array) -> PreparedResponse:
        """The model on the data; SurveylabError where it cannot be fitted."""
        if self.classes is not None and self.classes < 2:
            raise SurveylabError(f"Propensity classes are two or more, not {self.classes}.")
        answered = _columns.flags(data, self.responded, "response").astype(np.float64)
        model = covariates(data, _columns.names_of(self.covariates))
        check(model, weights)
        name = "response propensity" if self.classes is None else f"{self.classes} propensity classes"
        prepared = PreparedResponse(name, lambda w: _by_propensity(model, answered, w, self.classes), pd.DataFrame())
        rho = propensities(model, answered, weights)[model.pattern]
        cut = _cut(rho, weights, self.classes or 5)
        return prepared.reported(_propensity_report(rho, cut, answered, weights), weights)


@dataclass(frozen=True, eq=False)
class PreparedResponse:
    """An adjustment for nonresponse that has met its data."""

    name: str
    run: Callable[[Array], Array]
    report: pd.DataFrame

    @property
    def auxiliary(self) -> Array | None:
        """None: linearised variances take the adjusted weights as given; replicates repeat the step."""
        return None

    def weigh(self, weights: Array) -> Array:
        """The adjusted weights, zero for nonrespondents."""
        return self.run(weights)

    def reported(self, table: pd.DataFrame, weights: Array) -> PreparedResponse:
        """The same with its report, once it has worked."""
        self.weigh(weights)
        return PreparedResponse(self.name, self.run, table)


def _merged(cells: Cells, answered: Array, weights: Array, rule: Collapse | None, outer: int) -> Codes:
    """For each row the class that it is in after merging; classes bear the code of their first cell.

    Classes whose first ``outer`` labels differ are never merged.
    """
    owner = np.arange(len(cells.labels))
    if rule is None:
        return cells.codes
    if not (answered * weights).any():
        raise SurveylabError("Nobody answered; there is nobody to adjust.")
    size = len(owner)
    count = np.bincount(cells.codes, weights=answered * (weights > 0), minlength=size)
    total = np.bincount(cells.codes, weights=weights, minlength=size)
    got = np.bincount(cells.codes, weights=weights * answered, minlength=size)
    alive = total > 0
    near = [
        [k for k in range(size) if k != c and cells.labels[k][:outer] == cells.labels[c][:outer]] for c in range(size)
    ]
    while True:
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = got / total
        small = alive & ((count < rule.fewest) | (rate < 1 / rule.largest))
        partners = {c: [k for k in near[c] if alive[k]] for c in np.flatnonzero(small).tolist()}
        mergeable = [c for c, others in partners.items() if others]
        if not mergeable:
            return owner[cells.codes]
        worst = min(mergeable, key=lambda c: (count[c], c))
        others = partners[worst]
        nearest = min(others, key=lambda c: (abs(rate[c] - rate[worst]), c))
        keep, gone = min(worst, nearest), max(worst, nearest)
        for sums in (count, total, got):
            sums[keep] += sums[gone]
            sums[gone] = 0
        alive[gone] = False
        owner[owner == gone] = keep


def _by_class(merged: Codes, answered: Array, weights: Array, cells: Cells | None) -> Array:
    size = int(merged.max()) + 1
    total = np.bincount(merged, weights=weights, minlength=size)
    got = np.bincount(merged, weights=weights * answered, minlength=size)
    empty = np.flatnonzero((total > 0) & (got <= 0))
    if len(empty):
        told = [cells.text(code) if cells else f"class {code + 1}" for code in empty.tolist()]
        raise SurveylabError(f"Nobody answered in {_columns.listed(told)}; merge the class with another (collapse=).")
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(got > 0, total / got, 0.0)
    return np.asarray(weights * answered * factor[merged])


def _class_report(cells: Cells, merged: Codes, answered: Array, weights: Array) -> pd.DataFrame:
    size = len(cells.labels)
    into = np.zeros(size, dtype=np.int64)
    into[cells.codes] = merged
    names = [cells.text(code) for code in range(size)]
    total = np.bincount(merged, weights=weights, minlength=size)
    got = np.bincount(merged, weights=weights * answered, minlength=size)
    own = np.bincount(cells.codes, weights=weights, minlength=size)
    mine = np.bincount(cells.codes, weights=weights * answered, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(
            {
                "class": names,
                "sampled": np.bincount(cells.codes, minlength=size),
                "respondents": np.bincount(cells.codes, weights=answered, minlength=size).astype(int),
                "response_rate": mine / own,
                "merged_into": [names[code] if code != k else "" for k, code in enumerate(into)],
                "factor": (total / got)[into],
            }
        )


def _by_propensity(model: Covariates, answered: Array, weights: Array, classes: int | None) -> Array:
    rho = propensities(model, answered, weights)[model.pattern]
    if classes is None:
        return np.asarray(np.where(answered > 0, weights / rho, 0.0))
    return _by_class(_cut(rho, weights, classes), answered, weights, None)


def _cut(rho: Array, weights: Array, classes: int) -> Codes:
    """Classes by propensity, of equal numbers of sampled units; equal propensities stay together."""
    used = weights > 0
    limits = np.quantile(rho[used], np.arange(1, classes) / classes)
    return np.searchsorted(limits, rho, side="left").astype(np.int64)


def _propensity_report(rho: Array, cut: Codes, answered: Array, weights: Array) -> pd.DataFrame:
    table = pd.DataFrame({"class": cut + 1, "rho": rho, "answered": answered, "w": weights, "wa": weights * answered})
    groups = table.groupby("class")
    found = groups.agg(
        sampled=("rho", "size"), respondents=("answered", "sum"), lowest=("rho", "min"), highest=("rho", "max")
    )
    found["response_rate"] = groups["wa"].sum() / groups["w"].sum()
    found["respondents"] = found["respondents"].astype(int)
    return found.reset_index()
