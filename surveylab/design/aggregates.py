"""The score of a sample from counts of its respondents: value, standard error and interval. Pure, unweighted.

A score is the mean over respondents of what ``scoring.value`` gives each. With P, D the shares of
promoters and detractors, p a share, s^2 the sample variance (n - 1) and z the normal quantile:

* ``nps``: 100 (P - D); variance 100^2 (P + D - (P - D)^2) / n. Interval: adjusted Wald, the same formula with
  3/4 of a promoter, 3/4 of a detractor and 3/2 of a passive added (Rocks 2016), held within -100 and 100.
* ``top_box``, ``top_two_box``: 100 p; variance 100^2 p (1 - p) / n. Interval: Wilson (1927).
* ``mean``, ``sum``, ``level``: the mean; variance s^2 / n. Interval: mean -/+ z s / sqrt(n).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from statistics import NormalDist

from surveylab.design.scores import SHARES, Score

LEVEL = 0.95
_PSEUDO = {100.0: 0.75, 0.0: 1.5, -100.0: 0.75}
"""What the adjusted Wald interval adds: promoters, passives, detractors."""


@dataclass(frozen=True)
class Aggregate:
    """The score of a sample of ``n`` respondents; without an error where one respondent tells of none."""

    value: float
    standard_error: float | None
    interval: tuple[float, float] | None
    n: int


def aggregate(score: Score, counts: Mapping[float, int], level: float = LEVEL) -> Aggregate | None:
    """The score of a sample; None without respondents.

    Args:
        score: the rule, and the decimals that the value is rounded to; errors and intervals are not rounded.
        counts: the score of a respondent -> how many respondents have it.
        level: of the interval.
    """
    n = sum(counts.values())
    if not n:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    mean, variance = _moments(counts)
    rounded = mean if score.digits is None else half_up(mean, score.digits)
    if score.rule == "nps" or score.rule in SHARES:
        interval = _adjusted_wald(counts, z) if score.rule == "nps" else _wilson(mean / 100, n, z)
        return Aggregate(rounded, sqrt(variance / n), interval, n)
    if n == 1:
        return Aggregate(rounded, None, None, n)
    error = sqrt(variance / (n - 1))
    return Aggregate(rounded, error, (mean - z * error, mean + z * error), n)


def half_up(number: float, digits: int) -> float:
    """A number rounded to decimals, halves away from zero, as percentages are rounded by hand."""
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _moments(weights: Mapping[float, float]) -> tuple[float, float]:
    """Mean and variance of a distribution: for ratings of 100, 0, -100 it is 100^2 (P + D - (P - D)^2)."""
    n = sum(weights.values())
    mean = sum(value * weight for value, weight in weights.items()) / n
    return mean, sum(weight * (value - mean) ** 2 for value, weight in weights.items()) / n


def _adjusted_wald(counts: Mapping[float, int], z: float) -> tuple[float, float]:
    padded = {value: counts.get(value, 0) + more for value, more in _PSEUDO.items()}
    mean, variance = _moments(padded)
    half = z * sqrt(variance / sum(padded.values()))
    return max(mean - half, -100.0), min(mean + half, 100.0)


def _wilson(share: float, n: int, z: float) -> tuple[float, float]:
    """In per cent: (p + z^2/2n -/+ z sqrt(p (1 - p) / n + z^2/4n^2)) / (1 + z^2/n)."""
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 100 / (1 + z * z / n)
    return max((middle - half) * scale, 0.0), min((middle + half) * scale, 100.0)
