"""Small designs for the tests of models: two arms, three regions, no more than one shape to compile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pytest

from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.models import Cells

REGIONS = ("north", "south", "west")


@pytest.fixture(scope="session")
def factorial() -> Callable[..., tuple[Arm, ...]]:
    """The arms of a full factorial; factor name -> level -> weight."""

    def build(**factors: Mapping[str, Fraction]) -> tuple[Arm, ...]:
        return full_factorial(
            Factor(name, (), tuple(Level(level, (), weight) for level, weight in levels.items()))
            for name, levels in factors.items()
        )

    return build


@pytest.fixture(scope="session")
def two_arms(factorial: Callable[..., tuple[Arm, ...]]) -> tuple[Arm, ...]:
    """One factor, ``wording``, with the levels plain and new."""
    return factorial(wording={"plain": Fraction(1, 2), "new": Fraction(1, 2)})


@pytest.fixture(scope="session")
def by_region(two_arms: tuple[Arm, ...]) -> Callable[..., Cells]:
    """Two arms by three regions: (n, total, squares) of shape (2, 3) -> cells."""

    def build(n: object, total: object, squares: object | None = None) -> Cells:
        counts, sums = (np.asarray(each, float).ravel() for each in (n, total))
        return Cells(
            arms=two_arms,
            arm=np.repeat([0, 1], 3),
            n=counts,
            total=sums,
            squares=sums if squares is None else np.asarray(squares, float).ravel(),
            groups={"region": (REGIONS, np.tile([0, 1, 2], 2))},
            shares={"region": np.array([0.5, 0.3, 0.2])},
        )

    return build
