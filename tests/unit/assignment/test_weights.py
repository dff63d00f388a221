"""Probabilities become integers over one denominator."""

from fractions import Fraction

import pytest

from surveylab.assignment._weights import weights
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError


def arms(*probabilities: Fraction) -> list[Arm]:
    """Arms with these probabilities."""
    return [Arm((("f", str(place)),), probability) for place, probability in enumerate(probabilities)]


def test_the_common_denominator_is_the_least() -> None:
    """1/2, 1/3 and 1/6 are 3, 2 and 1 sixths."""
    assert weights(arms(Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))) == ((3, 2, 1), 6)


@pytest.mark.parametrize(
    "probabilities",
    [(), (Fraction(1, 2), Fraction(1, 3)), (Fraction(3, 2), Fraction(-1, 2)), (Fraction(999, 1000),)],
)
def test_what_is_no_distribution_is_refused(probabilities: tuple[Fraction, ...]) -> None:
    """No arm, a sum beside 1, or a negative probability."""
    with pytest.raises(SurveylabError, match="add to exactly 1"):
        weights(arms(*probabilities))
