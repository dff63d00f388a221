"""Permuted blocks: arrivals take the slots of short random blocks, so that the arms are balanced at any time.

A stratum is a row of slots in blocks. The arms of a block are their shares of its size, rounded
without bias, in an order that is uniform over all orders (Zelen 1974, Journal of Chronic Diseases
27, 365-375); the next arrival of the stratum takes the next slot. The sizes of the blocks are drawn
too, so that nobody who knows the last arms knows the next one. Each slot has each arm with the
arm's own probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.assignment import Assigned, CaseView, Newcomer, Placed, Tallies
from surveylab.assignment._rounding import counts
from surveylab.assignment._turns import label
from surveylab.assignment._weights import weights
from surveylab.crossing import cross
from surveylab.design.factors import Arm
from surveylab.randomness import order, stream, words

ARRIVALS = True
COMPLETES = False
LONGEST = 24
"""The largest block that is made by default for the sake of whole shares."""
_SLOT = "cases"
_AT_ONCE = 1_024
"""Sizes that are drawn at a time."""


@dataclass(frozen=True)
class Settings:
    """``blocks``: the fields whose crossed values are the strata. ``sizes``: those that a block may have.

    By default a block has the fewest slots in which each arm has its share, or twice as many; where
    these are more than 24, two or four for each arm.
    """

    blocks: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(size < 2 for size in self.sizes):
            raise ValueError("sizes has a block of less than two; a block of one balances nothing.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of the strata."""
    return settings.blocks


def margins(fields: Mapping[str, Any], settings: Settings) -> tuple[str, ...]:
    """The stratum."""
    return (label(fields, settings.blocks),)


def place(newcomer: Newcomer, tallies: Tallies, arms: Sequence[Arm], settings: Settings, seed: str) -> Placed:
    """Give the newcomer the next slot of the stratum."""
    (stratum,) = margins(newcomer.fields, settings)
    slot = tallies.get(stratum, {}).get(_SLOT, 0)
    before = 0
    for number, size in enumerate(_sizes(arms, settings, seed, stratum)):
        if slot < before + size:
            arm = int(_block(arms, seed, stratum, number, size)[slot - before])
            return Placed(arm, stratum, slot, tallied=((stratum, _SLOT),))
        before += size
    raise AssertionError("blocks go on without end")


def assign(
    cases: CaseView,
    arms: Sequence[Arm],
    settings: Settings,
    rng: np.random.Generator,  # noqa: ARG001 - the contract's argument
    seed: str,
) -> Assigned:
    """Assign every case: the cases of a stratum take its slots in the order of the list.

    Raises:
        SurveylabError: a field that the cases lack, a case without a value of it, or probabilities of
            the arms that do not add to 1.
    """
    weights(arms)
    strata = cross(cases.ids, cases.fields, settings.blocks)
    arm, position = np.empty_like(strata.code), np.empty_like(strata.code)
    for number, (stratum, n) in enumerate(zip(strata.labels, strata.sizes.tolist(), strict=True)):
        own = np.flatnonzero(strata.code == number)
        blocks: list[NDArray[np.intp]] = []
        left = n
        for block, size in enumerate(_sizes(arms, settings, seed, stratum)):
            if left <= 0:
                break
            blocks.append(_block(arms, seed, stratum, block, size))
            left -= size
        arm[own] = np.concatenate([*blocks, np.empty(0, dtype=np.intp)])[:n]
        position[own] = np.arange(n)
    return Assigned(arm, strata.named(strata.code), position)


def _sizes(arms: Sequence[Arm], settings: Settings, seed: str, stratum: str) -> Iterator[int]:
    """The sizes of a stratum's blocks, one after the other, without end."""
    _, whole = weights(arms)
    least = whole if whole <= LONGEST else 2 * len(arms)
    sizes = settings.sizes or (max(least, 2), 2 * max(least, 2))
    rng = stream(seed, "assignment", "sizes", stratum)
    while True:
        yield from (sizes[word % len(sizes)] for word in words(rng, _AT_ONCE).tolist())


def _block(arms: Sequence[Arm], seed: str, stratum: str, number: int, size: int) -> NDArray[np.intp]:
    """The arms of one block in their order, shape (size,)."""
    parts, whole = weights(arms)
    rng = stream(seed, "assignment", "block", stratum, str(number))
    share = counts([size * part for part in parts], whole, rng)
    return np.repeat(np.arange(len(arms)), share)[order(rng, size)]
