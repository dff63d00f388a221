"""Ratings: what the types share whose answer is one of a few ordered points.

A type whose points are given by its settings takes ``fields``, ``parse``, ``entered`` and ``simulate`` from here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.orders import Arrangement, Order
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import choice
from surveylab.questions._declining import Declining
from surveylab.questions._leanings import rating
from surveylab.questions._settings import OneColumn, check_texts
from surveylab.words import Language
from surveylab.words import forms as words

NUMBER = "zxx"
"""The language of a number, which is the same in all (BCP 47: no linguistic content)."""


class Points(OneColumn, Declining, ABC):
    """An item that is answered by one of the whole numbers between two bounds."""

    labels: Mapping[str, Text]  # point (as text) -> label

    @abstractmethod
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest point."""

    def option_order(self) -> tuple[str, ...]:
        """The points as text, the lowest first."""
        low, high = self.bounds()
        return tuple(str(point) for point in range(low, high + 1))

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """The points."""
        return {item: self.option_order()}

    def selectable(self) -> Mapping[str, Text]:
        """Point -> its label, behind the number where numbers are displayed; and the ways to decline."""
        return {**{point: self._words_of(point) for point in self.option_order()}, **self.reasons()}

    def _words_of(self, point: str) -> Text:
        if point not in self.labels:
            return {NUMBER: point}
        label = self.labels[point]
        return label if self.worded else {language: f"{point} – {words}" for language, words in label.items()}

    @property
    def worded(self) -> bool:
        """Whether every point has a label, so that labels stand in the place of numbers."""
        return len(self.labels) == len(self.option_order())

    def check_labels(self) -> None:
        """ValueError unless every label has a text and names a point."""
        low, high = self.bounds()
        outside = [point for point in self.labels if point not in self.option_order()]
        if outside:
            named = ", ".join(map(repr, outside))
            raise ValueError(f"label {named} is not on the scale; label whole numbers from {low} to {high}")
        check_texts("label", self.labels)

    def check_all_labelled(self) -> None:
        """ValueError unless every point has a label."""
        self.check_labels()
        bare = [point for point in self.option_order() if point not in self.labels]
        if bare:
            raise ValueError(f"labels leave out {', '.join(map(repr, bare))}; write a label for each point")


@dataclass(frozen=True)
class Directed(Points):
    """Points that are displayed upwards or downwards."""

    direction: Literal["ascending", "descending", "random"] = field(default="ascending", kw_only=True)
    """The order in which the points are shown; it changes nothing else. Random draws one of the two for each case."""

    def arrangements(self) -> Mapping[str, Arrangement]:
        """The points, which are turned round for half of the cases where the direction is random."""
        order = Order.FLIP if self.direction == "random" else Order.FIXED
        return {"points": Arrangement(self.option_order(), order)}

    def arranged(self, what: str, members: tuple[str, ...]) -> Self:  # noqa: ARG002  # only points
        """The same points in the direction drawn."""
        upwards = members == super().option_order()
        return replace(self, direction="ascending" if upwards else "descending")

    def option_order(self) -> tuple[str, ...]:
        """The points as text, in the order displayed."""
        points = super().option_order()
        return points[::-1] if self.direction == "descending" else points


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes one of the points."""
    settings = cast("Points", item.settings)
    low, high = settings.bounds()
    ask = words.SELECT_ONE if settings.worded else words.SELECT_POINT
    required = language.say(ask, low=low, high=high) if item.required else None
    return {item.id: choice(settings.option_order(), language, required, int, settings.reasons())}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The number of the point."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The point, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """The person's rating between the bounds."""
    low, high = cast("Points", item.settings).bounds()
    return {item.id: [str(rating(person, person.leaning, low, high))]}
