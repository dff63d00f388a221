"""Types of fields: what a text is, what a whole column is, and each value as JSON.

Numbers with leading zeros are texts: they are codes. So are numbers of more than 15 digits, which a
double does not hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from json.encoder import encode_basestring

from surveylab.design.frames import FieldType

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_OF_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_LONGEST = 32
"""Characters of a number or a date."""
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_KEPT = 100_000
"""Distinct values of a column that are remembered."""
_NAMES: dict[str, str] = {
    "integer": "whole numbers",
    "decimal": "numbers",
    "truth": "true or false",
    "date": "dates",
    "text": "texts",
}
A_VALUE: dict[str, str] = {
    "integer": "no whole number",
    "decimal": "no number",
    "truth": "neither true nor false",
    "date": "no date",
}
REMEDY: dict[str, str] = {
    "integer": "Write digits, without a leading zero or a point.",
    "decimal": "Write digits with a decimal point.",
    "truth": "Write true or false, yes or no, 1 or 0.",
    "date": "Write it as 2026-01-31 or 31.1.2026.",
}


def kind_of(text: str) -> FieldType | None:
    """What a text looks like by itself; None: there is nothing."""
    if not text:
        return None
    if len(text) > _LONGEST:
        return "text"
    if text.lower() in ("true", "false"):
        return "truth"
    if _WHOLE.fullmatch(text):
        return "integer"
    if _DECIMAL.fullmatch(text):
        return "decimal"
    return "date" if _DAY.fullmatch(text) and _day(text) else "text"


def truth(text: str) -> bool | None:
    """The truth value that a text declares; None where it declares none."""
    return _TRUTH.get(text.lower())


def day(text: str) -> str | None:
    """A date as ISO 8601; None where the text is none."""
    dotted = _DAY_OF_DOTS.fullmatch(text)
    return _day(f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02}" if dotted else text)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def fits(text: str, kind: FieldType) -> bool:
    """Whether a text is a value of a declared type; nothing is one of each."""
    if not text or kind == "text":
        return True
    if kind == "truth":
        return truth(text) is not None
    if kind == "date":
        return day(text) is not None
    found = kind_of(text)
    return found == kind or (found, kind) == ("integer", "decimal")


class Kept(dict[str, str | None]):
    """Texts with what a function makes of them; the first hundred thousand are remembered."""

    def __init__(self, function: Callable[[str], str | None]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> str | None:
        made = self._function(text)
        if len(self) < _KEPT:
            self[text] = made
        return made


class Inference:
    """What a column of texts is, chunk by chunk: the type that all of its values have."""

    def __init__(self) -> None:
        self._kinds = Kept(kind_of)
        self._counts: dict[str, int] = {}
        self._first: dict[str, tuple[int, str]] = {}

    def see(self, lines: Sequence[int], values: Sequence[str]) -> None:
        """Take the next values in, each with its line."""
        found = set(map(self._kinds.__getitem__, set(values)))
        if len(found) == 1 and None not in found and found <= self._counts.keys():
            self._counts[str(found.pop())] += len(values)
            return
        for line, text in zip(lines, values, strict=True):
            kind = self._kinds[text]
            if kind is not None:
                self._counts[kind] = self._counts.get(kind, 0) + 1
                self._first.setdefault(kind, (line, text))

    @property
    def type(self) -> FieldType:
        """The type of the column; text where its values have none in common."""
        found = set(self._counts)
        if found == {"integer", "decimal"}:
            return "decimal"
        return found.pop() if len(found) == 1 else "text"  # type: ignore[return-value]

    def exception(self) -> str | None:
        """The part of a sentence that tells why a column is text and not what most of its values are; None: no need."""
        numbers = {kind: count for kind, count in self._counts.items() if kind != "text"}
        if self.type != "text" or not numbers:
            return None
        most = max(numbers, key=numbers.__getitem__)
        usual = {"integer", "decimal"} if most in ("integer", "decimal") else {most}
        name = _NAMES["decimal" if {"integer", "decimal"} <= set(numbers) else most]
        count = sum(numbers.get(kind, 0) for kind in usual)
        line, text = min(first for kind, first in self._first.items() if kind not in usual)
        total = sum(self._counts.values())
        return f"{count:,} of {total:,} values are {name}, and {text[:40]!r} in line {line} is not"


def as_json(kind: FieldType) -> Callable[[str], str]:
    """A function from a text of a type to the JSON of its value, in one spelling."""
    spelling: dict[str, Callable[[str], object]] = {
        "integer": int,
        "decimal": float,
        "truth": truth,
        "date": day,
    }
    if kind == "text":
        return lambda text: encode_basestring(text) if text else "null"
    make = spelling[kind]
    return lambda text: json.dumps(make(text), ensure_ascii=False) if text else "null"
