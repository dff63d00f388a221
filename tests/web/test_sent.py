"""What is sent: forged, wrong, strange and huge forms. Nothing of them is stored."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from surveylab.store import steps
from surveylab.web import create_app


@pytest.fixture
def first(browser, long_token):
    """The first page of a survey that was started."""
    return browser.start(long_token)


def swapped(text):
    """A signature with its first character changed."""
    return ("0" if text[0] != "0" else "1") + text[1:]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data | {"_signature": swapped(data["_signature"])},
        lambda data: data | {"_visit": data["_visit"] + "x"},
        lambda data: {**data, "_signature": ""},
        lambda data: {**data, "_signature": "é\0"},
        lambda data: {"recommend": data["recommend"]},
        lambda data: {**data, "_visit": "ffffffffffffffff-x"},
    ],
)
def test_a_forged_form_stores_nothing_and_keeps_what_was_entered(browser, field, first, long_token, change):
    """400, with the page as it was filled in and a form that works."""
    data = change({**browser.hidden(first), "recommend": "9"})
    response = browser.send(f"/r/{long_token}/recommendation", data)
    assert response.status_code == 400
    assert "<title>Error: " in response.text
    assert 'value="9" checked' in response.text
    assert field.values(long_token) == {}
    assert "page" not in field.kinds(long_token)
    assert browser.post(response, {"recommend": "9"}).status_code == 303
    assert field.values(long_token) == {"recommend": 9}


def test_the_form_of_another_page_or_person_opens_nothing(browser, field, nps, first, long_token):
    """A signature holds for one page of one respondent."""
    other = next(token for token in field.tokens(nps) if token != long_token)
    theirs = browser.hidden(browser.start(other))
    for ticket in (
        theirs,
        browser.hidden(browser.get(f"/r/{long_token}")),
        browser.hidden(browser.get(f"/r/{long_token}/stop")),
    ):
        response = browser.send(f"/r/{long_token}/recommendation", {**ticket, "recommend": "9"})
        assert response.status_code == 400
    assert field.values(long_token) == {}
    assert browser.send(f"/r/{long_token}/stop", browser.hidden(first)).status_code == 400
    assert "opted_out" not in field.kinds(long_token)


def test_a_forged_start_starts_nothing(browser, field, long_token):
    """The landing page comes back, with 400 and a button that works."""
    response = browser.send(f"/r/{long_token}", {})
    assert response.status_code == 400
    assert field.kinds(long_token) == []
    assert browser.post(response).status_code == 303


def test_a_form_outlives_the_server(browser, settings, ledger, clock, long_token):
    """Without a secret in the environment, one is kept in the ledger: a restart signs alike."""
    browser.start(long_token)
    apps = [create_app(replace(settings, secret=None), ledger=ledger, clock=clock) for _ in range(2)]
    before, afterwards = (type(browser)(app.test_client()) for app in apps)
    page = before.get(f"/r/{long_token}/recommendation")
    assert afterwards.post(page, {"recommend": "9"}).status_code == 303
    assert browser.send(page.request.path, before.hidden(page)).status_code == 400, "another secret signs otherwise"


def test_an_error_keeps_what_was_entered_and_says_what_to_do(browser, field, long_token):
    """422: summary on top and the same words beside the field; entered values and order stay."""
    page = browser.start(long_token)
    for answers in ({"recommend": "9"}, {"why": "x"}, {}):
        page = browser.answer(page, answers)
    wrong = browser.post(page, {"channels": ["chat", "none"], "effort": "4"})
    assert wrong.status_code == 422
    words = "Select only “I did not contact you”, or the other answers, not both"
    assert wrong.text.count(words) == 2
    assert '<a href="#channels">' in wrong.text
    assert 'id="channels"' in wrong.text
    assert "There is a problem" in wrong.text
    assert 'role="alert"' in wrong.text
    assert "<title>Error: How did you contact us" in wrong.text
    for chosen in ('value="chat" checked', 'value="none" checked', 'value="4" checked'):
        assert chosen in wrong.text
    order = [page.text.index(f'value="{code}"') for code in ("phone", "email", "chat", "branch", "none")]
    again = [wrong.text.index(f'value="{code}"') for code in ("phone", "email", "chat", "branch", "none")]
    assert order == sorted(order)
    assert again == sorted(again)
    assert "channels" not in field.values(long_token)
    assert "effort" not in field.values(long_token)


def test_unknown_fields_are_ignored(browser, field, first, long_token):
    """Nothing that was not asked is stored."""
    browser.answer(first, {"recommend": "9", "why": "not on this page", "case_id": "1", "__proto__": "x"})
    assert field.values(long_token) == {"recommend": 9}


def test_a_repeated_field_is_refused_not_guessed(browser, field, first, long_token):
    """Two answers to one question are an error, with both shown to choose from."""
    response = browser.post(first, {"recommend": ["9", "2"]})
    assert response.status_code == 422
    assert field.values(long_token) == {}


def test_an_answer_that_is_not_offered_is_refused(browser, field, first, long_token):
    """Nor does it come back as markup."""
    response = browser.post(first, {"recommend": '"><script>alert(1)</script>'})
    assert response.status_code == 422
    assert "<script>alert" not in response.text
    assert field.values(long_token) == {}


def test_markup_in_an_answer_is_text(browser, field, first, long_token):
    """Stored as typed, shown as typed."""
    typed = "</textarea><script>alert('x')</script> & \"quotes\""
    browser.answer(browser.answer(first, {"recommend": "9"}), {"why": typed})
    assert field.values(long_token)["why"] == typed
    page = browser.get(f"/r/{long_token}/reason")
    assert "&lt;/textarea&gt;&lt;script&gt;" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("typed", ["a\0b", "\0"])
def test_nul_bytes_break_nothing(browser, field, first, long_token, typed):
    """No database stores them as text; the respondent is told, and nothing is half stored."""
    page = browser.answer(first, {"recommend": "9"})
    response = browser.post(page, {"why": typed, "_extra\0": "\0"})
    assert response.status_code == 422
    assert "\0" not in response.text
    assert field.values(long_token) == {"recommend": 9}


@pytest.mark.parametrize(("sent", "code"), [(b"caf%E9", 303), (b"caf\xe9", 400)])
def test_bytes_that_are_no_utf_8_break_nothing(browser, field, long_token, sent, code):
    """Encoded as browsers do they stay as they were sent; a body that is no form at all is refused."""
    page = browser.answer(browser.start(long_token), {"recommend": "9"})
    ticket = browser.hidden(page)
    body = f"_visit={ticket['_visit']}&_signature={ticket['_signature']}&why=".encode() + sent
    kind = "application/x-www-form-urlencoded"
    response = browser.client.post(f"/r/{long_token}/reason", data=body, content_type=kind)
    assert response.status_code == code
    assert field.values(long_token).get("why") == ("caf%E9" if code == 303 else None)


def test_a_body_above_the_limit_is_refused(browser, field, first, long_token):
    """413, with a page; just below it is read."""
    data = {**browser.hidden(first), "recommend": "9", "padding": "x" * 1_000_000}
    response = browser.send(f"/r/{long_token}/recommendation", data)
    assert response.status_code == 413
    assert browser.heading(response) == "That is too much at once"
    assert field.values(long_token) == {}
    data["padding"] = "x" * 990_000
    assert browser.send(f"/r/{long_token}/recommendation", data).status_code == 303


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_other_kinds_of_body_are_forged_forms(browser, field, first, long_token, kind):
    """They hold no signature; nothing is stored and nothing breaks."""
    body = json.dumps({**browser.hidden(first), "recommend": "9"})
    response = browser.client.post(f"/r/{long_token}/recommendation", data=body, content_type=kind)
    assert response.status_code == 400
    assert field.values(long_token) == {}


def test_a_failure_on_our_side_shows_a_page_and_stores_nothing(browser, field, long_token, monkeypatch, caplog):
    """500 in words; the transaction is rolled back as a whole; the cause is in the log."""

    def broken(*_args, **_kwargs):
        raise RuntimeError("the disk is full")

    first = browser.start(long_token)
    monkeypatch.setattr(steps, "_answer", broken)
    response = browser.post(first, {"recommend": "9"})
    assert response.status_code == 500
    assert browser.heading(response) == "Something went wrong on our side"
    assert "disk" not in response.text
    assert "the disk is full" in caplog.text
    assert "page" not in field.kinds(long_token)
    assert field.rows("paradata") == []
