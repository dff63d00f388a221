"""Number: a quantity that is typed in.

Stored: a whole number as such, any other with its decimals. Thousands may be set apart by
spaces, commas or points; the decimal mark is a comma or a point. A comma or space before
exactly three digits sets thousands apart (1,234 is 1234); a single point is always decimal
(1.234 is a bit more than one), so ``whole: true`` refuses it. 0,5 and 2,50 are decimals. Digits
may be those of any script, with its marks: ١٬٢٣٤٫٥ is 1234.5.

    - {id: tenure, type: number, text: For how many years have you been a customer?, low: 0, high: 80, whole: true}
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import numpy as np
from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import blank, control, in_ascii, only
from surveylab.questions._leanings import share_below
from surveylab.questions._settings import OneColumn
from surveylab.words import Language
from surveylab.words import forms as words

IDENTIFIES = Identifies.NOTHING

MOST_DIGITS = 15
"""Every decimal of so many digits survives a double (IEEE 754), and so the database."""

MOST_CHARACTERS = 40
"""Longer is not a number; nothing of any size reaches the patterns."""

_SPACES = re.compile(r"[\s'’\N{ARABIC THOUSANDS SEPARATOR}]+")  # \s takes in the no-break spaces of copied figures
_FORMS = tuple(
    re.compile(form, re.VERBOSE)
    for form in (
        # 1,234,567.8 and 1 234 567,8
        r"(?P<whole>[1-9]\d{0,2}(?P<mark>[ ,])\d{3}(?:(?P=mark)\d{3})*) (?:(?!(?P=mark))[.,](?P<decimals>\d+))?",
        # 1.234,5 and 1.234.567,8
        r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3})+) ,(?P<decimals>\d+)",
        # 1.234.567
        r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3}){2,}) (?P<decimals>)",
        # 1234.5 and 1234,5 and ,5
        r"(?P<whole>(?=[.,]?\d)\d*) (?:[.,](?P<decimals>\d*))?",
    )
)


@dataclass(frozen=True)
class Settings(OneColumn):
    """``low`` and ``high`` are allowed themselves; None sets no bound. ``whole`` refuses decimals."""

    low: int | float | None = None
    high: int | float | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}; swap them")
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if not all(map(math.isfinite, bounds)):
            raise ValueError("a bound is not a finite number; leave it out where there is no bound")
        if self.whole and not all(bound == int(bound) for bound in bounds):
            raise ValueError("a bound has decimals and the answer may not; write a whole number, or leave out whole")


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes a number between the bounds."""
    settings = cast("Settings", item.settings)
    wanted = _wanted(settings, language)

    def read(values: Sequence[str]) -> Value:
        typed = only(values, language.say(words.ENTER_ONLY_ONE)).strip()
        if not typed:
            return blank(wanted if item.required else None)
        if sum(map(str.isdecimal, typed)) > MOST_DIGITS:
            raise ValidationError(language.say(words.ENTER_FEWER_DIGITS, limit=MOST_DIGITS))
        number = read_number(typed)
        if number is None or not _allowed(settings, number):
            raise ValidationError(wanted)
        return number

    return {item.id: control(read)}


def read_number(typed: str) -> int | float | None:
    """The number that a person typed, by the rules above; None where it is not one."""
    if len(typed) > MOST_CHARACTERS:
        return None
    plain = (
        _SPACES.sub(" ", in_ascii(typed.strip()))
        .replace("\N{MINUS SIGN}", "-")
        .replace("\N{ARABIC DECIMAL SEPARATOR}", ".")
    )
    sign = "-" if plain.startswith("-") else ""
    matches = (form.fullmatch(plain.removeprefix("-" if sign else "+").lstrip()) for form in _FORMS)
    match = next(filter(None, matches), None)
    if match is None:
        return None
    whole = re.sub(r"\D", "", match["whole"])
    number = Decimal(f"{sign}{whole or 0}.{match['decimals'] or 0}")
    return int(number) if number == int(number) else float(number)


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The number."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The number as digits with a decimal point, in a list."""
    return {column: [plain(number) for number in given] for column, given in shown(item, answers).items()}


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """The person's location and spread, else evenly between the bounds, else around 50; held within the bounds."""
    settings = cast("Settings", item.settings)
    low, high = settings.low, settings.high
    if person.location is not None and person.spread is not None:
        number = person.location + person.spread * person.leaning
    elif low is not None and high is not None:
        number = low + share_below(person.leaning) * (high - low)
    else:
        number = 50 + 15 * person.leaning
    number = round(number) if settings.whole else round(number, 1)
    number = max(number if low is None else low, min(number if high is None else high, number))
    return {item.id: [plain(str(number))]}


def plain(number: str) -> str:
    """The digits of a number, never with an exponent."""
    return format(Decimal(number), "f").removesuffix(".0")


def _allowed(settings: Settings, number: float) -> bool:
    """Whether the number is whole where it must be, and within the bounds."""
    low = -math.inf if settings.low is None else settings.low
    high = math.inf if settings.high is None else settings.high
    return low <= number <= high and (isinstance(number, int) or not settings.whole)


def _wanted(settings: Settings, language: Language) -> str:
    """The message that says which numbers can be entered."""
    kind = language.choose(words.A_WHOLE_NUMBER if settings.whole else words.A_NUMBER)
    low, high = (None if bound is None else plain(str(bound)) for bound in (settings.low, settings.high))
    if low is not None and high is not None:
        return language.say(words.ENTER_BETWEEN, kind=kind, low=low, high=high)
    if low is not None:
        return language.say(words.ENTER_AT_LEAST, kind=kind, low=low)
    if high is not None:
        return language.say(words.ENTER_AT_MOST, kind=kind, high=high)
    return language.say(words.ENTER_NUMBER, kind=kind)
