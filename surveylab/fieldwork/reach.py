"""Who of all eligible people an experiment may ask: holdout, layer, ramp, rest, and cases of earlier versions.

The first three go by the place of a person on a line from 0 to 1, one line for each purpose. The place is
h / 2^64 with h the first 8 bytes, big-endian, of SHA-256 over "surveylab.reach", the purpose and what it is
of, and the person's id, each in UTF-8 behind its length in 8 bytes. So nobody moves when a ramp is raised,
the lines are independent of each other and of the arms, and everybody is excluded before chance is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from surveylab.design.experiment import Experiment
from surveylab.digests import hasher, prefixed
from surveylab.store import cases
from surveylab.store.ledger import Connection

LABEL = "surveylab.reach"
HOLDOUT, LAYER, RAMP, RESTING, EARLIER = "holdout", "layer", "ramp", "resting", "earlier"


@dataclass(frozen=True)
class Line:
    """One purpose: the people whose place is from ``low`` up to ``high`` are kept."""

    purpose: str
    of: str
    low: Fraction
    high: Fraction

    def kept(self, units: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each unit is kept, shape (n,)."""
        prepared = hasher(LABEL, self.purpose, self.of)
        first, last = (-(-(edge.numerator << 64) // edge.denominator) for edge in (self.low, self.high))

        def inside(unit: str) -> bool:
            hashed = prepared.copy()
            hashed.update(prefixed(unit))
            return first <= int.from_bytes(hashed.digest()[:8], "big") < last

        return np.fromiter(map(inside, units), dtype=bool, count=len(units))


def lines(exp: Experiment) -> Iterator[Line]:
    """The lines of an experiment. The holdout is one for the whole programme: the lower end of one line."""
    if exp.holdout is not None:
        yield Line(HOLDOUT, "", exp.holdout, Fraction(1))
    if exp.layer is not None:
        yield Line(LAYER, exp.layer.name, *exp.layer.share)
    if exp.ramp is not None:
        yield Line(RAMP, exp.seed, Fraction(0), exp.ramp)


def may_ask(exp: Experiment, unit: str) -> bool:
    """Whether all lines keep somebody."""
    return all(line.kept([unit])[0] for line in lines(exp))


@dataclass(frozen=True)
class Version:
    """One version of an experiment, when it is drawn."""

    slug: str
    number: int
    drawn_at: datetime


def as_version(exp: Experiment, number: int) -> Experiment:
    """An experiment as one of its versions draws and assigns.

    A later version has streams of its own: those of the first one decided who is left.
    """
    return exp if number == 1 else replace(exp, seed=f"{exp.seed} version {number}")


def excluded(
    conn: Connection, exp: Experiment, version: Version, units: NDArray[np.str_]
) -> dict[str, NDArray[np.bool_]]:
    """Purpose -> whether each unit (n,) is left out for it and for none before it, of the purposes that apply."""
    left = np.ones(len(units), dtype=bool)
    found: dict[str, NDArray[np.bool_]] = {}

    def leave_out(purpose: str, out: NDArray[np.bool_]) -> None:
        found[purpose] = out & left
        left[out] = False

    for line in lines(exp):
        leave_out(line.purpose, ~line.kept(units.tolist()))
    if exp.rest is not None:
        asked = cases.units_asked(conn, version.drawn_at - exp.rest, version.drawn_at, other_than=version.slug)
        leave_out(RESTING, np.isin(units, sorted(asked)))
    if version.number > 1:
        known = cases.units_before(conn, version.slug, version.number)
        leave_out(EARLIER, np.isin(units, sorted(known)))
    return found
