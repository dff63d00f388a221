"""An answer in a message: its link selects it, nothing is stored before the page is submitted, and no link starts."""

from __future__ import annotations

import re

import pytest

from surveylab.store import experiments

EXPERIMENT = """
format: 1
title: A trial
assignment:
  scheme: complete
  factors:
    f: {varies: items.a.text, levels: {x: How likely?, y: How probable?}}
    g: {varies: measurement.language, levels: {here: en, there: de}}
measurement: {instrument: questions}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
INSTRUMENT = """
format: 1
title: {en: A trial, de: Ein Versuch}
version: "1"
languages: [en, de]
contact: help@example.org
introduction: {en: "We ask because we want to know.\\nTaking part is your choice.", de: "Wir fragen."}
thanks: {en: Saved., de: Gespeichert.}
pages: [{id: one, items: [a, b]}, {id: two, items: [c]}]
items:
  - {id: a, type: nps, text: {en: "How likely?", de: "Wie wahrscheinlich?"}, required: true}
  - {id: b, type: multiple, text: {en: Which?, de: Welche?}, options: {1: {en: One, de: Eins}, 2: {en: Two, de: Zwei}}}
  - {id: c, type: short_text, text: {en: Why?, de: Warum?}}
"""
EXPERIMENT = EXPERIMENT.replace(
    "{x: How likely?, y: How probable?}",
    '{x: {en: "How likely?", de: "Wie?"}, y: {en: "How probable?", de: "Was?"}}',
)


@pytest.fixture
def token(field):
    """A person who was invited."""
    return field.tokens(field.written(EXPERIMENT, INSTRUMENT), f="x", g="here")[0]


def selected(page):
    """Name and value of every control that is selected."""
    boxes = re.findall(r"<input[^>]*>", page.text)
    return {
        (re.search(r'name="([^"]+)"', box)[1], re.search(r'value="([^"]*)"', box)[1])
        for box in boxes
        if " checked" in box
    }


def details(field):
    """What paradata say of each submission, but for how fast these tests are."""
    return [{name: what for name, what in row.detail.items() if name != "signals"} for row in field.rows("paradata")]


def test_a_click_in_a_message_opens_the_question_and_what_the_landing_page_says(browser, field, token):
    """Who asks, why, that it is one's choice, and the answer selected; the question is the heading of one page."""
    page = browser.get(f"/r/{token}/one?a=9")
    assert page.status_code == 200
    assert selected(page) == {("a", "9")}
    for words in ("We ask because we want to know.", "Taking part is your choice.", "Nothing is saved before"):
        assert words in page.text
    assert "help@example.org" in page.text
    assert f"/r/{token}/stop" in page.text


def test_to_look_stores_and_starts_nothing(browser, field, token):
    """Programs follow the link of every answer: that is a person who opened the link, and no more."""
    for code in range(11):
        assert browser.get(f"/r/{token}/one?a={code}").status_code == 200
    assert field.kinds(token) == ["opened"]
    assert field.values(token) == {}
    assert field.rows("paradata") == []
    assert {row.factor for row in field.rows("exposure")} == {"g"}, "the wording is met by who submits the page"


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, None])
def test_where_nobody_reads_nothing_is_written(browser, field, token, headers):
    """A HEAD and a prefetch leave no trace, before the start and behind it."""
    for started in (False, True):
        if started:
            browser.start(token)
        before = {name: field.rows(name) for name in ("event", "exposure", "answer", "paradata")}
        method = "GET" if headers else "HEAD"
        response = browser.client.open(f"/r/{token}/one?a=9", method=method, headers=headers)
        assert response.status_code == 200
        assert {name: field.rows(name) for name in before} == before


def test_to_submit_is_to_start_and_to_store(browser, field, token):
    """One button leads from the message to the second page."""
    page = browser.get(f"/r/{token}/one?a=9")
    after = browser.answer(page, {"a": "9"})
    assert after.request.path == f"/r/{token}/two"
    assert field.kinds(token) == ["opened", "started", "page"]
    assert field.values(token)["a"] == 9
    assert details(field) == [{"preselected": {"a": "9"}, "changed": []}]
    assert {(row.factor, row.page) for row in field.rows("exposure")} == {("g", ""), ("f", "one")}


def test_it_is_known_that_an_answer_was_changed(browser, field, token):
    """First-click bias can be seen: what was selected ahead, and that it was changed."""
    browser.post(browser.get(f"/r/{token}/one?a=9&b=1"), {"a": "3", "b": ["1"]})
    assert field.values(token)["a"] == 3
    assert details(field) == [{"preselected": {"a": "9", "b": "1"}, "changed": ["a"]}]


def test_nothing_is_said_where_nothing_was_selected(browser, field, token):
    """The usual way leaves the usual paradata."""
    browser.post(browser.start(token), {"a": "3"})
    assert details(field) == [{}]


def test_with_a_fault_the_page_comes_back_with_what_was_entered(browser, field, token):
    """Who pressed the button has started; that an answer was selected ahead is still known afterwards."""
    page = browser.post(browser.get(f"/r/{token}/one?a=9"), {"b": ["1"]})
    assert page.status_code == 422
    assert selected(page) == {("b", "1")}
    assert "We ask because" not in page.text
    assert field.kinds(token) == ["opened", "started"]
    browser.post(page, {"a": "8", "b": ["1"]})
    assert field.values(token)["a"] == 8
    assert details(field) == [{"preselected": {"a": "9"}, "changed": ["a"]}]


@pytest.mark.parametrize("query", ["a=11", "a=", "a=%00", "a=<script>", "a=9%20", "b=9", "a=" + "9" * 5000])
def test_an_unknown_code_is_passed_over(browser, field, token, query):
    """The page opens with nothing selected, and can be submitted."""
    page = browser.get(f"/r/{token}/one?{query}")
    assert page.status_code == 200
    assert selected(page) == set()
    assert browser.post(page, {"a": "2"}).status_code == 303
    assert details(field) == [{}]


@pytest.mark.parametrize("path", ["one", "one?utm_source=mail", "one?c=1", "two?c=1", "two?a=9", "none?a=9"])
def test_other_addresses_lead_to_the_landing_page(browser, field, token, path):
    """As before: no answer of the first page is asked for."""
    response = browser.get(f"/r/{token}/{path}")
    assert (response.status_code, response.headers["Location"]) == (303, f"/r/{token}")
    assert field.kinds(token) == []


def test_behind_the_start_a_link_selects_in_the_place_of_what_is_stored(browser, field, token):
    """What was stored stays until the page is submitted."""
    browser.post(browser.start(token), {"a": "3"})
    page = browser.get(f"/r/{token}/one?a=9")
    assert selected(page) == {("a", "9")}
    assert "We ask because" not in page.text
    assert field.values(token)["a"] == 3
    browser.post(page, {"a": "9"})
    assert field.values(token)["a"] == 9


def test_a_forged_form_starts_nothing(browser, field, token):
    """Without the signature of this page: 400, the page again, and nothing written; without the question, the door."""
    response = browser.send(f"/r/{token}/one?a=9", {"a": "9"})
    assert response.status_code == 400
    assert field.kinds(token) == []
    assert browser.send(f"/r/{token}/one", {"a": "9"}).headers["Location"] == f"/r/{token}"
    assert browser.post(response, {"a": "9"}).status_code == 303


def test_an_impatient_click_is_one_start_and_one_submission(browser, field, token):
    """The form of one display counts once."""
    page = browser.get(f"/r/{token}/one?a=9")
    assert {browser.post(page, {"a": "9"}).headers["Location"] for _ in range(3)} == {f"/r/{token}/two"}
    assert field.kinds(token) == ["opened", "started", "page"]


def test_the_doors_stay_shut(browser, field, token, clock):
    """Finished, opted out and closed are what they were, whatever a link asks for."""
    page = browser.get(f"/r/{token}/one?a=9")
    clock.advance(days=30)
    assert browser.get(f"/r/{token}/one?a=9").status_code == 410
    assert browser.post(page, {"a": "9"}).status_code == 410
    assert field.values(token) == {}
    clock.advance(days=-30)
    browser.answer(browser.answer(page, {"a": "9"}), {"c": "x"})
    assert browser.get(f"/r/{token}/one?a=8").headers["Location"] == f"/r/{token}/thanks"
    browser.post(browser.get(f"/r/{token}/stop"))
    assert browser.get(f"/r/{token}/one?a=8").status_code == 410


def test_a_page_that_was_open_before_a_pause_is_kept_and_no_other_opens(browser, field, token):
    """Whoever has entered something loses nothing: to submit it is to start and to store, as ever."""
    page = browser.get(f"/r/{token}/one?a=9")
    with field.ledger.write() as conn:
        experiments.mark_paused(conn, "trial", field.begin)
    assert browser.get(f"/r/{token}/one?a=8").status_code == 503
    assert browser.post(page, {"b": "3"}).status_code == 422
    assert browser.answer(page, {"a": "7"}).status_code == 503
    assert field.kinds(token) == ["opened", "started", "page"]
    assert field.values(token)["a"] == 7


@pytest.mark.browser
@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [375, 1280])
def test_in_a_browser(chromium, base, field, token, width):
    """The answer stands selected; one button stores it; the next page is there. With JavaScript off it is the same."""
    page = chromium(width, java_script_enabled=False)
    page.goto(f"{base}/r/{token}/one?a=9")
    assert page.locator("input[value='9']").is_checked()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/two")
    assert field.values(token)["a"] == 9
