"""Orders: in which sequence options, rows, items, pages and sections are shown.

An order is drawn for each case from the experiment's seed, the case's unit and the name of
what is put in order, and from nothing else: reload, another device or another language show
the same. Every draw has a probability that is known before it is made.

The draw of a unit ``u`` is read from SHA-256 (FIPS 180-4) over "surveylab.presentation", the
seed, ``u`` and the name, each in UTF-8 behind its length in 8 bytes: as a number modulo what
can come out (off uniform by less than 2^-190 for 2^64 outcomes), and for a random permutation
as one such hash for each member, in ascending order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb, factorial

from surveylab.digests import hasher, prefixed

ALGORITHM = "presentation-sha256-1"
"""Stored with every draw; it changes when a draw would."""
LABEL = "surveylab.presentation"
"""Keeps these hashes apart from every other use of a seed."""


class Order(StrEnum):
    """How members are put in order. Pinned members keep the place that they have in the file."""

    FIXED = "fixed"
    """As in the file."""
    REVERSED = "reversed"
    """Backwards, for everybody."""
    RANDOM = "random"
    """Every permutation with the same probability."""
    ROTATE = "rotate"
    """As in the file from a random member on, and round to the one before it."""
    FLIP = "flip"
    """Forwards or backwards, each with probability one half."""
    LATIN = "latin"
    """A row of a Williams square: each member is equally often in each place and behind each other one."""


@dataclass(frozen=True)
class Arrangement:
    """Members in the order of the file, how they are put in order, and which keep their place."""

    members: tuple[str, ...]
    order: Order
    pinned: tuple[str, ...] = ()

    @property
    def free(self) -> tuple[str, ...]:
        """The members that may move."""
        return tuple(member for member in self.members if member not in self.pinned)

    @property
    def by_chance(self) -> bool:
        """Whether more than one sequence can come out."""
        return self.order not in (Order.FIXED, Order.REVERSED) and len(self.free) > 1

    def precedes(self, first: str, second: str) -> bool:
        """Whether ``first`` stands before ``second`` in every sequence that can come out."""
        return self._places(first)[-1] < self._places(second)[0]

    def _places(self, member: str) -> tuple[int, ...]:
        """The places at which a member can stand, ascending."""
        here = self.members.index(member)
        if member in self.pinned or self.order is Order.FIXED:
            return (here,)
        moving = [place for place, each in enumerate(self.members) if each not in self.pinned]
        back = moving[len(moving) - 1 - moving.index(here)]
        if self.order is Order.REVERSED:
            return (back,)
        return tuple(sorted({here, back})) if self.order is Order.FLIP else tuple(moving)


@dataclass(frozen=True)
class Draw:
    """What chance gave one case: ``value`` are members with spaces between, in the order shown."""

    name: str
    value: str
    probability: Fraction


@dataclass(frozen=True)
class Chance:
    """The chance of one unit of one experiment."""

    seed: str
    unit: str

    def number(self, name: str, outcomes: int) -> int:
        """A uniform number of 0..outcomes-1 for what has that name."""
        return int.from_bytes(self._hashed(name), "big") % outcomes

    def permutation(self, name: str, members: Sequence[str]) -> tuple[str, ...]:
        """A uniform permutation of the members for what has that name."""
        prepared = hasher(LABEL, self.seed, self.unit, name)

        def key(member: str) -> bytes:
            hashed = prepared.copy()
            hashed.update(prefixed(member))
            return hashed.digest()

        return tuple(sorted(members, key=key))

    def _hashed(self, name: str) -> bytes:
        return hasher(LABEL, self.seed, self.unit, name).digest()


def arranged(name: str, arrangement: Arrangement, chance: Chance) -> tuple[tuple[str, ...], Draw | None]:
    """The members in the order in which a case is shown them, and the draw where chance had a part in it."""
    free = arrangement.free
    sequence, probability = _sequence(name, free, arrangement.order, chance)
    moved = iter(sequence)
    shown = tuple(member if member in arrangement.pinned else next(moved) for member in arrangement.members)
    return shown, Draw(name, " ".join(shown), probability) if arrangement.by_chance else None


def chosen(
    name: str, members: Sequence[str], count: int, weights: Mapping[str, Fraction], chance: Chance
) -> tuple[tuple[str, ...], Draw]:
    """``count`` of the members, in the order of the file.

    One is drawn by its weight (equal ones where there are none); several are drawn as a set, every
    set with the same probability.
    """
    if count != 1 or not weights:
        sets = tuple(combinations(members, count))
        kept = sets[chance.number(name, len(sets))]
        return kept, Draw(name, " ".join(kept), Fraction(1, comb(len(members), count)))
    whole = 1
    for weight in weights.values():
        whole *= weight.denominator
    mark = chance.number(name, whole)
    for member in members[:-1]:
        mark -= int(weights[member] * whole)
        if mark < 0:
            return (member,), Draw(name, member, weights[member])
    return (members[-1],), Draw(name, members[-1], weights[members[-1]])


@cache
def williams(n: int) -> tuple[tuple[int, ...], ...]:
    """The rows of a Williams square over 0..n-1 (Williams 1949): n for an even n, 2n for an odd one.

    Each member stands in each place equally often, and directly behind each other member equally
    often: a Latin square that is balanced for the carry-over from one to the next.
    """
    first = tuple((place + 1) // 2 if place % 2 else (n - place // 2) % n for place in range(n))
    square = tuple(tuple((member + row) % n for member in first) for row in range(n))
    return square if n % 2 == 0 else square + tuple(row[::-1] for row in square)


def _sequence(name: str, free: tuple[str, ...], order: Order, chance: Chance) -> tuple[tuple[str, ...], Fraction]:
    n = len(free)
    if order is Order.FIXED or n < 2:
        return free, Fraction(1)
    if order is Order.REVERSED:
        return free[::-1], Fraction(1)
    if order is Order.RANDOM:
        return chance.permutation(name, free), Fraction(1, factorial(n))
    if order is Order.FLIP:
        return (free[::-1] if chance.number(name, 2) else free), Fraction(1, 2)
    if order is Order.ROTATE:
        start = chance.number(name, n)
        return free[start:] + free[:start], Fraction(1, n)
    rows = williams(n)
    row = rows[chance.number(name, len(rows))]
    return tuple(free[member] for member in row), Fraction(1, len(rows))
