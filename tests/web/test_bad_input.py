"""Bad input in every field of every question type: back with a message, or stored as the text that it is."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote_from_bytes

import pytest

from surveylab import registry
from surveylab.design.terms import Missing

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "template": "{{ 7777 * 7 }}{% for x in () %}",
    "fill": "{unit.first_name|x}{recommend|y}",
    "format": "%s%n{0}{text!r}",
    "sql": "'; DROP TABLE answer; --",
    "nul": "before\0after",
    "override": "abc\u202edcba",
    "many": "x" * 1_000_000,
    "combining": "Z" + "\u0300" * 500,
    "digits": "9" * 5_000,
}
FREE = {"short_text", "long_text"}
"""Types that take any text; the others take none of these."""


def fields(page):
    """The names of the controls of a page."""
    found = re.findall(r'<(?:input|textarea|select)[^>]* name="([^"_][^"]*)"', page.text)
    return list(dict.fromkeys(map(unescape, found)))


def open_all(browser, token):
    """Leave every page blank or answered as it must be, so that each can be opened."""
    page = browser.start(token)
    while not page.request.path.endswith("/thanks"):
        name = page.request.path.rpartition("/")[2]
        answer = browser.post(page, {})
        if answer.status_code == 422:
            answer = browser.post(page, {name: "yes"})
        page = browser.follow(answer)
        if page.request.path.endswith(f"/{registry.names('questions')[-1]}"):
            return


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_in_every_field_is_refused_or_stored_as_text(browser, field, every_type, what):
    """Never an error of ours, never markup, never half an answer."""
    text = HOSTILE[what]
    open_all(browser, every_type)
    tried = 0
    for name in registry.names("questions"):
        page = browser.get(f"/r/{every_type}/{name}")
        if page.status_code != 200 or not fields(page):
            continue
        before = field.values(every_type)
        columns = fields(page)
        answer = browser.post(page, dict.fromkeys(columns, text))
        tried += 1
        assert answer.status_code in (303, 413, 422), (name, answer.status_code)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "54439" not in answer.text
        after = field.values(every_type)
        stored = {column for column in columns if after.get(column) == text.strip()}
        if answer.status_code == 303:
            assert name in FREE or not stored, (name, stored)
            shown = browser.get(f"/r/{every_type}/{name}")
            assert shown.status_code == 200
            assert "<script>alert" not in shown.text
        else:
            assert after == before, name
    assert tried >= len(registry.names("questions")) - 2


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_lone_surrogates_and_broken_utf_8_are_no_matter(browser, field, every_type):
    """Bytes that are no text in any field: never an error of ours."""
    open_all(browser, every_type)
    for name in registry.names("questions"):
        page = browser.get(f"/r/{every_type}/{name}")
        if page.status_code != 200 or not fields(page):
            continue
        hidden = "&".join(f"{key}={quote_from_bytes(value.encode())}" for key, value in browser.hidden(page).items())
        for raw in (b"\xed\xa0\x80", b"\xff\xfe", b"a\x00\xc3"):
            body = "&".join([hidden, *(f"{column}={quote_from_bytes(raw)}" for column in fields(page))])
            answer = browser.client.post(page.request.path, data=body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in (303, 400, 422), (name, raw, answer.status_code)


@pytest.mark.parametrize("field_of_frame", list(HOSTILE.values())[:6], ids=list(HOSTILE)[:6])
def test_hostile_fields_of_the_frame_are_text_wherever_they_are_filled_in(browser, field, field_of_frame):
    """In a title, a question, a hint, an option, a message and the thanks."""
    word = "{unit.first_name|you}"
    instrument = f"""
format: 1
title: "For {word}"
version: "1"
languages: [en]
contact: help@example.org
introduction: "Dear {word}"
thanks: "Thanks, {word}"
pages: [{{id: one, items: [a, b], title: "Page of {word}"}}]
items:
  - {{id: a, type: single, text: "Is it {word}?", hint: "Say {word}", options: {{1: "Yes, {word}", 2: "Not so"}}}}
  - {{id: b, type: number, text: "How much, {word}?", low: 1, high: 2}}
"""
    trial = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.b.text, levels: {x: "What?", y: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
    row = field.written(trial, instrument, first_name=field_of_frame)
    token = field.tokens(row)[0]
    seen = [browser.get(f"/r/{token}")]
    page = browser.start(token)
    seen += [page, browser.post(page, {"b": "999"})]
    seen += [browser.answer(page, {"a": "1", "b": "1"})]
    for each in seen:
        assert each.status_code in (200, 422)
        assert field_of_frame not in each.text or "<" not in field_of_frame
        assert field_of_frame in unescape(each.text)
        assert "54439" not in each.text
    assert field.values(token)["a"] == "1"
    assert Missing.NO_ANSWER not in field.values(token).values()
