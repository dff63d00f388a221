"""Columns of a data frame as arrays, with everything that may be wrong with them told at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveylab.errors import SurveylabError, hint

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Names = str | Sequence[str]
SHOWN = 5
"""Rows or values that an error names; the rest it counts."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A partition of the rows: ``codes`` of shape (n,) index ``labels``, tuples with one value per column."""

    names: tuple[str, ...]
    codes: Codes
    labels: tuple[tuple[Any, ...], ...]

    def text(self, code: int) -> str:
        """A cell as people read it: ``region=north, age=old``."""
        return ", ".join(f"{name}={value}" for name, value in zip(self.names, self.labels[code], strict=True))


def names_of(names: Names | None) -> tuple[str, ...]:
    """One name, several, or none."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def check_columns(data: pd.DataFrame, names: Iterable[str]) -> None:
    """SurveylabError with every name that is no column of the data, or that several have."""
    names = list(names)
    absent = [name for name in dict.fromkeys(names) if name not in data.columns]
    twice = [name for name in dict.fromkeys(names) if name not in absent and data.columns.tolist().count(name) > 1]
    if twice:
        raise SurveylabError(f"The data have several columns called {', '.join(map(repr, twice))}; rename all but one.")
    if absent:
        known = [str(column) for column in data.columns]
        raise SurveylabError(" ".join(f"The data have no column {name!r}.{hint(name, known)}" for name in absent))


def numbers(data: pd.DataFrame, name: str, role: str) -> Array:
    """A column as floats, NaN where it is missing.

    Raises:
        SurveylabError: the column is not there, or holds what is no number.
    """
    check_columns(data, [name])
    if pd.api.types.is_datetime64_any_dtype(data[name]) or pd.api.types.is_timedelta64_dtype(data[name]):
        raise SurveylabError(f"The column {name!r} ({role}) has to be numbers, and holds times.")
    try:
        values = pd.to_numeric(data[name]).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise SurveylabError(f"The column {name!r} ({role}) has to be numbers: {error}.") from error
    if np.isinf(values).any():
        raise SurveylabError(f"The column {name!r} ({role}) is infinite in {rows(np.isinf(values))}.")
    return values


def complete(data: pd.DataFrame, name: str, role: str) -> Array:
    """As ``numbers``, and none may be missing."""
    values = numbers(data, name, role)
    if np.isnan(values).any():
        raise SurveylabError(f"The column {name!r} ({role}) is missing in {rows(np.isnan(values))}.")
    return values


def flags(data: pd.DataFrame, name: str, role: str) -> NDArray[np.bool_]:
    """A column of 0 and 1, or of booleans."""
    values = complete(data, name, role)
    if not np.isin(values, (0.0, 1.0)).all():
        raise SurveylabError(f"The column {name!r} ({role}) has to be 0 or 1 in every row.")
    return np.asarray(values == 1.0)


def cells(data: pd.DataFrame, names: Names, role: str) -> Cells:
    """The partition by one column or by several crossed, labels in order.

    Raises:
        SurveylabError: a column is not there, or is missing in some row.
    """
    wanted = names_of(names)
    check_columns(data, wanted)
    for name in wanted:
        gaps = data[name].isna().to_numpy()
        if gaps.any():
            raise SurveylabError(
                f"The column {name!r} ({role}) is missing in {rows(gaps)}; fill it in, or give the gap a value."
            )
    if len(wanted) == 1:
        codes, labels = _levels(data[wanted[0]])
        return Cells(wanted, codes, tuple((label,) for label in labels))
    parts = [_levels(data[name]) for name in wanted]
    joint = np.zeros(len(data), dtype=np.int64)
    for codes, labels in parts:
        joint = joint * max(len(labels), 1) + codes
    found, codes = np.unique(joint, return_inverse=True)
    keys: list[tuple[Any, ...]] = []
    for key in found.tolist():
        label: list[Any] = []
        for _, labels in reversed(parts):
            key, place = divmod(key, max(len(labels), 1))  # noqa: PLW2901
            label.append(labels[place])
        keys.append(tuple(reversed(label)))
    return Cells(wanted, codes.astype(np.int64), tuple(keys))


def empty_levels(data: pd.DataFrame, names: Names) -> list[str]:
    """Categories that a column declares and no row has."""
    found = []
    for name in names_of(names):
        if isinstance(data[name].dtype, pd.CategoricalDtype):
            present = set(data[name].dropna().unique())
            found += [f"{name}={level}" for level in data[name].cat.categories if level not in present]
    return found


def _levels(column: pd.Series[Any]) -> tuple[Codes, list[Hashable]]:
    try:
        codes, found = pd.factorize(column, sort=True)
    except TypeError:  # values of several types have no order
        codes, found = pd.factorize(column)
    return codes.astype(np.int64), [value.item() if isinstance(value, np.generic) else value for value in found]


def rows(mask: NDArray[np.bool_]) -> str:
    """Which rows a mask marks, counted from 0: ``3 rows (0, 7, 8)``."""
    places = np.flatnonzero(mask)
    shown = ", ".join(map(str, places[:SHOWN].tolist())) + (", ..." if len(places) > SHOWN else "")
    return f"{len(places):,} row{'s' if len(places) != 1 else ''} ({shown})"


def listed(values: Sequence[str]) -> str:
    """The first few of many, and how many more there are."""
    more = len(values) - SHOWN
    return "; ".join(values[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
