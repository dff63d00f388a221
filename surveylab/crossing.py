"""Cross-classification: units by the values of one or several fields. Strata and blocks are this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.errors import SurveylabError, hint


@dataclass(frozen=True)
class Crossing:
    """The non-empty cells of a classification, sorted by the first field's values, then the second's.

    ``code``: shape (n,), each unit's cell. ``labels``: a cell's name, ``region=north,age=old``.
    """

    code: NDArray[np.intp]
    labels: tuple[str, ...]

    @property
    def sizes(self) -> NDArray[np.intp]:
        """The number of units in each cell, shape (cells,)."""
        return np.bincount(self.code, minlength=len(self.labels))

    def named(self, code: NDArray[np.intp]) -> NDArray[np.str_]:
        """The labels of these cells, shape as ``code``."""
        return np.array(self.labels, dtype=np.str_)[code]


def cross(ids: NDArray[np.str_], fields: Mapping[str, NDArray[Any]], by: Sequence[str]) -> Crossing:
    """Classify units by the fields named in ``by``.

    Args:
        ids: shape (n,); named where a value is missing.
        fields: name -> shape (n,), numbers or texts.
        by: one name or more.

    Raises:
        SurveylabError: a field that is not there, a unit without a value (None, NaN or an
            empty text), or values that give two cells the same label.
    """
    code = np.zeros(len(ids), dtype=np.intp)
    labels: tuple[str, ...] = ("",)
    for name in by:
        own, values = ranked(ids, column(fields, name), name)
        texts = [f"{name}={written(value)}" for value in values]
        if len(labels) == 1:  # the first field, or one value so far: nothing can be empty
            code, cells = own, np.arange(len(values))
        else:
            cells, code = np.unique(code * len(values) + own, return_inverse=True)
        pairs = (divmod(cell, len(values)) for cell in cells.tolist())
        labels = tuple(",".join(filter(None, (labels[outer], texts[inner]))) for outer, inner in pairs)
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise SurveylabError(f"Different values share the label {twice!r}. Give them names without ',' and '='.")
    return Crossing(code, labels)


def column(fields: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    """The field of that name. SurveylabError with the nearest name where there is none."""
    if name not in fields:
        there = ", ".join(sorted(fields)) or "none"
        raise SurveylabError(f"No unit has a field {name!r}.{hint(name, fields)} The fields are: {there}.")
    return fields[name]


def written(value: object) -> str:
    """A value as labels write it: ``true``, ``3`` for 3.0, ``null`` where there is none."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_missing(value: object) -> bool:
    """Whether a field's value is none: None, NaN or an empty text."""
    return value is None or value == "" or value != value  # noqa: PLR0124 - NaN is what differs from itself


def ranked(ids: NDArray[np.str_], array: NDArray[Any], name: str) -> tuple[NDArray[np.intp], list[Any]]:
    """Each value's rank among the distinct ones, shape (n,), and these: numbers first, then texts.

    Raises:
        SurveylabError: a unit without a value, named by its id.
    """
    values = array.tolist()  # a dictionary of Python values is many times faster than sorting a million texts
    distinct = set(values)
    if any(map(is_missing, distinct)):
        lacking = [place for place, value in enumerate(values) if is_missing(value)]
        more = f" and {len(lacking) - 1} more have" if len(lacking) > 1 else " has"
        raise SurveylabError(
            f"Unit {str(ids[lacking[0]])!r}{more} no value of {name!r}. "
            f"Fill it in, or leave such units out with the frame's `eligible`."
        )
    ranked = sorted(distinct, key=lambda value: (isinstance(value, str), value))
    rank = {value: place for place, value in enumerate(ranked)}
    return np.fromiter(map(rank.__getitem__, values), dtype=np.intp, count=len(values)), ranked
