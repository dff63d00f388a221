"""Single choice: one answer out of a list.

Stored: the code of the option. ``layout`` is ``list`` (one below the other), ``row`` (side by
side, for a few short answers) or ``dropdown`` (for long lists of what people know, such as countries).

    - id: effort
      type: single
      text: How easy was it to get what you needed?
      options: {1: Very difficult, 2: Difficult, 3: Neither, 4: Easy, 5: Very easy}
      layout: list
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Person
from surveylab.questions import _words as words
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import choice
from surveylab.questions._leanings import option
from surveylab.questions._settings import OneColumn, check_options
from surveylab.questions._words import say


@dataclass(frozen=True)
class Settings(OneColumn):
    """``options``: code -> text, in the order displayed."""

    options: Mapping[str, Text]
    layout: Literal["list", "row", "dropdown"] = "list"

    def __post_init__(self) -> None:
        check_options(self.options)

    def option_order(self) -> tuple[str, ...]:
        """The codes as in the file."""
        return tuple(self.options)


def fields(item: Item, language: str) -> Mapping[str, UnboundField[Any]]:
    """One control that takes one of the codes."""
    settings = cast("Settings", item.settings)
    required = say(words.SELECT_ONE, language) if item.required else None
    return {item.id: choice(settings.options, language, required)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The code."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The code, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """The options are taken as ordered: the more a person leans, the later the option."""
    settings = cast("Settings", item.settings)
    return {item.id: [option(person, person.leaning, settings.option_order())]}
