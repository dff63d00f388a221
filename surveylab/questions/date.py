"""Date: day, month and year in three fields.

Stored: the date in ISO 8601, such as 2007-03-27. The fields are three texts and no calendar: a date that
one knows is typed faster than found (GOV.UK Design System, date input). ``earliest`` and ``latest`` are
allowed themselves.

    - {id: joined, type: date, text: When did you become a customer?, earliest: "1990-01-01", latest: "2030-12-31"}
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import blank, control
from surveylab.questions._leanings import share_below
from surveylab.questions._settings import OneColumn
from surveylab.words import Language
from surveylab.words import entries as more

IDENTIFIES = Identifies.NOTHING

_PARTS = (more.DATE_DAY, more.DATE_MONTH, more.DATE_YEAR)
LONGEST = 10
"""Characters of a part; nothing longer is a day, a month or a year."""
EARLIEST, LATEST = datetime.date(1950, 1, 1), datetime.date(2020, 12, 31)
"""Between these answer synthetic respondents where a bound is open."""


@dataclass(frozen=True)
class Settings(OneColumn):
    """``earliest`` and ``latest``: the first and the last date that is taken, in ISO 8601; None sets no bound."""

    earliest: str | None = None
    latest: str | None = None

    def __post_init__(self) -> None:
        for name, written in (("earliest", self.earliest), ("latest", self.latest)):
            if written is not None and _iso(written) is None:
                raise ValueError(f'{name} {written!r} is no date; write year, month and day, such as "2007-03-27"')
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(f"earliest {self.earliest} is behind latest {self.latest}; swap them")


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes a day, a month and a year, in this order, under one name."""
    settings = cast("Settings", item.settings)

    def read(values: Sequence[str]) -> Value:
        typed = [value.strip() for value in values]
        if not any(typed):
            return blank(language.say(more.DATE_WHOLE) if item.required else None)
        if len(typed) != len(_PARTS):
            raise ValidationError(language.say(more.DATE_WHOLE))
        lacking = next((part for part, value in zip(_PARTS, typed, strict=True) if not value), None)
        if lacking:
            raise ValidationError(language.say(more.DATE_LACKS, part=language.choose(lacking)))
        if not all(len(value) <= LONGEST and value.isdecimal() for value in typed):
            raise ValidationError(language.say(more.DATE_REAL))
        if len(typed[2]) != 4:
            raise ValidationError(language.say(more.DATE_FOUR))
        date = _real(*map(int, typed))
        if date is None:
            raise ValidationError(language.say(more.DATE_REAL))
        if not (settings.earliest or date) <= date <= (settings.latest or date):
            raise ValidationError(_wanted(settings, language))
        return date

    return {item.id: control(read)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The date in ISO 8601."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """Day, month and year, in a list."""
    return {
        column: [str(int(part)) for part in reversed(given[0].split("-"))] if given else []
        for column, given in shown(item, answers).items()
    }


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # nothing left to chance
    """The more a person leans, the later, between the bounds."""
    settings = cast("Settings", item.settings)
    low, high = _iso(settings.earliest or ""), _iso(settings.latest or "")
    low = low or min(EARLIEST, high or EARLIEST)
    high = high or max(LATEST, low)
    date = low + datetime.timedelta(days=round(share_below(person.leaning) * (high - low).days))
    return {item.id: [str(date.day), str(date.month), f"{date.year:04}"]}


def said(date: str, language: Language) -> str:
    """An ISO date in words: 27 March 2007."""
    year, month, day = map(int, date.split("-"))
    name = language.choose(more.MONTHS).split()[month - 1]
    return language.say(more.DATE_SAID, day=day, month=name, year=year)


def _wanted(settings: Settings, language: Language) -> str:
    """The message that says which dates can be entered."""
    earliest, latest = (date and said(date, language) for date in (settings.earliest, settings.latest))
    if earliest and latest:
        return language.say(more.DATE_BETWEEN, earliest=earliest, latest=latest)
    if earliest:
        return language.say(more.DATE_FROM, earliest=earliest)
    return language.say(more.DATE_TO, latest=latest)


def _real(day: int, month: int, year: int) -> str | None:
    """The date in ISO 8601; None where there is no such day."""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _iso(written: str) -> datetime.date | None:
    """The date that is written year-month-day; None where there is none."""
    try:
        found = datetime.date.fromisoformat(written)
    except ValueError:
        return None
    return found if found.isoformat() == written else None
