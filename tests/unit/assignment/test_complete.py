"""Complete randomisation: fixed counts, exact probabilities, uniform orders."""

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare

from surveylab.assignment import CaseView
from surveylab.assignment.complete import ARRIVALS, Settings, assign, needs
from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.randomness import stream

AT_Z_4 = 6.3e-5
"""The two-sided p of z = 4."""
GOLDEN = "d6cb88410c2aa53bb39757447697f41a30c533d8f04fb66cf5129ebce5271805"
"""SHA-256 of a stored result."""
UNEQUAL = [Arm((("f", name),), p) for name, p in zip("abc", map(Fraction, ("1/2", "1/3", "1/6")), strict=True)]


def two_by_three() -> tuple[Arm, ...]:
    """The arms of a 2 x 3 full factorial with unequal levels of the second factor."""
    channel = Factor("channel", (), (Level("email", (), Fraction(1, 2)), Level("sms", (), Fraction(1, 2))))
    shares = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    wording = Factor("wording", (), tuple(Level(n, (), p) for n, p in zip("abc", shares, strict=True)))
    return full_factorial((channel, wording))


def cases(n: int) -> CaseView:
    """Cases without fields."""
    return CaseView(np.array([f"u{place:06}" for place in range(n)], dtype=np.str_), {})


def test_100_000_assignments_follow_the_declared_probabilities() -> None:
    """20,000 draws of 5 cases: the arm of each case has the declared probabilities, at z = 4."""
    rng, five = stream("complete"), cases(5)
    drawn = np.array([assign(five, UNEQUAL, Settings(), rng, "").arm for _ in range(20_000)])
    expected = [20_000 * float(arm.probability) for arm in UNEQUAL]
    for column in drawn.T:
        assert chisquare(np.bincount(column, minlength=3), expected).pvalue > AT_Z_4


@pytest.mark.parametrize("n", [0, 1, 2, 5, 11, 12, 1_001])
def test_counts_are_within_1_of_the_target(n: int) -> None:
    """Each count is the floor or the ceiling of n p, and every case is assigned once."""
    assigned = assign(cases(n), UNEQUAL, Settings(), stream("counts", str(n)), "")
    counts = np.bincount(assigned.arm, minlength=3).tolist()
    for count, arm in zip(counts, UNEQUAL, strict=True):
        target = n * arm.probability
        assert count in (target.__floor__(), target.__ceil__())
    assert sum(counts) == n
    assert sorted(assigned.position.tolist()) == list(range(n))
    assert assigned.block.tolist() == [""] * n


def test_all_arrangements_are_equally_likely() -> None:
    """4 cases in arms of 2, 1 and 1: the 12 arrangements, 12,000 draws, at z = 4."""
    arms = [Arm((("f", name),), p) for name, p in zip("abc", map(Fraction, ("1/2", "1/4", "1/4")), strict=True)]
    rng, four = stream("arrangements"), cases(4)
    seen = Counter(tuple(assign(four, arms, Settings(), rng, "").arm.tolist()) for _ in range(12_000))
    every = [each for each in product(range(3), repeat=4) if sorted(each) == [0, 0, 1, 2]]
    assert set(seen) == set(every)
    assert chisquare([seen[each] for each in every]).pvalue > AT_Z_4


def test_factors_are_independent_of_one_another_and_of_the_list() -> None:
    """2 x 3 full factorial: joint levels of a case are products, and arms do not follow the list, at z = 4."""
    arms, rng, seven = two_by_three(), stream("factorial"), cases(7)
    drawn = np.array([assign(seven, arms, Settings(), rng, "").arm for _ in range(8_000)])
    joint = np.bincount(drawn[:, 3], minlength=6).reshape(2, 3)
    assert chisquare(joint.ravel(), 8_000 * np.outer([0.5, 0.5], [0.5, 0.25, 0.25]).ravel()).pvalue > AT_Z_4
    assert chi2_contingency(joint).pvalue > AT_Z_4
    by_place = np.array([np.bincount(column, minlength=6) for column in drawn.T])
    assert chi2_contingency(by_place).pvalue > AT_Z_4
    long = assign(cases(60_000), arms, Settings(), stream("long"), "").arm
    tenths = np.array([np.bincount(part, minlength=6) for part in np.split(long, 10)])
    assert chi2_contingency(tenths).pvalue > AT_Z_4


def test_an_assignment_repeats_byte_for_byte() -> None:
    """The same seed gives these very bytes; a change of the algorithm is noticed here."""
    one, other = (assign(cases(500), UNEQUAL, Settings(), stream(seed), "") for seed in ("golden", "other"))
    stored = one.arm.astype("<i8").tobytes() + one.position.astype("<i8").tobytes()
    assert hashlib.sha256(stored).hexdigest() == GOLDEN
    assert one.arm.tolist() != other.arm.tolist()


def test_the_scheme_needs_the_list() -> None:
    """It reads no field and cannot assign a person who was not listed."""
    assert needs(Settings()) == ()
    assert not ARRIVALS
