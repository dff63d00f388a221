"""The standing pages: each end has words and a code of its own, at the personal and at the open link.

And the two ways out: the one that asks once more, and the one click of a mail box (RFC 8058).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveylab import spec
from surveylab.errors import SurveylabError
from surveylab.fieldwork import pausing, recruit
from surveylab.store import experiments, quotas

from .conftest import BEGIN

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: hashed, factors: {f: {varies: items.a.text, levels: {x: What?, y: Which?}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
contact: {closes: P21D}
quotas: {all: {most: 2, expires: PT2H}}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [n]}, {id: two, items: [a]}]
items:
  - {id: n, type: number, text: How many?, low: 0, high: 9}
  - {id: a, type: short_text, text: What?}
"""
DOCUMENTS = {"trial.yaml": EXPERIMENT, "questions.yaml": INSTRUMENT}
OUT = "You no longer take part"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def trial(field):
    """An experiment with an open link and two places."""
    recruit.draw(field.ledger, spec.read_documents(DOCUMENTS, "trial.yaml"), BEGIN)
    with field.ledger.read() as conn:
        return experiments.experiment(conn, "trial").id


@pytest.fixture
def people(app, browser):
    """Somebody else, with a browser of his or her own."""

    def come():
        return type(browser)(app.test_client())

    return come


def begin(person):
    """Come by the open link and press Start; the first page and the personal link."""
    page = person.answer(person.get("/o/trial"))
    return page, page.request.path.rpartition("/")[0]


def finish(person):
    """Come by the open link and answer everything; the personal link."""
    page, link = begin(person)
    person.answer(person.answer(page, {"n": "1"}), {"a": "x"})
    return link


def pause(field, clock):
    """Pause the experiment now."""
    pausing.pause(field.ledger, "trial", clock.time)


def test_every_end_is_told_apart_at_both_links(browser, field, trial, people, clock):
    """Heading, title and code: the same at the personal link and, for who is known there, at the open link."""
    done, out, inside, full = browser, people(), people(), people()
    links = {"answered": finish(done), "opted out": begin(out)[1]}
    out.send(f"{links['opted out']}/unsubscribe", ONE_CLICK)
    links["paused"] = links["closed"] = begin(inside)[1]
    links["quota full"] = full.answer(full.get("/o/trial")).request.path.rpartition("/")[0]
    came = {"answered": done, "opted out": out, "quota full": full, "paused": inside, "closed": inside}
    found = {}
    for name in ("answered", "opted out", "quota full", "paused", "closed"):
        if name == "paused":
            pause(field, clock)
        if name == "closed":
            clock.time += timedelta(days=22)
        at_both = came[name].get(links[name]), came[name].get("/o/trial")
        found[name] = {(page.status_code, browser.heading(page), _title(page)) for page in at_both}
        assert len(found[name]) == 1, found[name]
        if name == "paused":
            assert {page.headers["Retry-After"] for page in at_both} == {"3600"}
    found["thanks"] = {_told(browser, done.get(f"{links['answered']}/thanks"))}
    found["not found"] = {_told(browser, browser.get("/r/nobody"))}
    assert found["not found"] == {_told(browser, browser.get("/o/nobody"))}
    told = {name: one for name, (one,) in found.items()}
    assert {name: code for name, (code, _, _) in told.items()} == {
        "answered": 200,
        "opted out": 410,
        "quota full": 410,
        "paused": 503,
        "closed": 410,
        "thanks": 200,
        "not found": 404,
    }
    assert len({heading for _, heading, _ in told.values()}) == len(told)
    assert len({title for _, _, title in told.values()}) == len(told)


def _told(browser, page):
    return page.status_code, browser.heading(page), _title(page)


def _title(page):
    return page.text.partition("<title>")[2].partition("</title>")[0]


def test_nobody_starts_while_a_survey_is_paused(browser, field, trial, people, clock):
    """Neither by the open link nor by a personal one; behind it everything goes on."""
    waiting, link = people(), begin(browser)[1]
    landing = waiting.get("/o/trial")
    pause(field, clock)
    for page in (waiting.post(landing), waiting.get("/o/trial"), browser.get(link), browser.get(f"{link}/one")):
        assert (page.status_code, page.headers["Retry-After"]) == (503, "3600")
        assert browser.heading(page) == "This survey is paused"
    assert len(field.tokens(trial)) == 1
    pausing.resume(field.ledger, "trial", clock.time)
    assert waiting.answer(landing).status_code == 200
    assert browser.get(f"{link}/one").status_code == 200


def test_a_page_that_is_sent_while_paused_is_kept(browser, field, trial, clock):
    """What was typed is stored, a mistake comes back with it, and the pause is told then."""
    page, link = begin(browser)
    token = link.rpartition("/")[2]
    pause(field, clock)
    wrong = browser.post(page, {"n": "ten"})
    assert (wrong.status_code, 'value="ten"' in wrong.text) == (422, True)
    later = browser.answer(wrong, {"n": "7"})
    assert (later.status_code, browser.heading(later)) == (503, "This survey is paused")
    assert "has been kept" in later.text
    assert field.values(token) == {"n": 7}
    pausing.resume(field.ledger, "trial", clock.time)
    assert browser.heading(browser.get(later.request.path)) in ("What?", "Which?")


def test_the_last_page_that_is_sent_while_paused_is_the_end(browser, field, trial, clock):
    """The interview is complete, and the person is thanked."""
    page, link = begin(browser)
    page = browser.answer(page, {"n": "1"})
    pause(field, clock)
    end = browser.answer(page, {"a": "x"})
    assert (end.status_code, browser.heading(end)) == (200, "You have finished the survey")
    assert field.kinds(link.rpartition("/")[2])[-1] == "submitted"


def test_a_pause_stops_the_clock_of_reservations(browser, field, trial, people, clock):
    """Two hours of activity are two hours, however long the survey stood still in between."""
    begin(browser)
    clock.advance(hours=1)
    pause(field, clock)
    clock.advance(hours=5)
    pausing.resume(field.ledger, "trial", clock.time)
    clock.advance(minutes=59)
    with field.ledger.read() as conn:
        assert quotas.tallies(conn, trial, clock.time)["all"].reserved == 1
    clock.advance(minutes=2)
    with field.ledger.read() as conn:
        assert quotas.tallies(conn, trial, clock.time)["all"].reserved == 0


def test_a_pause_is_begun_and_ended_once(field, trial, clock):
    """What is paused is told so; a version that is registered meanwhile is paused too; a name must exist."""
    pause(field, clock)
    with pytest.raises(SurveylabError, match="paused already"):
        pause(field, clock)
    field.written(EXPERIMENT.replace("Which?", "Why?"), INSTRUMENT, drawn=False)
    with field.ledger.read() as conn:
        assert [each.paused_at for each in experiments.versions(conn, "trial")] == [clock.time] * 2
    pausing.resume(field.ledger, "trial", clock.time)
    with pytest.raises(SurveylabError, match="not paused"):
        pausing.resume(field.ledger, "trial", clock.time)
    with pytest.raises(SurveylabError, match="surveylab draw"):
        pausing.pause(field.ledger, "nobody", clock.time)


def test_one_click_of_a_mail_box_is_enough(app, browser, field, long_token):
    """RFC 8058: a POST with this body, without cookie or signature, is answered by 200; twice is once."""
    tab = browser.start(long_token)
    for encoding in ("application/x-www-form-urlencoded", "multipart/form-data"):
        response = app.test_client().post(f"/r/{long_token}/unsubscribe", data=ONE_CLICK, content_type=encoding)
        assert (response.status_code, browser.heading(response)) == (200, OUT)
    assert field.kinds(long_token).count("opted_out") == 1
    for page in (browser.get(f"/r/{long_token}"), browser.post(tab, {"recommend": "9"})):
        assert (page.status_code, browser.heading(page)) == (410, OUT)
    assert field.values(long_token) == {}


def test_one_click_works_while_paused_and_after_the_close(browser, field, trial, clock):
    """Nobody has to wait to be left alone."""
    link = begin(browser)[1]
    pause(field, clock)
    clock.advance(days=40)
    assert browser.send(f"{link}/unsubscribe", ONE_CLICK).status_code == 200
    assert field.kinds(link.rpartition("/")[2])[-1] == "opted_out"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_address_of_the_one_click_does_nothing(browser, field, long_token, method):
    """Scanners and people get the page that asks once more, and its button works."""
    page = browser.client.open(f"/r/{long_token}/unsubscribe?List-Unsubscribe=One-Click", method=method)
    assert page.status_code == 200
    assert field.kinds(long_token) == []
    if method == "GET":
        assert browser.heading(page) == "Stop taking part?"
        assert browser.answer(page).status_code == 410
        assert field.kinds(long_token) == ["opted_out"]


@pytest.mark.parametrize("data", [{}, {"List-Unsubscribe": "Yes"}, {"list-unsubscribe": "One-Click"}])
def test_a_post_of_anything_else_is_asked_once_more(browser, field, long_token, data):
    """A body that no mail box sends takes nobody out."""
    page = browser.send(f"/r/{long_token}/unsubscribe", data)
    assert (page.status_code, browser.heading(page)) == (400, "Stop taking part?")
    assert field.kinds(long_token) == []


def test_a_one_click_of_nobody_is_not_found(browser, nps):
    """404."""
    assert browser.send("/r/AAAAAAAAAAAAAAAAAAAAAA/unsubscribe", ONE_CLICK).status_code == 404
