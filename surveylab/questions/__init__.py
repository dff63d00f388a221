"""Question types, a file each. The file's name is the type in YAML and the template in templates/questions/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab import registry
from surveylab.design.instrument import Item, Specifiable
from surveylab.design.terms import Missing, Value
from surveylab.words import Language


@dataclass(frozen=True)
class Person:
    """A synthetic respondent as one item sees it.

    ``leaning`` is where the person stands on a standard normal scale (arm effects included);
    ``location`` and ``spread`` turn it into a rating on the item's own scale where the
    experiment assumes one; ``straightlines`` gives every row of a battery the same rating.
    """

    leaning: float
    straightlines: bool = False
    location: float | None = None
    spread: float | None = None


class Identifies(StrEnum):
    """Which columns of a question type can say who answered; ``identifying`` names them for an item."""

    NOTHING = "nothing"
    OTHER = "other"
    """The text in which a person says what the other option means, where the item offers one."""
    EVERYTHING = "everything"


class OfItem(str):
    """A message about a whole item: it stands at the first of its columns as displayed."""

    __slots__ = ()


Entered = Mapping[str, list[str]]
"""What stands in the controls of a form: column -> the values sent under that name."""


@runtime_checkable
class Contract(Protocol):
    """What a question type is."""

    Settings: type[Any]
    """Frozen dataclass of what YAML may say beside the fields of every item; has ``columns`` and
    ``option_order`` (design.instrument.ItemSettings). Texts in it are ``Text`` mappings."""

    IDENTIFIES: Identifies
    """What of its answers can say who the person is: text that is typed freely, and addresses."""

    def fields(self, item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
        """Column -> WTForms field that validates what is sent; messages say what to do."""

    def parse(self, item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
        """Column -> stored answer, from validated form data; a blank is Missing.NO_ANSWER."""

    def entered(self, item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
        """What stands in the controls when a page with stored answers is shown again."""

    def simulate(self, item: Item, person: Person, rng: np.random.Generator) -> Entered:
        """What a synthetic respondent enters."""


def identifying(item: Item) -> tuple[str, ...]:
    """The columns of an item whose answers can say who the person is; erasing the person erases them."""
    identifies: Identifies = registry.load("questions", item.type).IDENTIFIES
    if identifies is Identifies.EVERYTHING:
        return item.columns
    settings: object = item.settings
    offers = isinstance(settings, Specifiable) and bool(settings.other)
    return (f"{item.id}.other",) if offers and identifies is Identifies.OTHER else ()
