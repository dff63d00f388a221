"""Consent that is asked for in the survey: a refusal is an answer, and ends it where the instrument says so."""

from __future__ import annotations

from surveylab.design.dispositions import disposition

from .test_screen_out import EXPERIMENT, record, through

ASKED = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages:
  - {id: may, items: [agreed]%s}
  - {id: two, items: [b]}
items:
  - {id: agreed, type: consent, text: May we keep your answers?%s}
  - {id: b, type: short_text, text: And?}
"""


def fielded(field, page="", item=""):
    """The experiment with its consent on the first page; its row, and the token of a case."""
    row = field.written(EXPERIMENT, ASKED % (page, item))
    return row, field.tokens(row)[0]


def test_a_refusal_is_kept_and_ends_nothing_by_itself(browser, field):
    """It is false, not missing, and the next page comes."""
    _, token = fielded(field)
    page = through(browser, token, {})
    assert page.request.path == f"/r/{token}/two"
    assert field.values(token) == {"agreed": False}


def test_a_refusal_ends_the_survey_where_the_instrument_says_so(browser, field):
    """As a screen: the answer is kept, nothing more is asked, and the case is out of response rates (AAPOR 4.70)."""
    row, token = fielded(field, ", screen_out_if: agreed == false")
    assert through(browser, token, {}).status_code == 410
    assert field.values(token) == {"agreed": False}
    assert field.kinds(token)[-1] == "screened_out"
    assert disposition(record(field, row, token)).code == "4.70"
    assert browser.get(f"/r/{token}/two").status_code == 410


def test_nobody_goes_on_without_a_consent_that_is_required(browser, field):
    """The page comes back with what to do, and nothing of it is kept: such a case breaks off."""
    _, token = fielded(field, item=", required: true")
    page = browser.post(browser.start(token), {})
    assert (page.status_code, field.values(token)) == (422, {})
    assert browser.answer(page, {"agreed": "yes"}).request.path == f"/r/{token}/two"
