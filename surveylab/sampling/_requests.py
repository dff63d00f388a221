"""What a frame must have for a sample to be asked of it, and its fields as numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.crossing import column, is_missing
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView

PLACES = 60
"""Binary digits of the total of sizes: room for exact integer arithmetic in 64 bits."""


def enough(frame: FrameView, n: int) -> int:
    """The number of units of a frame. SurveylabError where it has none, or fewer than ``n``."""
    size = len(frame.ids)
    if not size:
        raise SurveylabError("The frame has no eligible unit. Load units, or widen `eligible`.")
    if n > size:
        raise SurveylabError(
            f"The sample asks for {n} units and the frame has {size} that are eligible. "
            "Lower sampling `n`, widen `eligible` or load more units."
        )
    return size


def numeric(frame: FrameView, name: str) -> NDArray[np.float64]:
    """A field as numbers, shape (N,). SurveylabError names the first unit that has none."""
    values: NDArray[Any] = column(frame.fields, name)
    if values.dtype.kind not in "biuf":
        for unit, value in zip(frame.ids.tolist(), values.tolist(), strict=True):
            if is_missing(value) or not isinstance(value, int | float):
                raise SurveylabError(f"Unit {unit!r} has {value!r} for {name!r}, which must be a number.")
    numbers = values.astype(np.float64, copy=False)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        raise SurveylabError(
            f"Unit {str(frame.ids[wrong[0]])!r} has {numbers[wrong[0]]} for {name!r}, which must be a finite number. "
            "Fill it in, or leave such units out with `eligible`."
        )
    return numbers


def sizes(frame: FrameView, name: str) -> NDArray[np.float64]:
    """A field as sizes, shape (N,): numbers above zero. SurveylabError counts and names the units of other ones."""
    numbers = numeric(frame, name)
    wrong = np.flatnonzero(numbers <= 0)
    if wrong.size:
        first = wrong[0]
        more = f" and {wrong.size - 1:,} more have" if wrong.size > 1 else " has"
        raise SurveylabError(
            f"Unit {str(frame.ids[first])!r}{more} a size of 0 or less: {name!r} is {numbers[first]:g}. "
            "Such a unit could never be drawn: correct its size, or leave such units out with `eligible`."
        )
    return numbers


def whole(sizes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sizes as whole numbers in the same proportions, shape (N,); their total is at most 2^61.

    Whole sizes with a total of up to 2^53 stay what they are. Others are multiplied by a power of
    two and rounded, which changes a unit's share by at most 2^-60 of the total.
    """
    total = float(np.cumsum(sizes)[-1])  # one by one: NumPy's sum adds in another order on another machine
    if total <= 2**53 and np.all(sizes == np.rint(sizes)):
        return sizes.astype(np.int64)
    scaled = np.ldexp(sizes, PLACES - math.frexp(total)[1])
    np.rint(scaled, out=scaled)
    np.maximum(scaled, 1, out=scaled)
    return scaled.astype(np.int64)
