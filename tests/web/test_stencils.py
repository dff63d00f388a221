"""A page that was rendered for one respondent serves the others, and nobody can tell."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from surveylab import registry
from surveylab.questions import Person
from surveylab.web import create_app
from surveylab.web.desk import NAME
from surveylab.web.stencils import Stencils

from .test_question_types import TYPES, study_items

TRIAL = """
format: 1
title: Trial
frame: {source: people}
sampling: {scheme: srs, n: 10}
assignment: {scheme: complete, factors: {f: {varies: items.last.text, levels: {x: "What?", y: "Which?"}}}}
measurement: {instrument: questions, language: en, progress: page}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
"""
QUESTIONS = """
format: 1
title: Questions
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages:
  - {id: one, items: [fruit]}
  - {id: two, items: [more], applicable_if: fruit == "apple"}
  - {id: three, items: [choice, said, last]}
items:
  - {id: fruit, type: short_text, text: Which fruit?}
  - {id: more, type: short_text, text: Which other?}
  - {id: choice, type: single, text: Where?, options: {a: "At {fruit|none}", b: Here}, applicable_if: fruit != "fig"}
  - {id: said, type: multiple, text: Which?, options: {a: A, b: B, c: C}, order: random}
  - {id: last, type: short_text, text: Anything?}
"""


@pytest.fixture
def plainly(browser, settings, ledger, clock):
    """Opens an address in an application that has rendered nothing yet."""

    def get(path):
        fresh = create_app(settings, ledger=ledger, clock=clock).test_client()
        return _told(fresh.get(path))

    return get


def test_every_type_in_every_state_is_as_it_is_rendered_plainly(browser, field, plainly, twice_every_type):
    """Empty, at fault and filled in, for who comes first and for who comes second."""
    items = {item.id: item for item in study_items(field, twice_every_type[0])}
    for token in twice_every_type:
        page = browser.start(token)
        for name in TYPES:
            path = page.request.path
            assert _told(page) == plainly(path)
            browser.post(page, {name: "\0", f"{name}.other": "1" * 3_000})
            assert _told(browser.get(path)) == plainly(path)
            found = registry.load("questions", name)
            page = browser.answer(page, dict(found.simulate(items[name], Person(0.4), np.random.default_rng(2))))
            if name != TYPES[-1]:  # nobody comes back from the end
                assert _told(browser.get(path)) == plainly(path)


def test_answers_orders_and_progress_are_each_ones_own(browser, field, plainly):
    """What a text fills in, what chance has put in order and how far one is differ between people of one arm."""
    tokens = field.tokens(field.written(TRIAL, QUESTIONS, per_arm=5), f="x")
    for token, fruit in zip(tokens, ("apple", "pear", "fig", "apple", "fig"), strict=True):
        page = browser.answer(browser.start(token), {"fruit": fruit})
        if fruit == "apple":
            page = browser.answer(page)
        assert _told(page) == plainly(f"/r/{token}/three")
        assert ("Page 3 of" if fruit == "apple" else "Page 2 of") in page.text
        assert ("Where?" in page.text) == (fruit != "fig")
        assert fruit == "fig" or f"At {fruit}" in page.text


def test_a_stencil_serves_the_second_respondent(app, browser, clock, nps, field):
    """It is not rendered again, and has the second one's token, ticket and resume code in their places."""
    first = field.tokens(nps, length="long", wording="standard")[0]
    second = first[::-1]
    browser.start(first)
    view = app.extensions[NAME].interview.view(first, "recommendation", clock.time)

    def shown_to(**who):
        return replace(view, sitting=replace(view.sitting, case=replace(view.sitting.case, **who)))

    mine, other = shown_to(resume_code="ABCDEFGHIJKL"), shown_to(token=second, resume_code="WXYZ23456789")
    stencils = Stencils()
    page = f"<a {first}> <b ABCD-EFGH-IJKL> <i 12-visit> <i signature> <p {first}>"
    assert stencils.page(mine, "12-visit", "signature", lambda: page) == page.encode()
    served = stencils.page(other, "34-other", "proof", lambda: pytest.fail("rendered again"))
    assert served.decode() == f"<a {second}> <b WXYZ-2345-6789> <i 34-other> <i proof> <p {second}>"
    elsewhere = stencils.page(other, "5-visit", "proof", lambda: "at a kiosk", around="/k/here")
    assert elsewhere == b"at a kiosk"


def test_what_a_text_filled_in_is_kept_for_nobody(app, browser, clock, nps, field):
    """Such a page is rendered for each."""
    token = field.tokens(nps, length="long", wording="standard")[0]
    browser.start(token)
    view = app.extensions[NAME].interview.view(token, "recommendation", clock.time)
    stencils = Stencils()

    def rendered(text):
        view.words({"en": text})
        return text

    for text in ("{unit.x|A}", "{unit.x|B}"):
        assert stencils.page(view, "v", "s", lambda text=text: rendered(text)) == text.encode()


def _told(page):
    """The text of a page without what is drawn anew for each rendering."""
    assert page.status_code == 200
    return re.sub(r'(name="_(visit|signature)" value=)"[^"]+"', r"\1", page.text)
