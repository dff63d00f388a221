"""Numbers and texts: what is taken, and what is said instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing
from surveylab.questions import long_text, number, short_text

Make = Callable[..., Item]
Answer = Callable[..., Any]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", 12), (" 12 ", 12), ("012", 12), ("+5", 5), ("-5", -5), ("−5", -5), ("- 5", -5), ("0", 0), ("-0", 0),
        ("1 234", 1234), ("1\u00a0234", 1234), ("1\u202f234 567", 1234567), ("1'234", 1234), ("1’234.5", 1234.5),
        ("1,234", 1234), ("1,234,567", 1234567), ("1,234.5", 1234.5), ("-1,234.56", -1234.56), ("12,345,678", 12345678),
        ("1.234,5", 1234.5), ("1.234.567", 1234567), ("1.234.567,8", 1234567.8), ("1 234,5", 1234.5),
        ("2,5", 2.5), ("2.5", 2.5), ("2,50", 2.5), (",5", 0.5), (".5", 0.5), ("3.", 3), ("3,0", 3), ("0,500", 0.5),
        ("1.234", 1.234), ("1234,567", 1234.567), ("٣", 3),
        ("١٬٢٣٤٫٥", 1234.5), ("-٥", -5), ("۱۲٬۳۴۵", 12345), ("१,२३४", 1234),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed: str, value: float) -> None:
    """Spaces, apostrophes, commas and points set thousands apart or decimals off, as the docstring says."""
    read = number.read_number(typed)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "typed",
    ["", "-", ".", ",", "twelve", "12 years", "1e3", "0x10", "1_000", "nan", "inf", "1,2,3", "12,34,567", "1 2",
     "1,234,56", "1.234,567,8", "1.2.3", "--5", "5-", "1,,234", "²", "1" * 41],
)  # fmt: skip
def test_what_is_no_number_is_not_guessed(typed: str) -> None:
    """Anything else is not a number, rather than some number."""
    assert number.read_number(typed) is None


@given(st.text(max_size=60) | st.text("0123456789.,- '", max_size=30))
def test_reading_a_number_never_fails(typed: str) -> None:
    """Whatever is typed is a finite number or none."""
    read = number.read_number(typed)
    assert read is None or abs(read) < 1e41


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_stored_number_is_shown_as_it_was(value: Any) -> None:
    """Showing a stored number and reading it again gives the same number, without an exponent."""
    read = number.read_number(str(value))
    item = Item("q", "number", {"en": "?"}, settings=number.Settings())
    shown = number.entered(item, {"q": read})["q"][0]
    assert number.read_number(shown) == read
    assert "e" not in shown.lower()


def test_small_numbers_have_no_exponent(make: Make) -> None:
    """Python writes 1e-07; a respondent did not."""
    assert number.entered(make("number"), {"q": 0.0000001}) == {"q": ["0.0000001"]}


@pytest.mark.parametrize(
    ("settings", "typed", "message"),
    [
        ({"low": 0, "high": 80}, "81", "Enter a number between 0 and 80"),
        ({"low": 0, "high": 80}, "-1", "Enter a number between 0 and 80"),
        ({"low": 0, "high": 80}, "long", "Enter a number between 0 and 80"),
        ({"low": 0, "high": 80, "whole": True}, "2.5", "Enter a whole number between 0 and 80"),
        ({"whole": True}, "1.234", "Enter a whole number"),
        ({"low": 0.5}, "0", "Enter a number that is 0.5 or more"),
        ({"high": 1000000}, "1000001", "Enter a number that is 1000000 or less"),
        ({}, "some", "Enter a number"),
        ({}, "1234567890123456", "Enter a number of at most 15 digits"),
    ],
)
def test_numbers_that_are_refused(
    make: Make, answer: Answer, settings: dict[str, Any], typed: str, message: str
) -> None:
    """The message says which numbers can be entered."""
    assert answer(make("number", **settings), typed) == ({}, {"q": message})


def test_bounds_are_allowed_themselves(make: Make, answer: Answer) -> None:
    """Both bounds are inside, and a whole number may be written with a decimal zero."""
    item = make("number", low=0, high=80, whole=True)
    assert [answer(item, typed)[0]["q"] for typed in ("0", "80", "8,0")] == [0, 80, 8]


def test_required_entries_say_what_to_enter(make: Make, answer: Answer) -> None:
    """A blank, or nothing but spaces, is asked for again."""
    assert answer(make("number", required=True, low=0, high=80), "  ")[1] == {"q": "Enter a number between 0 and 80"}
    assert answer(make("short_text", required=True), " \n ")[1] == {"q": "Enter an answer"}
    assert answer(make("long_text"), " \n ") == ({"q": Missing.NO_ANSWER}, {})


def test_entries_are_refused_when_sent_twice(make: Make, answer: Answer) -> None:
    """Two texts under one name are not one answer."""
    for kind in ("number", "short_text", "long_text"):
        assert answer(make(kind), "1", "1") == ({}, {"q": "Enter only one answer"})


def test_texts_are_stripped_and_their_line_ends_made_one(make: Make, answer: Answer) -> None:
    """Spaces around go; what is inside stays, with Unix line ends."""
    assert answer(make("long_text"), "  first\r\nsecond \rthird\n") == ({"q": "first\nsecond \nthird"}, {})


def test_a_long_text_is_refused_with_its_limit_and_never_cut(make: Make, answer: Answer) -> None:
    """The limit counts characters after stripping, a line end as one; the message gives both numbers."""
    item = make("long_text", max_length=5)
    assert answer(item, " ab\r\ncd ") == ({"q": "ab\ncd"}, {})
    assert answer(item, "🙂🙂🙂🙂🙂") == ({"q": "🙂🙂🙂🙂🙂"}, {})
    assert answer(item, "abcdef") == ({}, {"q": "Enter at most 5 characters. Your answer has 6."})


def test_limits_are_those_of_the_documents() -> None:
    """A short text takes 200 characters and a long one 5000, unless the file says otherwise."""
    assert short_text.Settings().max_length == 200
    assert long_text.Settings().max_length == 5000


@pytest.mark.parametrize("typed", ["a\0b", "\ud800", "a\udfffb", "é\0"])
def test_characters_that_cannot_be_saved_are_named(make: Make, answer: Answer, typed: str) -> None:
    """NUL and lone surrogates are refused with a message, not dropped."""
    message = "Enter the answer again without the hidden character, which cannot be saved"
    assert answer(make("short_text"), typed) == ({}, {"q": message})


@pytest.mark.parametrize("typed", ["日本語", "{{ 1 }}", "<b>", "a\u200fb", "e\u0301", "\U0001f468\u200d\U0001f469"])
def test_every_other_character_is_kept(make: Make, answer: Answer, typed: str) -> None:
    """Scripts, signs and markup are stored as they were entered."""
    assert answer(make("short_text"), typed) == ({"q": typed}, {})


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: number.Settings(5, 5), "low 5 is not below high 5"),
        (lambda: number.Settings(0.5, 3, whole=True), "has decimals"),
        (lambda: number.Settings(high=float("inf")), "not a finite number"),
        (lambda: short_text.Settings(0), "leaves no room"),
    ],
)
def test_settings_that_cannot_work_are_refused(build: Callable[[], object], match: str) -> None:
    """Bounds and limits that no answer meets are refused when the file is read."""
    with pytest.raises(ValueError, match=match):
        build()
