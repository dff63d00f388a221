"""The probabilities of the arms as integers over one denominator, so that nothing is rounded on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence

from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError


def weights(arms: Sequence[Arm]) -> tuple[list[int], int]:
    """The integers w_a and W with P(a) = w_a / W.

    Raises:
        SurveylabError: the probabilities do not make a distribution.
    """
    total = sum(arm.probability for arm in arms)
    if total != 1 or any(arm.probability < 0 for arm in arms):
        raise SurveylabError(
            f"The probabilities of the {len(arms)} arms add to {total}. Give the levels of each factor weights, "
            "none below 0, that add to exactly 1."
        )
    whole = math.lcm(*(arm.probability.denominator for arm in arms))
    return [int(arm.probability * whole) for arm in arms], whole
