"""How an experiment stands in its programme: which part of all people it may ask, and when again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Layer:
    """Experiments of one layer exclude each other: each takes a part of the people, and no two parts meet.

    Whether somebody is in a part follows from a hash of the layer's name and the person's id alone.
    """

    name: str
    share: tuple[Fraction, Fraction]
    """From where to where, of 0 to 1; the upper end is not in it."""

    def __post_init__(self) -> None:
        if not 0 <= self.share[0] < self.share[1] <= 1:
            raise ValueError(f"the share {self.share[0]} to {self.share[1]} has nobody in it")
