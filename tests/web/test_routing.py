"""Questions that apply to some: on a page of their own, and on the page of what they depend on."""

from __future__ import annotations

import pytest

from surveylab.design.terms import Missing

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.name.text, levels: {x: "Who?", y: "Name?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
INSTRUMENT = """
format: 1
title: Pets
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome, {unit.first_name|you}.
thanks: Saved.
pages:
  - {id: owns, items: [pet, kind, name]}
  - {id: dog, items: [walks], applicable_if: kind == "dog"}
  - {id: end, title: The end, items: [closing]}
items:
  - id: pet
    type: single
    text: Do you have a pet?
    options: {yes: "Yes", no: "No"}
    required: true
  - id: kind
    type: single
    text: Which one?
    options: {dog: A dog, cat: A cat}
    applicable_if: pet == "yes"
    required: true
  - {id: name, type: short_text, text: "Who?"}
  - {id: walks, type: number, text: "How often do you walk your {kind|pet} a day?", low: 0, high: 9, whole: true}
  - {id: closing, type: note, text: "Goodbye, {name|whoever you are}."}
"""


@pytest.fixture
def token(field):
    """A case of the trial."""
    return field.tokens(field.written(EXPERIMENT, INSTRUMENT), f="x")[0]


def place(page):
    """The last part of the address of a page."""
    return page.request.path.rpartition("/")[2]


def test_a_question_appears_when_an_answer_on_its_page_makes_it_apply(browser, field, token):
    """Without JavaScript: the page comes back with it, and with what was answered."""
    page = browser.start(token)
    assert 'name="kind"' not in page.text
    page = browser.answer(page, {"pet": "yes", "name": "Rex"})
    assert place(page) == "owns"
    assert 'name="kind"' in page.text
    assert 'value="yes" checked' in page.text
    assert 'value="Rex"' in page.text
    page = browser.answer(page, {"pet": "yes", "kind": "dog", "name": "Rex"})
    assert place(page) == "dog"
    assert browser.heading(page) == "How often do you walk your dog a day? (optional)"
    assert field.state(token).answers["name"].position == 3


def test_who_is_not_asked_has_no_answer(browser, field, token):
    """Nothing is stored for what did not apply, and its page is skipped."""
    page = browser.answer(browser.start(token), {"pet": "no", "name": ""})
    assert place(page) == "end"
    assert field.values(token) == {"pet": "no", "name": Missing.NO_ANSWER}


@pytest.mark.parametrize("kind", ["", "unicorn", "cat"])
def test_what_no_longer_applies_needs_no_answer_and_is_not_stored(browser, field, token, kind):
    """The page still shows the question; its being blank, or wrong, holds nobody up."""
    page = browser.answer(browser.start(token), {"pet": "yes"})
    assert browser.post(page, {"pet": "no", "kind": kind}).status_code == 303
    assert field.values(token)["pet"] == "no"
    assert "kind" not in field.values(token)


def test_a_required_question_holds_up(browser, field, token):
    """Each fault is listed, in the order of the page."""
    page = browser.answer(browser.start(token), {"pet": "yes"})
    wrong = browser.post(page, {"pet": "yes", "kind": "unicorn", "name": "x" * 5000})
    assert wrong.status_code == 422
    assert wrong.text.index('href="#kind"') < wrong.text.index('href="#name"')


def test_what_hangs_on_an_answer_at_fault_is_not_judged_yet(browser, field, token):
    """Nobody knows whether it applies; what was entered there is kept."""
    page = browser.answer(browser.start(token), {"pet": "yes"})
    wrong = browser.post(page, {"name": "Rex", "kind": "unicorn"})
    assert wrong.status_code == 422
    assert 'href="#pet"' in wrong.text
    assert 'href="#kind"' not in wrong.text
    assert 'value="Rex"' in wrong.text


def test_an_edit_that_rules_an_answer_out_keeps_it_and_ignores_it(browser, field, token):
    """The ledger keeps what was said; the route goes by what still stands."""
    page = browser.answer(browser.start(token), {"pet": "yes"})
    page = browser.answer(page, {"pet": "yes", "kind": "dog", "name": "Rex"})
    page = browser.answer(page, {"walks": "3"})
    assert place(page) == "end"
    page = browser.answer(browser.get(f"/r/{token}/owns"), {"pet": "no", "kind": "dog", "name": "Rex"})
    assert place(page) == "end", "nobody without a dog walks it"
    assert field.values(token) == {"pet": "no", "kind": "dog", "name": "Rex", "walks": 3}
    assert browser.get(f"/r/{token}/dog").headers["Location"] == f"/r/{token}/end"
    page = browser.answer(browser.get(f"/r/{token}/owns"), {"pet": "yes", "kind": "dog", "name": "Rex"})
    assert place(page) == "dog"
    assert 'value="3"' in page.text


def test_a_page_of_words_only_is_passed(browser, field, token):
    """It stores nothing but that it was sent, and it is the end."""
    page = browser.answer(browser.start(token), {"pet": "no", "name": "Reader & co"})
    assert browser.heading(page) == "The end"
    assert "Goodbye, Reader &amp; co." in page.text
    assert place(browser.answer(page)) == "thanks"
    assert field.kinds(token)[-1] == "submitted"


def test_fills_take_what_the_frame_knows(browser, token):
    """A fill is text, whatever is in it."""
    assert "Welcome, Reader." in browser.get(f"/r/{token}").text


def test_optional_is_said_where_some_questions_are_not(browser, token):
    """The required ones are the rule here, so the others are marked."""
    page = browser.start(token)
    assert page.text.count("(optional)") == 1
    assert "You may leave any question blank" not in browser.get(f"/r/{token}").text
