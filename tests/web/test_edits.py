"""Earlier answers that are edited: what hangs on them is asked again, and nothing old is held against new words."""

from __future__ import annotations

import re

TRIAL = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.z.text, levels: {x: "Z one?", y: "Z two?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
HEAD = """
format: 1
title: Edits
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
"""
BUDGET = (
    HEAD
    + """
pages: [{id: one, items: [income]}, {id: two, items: [spent]}, {id: three, items: [z]}]
items:
  - {id: income, type: number, text: Income?}
  - {id: spent, type: number, text: Spent?, validation: [{error_if: spent > income, message: Enter less}]}
  - {id: z, type: short_text, text: Z?}
"""
)
TOGETHER = (
    HEAD
    + """
pages: [{id: one, items: [income, spent, why]}, {id: two, items: [z]}]
items:
  - {id: income, type: number, text: Income?, high: 1000}
  - id: spent
    type: number
    text: Spent?
    validation: [{error_if: spent > income, message: "Enter at most {income|your income}"}]
  - {id: why, type: short_text, text: Why?, required: true, applicable_if: income <= 5}
  - {id: z, type: short_text, text: Z?}
"""
)
SHARED = (
    HEAD
    + """
pages: [{id: one, items: [b]}, {id: two, items: [c, z]}]
items:
  - {id: b, type: constant_sum, text: Share it out, options: {p: P, q: Q, r: R}, order: reversed}
  - {id: c, type: single, text: Which?, options: {1: A, 2: B}, dont_know: true, refuse: true}
  - {id: z, type: short_text, text: Z?}
"""
)


def test_an_edit_that_makes_answers_disagree_opens_their_page_again(browser, field):
    """Whichever way the respondent goes, the interview does not end with what a validation refuses."""
    token = field.tokens(field.written(TRIAL, BUDGET))[0]
    browser.answer(browser.answer(browser.start(token), {"income": "20"}), {"spent": "10"})
    led = browser.answer(browser.get(f"/r/{token}/one"), {"income": "5"})
    assert led.request.path.endswith("/two")
    assert browser.post(led, {"spent": "10"}).status_code == 422
    resumed = browser.answer(browser.get(f"/r/{token}"))
    assert resumed.request.path.endswith("/two")
    assert browser.get(f"/r/{token}/three").status_code == 303
    last = browser.answer(resumed, {"spent": "4"})
    assert browser.answer(last, {"z": "done"}).request.path.endswith("/thanks")


def test_what_was_stored_before_is_not_held_against_what_is_at_fault_now(browser, field):
    """No message about an old number, and no demand that only an old number makes."""
    token = field.tokens(field.written(TRIAL, TOGETHER))[0]
    browser.answer(browser.start(token), {"income": "20", "spent": "10"})
    again = browser.post(browser.get(f"/r/{token}/one"), {"income": "2000", "spent": "100"})
    assert again.status_code == 422
    assert "Enter at most 20" not in again.text
    assert again.text.count('class="question__error"') == 1
    lower = browser.post(browser.get(f"/r/{token}/one"), {"income": "3", "spent": "1"})
    assert lower.status_code == 303  # why applies now, and is asked on the same page
    page = browser.follow(lower)
    assert "Why?" in page.text
    browser.answer(page, {"income": "3", "spent": "1", "why": "because"})
    wrong = browser.post(browser.get(f"/r/{token}/one"), {"income": "9999", "spent": "1", "why": ""})
    assert wrong.text.count('class="question__error"') == 1


def test_a_fault_of_a_whole_item_stands_at_its_first_field_as_displayed(browser, field):
    """In a reversed order the first field is the last of the file."""
    token = field.tokens(field.written(TRIAL, SHARED))[0]
    page = browser.start(token)
    assert re.findall(r'name="(b\.\w)"', page.text) == ["b.r", "b.q", "b.p"]
    again = browser.post(page, {"b.p": "10", "b.q": "10", "b.r": "10"})
    assert re.findall(r'<li><a href="#([^"]+)"', again.text) == ["b.r"]


def test_ways_to_decline_are_among_the_options_displayed(browser, field):
    """Whether "don't know" could be selected stands with the answer."""
    token = field.tokens(field.written(TRIAL, SHARED))[0]
    page = browser.answer(browser.start(token), {"b.p": "50", "b.q": "50", "b.r": "0"})
    browser.answer(page, {"c": "_dont_know", "z": "x"})
    assert field.state(token).answers["c"].option_order == ("1", "2", "_dont_know", "_refused")
