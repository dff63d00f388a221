"""How a synthetic respondent's leaning becomes an answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from surveylab.questions import Person

KEPT = 0.8
"""Correlation of what a person thinks of one row of a battery with the person's leaning."""


def share_below(leaning: float) -> float:
    """Share of people who lean less: the standard normal distribution function."""
    return (1 + math.erf(leaning / math.sqrt(2))) / 2


def rank(leaning: float, n: int) -> int:
    """The place among ``n`` ordered, equally popular places, from 0, that a leaning leads to."""
    return min(int(share_below(leaning) * n), n - 1)


def rating(person: Person, leaning: float, low: int, high: int) -> int:
    """A whole rating: ``round(location + spread * leaning)`` held within the scale, else by rank."""
    if person.location is None or person.spread is None:
        return low + rank(leaning, high - low + 1)
    return max(low, min(high, round(person.location + person.spread * leaning)))


def option(person: Person, leaning: float, codes: Sequence[str]) -> str:
    """One of ordered codes: the nearest to the person's rating where all are whole numbers, else by rank."""
    rated = person.location is not None and person.spread is not None
    if rated and all(code.lstrip("-").isdecimal() for code in codes):
        wanted = rating(person, leaning, min(map(int, codes)), max(map(int, codes)))
        return min(codes, key=lambda code: abs(int(code) - wanted))
    return codes[rank(leaning, len(codes))]


def around(person: Person, rng: np.random.Generator) -> float:
    """The leaning on one row of a battery: standard normal again, or the person's own when straightlining."""
    noise = float(rng.standard_normal())
    return person.leaning if person.straightlines else KEPT * person.leaning + math.sqrt(1 - KEPT**2) * noise


def phrase(person: Person, rng: np.random.Generator, max_length: int) -> str:
    """A few words of praise or complaint that fit the limit."""
    said = PRAISE if person.leaning > 0 else COMPLAINT
    return said[int(rng.integers(len(said)))][:max_length].strip()


PRAISE = (
    "Friendly people and quick answers",
    "It worked the first time",
    "Good value for what I pay",
    "I always reach someone who can help",
)
COMPLAINT = (
    "I waited too long for an answer",
    "The website is hard to use",
    "The price went up and nothing got better",
    "I had to explain everything twice",
)
