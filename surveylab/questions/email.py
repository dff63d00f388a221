"""Email: an address.

Stored: the address, its domain in lower case. Taken is what mail systems can deliver to: one ``@``; before
it 1 to 64 letters, digits or signs of RFC 5322's dot-atom (letters of any script, RFC 6531); behind it a domain
of at least two labels of letters, digits and inner hyphens, the last not all digits; 254 characters in all (RFC 5321).
Quoted local parts and bare hosts are refused. Whether the address exists is never looked up.

    - {id: contact_address, type: email, text: Where can we write to you?}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import blank, control, only
from surveylab.questions._settings import OneColumn
from surveylab.words import Language
from surveylab.words import entries as more
from surveylab.words import forms as words

IDENTIFIES = Identifies.EVERYTHING

LONGEST = 254
LONGEST_LOCAL = 64
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")


@dataclass(frozen=True)
class Settings(OneColumn):
    """Nothing to set."""


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes an address."""
    wanted = language.say(more.EMAIL_WHOLE)

    def read(values: Sequence[str]) -> Value:
        typed = only(values, language.say(words.ENTER_ONLY_ONE)).strip()
        if not typed:
            return blank(wanted if item.required else None)
        address = read_address(typed)
        if address is None:
            raise ValidationError(wanted)
        return address

    return {item.id: control(read)}


def read_address(typed: str) -> str | None:
    """The address that a person typed, by the rule above; None where it is not one."""
    if len(typed) > LONGEST:
        return None
    local, _, domain = typed.rpartition("@")
    whole = len(local) <= LONGEST_LOCAL and _LOCAL.fullmatch(local) and "_" not in domain and _DOMAIN.fullmatch(domain)
    return f"{local}@{domain.lower()}" if whole else None


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The address."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """The address, in a list."""
    return shown(item, answers)


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001  # anybody has one
    """An address in a domain that never exists (RFC 2606)."""
    return {item.id: [f"someone{int(rng.integers(10**6))}@example.com"]}
