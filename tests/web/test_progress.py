"""The progress indicator: off unless asked for, honest under branching, told in words."""

from __future__ import annotations

import re

import pytest

INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages:
  - {id: one, items: [a]}
  - {id: two, items: [b], applicable_if: a == "yes"}
  - {id: three, items: [c], applicable_if: unit.region == "south"}
  - {id: four, items: [d]}
items:
  - {id: a, type: short_text, text: First?}
  - {id: b, type: short_text, text: Second?}
  - {id: c, type: short_text, text: Third?}
  - {id: d, type: short_text, text: Fourth?}
"""
EXPERIMENT = """
format: 1
title: A trial
assignment:
  scheme: complete
  factors: {f: {varies: measurement.progress, levels: {none: none, page: page, bar: bar}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [page, none]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""


@pytest.fixture
def trial(field):
    """An experiment whose arms differ in the indicator; nobody of it sees the third page."""
    return field.written(EXPERIMENT, INSTRUMENT, region="north")


def told(page):
    """What a page says of how far it is: its words, and the values of its bar."""
    words = re.findall(r'<p class="progress__text"[^>]*>([^<]*)</p>', page.text)
    return [*words, *re.findall(r'<progress [^>]*max="(\d+)" value="(\d+)"', page.text)]


def walk(browser, token, first):
    """What the pages tell, one after the other; ``first`` is the answer on which the second page hangs."""
    page, found = browser.start(token), []
    while not page.request.path.endswith("/thanks"):
        found.append(told(page))
        page = browser.answer(page, {"a": first, "b": "x", "d": "x"})
    assert told(page) == []
    return found


WALKS = {
    ("none", "yes"): [[], [], []],
    ("page", "yes"): [["Page 1 of at most 3"], ["Page 2 of 3"], ["Page 3 of 3"]],
    ("page", "no"): [["Page 1 of at most 3"], ["Page 2 of 2"]],
    ("bar", "yes"): [["0 % done", ("3", "0")], ["33 % done", ("3", "1")], ["66 % done", ("3", "2")]],
    ("bar", "no"): [["0 % done", ("3", "0")], ["50 % done", ("2", "1")]],
}


@pytest.mark.parametrize(("arm", "first"), WALKS)
def test_it_counts_the_pages_that_can_still_come(browser, field, trial, arm, first):
    """What a rule has ruled out is not in it; what answers decide is, and is said to be."""
    assert walk(browser, field.tokens(trial, f=arm)[0], first) == WALKS[arm, first]


def test_it_stays_on_a_page_that_comes_back(browser, field, trial):
    """With errors, or by Back."""
    (token,) = field.tokens(trial, f="page")
    page = browser.start(token)
    assert told(browser.send(page.request.path, {"a": "x"})) == ["Page 1 of at most 3"]
    browser.answer(page, {"a": "no"})
    assert told(browser.get(f"/r/{token}/one")) == ["Page 1 of at most 3"]


def test_it_is_off_unless_asked_for(browser, long_token):
    """As GOV.UK has it."""
    assert told(browser.start(long_token)) == []


def test_as_a_factor_it_is_met_on_the_first_page(browser, field, trial):
    """Not at the landing page."""
    (token,) = field.tokens(trial, f="bar")
    landing = browser.get(f"/r/{token}")
    assert field.rows("exposure") == []
    browser.answer(landing)
    assert [(row.factor, row.page) for row in field.rows("exposure")] == [("f", "one")]


def test_a_section_that_answers_may_rule_out_is_not_certain(browser, field):
    """Its pages can still come until the answer is there; then they are certain, or gone."""
    last = "{id: u, pages: [three, four]}"
    sections = f'sections: [{{id: s, pages: [one]}}, {{id: t, pages: [two], applicable_if: a == "yes"}}, {last}]'
    text = INSTRUMENT.replace(', applicable_if: a == "yes"}', "}") + sections
    row = field.written(EXPERIMENT, text, region="north", slug="sections")
    token = field.tokens(row, f="page")[0]
    assert walk(browser, token, "no") == [["Page 1 of at most 3"], ["Page 2 of 2"]]
