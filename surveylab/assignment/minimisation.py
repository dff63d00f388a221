"""Minimisation: each case goes, with a high probability, where it leaves the covariates most alike.

The imbalance that an arm would have with the newcomer is the number of cases in it that share the
newcomer's values, added up over the covariates and over all cases (Taves 1974; Pocock and Simon 1975,
Biometrics 31, 103-115). With the probability ``preference`` the arm is drawn among those where it is
least, else among all: the random element. Unequal arms are kept in their ratio at every turn by as
many equal copies as their weights say (Kuznetsova and Tymofyeyev 2012, Statistics in Medicine 31,
701-723): over all seeds each arm has its own probability; given those before, it has the executed one,
which is stored.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from surveylab.assignment import Assigned, CaseView, Chances, Newcomer, Placed, Tallies
from surveylab.assignment._turns import in_turn, label
from surveylab.assignment._weights import weights
from surveylab.crossing import cross
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.randomness import below, order, stream

ARRIVALS = True
COMPLETES = False
MOST_COPIES = 1_000
"""The largest common denominator of the arms' probabilities."""


@dataclass(frozen=True)
class Settings:
    """``covariates``: the fields to balance, each of few values. ``preference``: the weight of balance against chance.

    With two equal arms, of which one is better, a preference of 3/5 is a probability of 4/5.
    """

    covariates: tuple[str, ...]
    preference: Fraction = Fraction(3, 5)

    def __post_init__(self) -> None:
        if not self.covariates:
            raise ValueError("covariates names no field; name at least one, or use the scheme complete.")
        if self.preference == 1:
            raise ValueError("preference is 1 and leaves nothing to chance; give less than 1, such as 3/5.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The covariates."""
    return settings.covariates


def margins(fields: Mapping[str, Any], settings: Settings) -> tuple[str, ...]:
    """Everybody, and the value of each covariate."""
    return ("", *(label(fields, (name,)) for name in settings.covariates))


def place(newcomer: Newcomer, tallies: Tallies, arms: Sequence[Arm], settings: Settings, seed: str) -> Placed:
    """Assign the newcomer by the copies' tallies in each of its margins.

    Raises:
        SurveylabError: the probabilities do not add to 1, or have no common denominator up to ``MOST_COPIES``.
    """
    parts, whole = weights(arms)
    if whole > MOST_COPIES:
        raise SurveylabError(
            f"Minimisation makes {whole:,} copies of these arms, more than {MOST_COPIES:,}. "
            "Give weights with a smaller common denominator, such as 1/3."
        )
    own = margins(newcomer.fields, settings)
    counts = [tallies.get(margin, {}) for margin in own]
    alike = [sum(each.get(slot, 0) for each in counts) for slot in map(str, range(whole))]
    best = min(alike)
    least = tuple(copy for copy, count in enumerate(alike) if count == best)
    rng = stream(seed, "assignment", str(newcomer.sequence))
    minimises = below(rng, settings.preference.denominator) < settings.preference.numerator
    copy = least[below(rng, len(least))] if minimises else below(rng, whole)
    edges = tuple(accumulate(parts))
    chances = _chances(edges, tuple(bisect_right(edges, each) for each in least), settings.preference)
    return Placed(bisect_right(edges, copy), "", newcomer.sequence, chances, tuple((each, str(copy)) for each in own))


@lru_cache(maxsize=1024)
def _chances(edges: tuple[int, ...], least: tuple[int, ...], preference: Fraction) -> Chances:
    """The executed probability of every arm; ``edges`` are the running numbers of copies, ``least`` the arms drawn."""
    by_chance = ((edge - before) * (1 - preference) / edges[-1] for before, edge in pairwise((0, *edges)))
    return tuple(each + preference * least.count(arm) / len(least) for arm, each in enumerate(by_chance))


def assign(cases: CaseView, arms: Sequence[Arm], settings: Settings, rng: np.random.Generator, seed: str) -> Assigned:
    """Assign every case, one after another in a random order.

    Raises:
        SurveylabError: a field that the cases lack, a case without a value of it, or what ``place`` refuses.
    """
    weights(arms)
    cross(cases.ids, cases.fields, settings.covariates)  # refuses who has no value
    view = CaseView(cases.ids, {name: cases.fields[name] for name in settings.covariates})
    return in_turn(
        view,
        order(rng, len(cases.ids)),
        lambda fields: margins(fields, settings),
        lambda one, tallies: place(one, tallies, arms, settings, seed),
    )
