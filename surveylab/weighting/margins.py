"""Margins: the totals of the population that weights are calibrated to, checked against each other and the sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns
from surveylab.weighting._columns import Array, Cells, Codes

Margins = Mapping[str | tuple[str, ...], Mapping[Any, float]]
"""Column, or columns that are crossed -> value, or values in their order -> total in the population."""
AGREEMENT = 1e-6
"""Margins contradict each other when their sums differ by more than this, relatively."""


def margins_of(frame: pd.DataFrame, by: Sequence[str | tuple[str, ...]], weight: str | None = None) -> Margins:
    """The margins of a frame: how many units (or how much ``weight``) each level of each of ``by`` has."""
    weights = np.ones(len(frame)) if weight is None else _columns.complete(frame, weight, "weight")
    found: dict[str | tuple[str, ...], dict[Any, float]] = {}
    for names in by:
        cells = _columns.cells(frame, names, "margin")
        totals = np.bincount(cells.codes, weights=weights, minlength=len(cells.labels))
        found[names] = {
            label[0] if isinstance(names, str) else label: float(total)
            for label, total in zip(cells.labels, totals, strict=True)
        }
    return found


@dataclass(frozen=True, eq=False)
class Margin:
    """One margin met by a sample: ``codes`` of shape (n,) index ``totals``."""

    names: tuple[str, ...]
    codes: Codes
    labels: tuple[tuple[Any, ...], ...]
    totals: Array

    def text(self, code: int) -> str:
        """A category as people read it."""
        return Cells(self.names, self.codes, self.labels).text(code)


def met(data: pd.DataFrame, weights: Array, margins: Margins) -> tuple[Margin, ...]:
    """The margins on the rows of a sample that have a positive weight; other rows have code 0.

    Raises:
        SurveylabError: every way in which the margins do not fit the sample or each other.
    """
    if not margins:
        raise SurveylabError("There are no margins; give column -> {value: total}.")
    _columns.check_columns(data, [name for names in margins for name in _columns.names_of(names)])
    active = weights > 0
    found: list[Margin] = []
    faults: list[str] = []
    for names, totals in margins.items():
        margin = _met(data, active, _columns.names_of(names), totals, faults)
        if margin:
            found.append(margin)
    if faults:
        raise SurveylabError("The margins do not fit. " + " ".join(faults))
    _agree(found)
    return tuple(found)


def _met(
    data: pd.DataFrame, active: Any, names: tuple[str, ...], given: Mapping[Any, float], faults: list[str]
) -> Margin | None:
    title = " x ".join(names)
    given = dict(given)  # a Series will do
    if not given:
        faults.append(f"The margin {title} is empty.")
        return None
    totals = {key if isinstance(key, tuple) else (key,): float(total) for key, total in given.items()}
    wrong = [key for key, total in totals.items() if not np.isfinite(total) or total < 0]
    if wrong:
        faults.append(f"{title}: totals have to be numbers of zero or more, and {_of(names, wrong)} have others.")
        return None
    cells = _columns.cells(data[active], names, "margin")
    absent = [key for key, total in totals.items() if total > 0 and key not in set(cells.labels)]
    strange = [label for label in cells.labels if not totals.get(label)]
    if absent:
        faults.append(f"Nobody in the sample has {_of(names, absent)}: merge the category with another, in both.")
    if strange:
        faults.append(f"The sample has {_of(names, strange)}, for which the margin gives no total above zero.")
    if absent or strange:
        return None
    codes = np.zeros(len(data), dtype=np.int64)
    codes[active] = cells.codes
    return Margin(names, codes, cells.labels, np.array([totals[label] for label in cells.labels]))


def _of(names: tuple[str, ...], keys: Sequence[tuple[Any, ...]]) -> str:
    texts = [", ".join(f"{name}={value}" for name, value in zip(names, key, strict=False)) for key in keys]
    return _columns.listed(texts)


def _agree(found: Sequence[Margin]) -> None:
    sums = [float(margin.totals.sum()) for margin in found]
    if max(sums) - min(sums) > AGREEMENT * max(sums):
        told = "; ".join(f"{' x '.join(m.names)} {total:,.10g}" for m, total in zip(found, sums, strict=True))
        raise SurveylabError(
            f"The margins contradict each other: they add up to different totals ({told}). Take them from one source, "
            "or rescale all but one."
        )


def report(found: Sequence[Margin], before: Array, after: Array) -> pd.DataFrame:
    """One row per category: the total asked for, that of the sample before and after, and the mean factor."""
    rows: list[dict[str, Any]] = []
    for margin in found:
        was, now = (np.bincount(margin.codes, weights=w, minlength=len(margin.totals)) for w in (before, after))
        rows += [
            {
                "margin": " x ".join(margin.names),
                "category": ", ".join(map(str, label)),
                "total": total,
                "before": old,
                "after": new,
                "factor": new / old,
            }
            for label, total, old, new in zip(margin.labels, margin.totals, was, now, strict=True)
        ]
    return pd.DataFrame(rows)


def dummies(found: Sequence[Margin], active: Any) -> tuple[Array, Array, tuple[str, ...]]:
    """Indicators of the categories, rows of weight zero all 0, with their totals and names.

    First categories of later margins are left out: they follow from the others.
    """
    columns, totals, names = [], [], []
    for number, margin in enumerate(found):
        for code in range(1 if number else 0, len(margin.totals)):
            columns.append((margin.codes == code) & active)
            totals.append(margin.totals[code])
            names.append(margin.text(code))
    if not columns:
        return np.zeros((len(active), 0)), np.zeros(0), ()
    return np.column_stack(columns).astype(np.float64), np.array(totals), tuple(names)


def pairs(totals: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Totals of numeric variables, checked."""
    for name, total in totals.items():
        if not np.isfinite(total):
            raise SurveylabError(f"The total of {name!r} has to be a number, and is {total}.")
        yield name, float(total)
