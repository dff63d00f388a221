"""Phone: a telephone number.

Stored: ``+``, the country code and the number, at most 15 digits (ITU-T E.164). Spaces, hyphens, points,
brackets and strokes are taken and left out, 00 stands for +. Digits may be those of any script. With
``country: "+49"`` a number without a country code is of that country, and loses the ``trunk`` digit that is
dialled only inside it (0 in most countries; write ``trunk: ""`` where the digit is part of the number, as in
Italy). Without ``country`` the code has to be entered.

    - {id: call_back, type: phone, text: Under which number can we call you?, country: "+49", trunk: "0"}
"""

from __future__ import annotations

import re
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
from surveylab.questions._controls import blank, control, in_ascii, only
from surveylab.questions._settings import OneColumn
from surveylab.words import Language
from surveylab.words import entries as more
from surveylab.words import forms as words

IDENTIFIES = Identifies.EVERYTHING

LONGEST = 40
"""Characters, with all signs between the digits; longer is no number."""
EXAMPLE = "+44 20 7946 0958"
"""From the block that is set aside for fiction (Ofcom)."""
_SIGNS = re.compile(r"[\s().\-/\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}]+")
_CODE = re.compile(r"\+[1-9][0-9]{0,2}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True)
class Settings(OneColumn):
    """``country``: the country code of numbers that are entered without one; ``trunk``: dialled only inside it."""

    country: str | None = None
    trunk: str = "0"

    def __post_init__(self) -> None:
        if self.country is not None and not _CODE.fullmatch(self.country):
            raise ValueError(f'country {self.country!r} is no country code; write + and 1 to 3 digits, such as "+49"')
        if self.trunk and not re.fullmatch("[0-9]{1,2}", self.trunk):
            raise ValueError(f'trunk {self.trunk!r} cannot be dialled; write one or two digits, or ""')


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes a number."""
    settings = cast("Settings", item.settings)
    wanted = language.say(more.PHONE_WHOLE if settings.country else more.PHONE_ABROAD, example=EXAMPLE)

    def read(values: Sequence[str]) -> Value:
        typed = only(values, language.say(words.ENTER_ONLY_ONE)).strip()
        if not typed:
            return blank(wanted if item.required else None)
        number = read_phone(typed, settings)
        if number is None:
            raise ValidationError(wanted)
        return number

    return {item.id: control(read)}


def read_phone(typed: str, settings: Settings) -> str | None:
    """The number that a person typed, by the rules above; None where it is not one."""
    if len(typed) > LONGEST:
        return None
    typed = in_ascii(typed)
    international = typed.startswith(("+", "00"))
    if international:
        typed = typed.replace("(0)", "")  # +49 (0)30 …: the bracket says: not from abroad
    digits = _SIGNS.sub("", typed)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif not international:
        if settings.country is None:
            return None
        digits = settings.country + digits.removeprefix(settings.trunk)
    return digits if _E164.fullmatch(digits) else None


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The number with its country code."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The number with its country code, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # anybody has one
    """A number from the block that is set aside for fiction."""
    return {item.id: [f"+442079460{int(rng.integers(1000)):03}"]}
