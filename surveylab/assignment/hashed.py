"""Hashed assignment: the arm follows from the seed and the unit's id alone, listed or not.

h is the first 8 bytes, big-endian, of SHA-256 (FIPS 180-4) over "surveylab.assignment", the
seed and the id, each in UTF-8 behind its length in 8 bytes. The arm is the first whose
cumulative weight c_a satisfies h W < c_a 2^64, in integers. So it is the same on every
machine and at every time, and no unit's arm depends on another's (after Bakshy, Eckles and
Bernstein 2014, Designing and Deploying Online Field Experiments, WWW '14). The counts of the
arms are random. Test vectors are in docs/assignment.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from surveylab.assignment import Assigned, CaseView
from surveylab.assignment._weights import weights
from surveylab.design.factors import Arm
from surveylab.digests import hasher, prefixed

ARRIVALS = True
LABEL = "surveylab.assignment"
"""Keeps these hashes apart from every other use of a seed."""


@dataclass(frozen=True)
class Settings:
    """There is nothing to set."""


def needs(settings: Settings) -> tuple[str, ...]:  # noqa: ARG001 - the contract's argument
    """No field: only the id."""
    return ()


def thresholds(parts: Sequence[int], whole: int) -> list[int]:
    """The least h that is beyond each arm: h W < c_a 2^64 holds just when h < ceil(c_a 2^64 / W)."""
    return [-(-(total << 64) // whole) for total in accumulate(parts)]


def chooser(arms: Sequence[Arm], seed: str) -> Callable[[str], int]:
    """A function from a unit's id to the index of its arm, with all that is common prepared.

    An arm's probability is its own to within 2^-64, the grain of h.

    Raises:
        SurveylabError: the arms' probabilities do not add to 1.
    """
    parts, whole = weights(arms)
    bounds = thresholds(parts, whole)
    prepared = hasher(LABEL, seed)

    def choose(unit: str) -> int:
        hashed = prepared.copy()
        hashed.update(prefixed(unit))
        return bisect_right(bounds, int.from_bytes(hashed.digest()[:8], "big"))

    return choose


def assign(
    cases: CaseView,
    arms: Sequence[Arm],
    settings: Settings,  # noqa: ARG001 - the contract's arguments
    rng: np.random.Generator,  # noqa: ARG001
    seed: str,
) -> Assigned:
    """Assign every case by its id; the same as ``chooser`` for each.

    Raises:
        SurveylabError: the arms' probabilities do not add to 1.
    """
    n = len(cases.ids)
    arm = np.fromiter(map(chooser(arms, seed), cases.ids.tolist()), dtype=np.intp, count=n)
    return Assigned(arm, np.zeros(n, dtype=np.str_), np.arange(n))
