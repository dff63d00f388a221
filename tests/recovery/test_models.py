"""Each family recovers what it was simulated from: the calibration of its intervals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from surveylab.design.experiment import Priors
from surveylab.design.factors import Factor, Level, full_factorial
from surveylab.design.terms import Scale
from surveylab.models import Cells, contrast, fit, summary

pytestmark = pytest.mark.recovery

SETS = 200
COVER = (182, 198)
"""91 % and 99 % of the sets; a count of exact 95 % intervals lies outside once in 160 times."""
SHARES = np.array([0.5, 0.3, 0.2])
SIZES = np.array([[150, 90, 60], [150, 90, 60], [150, 90, 60], [150, 90, 60]])
ETA = np.array([0.0, 0.15, 0.3, 0.35])[:, None] + np.array([-0.3, 0.1, 0.4])
"""Arms (two factors of two levels, a small interaction) by strata, in logits or sds."""
SDS = np.array([1.0, 0.8, 1.3, 1.0])[:, None]

Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]


def shares(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Successes of each cell."""
    total = rng.binomial(SIZES, 1 / (1 + np.exp(0.6 - ETA))).astype(float)
    return total, total


def values(centre: float, sd: float) -> Draw:
    """Sums and sums of squares of normal values with arm-specific sds."""

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        rows = [[rng.normal(centre + sd * m, sd * s, n) for m, n in zip(*arm, strict=True)] for arm, s in arms]
        return (
            np.array([[each.sum() for each in row] for row in rows]),
            np.array([[np.square(each).sum() for each in row] for row in rows]),
        )

    arms = [((means, sizes), float(s[0])) for means, sizes, s in zip(ETA, SIZES, SDS, strict=True)]
    return draw


def by_arm(natural: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The true standardised mean of each arm."""
    return natural(ETA) @ SHARES


CASES: dict[str, tuple[Draw, np.ndarray, Scale]] = {
    "binary": (shares, by_arm(lambda eta: 1 / (1 + np.exp(0.6 - eta))), Scale.RISK_DIFFERENCE),
    "continuous": (values(50.0, 20.0), by_arm(lambda eta: 50 + 20 * eta), Scale.DIFFERENCE),
    "duration": (values(5.0, 0.6), by_arm(lambda eta: 5 + 0.6 * eta), Scale.RATIO),
}


@pytest.mark.parametrize("family", CASES)
def test_intervals_of_contrasts_cover_what_is_true(family: str) -> None:
    """200 data sets with fixed true effects: 95 % intervals of both factors' contrasts cover in 91-99 %."""
    draw, means, scale = CASES[family]
    half = Fraction(1, 2)
    factors = [Factor(name, (), (Level("off", (), half), Level("on", (), half))) for name in ("first", "second")]
    truth = {"first": means[2:].mean() - means[:2].mean(), "second": means[1::2].mean() - means[::2].mean()}
    covered = dict.fromkeys(truth, 0)
    for number in range(SETS):
        total, squares = draw(np.random.default_rng([2024, number]))
        cells = Cells(
            arms=full_factorial(factors),
            arm=np.repeat(np.arange(4), 3),
            n=SIZES.ravel().astype(float),
            total=total.ravel(),
            squares=squares.ravel(),
            groups={"stratum": (("a", "b", "c"), np.tile(np.arange(3), 4))},
            shares={"stratum": SHARES},
        )
        found = fit(family, cells, Priors(), seed=number)
        for factor, difference in truth.items():
            true = np.exp(difference) if family == "duration" else difference
            low, high = summary(contrast(found, factor, "on", "off", scale)).interval
            covered[factor] += low <= true <= high
    told = f"{family}: 95 % intervals covered {covered} of {SETS}, wanted {COVER}"
    assert all(COVER[0] <= count <= COVER[1] for count in covered.values()), told
