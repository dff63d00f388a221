"""Consent: a box that is ticked by who agrees.

Stored: true where it was ticked, false where the page was sent without a tick. Where the item is ``required``
the box has to be ticked to go on. ``statement`` is what stands beside the box.

    - id: agreed
      type: consent
      text: May we keep your answers for two years?
      statement: I agree
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import stored
from surveylab.questions._controls import blank, control
from surveylab.questions._leanings import share_below
from surveylab.questions._settings import OneColumn, check_texts
from surveylab.words import Language
from surveylab.words import entries as more
from surveylab.words import forms as words
from surveylab.words.labels import AGREE

IDENTIFIES = Identifies.NOTHING

YES, NO = "yes", "no"
"""What the box sends, and what the page sends in any case: so that a box left empty is told from one not shown."""
AGREEING = 0.9
"""Share of synthetic respondents who agree."""


@dataclass(frozen=True)
class Settings(OneColumn):
    """``statement``: what one agrees to by ticking."""

    statement: Text = field(default_factory=lambda: AGREE)

    def __post_init__(self) -> None:
        check_texts("the box", {"statement": self.statement})

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """That it was ticked, or was not."""
        return {item: (True, False)}


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes the tick."""
    required = language.say(more.CONSENT) if item.required else None

    def read(values: Sequence[str]) -> Value:
        sent = set(filter(None, values))
        if not sent <= {YES, NO}:
            raise ValidationError(language.say(words.SELECT_SHOWN))
        if YES in sent:
            return True
        blank(required)
        return False if sent else None

    return {item.id: control(read)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """Whether the box was ticked."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The tick, or that there was none, in a list."""
    agreed = answers.get(item.id)
    return {item.id: [] if not isinstance(agreed, bool) else [YES if agreed else NO]}


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """Those who lean least do not agree, except where nobody goes on without."""
    return {item.id: [YES if item.required or share_below(person.leaning) > 1 - AGREEING else NO]}
