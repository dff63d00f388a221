"""The order of a list: by fields, then by ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveylab.crossing import column, ranked
from surveylab.sampling import FrameView


def listing(frame: FrameView, by: Sequence[str]) -> NDArray[np.intp]:
    """The units sorted by these fields, the first one first, ties in the order of their ids; shape (N,).

    Numbers come before texts, texts in the order of their code points.

    Raises:
        SurveylabError: a field that is not there, or a unit without a value.
    """
    order = np.arange(len(frame.ids))
    for name in reversed(by):
        order = order[np.argsort(_rank(frame, name)[order], kind="stable")]
    return order


def _rank(frame: FrameView, name: str) -> NDArray[np.integer]:
    values = column(frame.fields, name)
    if values.dtype.kind in "biu":
        return values
    rank, distinct = ranked(frame.ids, values, name)
    return rank.astype(np.min_scalar_type(len(distinct)))  # NumPy sorts short integers by radix
