"""Slider: a whole number on a line, with a field to type it in.

Stored: the number. What is sent is the field; the line is drawn beside it where scripts run, and only writes
into the field. Nothing is set before the respondent moves it, and a blank stays a blank. ``labels``
names the ends.

    - id: thermometer
      type: slider
      text: How warm do you feel towards the company?
      low: 0
      high: 100
      step: 1
      labels: {0: Very cold, 100: Very warm}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Text, Value
from surveylab.questions import Identifies
from surveylab.questions._controls import blank, control, only
from surveylab.questions._ratings import entered, parse, simulate
from surveylab.questions._settings import OneColumn, check_texts
from surveylab.questions.number import read_number
from surveylab.words import Language
from surveylab.words import forms as words

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(OneColumn):
    """``low`` and ``high`` are the ends of the line; ``step`` is its grain; ``labels``: end (as text) -> label."""

    low: int = 0
    high: int = 100
    step: int = 1
    labels: Mapping[str, Text] = field(default_factory=dict)

    scripted: ClassVar[bool] = True
    """The page that shows it brings the script along."""

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}; swap them")
        if self.step < 1 or (self.high - self.low) % self.step:
            raise ValueError(f"step {self.step} does not lead from {self.low} to {self.high}; take a divisor")
        outside = [point for point in self.labels if point not in (str(self.low), str(self.high))]
        if outside:
            raise ValueError(f"label {', '.join(map(repr, outside))} is no end of the line; label the ends only")
        check_texts("label", self.labels)

    def bounds(self) -> tuple[int, int]:
        """The ends."""
        return self.low, self.high


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes a whole number between the ends; any, not only those that the line stops at."""
    settings = cast("Settings", item.settings)
    kind = language.choose(words.A_WHOLE_NUMBER)
    wanted = language.say(words.ENTER_BETWEEN, kind=kind, low=settings.low, high=settings.high)

    def read(values: Sequence[str]) -> Value:
        typed = only(values, language.say(words.ENTER_ONLY_ONE)).strip()
        if not typed:
            return blank(wanted if item.required else None)
        number = read_number(typed)
        if not isinstance(number, int) or not settings.low <= number <= settings.high:
            raise ValidationError(wanted)
        return number

    return {item.id: control(read)}
