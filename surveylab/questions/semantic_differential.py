"""Semantic differential: rows of points between two poles (Osgood, Suci and Tannenbaum 1957).

Stored: the number of the point for each row, under ``item.row``; 1 is at the left pole, ``points`` at the
right one.

    - id: image
      type: semantic_differential
      text: How do you see the company?
      rows: {speed: [Slow, Fast], tone: [Distant, Friendly]}
      points: 7
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import choice
from surveylab.questions._leanings import around, rating
from surveylab.questions._orders import RowsOrdered
from surveylab.questions._ratings import NUMBER
from surveylab.questions._settings import check_rows
from surveylab.questions._words import quoted
from surveylab.words import Language
from surveylab.words import forms as words

IDENTIFIES = Identifies.NOTHING

FEWEST_POINTS = 3
MOST_POINTS = 11
"""More do not fit beside each other between two poles."""


@dataclass(frozen=True)
class Settings(RowsOrdered):
    """``rows``: name -> left pole and right pole; ``points``: how many stand between them, the poles included."""

    rows: Mapping[str, tuple[Text, Text]]
    points: int = 7

    def __post_init__(self) -> None:
        check_rows({row: left for row, (left, _) in self.rows.items()})
        check_rows({row: right for row, (_, right) in self.rows.items()})
        self.check_row_order()
        if not FEWEST_POINTS <= self.points <= MOST_POINTS:
            raise ValueError(f"points {self.points} cannot be shown; write {FEWEST_POINTS} to {MOST_POINTS}")

    def columns(self, item: str) -> tuple[str, ...]:
        """``item.row`` for each row."""
        return tuple(f"{item}.{row}" for row in self.rows)

    def option_order(self) -> tuple[str, ...]:
        """The points as text, from the left pole."""
        return tuple(str(point) for point in range(1, self.points + 1))

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """The same in each row."""
        return dict.fromkeys(self.columns(item), self.option_order())

    def selectable(self) -> Mapping[str, Text]:
        """The points, under their numbers."""
        return {point: {NUMBER: point} for point in self.option_order()}


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """A control for each row that takes one of the points."""
    settings = cast("Settings", item.settings)

    def required(poles: tuple[Text, Text]) -> str | None:
        row = " – ".join(quoted(pole, language) for pole in poles)
        return language.say(words.SELECT_IN_ROW, row=row) if item.required else None

    rows = zip(item.columns, settings.rows.values(), strict=True)
    return {column: choice(settings.option_order(), language, required(poles), stored=int) for column, poles in rows}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The number of the point for each row."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The point for each row, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """Each row around the person's leaning; the same point in all rows when straightlining."""
    points = cast("Settings", item.settings).points
    return {column: [str(rating(person, around(person, rng), 1, points))] for column in item.columns}
