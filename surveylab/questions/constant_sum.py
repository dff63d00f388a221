"""Constant sum: a total shared out over options.

Stored: a whole number for each option, under ``item.option``. The amounts have to add up to ``total``,
which the server enforces; an option left blank beside others that are filled in is 0.

    - id: budget
      type: constant_sum
      text: How would you share out 100 points over these?
      options: {price: The price, quality: The quality, service: The service}
      total: 100
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from wtforms import Field, ValidationError
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Identifies, OfItem, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import Control, only
from surveylab.questions._orders import OptionsOrdered
from surveylab.questions._settings import check_options, check_rows
from surveylab.questions._words import quoted
from surveylab.questions.number import read_number
from surveylab.words import Language
from surveylab.words import entries as more
from surveylab.words import forms as words

IDENTIFIES = Identifies.NOTHING

EVENNESS = 4.0
"""Of the shares that synthetic respondents give: the concentration of their Dirichlet distribution."""


@dataclass(frozen=True)
class Settings(OptionsOrdered):
    """``options``: name -> text, in the order displayed; ``total``: what the amounts add up to."""

    options: Mapping[str, Text]
    total: int = 100

    def __post_init__(self) -> None:
        check_options(self.options)
        check_rows(self.options)
        self.check_order()
        if self.total < 1:
            raise ValueError(f"total {self.total} cannot be shared out; write 1 or more")

    def columns(self, item: str) -> tuple[str, ...]:
        """``item.option`` for each option."""
        return tuple(f"{item}.{option}" for option in self.options)

    def option_order(self) -> tuple[str, ...]:
        """The names in the order displayed."""
        return tuple(self.options)


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """A control for each option that takes an amount; the first one answers for the sum."""
    settings = cast("Settings", item.settings)

    def amount(column: str, option: Text) -> UnboundField[Any]:
        wanted = language.say(more.SUM_AMOUNT, total=settings.total, option=quoted(option, language))

        def read(values: Sequence[str]) -> Value:
            typed = only(values, language.say(words.ENTER_ONLY_ONE)).strip()
            number = read_number(typed) if typed else None
            if typed and not (isinstance(number, int) and 0 <= number <= settings.total):
                raise ValidationError(wanted)
            return number

        def check(form: BaseForm, _field: Field) -> None:
            amounts = [form[each].data for each in item.columns]
            if any(form[each].process_errors for each in item.columns):
                return
            if all(each is None for each in amounts):
                if item.required:
                    raise ValidationError(wanted)
            elif column == item.columns[0] and sum(filter(None, amounts)) != settings.total:
                given = sum(filter(None, amounts))
                raise ValidationError(OfItem(language.say(more.SUM_WRONG, total=settings.total, sum=given)))

        return UnboundField(Control, read, validators=[check])

    return {
        column: amount(column, option) for column, option in zip(item.columns, settings.options.values(), strict=True)
    }


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The amount for each option; 0 for one left blank beside others."""
    answers = stored(item, data)
    if all(isinstance(amount, Missing) for amount in answers.values()):
        return answers
    return {column: 0 if isinstance(amount, Missing) else amount for column, amount in answers.items()}


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The amount for each option as digits, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """Everything on the first option when straightlining; else shares by chance, rounded to the total."""
    settings = cast("Settings", item.settings)
    n = len(settings.options)
    shares = np.eye(n)[0] if person.straightlines else rng.dirichlet(np.full(n, EVENNESS))
    ends = np.round(np.cumsum(shares) * settings.total).astype(int)  # each amount rounded alone would miss the sum
    amounts = np.diff(ends, prepend=0)
    return {column: [str(int(amount))] for column, amount in zip(item.columns, amounts, strict=True)}
