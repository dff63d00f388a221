"""The probabilities of the arms as integers over one denominator, so that nothing is rounded on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError


def weights(arms: Sequence[Arm]) -> tuple[tuple[int, ...], int]:
    """The integers w_a and W with P(a) = w_a / W.

    Raises:
        SurveylabError: the probabilities do not make a distribution.
    """
    return whole(tuple(arm.probability for arm in arms))


@lru_cache(maxsize=1024)
def whole(probabilities: tuple[Fraction, ...]) -> tuple[tuple[int, ...], int]:
    """The same of bare probabilities: those of every turn of a scheme are few."""
    total = sum(probabilities)
    if total != 1 or any(each < 0 for each in probabilities):
        raise SurveylabError(
            f"The probabilities of the {len(probabilities)} arms add to {total}. Give the levels of each factor "
            "weights, none below 0, that add to exactly 1."
        )
    denominator = math.lcm(*(each.denominator for each in probabilities))
    return tuple(int(each * denominator) for each in probabilities), denominator
