"""Simple random sampling without replacement: every set of n units is equally likely.

A unit is included with probability n/N, a pair with n(n-1)/(N(N-1)) (Cochran 1977, Sampling
Techniques, chapter 2). The units are sorted by random numbers and the first n are taken
(Tillé 2006, Sampling Algorithms, chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surveylab.errors import SurveylabError
from surveylab.randomness import order
from surveylab.sampling import FrameView, Sample


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
    size, n = len(frame.ids), settings.n
    if not size:
        raise SurveylabError("The frame has no eligible unit. Load units, or widen `eligible`.")
    if n > size:
        raise SurveylabError(
            f"The sample asks for {n} units and the frame has {size} that are eligible. "
            "Lower sampling `n`, widen `eligible` or load more units."
        )
    positions = np.sort(order(rng, size)[:n])
    return Sample(positions, np.full(n, n / size), np.zeros(n, dtype=np.str_))
