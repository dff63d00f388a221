"""Simple random sampling without replacement: every set of n units is equally likely.

A unit is included with probability n/N, a pair with n(n-1)/(N(N-1)) (Cochran 1977, Sampling
Techniques, chapter 2). The units are sorted by random numbers and the first n are taken
(Tillé 2006, Sampling Algorithms, chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveylab.randomness import first
from surveylab.sampling import FrameView, Sample
from surveylab.sampling._requests import enough
from surveylab.sampling._selection import Equal

PROBABILITY = True


@dataclass(frozen=True)
class Settings:
    """``n`` is the number of units to draw."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"n is {self.n}; a sample has at least one unit.")


def needs(settings: Settings) -> tuple[str, ...]:  # noqa: ARG001 - the contract's argument
    """No field: only the list itself."""
    return ()


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw n of N units.

    Raises:
        SurveylabError: the frame is empty or has fewer than ``n`` units.
    """
    size, n = enough(frame, settings.n), settings.n
    return Sample.of(first(rng, size, n), np.full(n, n / size))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """n(n-1)/(N(N-1)) for every two units. SurveylabError as in ``draw``."""
    return Equal(enough(frame, settings.n), settings.n).pairs(positions)
