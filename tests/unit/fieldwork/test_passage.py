"""The way through an instrument, answer by answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveylab.design import rules
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.design.terms import Missing
from surveylab.fieldwork.passage import Passage
from surveylab.questions import note, short_text


def item(name, rule=None):
    """A question, or with a name in capitals a note."""
    asks = name.islower()
    settings = short_text.Settings() if asks else note.Settings()
    kind = "short_text" if asks else "note"
    return Item(name, kind, {"en": name}, applicable_if=rules.parse(rule) if rule else None, settings=settings)


INSTRUMENT = Instrument(
    "i",
    {"en": "t"},
    "1",
    ("en",),
    {"en": ""},
    {"en": ""},
    "c",
    (
        Page("one", ("a", "b")),
        Page("two", ("c", "d")),
        Page("words", ("N",)),
        Page("young", ("e",), applicable_if=rules.parse("unit.age < 30")),
    ),
    (item("a"), item("b", 'a == "yes"'), item("c", "answered(b)"), item("d", 'c == "more"'), item("N"), item("e")),
)


def passage(answers=(), sent=(), age=40):
    """A respondent with these answers, who sent these pages."""
    return Passage(INSTRUMENT, dict(answers), {"age": age}, frozenset(sent))


def names(things):
    """Their ids."""
    return [each.id for each in things]


def after(page, **how):
    """The page behind a page."""
    following = passage(**how).after(INSTRUMENT.page(page))
    return following.id if following else None


def test_a_page_without_items_that_apply_is_passed_by():
    """Under what is known so far."""
    assert names(passage().pages) == ["one", "words"]
    assert names(passage({"a": "yes", "b": "x"}).pages) == ["one", "two", "words"]
    assert names(passage(age=20).pages) == ["one", "words", "young"]


def test_a_page_is_done_when_it_was_sent_with_all_that_applies():
    """A blank is an answer; an item that came to apply is not answered yet."""
    one = INSTRUMENT.page("one")
    assert not passage({"a": Missing.NO_ANSWER}).done(one)
    assert passage({"a": Missing.NO_ANSWER}, ["one"]).done(one)
    assert not passage({"a": "yes"}, ["one"]).done(one)
    assert passage({"a": "yes", "b": Missing.NO_ANSWER}, ["one"]).done(one)


def test_a_page_of_words_is_done_when_it_was_sent():
    """There is nothing else by which to tell."""
    words = INSTRUMENT.page("words")
    assert not passage().done(words)
    assert passage(sent=["words"]).done(words)


def test_a_page_comes_back_until_all_that_applies_was_shown():
    """Then the next one comes, and at the end none."""
    assert after("one", answers={"a": "yes"}, sent=["one"]) == "one"
    assert after("one", answers={"a": "yes", "b": "x"}, sent=["one"]) == "two"
    assert after("one", answers={"a": "no"}, sent=["one"]) == "words"
    assert after("words", answers={"a": "no"}, sent=["one", "words"]) is None


def test_the_end_is_not_reached_past_an_open_page():
    """Whatever was sent from a tab that was left open."""
    assert after("words", answers={"a": "yes", "b": "x"}, sent=["one", "words"]) == "two"


@pytest.mark.parametrize(
    ("answers", "sent", "reachable"),
    [
        ({}, [], ["one"]),
        ({"a": "no"}, ["one"], ["one", "words"]),
        ({"a": "yes", "b": "x"}, ["one"], ["one", "two"]),
        ({"a": "yes", "b": "x", "c": "less"}, ["one", "two"], ["one", "two", "words"]),
    ],
)
def test_a_page_may_be_shown_when_those_before_it_are_done(answers, sent, reachable):
    """And no other page."""
    here = passage(answers, sent)
    assert [page.id for page in INSTRUMENT.pages if here.reachable(page.id)] == reachable
    assert here.reachable("nowhere") is None
    assert here.furthest.id == reachable[-1]


def test_an_answer_that_was_ruled_out_steers_nothing():
    """Nor does what depended on it, however long the chain."""
    said = {"a": "no", "b": "x", "c": "more", "d": "y"}
    assert passage(said).known == {"unit.age": 40, "a": "no"}
    assert names(passage(said).pages) == ["one", "words"]
    assert passage({**said, "a": "yes"}).known == {"unit.age": 40, **said, "a": "yes"}


def test_back_leads_to_the_page_before_that_applies():
    """And to none from the first."""
    here = passage({"a": "no"}, ["one"])
    assert here.before(INSTRUMENT.page("words")).id == "one"
    assert here.before(INSTRUMENT.page("one")) is None


def test_an_instrument_without_a_page_has_nowhere_to_be():
    """Everything may have been routed away."""
    empty = Passage(
        Instrument("i", {"en": "t"}, "1", ("en",), {"en": ""}, {"en": ""}, "c", (), ()), {}, {}, frozenset()
    )
    assert empty.furthest is None
    assert empty.first_open is None


@pytest.mark.parametrize(
    ("page", "answers", "age", "way"),
    [
        ("one", {}, 40, (0, 3, False)),  # page two hangs on the answers to come; nobody of 40 sees the last
        ("one", {}, 20, (0, 4, False)),
        ("two", {"a": "yes", "b": "x"}, 40, (1, 2, True)),
        ("words", {"a": "no"}, 40, (1, 1, True)),
        ("words", {"a": "yes", "b": "x", "c": "y"}, 20, (2, 2, True)),
        ("young", {"a": "yes", "b": "x", "c": "y"}, 20, (3, 1, True)),
        ("one", {"a": "no"}, 40, (0, 3, False)),  # back on the first page everything is open again
    ],
)
def test_a_page_knows_how_many_can_still_come(page, answers, age, way):
    """Pages done, pages that no rule has ruled out, and whether all of these will come."""
    here = passage(answers, age=age).way(INSTRUMENT.page(page))
    assert (here.done, here.ahead, here.certain) == way


PAGES = st.lists(st.lists(st.booleans(), min_size=1, max_size=2), min_size=1, max_size=6)


@settings(deadline=None)
@given(PAGES, st.data())
def test_progress_never_goes_back_on_the_way(shape, data):
    """Under any branching and any answers: the share grows from page to page, and is known at the end."""
    ids = iter("abcdefghijkl")
    items, pages = [], []
    for n, ruled in enumerate(shape):
        here = []
        for has_rule in ruled:
            earlier = [each.id for each in items]
            names_one = has_rule and earlier
            rule = f'{data.draw(st.sampled_from(earlier))} == "yes"' if names_one else None
            here.append(item(next(ids), rule))
        items += here
        rule = rules.parse(f'{items[0].id} == "yes"') if n and data.draw(st.booleans()) else None
        pages.append(Page(f"p{n}", tuple(names(here)), applicable_if=rule))
    texts = ({"en": "t"}, "1", ("en",), {"en": ""}, {"en": ""}, "c")
    here = Passage(Instrument("i", *texts, tuple(pages), tuple(items)), {}, {}, frozenset())
    shares, lasts = [], []
    while page := here.first_open:
        way = here.way(page)
        shares.append(way.done / way.most)
        lasts.append(way)
        said = {each.id: data.draw(st.sampled_from(["yes", "no"])) for each in here.items(page)}
        here = replace(here, answers={**here.answers, **said}, sent=here.sent | {page.id})
    assert shares == sorted(shares)
    assert lasts[-1].done + 1 == len(here.pages)
    for way in lasts:
        assert len(here.pages) <= way.most
        assert not way.certain or len(here.pages) == way.most
