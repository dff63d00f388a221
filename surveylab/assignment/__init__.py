"""Assignment schemes, a file each: which arm a case gets, with a probability that is known exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from surveylab.design.factors import Arm

Chances = tuple[Fraction, ...]
"""The probability of each arm at one assignment, given all that was assigned before; they sum to 1."""


@dataclass(frozen=True)
class CaseView:
    """The cases to assign, in the order of their ids. ``ids`` (n,), ``fields``: name -> (n,)."""

    ids: NDArray[np.str_]
    fields: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Assigned:
    """Every case's arm; all arrays have shape (n,), in the order of the cases.

    ``arm`` indexes the arms; ``block`` is "" without blocks; ``position`` is the case's place,
    from 0, in the random order of its block (or in the list, where nothing is ordered).
    ``cluster`` is what was assigned as a whole, None where each case was by itself. ``chances``
    are those of each case at its turn, None where every arm had its own probability.
    """

    arm: NDArray[np.intp]
    block: NDArray[np.str_]
    position: NDArray[np.intp]
    cluster: NDArray[np.str_] | None = None
    chances: Sequence[Chances] | None = None


@runtime_checkable
class Contract(Protocol):
    """What an assignment scheme is.

    The executed probability of an arm is the arm's own, unless ``Assigned.chances`` says otherwise.
    """

    Settings: type[Any]
    """Frozen dataclass of what YAML may say under ``assignment`` beside scheme, design and factors."""

    ARRIVALS: bool
    """Whether the scheme can assign a person who was not listed beforehand."""

    def needs(self, settings: Any) -> tuple[str, ...]:
        """The fields that the scheme reads."""

    def assign(
        self, cases: CaseView, arms: Sequence[Arm], settings: Any, rng: np.random.Generator, seed: str
    ) -> Assigned:
        """Assign every case. Schemes that hash use ``seed`` and the id; the others use ``rng``."""


Tallies = Mapping[str, Mapping[str, int]]
"""Margin -> slot -> how many were counted there before; a slot that is not there has 0."""


@dataclass(frozen=True)
class Newcomer:
    """Who is to be assigned next. ``sequence`` counts the cases of the experiment that were before, from 0."""

    unit: str
    fields: Mapping[str, Any]
    sequence: int


@dataclass(frozen=True)
class Placed:
    """One assignment: as in ``Assigned``, and in which slots of which margins the case is counted from now on."""

    arm: int
    block: str = ""
    position: int = 0
    chances: Chances | None = None
    tallied: tuple[tuple[str, str], ...] = ()


def joined(placed: Sequence[Placed]) -> Assigned:
    """Single assignments as one, in their order."""
    chances = [one.chances for one in placed if one.chances is not None]
    return Assigned(
        np.array([one.arm for one in placed], dtype=np.intp),
        np.array([one.block for one in placed], dtype=np.str_),
        np.array([one.position for one in placed], dtype=np.intp),
        chances=chances or None,
    )


@runtime_checkable
class OneByOne(Protocol):
    """What a scheme has beside the contract whose next assignment hangs on those before.

    Arrivals are placed one at a time, by tallies that the ledger keeps. ``assign`` gives a list what
    ``place`` would give its cases one after another.
    """

    COMPLETES: bool
    """Whether the tallies are of completes, by the key of the arm under the margin ""; then ``tallied`` is empty."""

    def margins(self, fields: Mapping[str, Any], settings: Any) -> tuple[str, ...]:
        """The margins whose tallies ``place`` reads for somebody with these fields."""

    def place(self, newcomer: Newcomer, tallies: Tallies, arms: Sequence[Arm], settings: Any, seed: str) -> Placed:
        """Assign the newcomer; all chance follows from the seed and the sequence, block or position."""
