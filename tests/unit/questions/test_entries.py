"""Dates, addresses, telephone numbers, consent and instructed responses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Day
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing
from surveylab.questions import Person, check, consent, date, email, phone

Make = Callable[..., Item]
Answer = Callable[..., Any]
OPTIONS = {"1": {"en": "Disagree"}, "2": {"en": "Neither"}, "3": {"en": "Agree"}}


@given(st.dates(Day(1000, 1, 1), Day(9999, 12, 31)))
def test_every_date_is_stored_in_iso_8601_and_shown_again(day: Day) -> None:
    """Day, month and year become year-month-day, and back."""
    item = Item("q", "date", {"en": "?"}, settings=date.Settings())
    assert date.entered(item, {"q": day.isoformat()}) == {"q": [str(day.day), str(day.month), str(day.year)]}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("31", "2", "2020"), "Enter a date that exists, in figures such as 27 3 2007"),
        (("29", "2", "2021"), "Enter a date that exists, in figures such as 27 3 2007"),
        (("0", "1", "2021"), "Enter a date that exists, in figures such as 27 3 2007"),
        (("1", "May", "2021"), "Enter a date that exists, in figures such as 27 3 2007"),
        (("1", "5", "21"), "Enter the year with four digits, such as 2007"),
        (("1", "", "2021"), "Enter the month as well"),
        (("", "5", "2021"), "Enter the day as well"),
        (("1", "5", " "), "Enter the year as well"),
        (("1", "5"), "Enter the date: day, month and year"),
    ],
)
def test_dates_that_are_refused(make: Make, answer: Answer, typed: tuple[str, ...], message: str) -> None:
    """The message names what is missing or wrong."""
    assert answer(make("date"), *typed) == ({}, {"q": message})


def test_dates_are_read_as_they_are_typed(make: Make, answer: Answer) -> None:
    """Leading zeros and spaces do not matter; a leap day exists."""
    assert answer(make("date"), " 09", "2 ", "2020") == ({"q": "2020-02-09"}, {})
    assert answer(make("date"), "29", "02", "2024") == ({"q": "2024-02-29"}, {})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"earliest": "2020-03-27"}, "Enter 27 March 2020 or a later date"),
        ({"latest": "2010-01-01"}, "Enter 1 January 2010 or an earlier date"),
        ({"earliest": "2000-01-01", "latest": "2010-12-31"}, "Enter a date from 1 January 2000 to 31 December 2010"),
    ],
)
def test_bounds_of_dates_are_said_in_words(make: Make, answer: Answer, settings: dict[str, str], message: str) -> None:
    """A date beyond a bound is refused with the bound; the bound itself is taken."""
    item = make("date", **settings)
    assert answer(item, "15", "6", "2015") == ({}, {"q": message})
    for bound in settings.values():
        year, month, day = bound.split("-")
        assert answer(item, day, month, year) == ({"q": bound}, {})


def test_bounds_are_said_in_the_language_of_the_page(make: Make, answer: Answer) -> None:
    """Months have their names in each language."""
    item = make("date", earliest="2020-03-27")
    said = answer(item, "1", "1", "2020", language="de")[1]["q"]
    assert said == "Geben Sie den 27. März 2020 oder ein späteres Datum ein"
    assert "27 de marzo de 2020" in answer(item, "1", "1", "2020", language="es")[1]["q"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("name@example.com", "name@example.com"),
        ("  First.Last+tag@Sub.Example.ORG ", "First.Last+tag@sub.example.org"),
        ("o'neil_x@example.co.uk", "o'neil_x@example.co.uk"),
        ("jörg@bücher.example", "jörg@bücher.example"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_addresses_that_can_be_delivered_to(typed: str, stored: str) -> None:
    """Spaces around go, the domain is in lower case, the rest stays as typed."""
    assert email.read_address(typed.strip()) == stored


@pytest.mark.parametrize(
    "typed",
    ["name", "name@", "@example.com", "name@example", "a b@example.com", "name@exa mple.com", "a@b@example.com",
     ".name@example.com", "name.@example.com", "na..me@example.com", "name@-example.com", "name@example-.com",
     "name@example..com", "name@192.168.0.1", "name@exam_ple.com", '"a b"@example.com', "a@b.com,b@c.com",
     f"{'a' * 65}@example.com", f"a@{'b.' * 130}com", f"a@{'b' * 64}.com", "<a@example.com>", "a\0@example.com"],
)  # fmt: skip
def test_addresses_that_cannot_be_delivered_to(make: Make, answer: Answer, typed: str) -> None:
    """Each is refused with an example of an address."""
    assert answer(make("email"), typed) == ({}, {"q": "Enter an email address, such as name@example.com"})


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("030 1234567", "+49301234567"),
        ("(030) 123-45.67", "+49301234567"),
        ("+49 (0)30 1234567", "+49301234567"),
        ("0049 30 1234567", "+49301234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("30/1234567", "+49301234567"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨", "+442079460958"),
    ],
)
def test_phone_numbers_are_stored_with_their_country_code(typed: str, stored: str) -> None:
    """Signs go, 00 is +, and a number without a country code is of the country of the survey."""
    assert phone.read_phone(typed, phone.Settings("+49")) == stored


@pytest.mark.parametrize(
    "typed", ["call me", "123", "+", "+0 123456789", "+49 12 34x", "1" * 16, "1 " * 30, "++49123456"]
)
def test_phone_numbers_that_cannot_be_dialled(typed: str) -> None:
    """Too short, too long, with letters, or with a country code that there is not."""
    assert phone.read_phone(typed, phone.Settings("+49")) is None


def test_a_phone_number_needs_a_country(make: Make, answer: Answer) -> None:
    """Without a country in the file the code has to be entered; in Italy the 0 is part of the number."""
    said = "Enter the phone number with its country code, such as +44 20 7946 0958"
    assert answer(make("phone"), "030 1234567") == ({}, {"q": said})
    assert answer(make("phone", country="+39", trunk=""), "06 1234567") == ({"q": "+39061234567"}, {})


def test_consent_is_true_or_false_or_not_there(make: Make, answer: Answer) -> None:
    """The page sends "no" in any case and "yes" with a tick; a page that was not sent says nothing."""
    item = make("consent")
    assert answer(item, "yes", "no") == answer(item, "no", "yes") == ({"q": True}, {})
    assert answer(item, "no") == ({"q": False}, {})
    assert answer(item) == ({"q": Missing.NO_ANSWER}, {})
    assert answer(item, "maybe")[1] == {"q": "Select from the answers shown"}


def test_required_consent_has_to_be_given(make: Make, answer: Answer) -> None:
    """Without a tick nobody goes on, and every synthetic respondent ticks."""
    item = make("consent", required=True)
    assert answer(item, "no") == ({}, {"q": "Select the box to go on"})
    assert answer(item, "yes", "no") == ({"q": True}, {})
    assert consent.simulate(item, Person(-9.0), np.random.default_rng(1)) == {"q": ["yes"]}
    assert consent.simulate(make("consent"), Person(-9.0), np.random.default_rng(1)) == {"q": ["no"]}


def test_an_instructed_response_is_stored_as_given(make: Make, answer: Answer) -> None:
    """The wrong answer is taken like the right one, without a word."""
    item = make("check", options=OPTIONS, expected="3")
    assert answer(item, "1") == ({"q": "1"}, {})
    assert answer(item, "3") == ({"q": "3"}, {})


def test_straightliners_miss_the_instruction(make: Make) -> None:
    """Who reads selects what is asked for; who does not, answers by leaning."""
    item = make("check", options=OPTIONS, expected="3")
    rng = np.random.default_rng(1)
    assert check.simulate(item, Person(-2.0), rng) == {"q": ["3"]}
    assert check.simulate(item, Person(-2.0, straightlines=True), rng) == {"q": ["1"]}


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: date.Settings(earliest="01.02.2020"), "earliest '01.02.2020' is no date"),
        (lambda: date.Settings(latest="2021-02-29"), "latest '2021-02-29' is no date"),
        (lambda: date.Settings("2021-01-01", "2020-01-01"), "earliest 2021-01-01 is behind latest 2020-01-01"),
        (lambda: phone.Settings("49"), "country '49' is no country code"),
        (lambda: phone.Settings("+49", "x"), "trunk 'x' cannot be dialled"),
        (lambda: consent.Settings({"en": " "}), "has no text"),
        (lambda: check.Settings(options=OPTIONS, expected="4"), "expected '4' is not an option; there are: 1, 2, 3"),
    ],
)
def test_settings_that_cannot_work_are_refused(build: Callable[[], object], match: str) -> None:
    """Dates, codes and answers that there are not are refused when the file is read."""
    with pytest.raises(ValueError, match=match):
        build()
