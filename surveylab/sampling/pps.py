"""Sampling with probability proportional to size: a unit of size x is included with probability n x/X.

Units for which that reaches 1 are certain, and taken out step by step (Särndal, Swensson and
Wretman 1992, Model Assisted Survey Sampling, section 3.6.2). Two methods:

- sampford: every two units can come together, so that variances can be estimated (Sampford 1967,
  Biometrika 54, 499-513).
- systematic: equal steps along the cumulated sizes of a list (Madow 1949, Ann. Math. Stat. 20,
  333-354), sorted by fields, or in a random order (Goodman and Kish 1950, JASA 45, 350-372).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveylab.sampling import FrameView, Sample
from surveylab.sampling._listing import listing
from surveylab.sampling._requests import enough, sizes, whole
from surveylab.sampling._selection import Sampford, Systematic

PROBABILITY = True


@dataclass(frozen=True)
class Settings:
    """What YAML says of a sample with probability proportional to size.

    ``n`` is the number of units to draw. ``size``: the numeric field that says a unit's size, above 0.
    ``method``: how they are selected. ``sort`` (systematic): the fields by which the units are listed,
    ties in the order of their ids, and an empty list for the order of ids; without it the order is random.
    """

    n: int
    size: str
    method: Literal["sampford", "systematic"] = "sampford"
    sort: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"n is {self.n}; a sample has at least one unit.")
        if self.sort is not None and self.method != "systematic":
            raise ValueError("sort is not read by the method sampford; leave it out, or say method: systematic.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The field of the sizes, and those by which the list is sorted."""
    return tuple(dict.fromkeys((settings.size, *(settings.sort or ()))))


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw n of N units; the certain ones have the probability 1.

    Raises:
        SurveylabError: an empty frame, fewer units than ``n``, a field that is not there, a size that
            is missing, no number or not above 0.
    """
    selection = _selection(frame, settings)
    positions = selection.take(rng)
    return Sample.of(positions, selection.at(positions))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """Exact for sampford, and for systematic along a sorted list.

    Raises:
        SurveylabError: as in ``draw``; systematic in a random order.
    """
    return _selection(frame, settings).pairs(positions)


def _selection(frame: FrameView, settings: Settings) -> Sampford | Systematic:
    enough(frame, settings.n)
    measure = whole(sizes(frame, settings.size))
    if settings.method == "sampford":
        return Sampford(measure, settings.n)
    listed = None if settings.sort is None else listing(frame, settings.sort)
    return Systematic(measure, settings.n, listed)
