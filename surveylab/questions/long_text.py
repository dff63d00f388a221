"""Long text: an answer in the respondent's own words, on several lines.

Stored: the text without the spaces around it, lines ended by a line feed. Longer than ``max_length`` is
refused, never cut.

    - {id: why, type: long_text, text: What is the main reason for your answer?, max_length: 5000}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import text
from surveylab.questions._leanings import phrase
from surveylab.questions._settings import OneColumn, check_max_length


@dataclass(frozen=True)
class Settings(OneColumn):
    """``max_length``: the most characters."""

    max_length: int = 5000

    def __post_init__(self) -> None:
        check_max_length(self.max_length)


def fields(item: Item, language: str) -> Mapping[str, UnboundField[Any]]:
    """One control that takes a text."""
    return {item.id: text(cast("Settings", item.settings).max_length, language, item.required)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The text."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The text, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """A few words."""
    return {item.id: [phrase(person, rng, cast("Settings", item.settings).max_length)]}
