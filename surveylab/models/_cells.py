"""Which cells are sound, in one canonical form, and the units that a normal family is fitted in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from surveylab.errors import SurveylabError
from surveylab.models import Array, Cells, Contract

ROUNDING = 1e-9
"""Relative slack for statistics that were summed in floating point."""


@dataclass(frozen=True)
class Unit:
    """The affine map between raw values and the linear predictor: raw = centre + sd * eta."""

    centre: float = 0.0
    sd: float = 1.0


def sound(family: str, model: Contract, cells: Cells) -> Cells:
    """The cells pooled and in canonical order, or one error that lists everything wrong with them.

    Empty cells are dropped: they say nothing. Sums are exactly rounded, so that neither the
    order of the cells nor the way in which whole counts are split over them changes a digit.

    Raises:
        SurveylabError: cells that no fit can use; the message says what to do.
    """
    faults = list(_shape_faults(cells)) or list(_value_faults(model, cells))
    if faults:
        raise SurveylabError(f"The data cannot be fitted ({family}): " + " ".join(faults))
    return _pooled(cells)


def standardised(family: str, cells: Cells) -> tuple[Cells, Unit]:
    """Statistics of (value - pooled mean) / pooled within-arm sd, and that unit.

    Raises:
        SurveylabError: the values do not vary within the arms.
    """
    index = indicator(cells)
    n, total, squares = (index @ each for each in (cells.n, cells.total, cells.squares))
    with np.errstate(invalid="ignore", divide="ignore"):
        within = np.where(n > 0, np.maximum(squares - total**2 / n, 0.0), 0.0).sum()
    freedom = n.sum() - np.count_nonzero(n)
    if freedom <= 0 or within <= ROUNDING * squares.sum():
        raise SurveylabError(
            f"The data cannot be fitted ({family}): the values do not vary within the arms, so there is no residual sd "
            "to measure an effect against. Wait for more cases, or choose another outcome."
        )
    unit = Unit(float(total.sum() / n.sum()), float(np.sqrt(within / freedom)))
    centred = (cells.total - cells.n * unit.centre) / unit.sd
    spread = (cells.squares - 2 * unit.centre * cells.total + cells.n * unit.centre**2) / unit.sd**2
    return replace(cells, total=centred, squares=np.maximum(spread, centred**2 / cells.n)), unit


def indicator(cells: Cells) -> Array:
    """Which arm each cell belongs to, shape (A, C)."""
    return np.asarray(np.arange(len(cells.arms))[:, None] == cells.arm, dtype=float)


def _shape_faults(cells: Cells) -> Iterator[str]:
    columns: Mapping[str, tuple[np.ndarray, int]] = {
        "arm": (cells.arm, len(cells.arms)),
        **{f"group {name!r}": (index, len(labels)) for name, (labels, index) in cells.groups.items()},
    }
    for name in ("n", "total", "squares"):
        if np.shape(getattr(cells, name)) != np.shape(cells.arm):
            yield f"{name!r} must have one entry per cell, as 'arm' has {np.size(cells.arm)}; correct it."
    for name, (index, size) in columns.items():
        if np.shape(index) != np.shape(cells.arm) or (np.size(index) and (np.min(index) < 0 or np.max(index) >= size)):
            yield f"The index of {name} must have one entry from 0 to {size - 1} per cell; correct it."
    for name, share in cells.shares.items():
        if name not in cells.groups:
            yield f"There are shares for {name!r}, which is not a group; there are {', '.join(cells.groups) or 'none'}."
        elif np.shape(share) != (len(cells.groups[name][0]),) or np.min(share) < 0 or abs(np.sum(share) - 1) > ROUNDING:
            yield f"The shares of {name!r} must be one number >= 0 for each of its labels, with sum 1; correct them."


def _value_faults(model: Contract, cells: Cells) -> Iterator[str]:
    n, total, squares = (np.asarray(each, float) for each in (cells.n, cells.total, cells.squares))
    if not all(np.isfinite(each).all() for each in (n, total, squares)):
        yield "A count or a sum is not a finite number; find the cell and correct it."
        return
    if (n < 0).any():
        yield f"{np.sum(n < 0)} cells have a negative number of cases; correct the counts."
        return
    slack = ROUNDING * np.maximum(np.abs(total), n)
    if ((n == 0) & ((total != 0) | (model.SPREAD & (squares != 0)))).any():
        yield "A cell without cases has a sum that is not 0; correct its count."
    elif model.SPREAD and (squares * n < total**2 * (1 - ROUNDING)).any():
        yield "A sum of squares is less than the square of its sum over n, which no values have; recompute the sums."
    elif not model.SPREAD and ((total < 0) | (total > n + slack)).any():
        yield "A cell has fewer than no successes or more successes than cases; correct the counts."
    yield from _arm_faults(cells, n)


def _arm_faults(cells: Cells, n: Array) -> Iterator[str]:
    if len(cells.arms) < 2:
        yield "There is one arm only, so nothing is compared; give at least two."
    elif n.sum() == 0:
        yield "There is no case yet; wait for the first answers, or check the outcome's denominator."
    else:
        counts = np.bincount(cells.arm, weights=n, minlength=len(cells.arms))
        empty = [arm.key for arm, count in zip(cells.arms, counts, strict=True) if count == 0 and arm.probability > 0]
        if empty:
            yield f"No case in {', '.join(empty)}; wait for its first answers, or take the arm out of the design."


def _pooled(cells: Cells) -> Cells:
    kept = np.asarray(cells.n) > 0
    keys = np.column_stack([cells.arm, *(index for _, index in cells.groups.values())])[kept]
    unique, position = np.unique(keys, axis=0, return_inverse=True)
    position = position.ravel()
    members = np.split(np.argsort(position, kind="stable"), np.cumsum(np.bincount(position))[:-1])

    def pooled(values: Array) -> Array:
        used = np.asarray(values, float)[kept]
        return np.array([fsum(used[rows]) for rows in members])

    groups = {name: (labels, unique[:, 1 + j]) for j, (name, (labels, _)) in enumerate(cells.groups.items())}
    return Cells(
        arms=cells.arms,
        arm=unique[:, 0],
        n=pooled(cells.n),
        total=pooled(cells.total),
        squares=pooled(cells.squares),
        groups=groups,
        shares=cells.shares,
    )
