"""Grid: several rows rated on the same options, a battery.

Stored: the code of the option for each row, under ``item.row``. ``layout: table`` is a table on
a wide screen and item by item on a phone; ``layout: items`` is item by item everywhere.
``dont_know``, ``refuse`` and ``order`` as for a single choice, in each row; ``row_order`` and ``pinned_rows``
are the same for the rows.

    - id: drivers
      type: grid
      text: How satisfied are you with each of these?
      options: {1: Dissatisfied, 2: Neither, 3: Satisfied}
      rows: {quality: The quality, price: The price}
      layout: table
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.orders import Arrangement
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import choice
from surveylab.questions._declining import Declining
from surveylab.questions._leanings import around, option
from surveylab.questions._orders import OptionsOrdered, RowsOrdered
from surveylab.questions._settings import check_options, check_rows
from surveylab.questions._words import quoted
from surveylab.words import Language
from surveylab.words import forms as words

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Declining, OptionsOrdered, RowsOrdered):
    """``options``: code -> text, the columns of the table; ``rows``: name -> text.

    ``layout``: a table on a wide screen, or item by item everywhere.
    """

    options: Mapping[str, Text]
    rows: Mapping[str, Text]
    layout: Literal["table", "items"] = "table"

    def __post_init__(self) -> None:
        check_options(self.options)
        check_rows(self.rows)
        self.check_order()
        self.check_row_order()

    def arrangements(self) -> Mapping[str, Arrangement]:
        """The rows, and the options."""
        return {**RowsOrdered.arrangements(self), **OptionsOrdered.arrangements(self)}

    def columns(self, item: str) -> tuple[str, ...]:
        """``item.row`` for each row."""
        return tuple(f"{item}.{row}" for row in self.rows)

    def option_order(self) -> tuple[str, ...]:
        """The codes in the order displayed."""
        return tuple(self.options)

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """The same in each row."""
        return dict.fromkeys(self.columns(item), self.option_order())

    def selectable(self) -> Mapping[str, Text]:
        """Code -> text of the columns of the table, and of the ways to decline."""
        return {**{code: self.options[code] for code in self.option_order()}, **self.reasons()}


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """A control for each row that takes one of the codes."""
    settings = cast("Settings", item.settings)

    def required(row: Text) -> str | None:
        return language.say(words.SELECT_IN_ROW, row=quoted(row, language)) if item.required else None

    rows = zip(item.columns, settings.rows.values(), strict=True)
    return {
        column: choice(settings.options, language, required(row), reasons=settings.reasons()) for column, row in rows
    }


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The code for each row."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The code for each row, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """Each row around the person's leaning; the same option in all rows when straightlining."""
    codes = cast("Settings", item.settings).option_order()
    return {column: [option(person, around(person, rng), codes)] for column in item.columns}
