"""Bernoulli sampling: each unit is taken with probability p, independently of all others.

A pair is taken with probability p^2, and the number of units is random (Särndal, Swensson and
Wretman 1992, Model Assisted Survey Sampling, section 3.2). A unit's chance is a permanent random
number (Ohlsson 1995, Business Survey Methods, chapter 9): h is the first 8 bytes, big-endian, of
SHA-256 (FIPS 180-4) over "surveylab.sampling", a key and the unit's id, each in UTF-8 behind its
length in 8 bytes; the unit is taken just when h < p 2^64. So nobody has to be listed: the decision
about a person who arrives is the one that a list would have given, at any time and on any
machine, and nothing is stored of those who are not taken. The key is the first 4 words of the
draw's stream. Test vectors are in docs/surfaces.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from surveylab.digests import hasher, prefixed
from surveylab.randomness import words
from surveylab.sampling import FrameView, Sample
from surveylab.sampling._requests import enough

PROBABILITY = True
LABEL = "surveylab.sampling"
"""Keeps these hashes apart from every other use of a seed."""
SMALLEST = 1e-9
"""Less than one in a thousand million people is no sample."""


@dataclass(frozen=True)
class Settings:
    """``p`` is the probability with which each unit is taken."""

    p: float

    def __post_init__(self) -> None:
        if not SMALLEST <= self.p <= 1:
            raise ValueError(f"p is {self.p}; a probability above 0 and up to 1 is wanted.")


def needs(settings: Settings) -> tuple[str, ...]:  # noqa: ARG001 - the contract's argument
    """No field: only the id."""
    return ()


def probability(settings: Settings) -> float:
    """The inclusion probability, the same for everybody; exact to within 2^-64, the grain of h."""
    return settings.p


def hashing(settings: Settings, rng: np.random.Generator) -> tuple[str, int]:
    """The key of one draw, and the least h that is not taken: h < p 2^64 holds just when h < ceil(p 2^64).

    The key is 4 words of the draw's stream, as 64 hexadecimal digits.
    """
    key = "".join(f"{word:016x}" for word in words(rng, 4).tolist())
    return key, ceil(Fraction(settings.p) * 2**64)


def chooser(settings: Settings, rng: np.random.Generator) -> Callable[[str], bool]:
    """A function from a unit's id to whether it is taken, with all that is common prepared."""
    key, bound = hashing(settings, rng)
    prepared = hasher(LABEL, key)

    def choose(unit: str) -> bool:
        hashed = prepared.copy()
        hashed.update(prefixed(unit))
        return int.from_bytes(hashed.digest()[:8], "big") < bound

    return choose


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Take each unit that ``chooser`` takes; how many they are is left to chance.

    Raises:
        SurveylabError: the frame is empty.
    """
    size = enough(frame, 0)
    taken = np.fromiter(map(chooser(settings, rng), frame.ids.tolist()), dtype=bool, count=size)
    positions = np.flatnonzero(taken)
    return Sample.of(positions, np.full(len(positions), settings.p))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """p^2 for every two units. SurveylabError as in ``draw``."""
    enough(frame, 0)
    pairs = np.full((len(positions), len(positions)), settings.p**2)
    np.fill_diagonal(pairs, settings.p)
    return pairs
