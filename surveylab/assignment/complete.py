"""Complete randomisation: the number of cases in each arm is set first, then who they are.

Each arm's count is n p_a rounded down or up, with n p_a as its exact mean, and all orders of
the cases are equally likely; so every case has exactly the probability p_a (Imbens and Rubin
2015, Causal Inference for Statistics, chapter 4; rounding as in Madow 1949).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveylab.assignment import Assigned, CaseView
from surveylab.assignment._rounding import counts
from surveylab.assignment._weights import weights
from surveylab.design.factors import Arm
from surveylab.randomness import order

ARRIVALS = False


@dataclass(frozen=True)
class Settings:
    """There is nothing to set."""


def needs(settings: Settings) -> tuple[str, ...]:  # noqa: ARG001 - the contract's argument
    """No field: only the list itself."""
    return ()


def assign(
    cases: CaseView,
    arms: Sequence[Arm],
    settings: Settings,  # noqa: ARG001 - the contract's arguments
    rng: np.random.Generator,
    seed: str,  # noqa: ARG001
) -> Assigned:
    """Assign every case; counts are within 1 of n p_a.

    Raises:
        SurveylabError: the arms' probabilities do not add to 1.
    """
    parts, whole = weights(arms)
    n = len(cases.ids)
    share = counts([n * part for part in parts], whole, rng)
    drawn = order(rng, n)
    arm, position = np.empty(n, dtype=np.intp), np.empty(n, dtype=np.intp)
    arm[drawn] = np.repeat(np.arange(len(arms)), share)
    position[drawn] = np.arange(n)
    return Assigned(arm, np.zeros(n, dtype=np.str_), position)
