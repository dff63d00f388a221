"""Single choice: one answer out of a list.

Stored: the code of the option. ``layout`` is ``list`` (one below the other), ``row`` (side by
side, for a few short answers) or ``dropdown`` (for long lists of what people know, such as countries).
``other: {else: Something else}`` adds an option with a text field, stored under ``item.other``; it is no rating.
``dont_know: true`` and ``refuse: true`` add "Don't know" and "Prefer not to say", stored as why there is no answer.
``order`` is the order in which options are shown: ``fixed``, ``reversed``, or drawn for each case: ``random``,
``rotate``, ``flip`` (forwards or backwards), ``latin``. ``pinned: [none]`` keeps options in their place.

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
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown
from surveylab.questions._choices import Choices, parse, with_text
from surveylab.questions._controls import choice
from surveylab.questions._leanings import option
from surveylab.words import Language
from surveylab.words import forms as words

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.OTHER


@dataclass(frozen=True)
class Settings(Choices):
    """``options``: code -> text, in the order displayed. ``layout``: one below the other, side by side, or folded."""

    options: Mapping[str, Text]
    layout: Literal["list", "row", "dropdown"] = "list"

    def __post_init__(self) -> None:
        self.check_choices()

    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest code where all are whole numbers; None where the options are no scale.

        The other option is none of its points.
        """
        codes = tuple(self.options)
        whole = all(code.removeprefix("-").isdecimal() for code in codes)
        return (min(map(int, codes)), max(map(int, codes))) if whole else None


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes one of the codes, and one for the text of the other option."""
    settings = cast("Settings", item.settings)
    required = language.say(words.SELECT_ONE) if item.required else None
    codes = choice(settings.option_order(), language, required, reasons=settings.reasons())
    return with_text(item, language, codes)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The code, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """The options are taken as ordered: the more a person leans, the later the option."""
    settings = cast("Settings", item.settings)
    return {item.id: [option(person, person.leaning, tuple(settings.options))]}
