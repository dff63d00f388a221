"""Balance on completes: who arrives goes more often to the arms that have too few completes.

An arm with the share p of the assignment and the share x of the completes so far gets p (p / x)^g
over the sum of this over the arms: the doubly adaptive biased coin (Hu and Zhang 2004, Annals of
Statistics 32, 268-301; for two equal arms after Efron 1971, Biometrika 58, 403-417), with one case
in the arms' proportions added to the completes, so that x is never 0. A ``floor`` of each assignment
is left to the arms' own probabilities, so that no case's weight grows without bound. What is
executed is this rounded to millionths; it is stored with the case, and it is what weights go by.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from surveylab.assignment import Assigned, CaseView, Chances, Newcomer, Placed, Tallies
from surveylab.assignment._turns import in_turn
from surveylab.assignment._weights import weights, whole
from surveylab.design.factors import Arm
from surveylab.randomness import below, stream

ARRIVALS = True
COMPLETES = True
GRAIN = 1_000_000


@dataclass(frozen=True)
class Settings:
    """``strength``: the power g; 0 ignores completes. ``floor``: the share left to the arms' own probabilities."""

    strength: int = 2
    floor: Fraction = Fraction(1, 5)

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 10:
            raise ValueError(f"strength is {self.strength}; give a whole number from 0 to 10.")


def needs(settings: Settings) -> tuple[str, ...]:  # noqa: ARG001 - the contract's argument
    """No field."""
    return ()


def margins(fields: Mapping[str, Any], settings: Settings) -> tuple[str, ...]:  # noqa: ARG001 - the contract's arguments
    """All completes."""
    return ("",)


def chances_of(arms: Sequence[Arm], completes: Sequence[int], settings: Settings) -> Chances:
    """The executed probability of each arm given the completes of each."""
    own = [arm.probability for arm in arms]
    if not any(completes) or settings.strength == 0:
        return tuple(own)
    pull = [p * (p / (count + p)) ** settings.strength for p, count in zip(own, completes, strict=True)]
    total = sum(pull)
    wanted = [settings.floor * p + (1 - settings.floor) * each / total for p, each in zip(own, pull, strict=True)]
    parts = [int(each * GRAIN) for each in wanted]
    largest = sorted(range(len(arms)), key=lambda arm: (parts[arm] - wanted[arm] * GRAIN, arm))
    for arm in largest[: GRAIN - sum(parts)]:
        parts[arm] += 1
    return tuple(Fraction(part, GRAIN) for part in parts)


def place(newcomer: Newcomer, tallies: Tallies, arms: Sequence[Arm], settings: Settings, seed: str) -> Placed:
    """Assign the newcomer by the completes so far.

    Raises:
        SurveylabError: the arms' probabilities do not add to 1.
    """
    weights(arms)
    done = tallies.get("", {})
    chances = chances_of(arms, [done.get(arm.key, 0) for arm in arms], settings)
    parts, denominator = whole(chances)
    drawn = below(stream(seed, "assignment", str(newcomer.sequence)), denominator)
    return Placed(bisect_right(list(accumulate(parts)), drawn), "", newcomer.sequence, chances)


def assign(
    cases: CaseView,
    arms: Sequence[Arm],
    settings: Settings,
    rng: np.random.Generator,  # noqa: ARG001 - the contract's argument
    seed: str,
) -> Assigned:
    """Assign every case before anybody has completed: by the arms' own probabilities.

    Raises:
        SurveylabError: the arms' probabilities do not add to 1.
    """
    weights(arms)
    return in_turn(
        CaseView(cases.ids, {}),
        np.arange(len(cases.ids)),
        lambda fields: margins(fields, settings),
        lambda one, tallies: place(one, tallies, arms, settings, seed),
    )
