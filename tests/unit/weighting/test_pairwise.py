"""The Sen-Yates-Grundy variance, by hand, and unbiased over every sample of a small scheme."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from surveylab.errors import SurveylabError
from surveylab.weighting import sen_yates_grundy


def test_simple_random_sampling_has_its_known_variance() -> None:
    """With n = 4 of N = 10: N^2 (1 - n/N) s^2 / n, for the total; the mean has that over N^2."""
    y, n, size = np.array([2.0, 3, 7, 8]), 4, 10
    pi, joint = np.full(n, n / size), np.full((n, n), n * (n - 1) / (size * (size - 1)))
    expected = size**2 * (1 - n / size) * y.var(ddof=1) / n
    found = sen_yates_grundy(y, pi, joint)
    assert (found.estimate, found.variance) == pytest.approx((50.0, expected))
    mean = sen_yates_grundy(y, pi, joint, "mean")
    assert (mean.estimate, mean.se) == pytest.approx((5.0, expected**0.5 / size))


def test_it_is_unbiased_over_all_samples() -> None:
    """Rejective sampling of 2 of 4 units, its probabilities enumerated: the mean of V is the variance of the total."""
    y, odds = np.array([3.0, 5, 4, 9]), np.array([0.5, 1.0, 0.8, 2.0])
    samples = [list(each) for each in combinations(range(4), 2)]
    chance = np.array([odds[s].prod() for s in samples])
    chance /= chance.sum()
    pi, joint = np.zeros(4), np.zeros((4, 4))
    for p, s in zip(chance, samples, strict=True):
        pi[s] += p
        joint[np.ix_(s, s)] += p
    found = [sen_yates_grundy(y[s], pi[s], joint[np.ix_(s, s)]) for s in samples]
    truth = chance @ (np.array([each.estimate for each in found]) - y.sum()) ** 2
    assert chance @ np.array([each.estimate for each in found]) == pytest.approx(y.sum())
    assert chance @ np.array([each.variance for each in found]) == pytest.approx(truth)


PAIRS = np.array([[0.5, 0.2], [0.2, 0.5]])


@pytest.mark.parametrize(
    ("pi", "joint", "said"),
    [
        ([0.5, 0.5], [[0.5, 0.0], [0.0, 0.5]], r"1 pairs can never be drawn together \(rows 0 and 1"),
        ([0.5, 0.5], [[0.5, 0.2], [0.3, 0.5]], "not symmetric"),
        ([0.5, 0.5], [[0.5, 0.6], [0.6, 0.5]], "more often drawn together"),
        ([0.5, 1.5], PAIRS, r"up to 1 in 1 row \(1\)"),
        ([0.5, 0.5, 0.5], PAIRS, "shapes"),
        ([0.5, 0.5], [[0.5, 0.4], [0.4, 0.5]], "variance is negative"),
    ],
)
def test_what_are_no_joint_probabilities_is_refused(pi: object, joint: object, said: str) -> None:
    """Systematic samples have pairs without a chance: they have no such variance."""
    with pytest.raises(SurveylabError, match=said):
        sen_yates_grundy([1.0, 2.0], pi, joint)  # type: ignore[arg-type]


def test_one_unit_and_gaps_are_refused() -> None:
    """Nothing to compare, nothing to add."""
    with pytest.raises(SurveylabError, match="One unit"):
        sen_yates_grundy([1.0], [0.5], [[0.5]])
    with pytest.raises(SurveylabError, match="missing in 1 row"):
        sen_yates_grundy([1.0, float("nan")], [0.5, 0.5], PAIRS)
