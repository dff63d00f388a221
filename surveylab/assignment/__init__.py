"""Assignment schemes, a file each: which arm a case gets, with a probability that is known exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from surveylab.design.factors import Arm


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
    """

    arm: NDArray[np.intp]
    block: NDArray[np.str_]
    position: NDArray[np.intp]


@runtime_checkable
class Contract(Protocol):
    """What an assignment scheme is. The executed probability of an arm is the arm's own."""

    Settings: type[Any]
    """Frozen dataclass of what YAML may say under ``assignment`` beside scheme, design and factors."""

    ARRIVALS: bool
    """Whether the scheme can assign a person who was not listed beforehand."""

    def needs(self, settings: Any) -> tuple[str, ...]:
        """The frame fields that the scheme reads."""

    def assign(
        self, cases: CaseView, arms: Sequence[Arm], settings: Any, rng: np.random.Generator, seed: str
    ) -> Assigned:
        """Assign every case. Schemes that hash use ``seed`` and the id; the others use ``rng``."""
