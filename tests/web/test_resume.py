"""The resume code: who came by the open link goes on later, on any device, as the same case."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from surveylab.web import create_app

from .conftest import Browser

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: hashed, factors: {f: {varies: items.a.text, levels: {x: "What?", y: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a]}, {id: two, items: [b]}]
items:
  - {id: a, type: short_text, text: "What?"}
  - {id: b, type: short_text, text: "Why?"}
"""


@pytest.fixture
def trial(field):
    """An experiment with an open link."""
    return field.written(EXPERIMENT, INSTRUMENT, drawn=False)


@pytest.fixture
def another(app):
    """Another device: no cookie."""
    return Browser(app.test_client())


def code_on(page):
    """The code that stands on a page."""
    found = re.search(r'<b class="code" dir="ltr">([^<]+)</b>', page.text)
    return found and found[1]


def type_in(device, code, slug="trial"):
    """Open the form, type a code in, and press the button."""
    return device.post(device.get(f"/o/{slug}/resume"), {"code": code})


def test_the_code_leads_to_the_same_case_on_another_device(browser, another, field, trial):
    """Same arm, same answers, at the first open page; small letters and no hyphens will do."""
    page = browser.answer(browser.get("/o/trial"))
    code = code_on(page)
    assert "127.0.0.1:8000/o/trial/resume" in page.text.replace("<wbr>", "")
    page = browser.answer(page, {"a": "this"})
    (token,) = field.tokens(trial)
    levels = field.case(token).levels
    resumed = another.follow(type_in(another, code.replace("-", "").lower()))
    assert resumed.request.path == page.request.path == f"/r/{token}/two"
    assert 'value="this"' in another.get(f"/r/{token}/one").text
    assert field.case(token).levels == levels
    assert field.kinds(token) == ["opened", "started", "page"]
    assert another.answer(resumed, {"b": "so"}).request.path == f"/r/{token}/thanks"
    assert field.values(token) == {"a": "this", "b": "so"}


def test_the_other_device_is_known_from_then_on(browser, another, field, trial):
    """It gets the cookie: coming by the open link again, it is the same case."""
    first = browser.answer(browser.get("/o/trial"))
    another.follow(type_in(another, code_on(first)))
    assert another.answer(another.get("/o/trial")).request.path == first.request.path
    assert len(field.tokens(trial)) == 1


def test_the_code_stays_what_it_is(browser, field, trial):
    """On every page, after every return: one code for each case."""
    page = browser.answer(browser.get("/o/trial"))
    code = code_on(page)
    assert code_on(browser.answer(browser.get("/o/trial"))) == code
    assert code_on(browser.answer(page, {"a": "this"})) == code
    assert len(field.rows("resume_code")) == 1


def test_who_has_a_personal_link_needs_no_code(browser, field, long_token):
    """Nothing of it stands on the pages of listed people."""
    page = browser.start(long_token)
    assert code_on(page) is None
    assert "another device" not in page.text
    assert field.rows("resume_code") == []


@pytest.mark.parametrize(
    "code", ["", "   ", "ABCD", "U" * 12, "0000-0000-0000", "<script>alert(1)</script>", "\0\u202e", "x" * 5000]
)
def test_a_wrong_code_gets_the_form_back_and_says_what_to_do(browser, field, trial, code):
    """422, the error first and beside the field, what was typed still in it; nobody becomes a case."""
    page = type_in(browser, code)
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert 'href="#code"' in page.text
    assert "<script>alert" not in page.text
    assert field.tokens(trial) == []
    assert browser.post(page, {"code": code}).status_code == 422


def test_wrong_tries_lock_nobody_out(browser, another, trial):
    """After many of them the right code still opens its case, from the same address."""
    page = browser.answer(browser.get("/o/trial"))
    form = another.get("/o/trial/resume")
    for _ in range(50):
        assert another.post(form, {"code": "0000-0000-0000"}).status_code == 422
    assert another.post(form, {"code": code_on(page)}).status_code == 303


def test_a_form_from_elsewhere_opens_nothing(browser, another, trial):
    """Without its signature the right code gets the form back, with what was typed."""
    code = code_on(browser.answer(browser.get("/o/trial")))
    page = another.send("/o/trial/resume", {"code": code})
    assert page.status_code == 400
    assert f'value="{code}"' in page.text
    assert another.post(page, {"code": code}).status_code == 303


def test_a_code_opens_its_own_survey_only(browser, another, field, trial):
    """Typed in at another survey's link it is a wrong one."""
    field.written(EXPERIMENT, INSTRUMENT, slug="other", drawn=False)
    code = code_on(browser.answer(browser.get("/o/trial")))
    assert type_in(another, code, "other").status_code == 422


def test_a_finished_interview_is_told_so(browser, another, field, trial):
    """The code leads to the page that says what became of it."""
    page = browser.answer(browser.get("/o/trial"))
    code = code_on(page)
    browser.answer(browser.answer(page, {"a": "this"}), {"b": "so"})
    ended = another.follow(type_in(another, code))
    while ended.status_code == 303:
        ended = another.follow(ended)
    assert "already answered" in ended.text


@pytest.mark.parametrize("slug", ["nobody", "nps_wording_length", "%00"])
def test_without_an_open_link_there_is_no_form(browser, nps, slug):
    """404, as the link itself."""
    assert browser.get(f"/o/{slug}/resume").status_code == 404
    assert browser.send(f"/o/{slug}/resume", {"code": "0000-0000-0000"}).status_code == 404


def test_the_landing_page_leads_to_the_form(browser, trial):
    """For who comes by the same link on another device."""
    assert 'href="/o/trial/resume"' in browser.get("/o/trial").text


@pytest.mark.parametrize(("base", "secure"), [("https://survey.example.org", True), ("http://127.0.0.1:8000", False)])
def test_the_cookie_is_kept_to_https_where_the_links_are(settings, ledger, trial, base, secure):
    """Also behind a proxy that speaks https in the server's place."""
    person = Browser(create_app(replace(settings, base_url=base), ledger=ledger).test_client())
    assert ("Secure" in person.post(person.get("/o/trial")).headers["Set-Cookie"]) == secure
