"""Systematic sampling: every k-th unit of a sorted list from a random start, k = N/n, which need not be whole.

A unit is included with probability n/N exactly. A pair is included with the share of the starts
that take both, which is 0 for most: so the variance has no unbiased estimate, and the order is
an implicit stratification (Cochran 1977, Sampling Techniques, chapter 8). The fractional interval
is that of Särndal, Swensson and Wretman (1992, Model Assisted Survey Sampling, section 3.4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveylab.sampling import FrameView, Sample
from surveylab.sampling._listing import listing
from surveylab.sampling._requests import enough
from surveylab.sampling._selection import Systematic, points

PROBABILITY = True


@dataclass(frozen=True)
class Settings:
    """What YAML says of a systematic sample.

    ``n`` is the number of units to draw. ``sort``: the fields by which the units are listed, ties in
    the order of their ids; without it the list is in the order of the ids.
    """

    n: int
    sort: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"n is {self.n}; a sample has at least one unit.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields by which the list is sorted."""
    return tuple(dict.fromkeys(settings.sort))


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw n of N units.

    Raises:
        SurveylabError: an empty frame, fewer units than ``n``, a field that is not there or lacks a value.
    """
    size, n = enough(frame, settings.n), settings.n
    places = points(rng, size, n)
    positions = np.sort(listing(frame, settings.sort)[places]) if settings.sort else places
    return Sample.of(positions, np.full(n, n / size))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """The share of all starts that take both units, exactly. SurveylabError as in ``draw``."""
    size = enough(frame, settings.n)
    return Systematic(np.ones(size, dtype=np.int64), settings.n, listing(frame, settings.sort)).pairs(positions)
