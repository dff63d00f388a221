"""How long it takes, on the landing page: measured once enough have finished, and the same in every arm."""

from __future__ import annotations

import re

import pytest

from surveylab.fieldwork import durations

from .test_arrive import EXPERIMENT as OPEN_EXPERIMENT

INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
duration: It takes a moment.
pages: [{id: one, items: [a]}]
items: [{id: a, type: short_text, text: What?}]
"""
EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: VARIES, levels: {x: X, y: Y}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
WORDING = EXPERIMENT.replace("VARIES", "items.a.text").replace("X", '"What?"').replace("Y", '"Which?"')
DURATION = EXPERIMENT.replace("VARIES", "measurement.duration").replace("X", "measured").replace("Y", "written")


@pytest.fixture
def trial(field):
    """An experiment of two arms with many cases each."""
    return field.written(WORDING, INSTRUMENT, per_arm=30)


def answer(browser, clock, token, minutes):
    """Answer the only page in so many minutes."""
    page = browser.start(token)
    clock.advance(minutes=minutes)
    browser.answer(page, {"a": "x"})


def said(browser, path):
    """What a landing page says of the time that it takes."""
    return re.findall(r"It takes a moment\.|needed \d+ minutes? or less", browser.get(path).text)


def test_the_median_is_told_from_twenty_on_and_in_every_arm(browser, field, trial, clock):
    """Until then the author's words; then the median over all arms, wherever it is asked for."""
    x, y = field.tokens(trial, f="x"), field.tokens(trial, f="y")
    for n in range(19):
        answer(browser, clock, (x, y)[n % 2][n], 1.4 if n % 2 else 3.2)
    clock.advance(minutes=10)
    assert said(browser, f"/r/{x[-1]}") == said(browser, f"/r/{y[-1]}") == ["It takes a moment."]
    answer(browser, clock, x[25], 9)
    clock.advance(minutes=10)
    assert said(browser, f"/r/{x[-1]}") == said(browser, f"/r/{y[-1]}") == ["needed 4 minutes or less"]


def test_one_minute_is_the_least(browser, field, trial, clock, monkeypatch):
    """And it is one minute, not minutes."""
    monkeypatch.setattr(durations, "LEAST", 1)
    one, other = field.tokens(trial, f="x")[:2]
    answer(browser, clock, one, 0.2)
    clock.advance(minutes=10)
    assert said(browser, f"/r/{other}") == ["needed 1 minute or less"]


def test_an_hour_on_a_page_counts_ten_minutes(browser, field, trial, clock, monkeypatch):
    """Who left the desk did not answer for an hour."""
    monkeypatch.setattr(durations, "LEAST", 1)
    one, other = field.tokens(trial, f="x")[:2]
    answer(browser, clock, one, 60)
    assert said(browser, f"/r/{other}") == ["needed 10 minutes or less"]


def test_the_figure_is_measured_once_in_ten_minutes(browser, field, trial, clock, monkeypatch):
    """A landing page costs no query of its own for it."""
    one, other, third = field.tokens(trial, f="x")[:3]
    measured = []
    found = durations.paradata.finished_page_seconds
    monkeypatch.setattr(
        durations.paradata, "finished_page_seconds", lambda *args: (measured.append(args[1]), found(*args))[1]
    )
    for token in (one, other, third, one):
        browser.get(f"/r/{token}")
        clock.advance(minutes=2)
    assert measured == [trial]
    clock.advance(minutes=2)
    browser.get(f"/r/{other}")
    assert measured == [trial, trial]


def test_who_goes_on_is_not_told_how_long_the_whole_takes(browser, field, trial):
    """It would be wrong from where they are."""
    (token, *_) = field.tokens(trial, f="x")
    assert said(browser, f"/r/{token}") == ["It takes a moment."]
    browser.start(token)
    assert said(browser, f"/r/{token}") == []


def test_the_authors_words_may_be_an_arm(browser, field, clock, monkeypatch):
    """``measurement.duration`` may be varied like any field; it is met on the landing page."""
    monkeypatch.setattr(durations, "LEAST", 1)
    trial = field.written(DURATION, INSTRUMENT, per_arm=3)
    x, y = field.tokens(trial, f="x"), field.tokens(trial, f="y")
    answer(browser, clock, x[0], 3)
    clock.advance(minutes=10)
    assert said(browser, f"/r/{x[1]}") == ["needed 3 minutes or less"]
    assert said(browser, f"/r/{y[1]}") == ["It takes a moment."]
    assert {(row.factor, row.page) for row in field.rows("exposure")} == {("f", "")}


def test_the_open_link_tells_it_too(app, browser, field, clock, monkeypatch):
    """Of those who came before, by the same link."""
    monkeypatch.setattr(durations, "LEAST", 1)
    field.written(OPEN_EXPERIMENT % ("items.a.text", '"What?"', '"Which?"'), INSTRUMENT, drawn=False)
    assert said(browser, "/o/trial") == ["It takes a moment."]
    page = browser.answer(browser.get("/o/trial"))
    clock.advance(minutes=2)
    browser.answer(page, {"a": "x"})
    clock.advance(minutes=10)
    assert said(type(browser)(app.test_client()), "/o/trial") == ["needed 2 minutes or less"]
