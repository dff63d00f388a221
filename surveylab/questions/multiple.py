"""Multiple choice: every answer that applies.

Stored: the codes joined by one space, in the order of the options; a code has no space in it.
An ``exclusive`` code ("None of these") goes with no other, which the server enforces.
``other``, ``dont_know``, ``refuse`` and ``order`` as for a single choice; exclusive options keep their place.

    - id: channels
      type: multiple
      text: How did you contact us in the last three months?
      hint: Select all that apply.
      options: {phone: By phone, email: By email, none: I did not contact you}
      exclusive: [none]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.orders import Arrangement
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown
from surveylab.questions._choices import Choices, parse, with_text
from surveylab.questions._controls import blank, control
from surveylab.questions._declining import STORED
from surveylab.questions._leanings import share_below
from surveylab.questions._words import quoted
from surveylab.words import Language
from surveylab.words import forms as words

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.OTHER


@dataclass(frozen=True)
class Settings(Choices):
    """``options``: code -> text, in the order displayed; ``exclusive``: codes that stand alone."""

    options: Mapping[str, Text]
    exclusive: tuple[str, ...] = ()

    def arrangements(self) -> Mapping[str, Arrangement]:
        """The options; exclusive ones keep their place."""
        return {"options": Arrangement(tuple(self.options), self.order, (*self.pinned, *self.exclusive))}

    def __post_init__(self) -> None:
        self.check_choices()
        unknown = [code for code in self.exclusive if code not in self.options]
        if unknown:
            raise ValueError(
                f"exclusive {', '.join(map(repr, unknown))} is not an option; there are: {', '.join(self.options)}"
            )


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes any of the codes, an exclusive one or a reason to decline only by itself."""
    settings = cast("Settings", item.settings)
    required = language.say(words.SELECT_SOME) if item.required else None
    reasons = settings.reasons()
    known = {**settings.every_option(), **reasons}

    def read(values: Sequence[str]) -> Value:
        chosen = {code for code in values if code}
        if not chosen <= known.keys():
            raise ValidationError(language.say(words.SELECT_SHOWN))
        alone = next((code for code in (*settings.exclusive, *reasons) if code in chosen), None)
        if alone and len(chosen) > 1:
            raise ValidationError(language.say(words.SELECT_APART, option=quoted(known[alone], language)))
        if alone and alone in reasons:
            return STORED[alone]
        return " ".join(code for code in known if code in chosen) or blank(required)

    return with_text(item, language, control(read))


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The codes, one by one."""
    given = shown(item, answers)
    return {**given, item.id: [code for codes in given[item.id] for code in codes.split()]}


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """Each option with a chance that grows with the leaning; nobody leaves all of them open."""
    settings = cast("Settings", item.settings)
    ordinary = [code for code in settings.options if code not in settings.exclusive]
    chance = share_below((person.leaning - 1) / 2)
    chosen = [code for code in ordinary if rng.random() < chance]
    fallback = settings.exclusive or ordinary
    return {item.id: chosen or [fallback[int(rng.integers(len(fallback)))]]}
