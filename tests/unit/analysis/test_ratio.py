"""The sample-ratio gate and the leak rule."""

from __future__ import annotations

from fractions import Fraction

import pytest
from scipy.stats import binom, chisquare

from surveylab.analysis.ratio import problem, sample_ratio
from surveylab.design.factors import Arm
from surveylab.errors import GateError


def arm(level: str, probability: str) -> Arm:
    """An arm of one factor."""
    return Arm((("f", level),), Fraction(probability))


ARMS = (arm("a", "1/2"), arm("b", "1/3"), arm("c", "1/6"))


def test_p_is_pearsons() -> None:
    """The p-value agrees with an independent chi-square test of the same counts."""
    ratio = sample_ratio(ARMS, {"f=a": 520, "f=b": 310, "f=c": 170})
    assert ratio.p == pytest.approx(chisquare([520, 310, 170], [500, 1000 / 3, 1000 / 6]).pvalue)
    assert not ratio.mismatch
    assert problem(ratio) is None


def test_a_loss_after_randomisation_is_found() -> None:
    """Losing a fifth of one arm of 2,000 is a mismatch, and the message names counts and remedy."""
    ratio = sample_ratio((arm("a", "1/2"), arm("b", "1/2")), {"f=a": 1000, "f=b": 800})
    assert ratio.mismatch
    assert "f=b: 800 for 900.0" in (problem(ratio) or "")


@pytest.mark.parametrize("counts", [{"f=a": 5, "f=z": 1}, {"f=a": 5, "f=none": 1}])
def test_one_case_in_an_impossible_arm_is_an_error(counts: dict[str, int]) -> None:
    """A single leak stops everything: no probability explains it."""
    with pytest.raises(GateError, match=r"Leak: .*probability zero"):
        sample_ratio((*ARMS, arm("none", "0")), counts)


def test_arms_that_expect_few_cases_are_held_against_simulated_samples() -> None:
    """Chi-square with one degree of freedom would say 0.0002 of 8 for 2 expected; the binomial says 0.0011."""
    two = (arm("a", "1/100"), arm("b", "99/100"))
    found = sample_ratio(two, {"f=a": 8, "f=b": 192})
    exact = binom.sf(7, 200, 0.01)
    assert found.p == pytest.approx(exact, abs=4 * (exact / 20_000) ** 0.5)
    assert not found.mismatch
    assert found == sample_ratio(two, {"f=a": 8, "f=b": 192})
    assert sample_ratio(two, {"f=a": 30, "f=b": 170}).mismatch


def test_an_arm_without_cases_counts_as_none() -> None:
    """An arm that nobody is in is observed zero times."""
    assert sample_ratio(ARMS, {"f=a": 60, "f=b": 40}).observed["f=c"] == 0
