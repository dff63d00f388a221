"""Scale: one point between two ends, such as 0 to 10.

Stored: the number. ``labels`` names the ends, more points, or all; where every point has a
label the points show their labels instead of numbers. ``direction: descending`` shows the
highest point first and changes nothing else.

    - id: recommend
      type: scale
      text: How likely are you to recommend us to a friend or colleague?
      low: 0
      high: 10
      labels: {0: Not at all likely, 10: Extremely likely}
      direction: ascending
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Person
from surveylab.questions import _words as words
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import choice
from surveylab.questions._leanings import rating
from surveylab.questions._settings import OneColumn, check_texts
from surveylab.questions._words import say

MOST_POINTS = 21
"""More points than -10 to 10 are a number to enter, not boxes to choose from."""


@dataclass(frozen=True)
class Settings(OneColumn):
    """``low`` and ``high`` are the lowest and highest point; ``labels``: point (as text) -> label."""

    low: int
    high: int
    labels: Mapping[str, Text] = field(default_factory=dict)
    direction: Literal["ascending", "descending"] = "ascending"

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}; swap them")
        if self.high - self.low >= MOST_POINTS:
            raise ValueError(
                f"{self.high - self.low + 1} points are too many to choose from; ask for a number, "
                f"or use at most {MOST_POINTS} points"
            )
        outside = [point for point in self.labels if point not in self.option_order()]
        if outside:
            raise ValueError(
                f"label {', '.join(map(repr, outside))} is not on the scale; label whole numbers "
                f"from {self.low} to {self.high}"
            )
        check_texts("label", self.labels)

    def option_order(self) -> tuple[str, ...]:
        """The points as text, in the order displayed."""
        points = tuple(str(point) for point in range(self.low, self.high + 1))
        return points if self.direction == "ascending" else points[::-1]

    @property
    def worded(self) -> bool:
        """Whether every point has a label, so that labels stand in the place of numbers."""
        return len(self.labels) == self.high - self.low + 1


def fields(item: Item, language: str) -> Mapping[str, UnboundField[Any]]:
    """One control that takes one of the points."""
    settings = cast("Settings", item.settings)
    ask = words.SELECT_ONE if settings.worded else words.SELECT_POINT
    required = say(ask, language, low=settings.low, high=settings.high) if item.required else None
    return {item.id: choice(settings.option_order(), language, required, stored=int)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The number of the point."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The point, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """The person's rating on this scale."""
    settings = cast("Settings", item.settings)
    return {item.id: [str(rating(person, person.leaning, settings.low, settings.high))]}
