"""Scores of a sample against closed forms computed by hand."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.aggregates import aggregate, half_up
from surveylab.design.scores import Score

NPS = Score("nps", ("recommend",))
SHARE = Score("top_two_box", ("satisfied",), digits=0)
MEAN = Score("mean", ("rating",))
Z = NormalDist().inv_cdf(0.975)


def test_the_net_promoter_score_and_its_variance():
    """50 promoters, 30 passives, 20 detractors: 30; variance (P + D - (P - D)^2) / n = (0.7 - 0.09) / 100."""
    found = aggregate(NPS, {100.0: 50, 0.0: 30, -100.0: 20})
    assert (found.value, found.n) == (30.0, 100)
    assert found.standard_error == pytest.approx(100 * sqrt(0.61 / 100))
    # Adjusted Wald: 50.75 promoters and 20.75 detractors of 103.
    p, d = 50.75 / 103, 20.75 / 103
    half = Z * sqrt((p + d - (p - d) ** 2) / 103)
    assert found.interval == pytest.approx((100 * (p - d - half), 100 * (p - d + half)))


def test_an_interval_is_never_a_point():
    """Ten promoters and nobody else: the standard error is zero, the interval is not."""
    found = aggregate(NPS, {100.0: 10})
    assert (found.value, found.standard_error) == (100.0, 0.0)
    assert found.interval[0] < 99
    assert found.interval[1] == 100.0
    all_satisfied = aggregate(SHARE, {100.0: 10})
    assert all_satisfied.interval == pytest.approx((100 * 10 / (10 + Z**2), 100.0))


def test_a_share_is_rounded_to_the_whole_number_halves_up():
    """5 of 8 are 62.5 per cent, told as 63; the error is that of the share: 100 sqrt(p (1 - p) / n)."""
    found = aggregate(SHARE, {100.0: 5, 0.0: 3})
    assert (found.value, found.n) == (63.0, 8)
    assert found.standard_error == pytest.approx(100 * sqrt(0.625 * 0.375 / 8))
    centre = (0.625 + Z**2 / 16) / (1 + Z**2 / 8)
    half = Z * sqrt(0.625 * 0.375 / 8 + Z**2 / 256) / (1 + Z**2 / 8)
    assert found.interval == pytest.approx((100 * (centre - half), 100 * (centre + half)))


def test_a_mean_has_the_error_of_the_sample_variance():
    """Stars 1, 3, 5, 5: mean 3.5, s^2 = 11/3, error sqrt(s^2 / 4)."""
    found = aggregate(MEAN, {1.0: 1, 3.0: 1, 5.0: 2})
    error = sqrt(11 / 3 / 4)
    assert (found.value, found.n) == (3.5, 4)
    assert found.standard_error == pytest.approx(error)
    assert found.interval == pytest.approx((3.5 - Z * error, 3.5 + Z * error))


def test_nobody_has_no_score_and_one_person_no_error_of_a_mean():
    """What cannot be told is not there."""
    assert aggregate(MEAN, {}) is None
    one = aggregate(MEAN, {4.0: 1})
    assert (one.value, one.standard_error, one.interval) == (4.0, None, None)


@pytest.mark.parametrize(
    ("number", "digits", "rounded"),
    [
        (62.5, 0, 63.0),
        (-12.5, 0, -13.0),
        (0.125, 2, 0.13),
        (2.349, 1, 2.3),
        (1e-9, 0, 0.0),
        (66.66666666666667, 0, 67.0),
    ],
)
def test_halves_are_rounded_away_from_zero(number, digits, rounded):
    """As percentages are rounded by hand."""
    assert half_up(number, digits) == rounded


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_within_the_scale(promoters, passives, detractors):
    """For any counts the score and its interval lie within -100 and 100."""
    found = aggregate(NPS, {100.0: promoters, 0.0: passives, -100.0: detractors})
    if found is not None:
        low, high = found.interval
        assert -100 <= low < high <= 100
        assert -100 <= found.value <= 100
