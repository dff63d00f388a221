"""Where a factor is met."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from surveylab.design.factors import Factor, Level
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.fieldwork.exposure import LANDING_PLACE, Meeting, meetings, met


def item(name):
    """An item that asks something."""
    return Item(name, "short_text", {"en": name})


def instrument(**pages):
    """An instrument with these pages."""
    items = tuple(map(item, "abcd"))
    shown = tuple(Page(name, tuple(held)) for name, held in pages.items())
    return Instrument("i", {"en": "t"}, "1", ("en",), {"en": ""}, {"en": ""}, "c", shown, items)


FILE = instrument(one="a", two="bc", three="d")


def factor(*paths):
    """A factor over these paths."""
    return Factor("f", paths, tuple(Level(name, (), Fraction(1, 2)) for name in "xy"))


def places(paths, shown=FILE):
    """At which places of a straight walk, from the landing page to the thanks, the factor is met."""
    plan = meetings([factor(*paths)], FILE, shown, shown)
    pages = [(), *(page.items for page in shown.pages), ()]
    walk = [(place, tuple(map(item, held))) for place, held in enumerate(pages)]
    visible = [each for each in walk if each[1] or each[0] in (0, len(pages) - 1)]
    return [place for place, items in visible if met(plan, place, items, ())]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("items.a.text", 1),
        ("items.c.options", 2),
        ("pages.two.items", 2),
        ("pages.three.title", 3),
    ],
)
def test_a_field_is_met_where_it_is_shown(path, place):
    """On the page of the item, or on the page itself."""
    assert places([path]) == [place]


@pytest.mark.parametrize(
    "path",
    ["measurement.language", "measurement.instrument", "items.nowhere.text", "pages.nowhere.items", "unheard.of"],
)
def test_what_has_no_page_is_met_from_the_landing_page_on(path):
    """Wherever the respondent is first seen."""
    assert places([path]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("path", ["contact.channel", "messages.invitation.subject", "sampling.n"])
def test_what_comes_before_the_interview_is_not_met_in_it(path):
    """The contact has its own records."""
    assert places([path]) == []


def test_an_emptied_page_is_met_from_the_next_one_shown_on():
    """In the arm that is spared the page, at the moment at which the others get it."""
    assert places(["pages.two.items"], instrument(one="a", two="", three="d")) == [3, 4]
    assert places(["pages.three.items"], instrument(one="a", two="bc", three="")) == [4]


def test_an_item_that_left_its_page_is_met_on_that_page():
    """Its absence is what differs."""
    assert places(["items.b.text"], instrument(one="a", two="c", three="d")) == [2]
    assert places(["items.a.text"], instrument(one="", two="bc", three="d")) == [2, 3, 4]


def test_several_paths_are_met_at_the_first():
    """And counted once."""
    plan = meetings([factor("items.a.text", "items.b.text", "items.c.text")], FILE, FILE, FILE)
    assert met(plan, 2, map(item, "bc"), ()) == ("f",)
    assert met(plan, 2, map(item, "bc"), ("f",)) == ()


def test_an_item_that_is_not_shown_is_not_met_on_its_page():
    """Unless the condition that hides it is what is varied."""
    assert met(meetings([factor("items.b.text")], FILE, FILE, FILE), 2, [item("c")], ()) == ()
    assert met(meetings([factor("items.b.applicable_if")], FILE, FILE, FILE), 2, [item("c")], ()) == ("f",)


def test_the_landing_place_comes_before_the_pages():
    """Places count from there."""
    assert meetings([factor("items.a.text")], FILE, FILE, FILE) == (Meeting("f", LANDING_PLACE + 1, item="a"),)
    moved = replace(FILE, pages=FILE.pages[::-1])
    assert meetings([factor("items.a.text")], FILE, moved, moved) == (Meeting("f", 3, item="a"),)


def test_a_page_that_chance_left_empty_is_met_nowhere():
    """Unlike one that the level has emptied, which is met by its absence on the next page shown."""
    empty = replace(FILE, pages=(FILE.pages[0], replace(FILE.pages[1], items=()), FILE.pages[2]))
    by_level = meetings([factor("pages.two.title")], FILE, empty, empty)
    by_chance = meetings([factor("pages.two.title")], FILE, FILE, empty)
    assert by_level == (Meeting("f", 2, onwards=True),)
    assert by_chance == ()
