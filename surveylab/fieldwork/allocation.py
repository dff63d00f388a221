"""Assignments that hang on those before: made in the transaction that writes the case, and made again by the audit.

Arrivals of such a scheme come one at a time. Each reads the tallies of those before it, is placed, and
is counted, while all others wait. What it knew follows from the ledger: its sequence, and after how many
cases each complete was counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from surveylab import randomness, registry
from surveylab.assignment import Assigned, Newcomer, OneByOne, Placed, joined
from surveylab.design.experiment import Experiment
from surveylab.design.factors import Arm
from surveylab.store import allocations, cases
from surveylab.store.allocations import Allocated
from surveylab.store.cases import Arrival, Case
from surveylab.store.ledger import Connection


@dataclass(frozen=True)
class Replayed:
    """The assignments that the ledger's own sequence gives again, in the order of some units."""

    assigned: Assigned
    strays: int
    """Cases whose turn, or whose probability, is not the one that is stored."""


def one_by_one(exp: Experiment) -> OneByOne | None:
    """The scheme of an experiment where its assignments hang on those before; None where they do not."""
    scheme = registry.load("assignment", exp.assignment.scheme)
    return scheme if isinstance(scheme, OneByOne) else None


def counts_completes(exp: Experiment) -> bool:
    """Whether the next assignment hangs on who has completed."""
    scheme = one_by_one(exp)
    return scheme is not None and scheme.COMPLETES


def algorithm(exp: Experiment) -> str:
    """What is stored with each assignment as its algorithm."""
    return f"{exp.assignment.scheme} {randomness.ALGORITHM}"


def seat(conn: Connection, exp: Experiment, experiment_id: int, someone: Arrival, now: datetime) -> Case:
    """The case of somebody unlisted, placed and written now or before.

    ``someone`` has no arm yet. Everybody who arrives later sees this case, and this one sees all
    before it.
    """
    scheme = one_by_one(exp)
    assert scheme is not None, "who is assigned by a hash has an arm already"
    allocations.hold(conn, experiment_id)
    known = cases.case_of_unit(conn, experiment_id, someone.unit)
    if known is not None:
        return known
    settings, arms = exp.assignment.settings, exp.arms
    newcomer = Newcomer(someone.unit, someone.fields, allocations.following(conn, experiment_id))
    tallies = allocations.tallies(conn, experiment_id, scheme.margins(newcomer.fields, settings))
    placed = scheme.place(newcomer, tallies, arms, settings, exp.seed)
    executed = _executed(arms, placed)
    arrival = replace(someone, arm=arms[placed.arm], position=placed.position, block=placed.block)
    case = cases.insert_arrival(conn, experiment_id, arrival, executed, algorithm=algorithm(exp), at=now)
    probability = executed[placed.arm].probability
    allocations.record(conn, experiment_id, case.id, newcomer.sequence, probability, placed.tallied)
    return case


def replayed(conn: Connection, exp: Experiment, experiment_id: int, units: NDArray[np.str_]) -> Replayed:
    """Place every case again, in its sequence and by what it knew of completes."""
    scheme = one_by_one(exp)
    assert scheme is not None
    settings, arms = exp.assignment.settings, exp.arms
    stored = allocations.history(conn, experiment_id)
    completes = list(allocations.completed(conn, experiment_id))
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    placed: dict[str, Placed] = {}
    strays = 0
    for sequence, one in enumerate(stored):
        while completes and completes[0][1] <= sequence:
            unit = completes.pop(0)[0]
            tallies[""][arms[placed[unit].arm].key if unit in placed else ""] += 1
        newcomer = Newcomer(one.unit, one.fields, sequence)
        mine = scheme.place(newcomer, tallies, arms, settings, exp.seed)
        for margin, slot in mine.tallied:
            tallies[margin][slot] += 1
        placed[one.unit] = mine
        strays += _differs(one, sequence, _executed(arms, mine)[mine.arm])
    own = any(each.chances for each in placed.values())
    nowhere = Placed(0, position=-1, chances=tuple(arm.probability for arm in arms) if own else None)
    return Replayed(joined([placed.get(unit, nowhere) for unit in units.tolist()]), strays)


def _differs(one: Allocated, sequence: int, arm: Arm) -> bool:
    return one.sequence != sequence or one.probability != arm.probability


def _executed(arms: tuple[Arm, ...], placed: Placed) -> tuple[Arm, ...]:
    """The arms with the probabilities that they had at this turn."""
    if placed.chances is None:
        return arms
    return tuple(replace(arm, probability=chance) for arm, chance in zip(arms, placed.chances, strict=True))
