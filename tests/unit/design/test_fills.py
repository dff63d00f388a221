"""Fills: values or the words behind the bar, as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.fills import fill, occurrences

KNOWN = {
    "unit.first_name": "Reader",
    "tenure": 3,
    "empty": "",
    "none": None,
    "zero": 0,
    "Größe": "M",
    "Überweisung": 12,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear {unit.first_name|customer},", "Dear Reader,"),
        ("{ unit.first_name | customer }", "Reader"),
        ("Dear {unit.name|customer},", "Dear customer,"),
        ("{empty|nothing} {none|nothing}", "nothing nothing"),
        ("{zero|nothing}", "0"),
        ("{Größe|?} {Überweisung|?}", "M 12"),
        ("{tenure|}{unknown|}", "3"),
        ("{unknown}", ""),
        ("{1}, {}, {a b|c}, } and {", "{1}, {}, {a b|c}, } and {"),
        ("{unit.first_name|a|b} {unknown|a|b}", "Reader a|b"),
        ("{unit.first_name|{x|y}}", "{unit.first_name|y}"),
    ],
)
def test_a_fill_takes_the_value_or_its_fallback(text, expected):
    """Missing, empty and unknown give the fallback; zero is a value; other braces stay."""
    assert fill(text, KNOWN) == expected


def test_names_fallbacks_and_places_are_told():
    """What a checker needs: each fill with its name, its fallback and its place."""
    text = "{a|b} and {unit.c} and {d|}"
    assert list(occurrences(text)) == [("a", "b", 0), ("unit.c", None, 10), ("d", "", 23)]


@given(st.text(max_size=20))
def test_a_value_is_never_filled_again(value):
    """What a respondent typed is plain text, braces and all."""
    assert fill("<{x|-}>", {"x": value, "y": "secret"}) == f"<{value or '-'}>"
