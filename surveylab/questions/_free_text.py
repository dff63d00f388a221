"""What the types of free text share: one control, whose text is refused when it is too long, never cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import text
from surveylab.questions._leanings import phrase
from surveylab.words import Language

__all__ = ["entered", "fields", "parse", "simulate"]


class _Limited(Protocol):
    max_length: int


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes a text."""
    return {item.id: text(_limit(item), language, item.required)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The text."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The text, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """A few words."""
    return {item.id: [phrase(person, rng, _limit(item))]}


def _limit(item: Item) -> int:
    return cast("_Limited", item.settings).max_length
