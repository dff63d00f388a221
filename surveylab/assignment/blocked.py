"""Blocked randomisation: complete randomisation within blocks, with remainders carried across them.

In a block of n_b cases an arm gets n_b p_a of them, rounded down or up; over all blocks it
gets n p_a, rounded down or up; and every case has exactly the probability p_a. Blocks may be
as small as one case (Imbens and Rubin 2015, Causal Inference for Statistics, chapter 9).

The block x arm table of targets is rounded by unbiased controlled rounding (Cox 1987; Gandhi
et al. 2006). Blocks of the same size have the same targets, so one row per *size* is rounded
first and is then spread over the blocks of that size: n cases have at most sqrt(2n) sizes,
however many blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveylab.assignment import Assigned, CaseView
from surveylab.assignment._rounding import controlled, spread
from surveylab.assignment._weights import weights
from surveylab.crossing import cross
from surveylab.design.factors import Arm
from surveylab.randomness import order_within

ARRIVALS = False


@dataclass(frozen=True)
class Settings:
    """``blocks``: the frame fields whose crossed values are the blocks."""

    blocks: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.blocks:
            raise ValueError("blocks names no field; name at least one, or use the scheme complete.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of the blocks."""
    return settings.blocks


def assign(
    cases: CaseView,
    arms: Sequence[Arm],
    settings: Settings,
    rng: np.random.Generator,
    seed: str,  # noqa: ARG001 - the contract's argument
) -> Assigned:
    """Assign every case.

    Raises:
        SurveylabError: a field that the cases lack, a case without a value of it, or
            probabilities of the arms that do not add to 1.
    """
    parts, whole = weights(arms)
    blocks = cross(cases.ids, cases.fields, settings.blocks)
    sizes = blocks.sizes
    table = arms_of_blocks(sizes, parts, whole, rng)
    drawn = order_within(rng, blocks.code)
    arm, position = np.empty_like(drawn), np.empty_like(drawn)
    arm[drawn] = np.repeat(np.tile(np.arange(len(arms)), len(sizes)), table.reshape(-1))
    position[drawn] = np.arange(len(drawn)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Assigned(arm, blocks.named(blocks.code), position)


def arms_of_blocks(
    sizes: NDArray[np.int64], parts: Sequence[int], whole: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """How many cases of each block get each arm.

    Args:
        sizes: shape (blocks,), n_b > 0.
        parts: w_a, one per arm.
        whole: W, their sum.
        rng: the stream.

    Returns:
        Shape (blocks, arms): n_b w_a / W rounded down or up, with that mean exactly. Rows add
        to ``sizes``, columns to sum(n_b) w_a / W rounded down or up.
    """
    distinct, which, blocks = np.unique(sizes, return_inverse=True, return_counts=True)
    alike = list(zip(distinct.tolist(), blocks.tolist(), strict=True))
    floors = np.array([[size * part // whole for part in parts] for size, _ in alike], dtype=np.int64)
    # What the blocks of one size still lack of each arm, together, in units of 1/W.
    lacking = [[count * (size * part % whole) for part in parts] for size, count in alike]
    rounded = controlled([[cell % whole for cell in row] for row in lacking], whole, rng)
    certain = np.array([[cell // whole for cell in row] for row in lacking], dtype=np.int64)
    shape = (len(alike), len(parts))
    extra = certain.reshape(shape) + np.array(rounded, dtype=np.int64).reshape(shape)
    table = np.empty((len(sizes), len(parts)), dtype=np.int64)
    table[np.argsort(which, kind="stable")] = np.repeat(floors.reshape(shape), blocks, axis=0) + spread(
        extra, blocks, rng
    )
    return table
