"""The kiosk at the server: each touch a new case, pages for its script only, nothing twice."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest

from surveylab.store import experiments

from .conftest import BEGIN, Browser

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
  - {id: a, type: short_text, text: "What?", required: true}
  - {id: b, type: short_text, text: "Why?"}
"""
SCRIPT = {"Surveylab-Kiosk": "1"}


class Screen(Browser):
    """What the script of a kiosk does, without the script."""

    def __init__(self, client):
        super().__init__(client, dict(SCRIPT))

    def touch(self, address="/k/trial", person=None):
        """Begin as somebody new; what the server answers."""
        form = self.get(address)
        return self.post(form, {"person": person or secrets.token_hex(16)})

    def go(self, response):
        """Fetch what the script is told to show next."""
        assert response.status_code == 204, response.text
        return self.get(response.headers["Surveylab-Next"])


@pytest.fixture
def trial(field):
    """An experiment that takes people as they come."""
    return field.written(EXPERIMENT, INSTRUMENT, drawn=False)


@pytest.fixture
def screen(app):
    """A kiosk."""
    return Screen(app.test_client())


def test_the_start_screen_makes_nobody_a_case_and_leads_nowhere_else(screen, field, trial):
    """It is kept nowhere, and has no link but the one to its own content."""
    page = screen.get("/k/trial")
    assert "Welcome." in page.text
    assert re.findall(r'<a [^>]*href="([^"]+)"', page.text) == ["#main"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert field.tokens(trial) == []


def test_each_touch_is_a_new_case(screen, field, trial):
    """Assigned by the hash of its own id; answered to the end under the address of the kiosk."""
    for _ in range(2):
        page = screen.go(screen.touch())
        assert re.fullmatch(r"/k/trial/[\w-]+/one", page.request.path)
        page = screen.go(screen.post(page, {"a": "this"}))
        assert "Saved." in screen.go(screen.post(page, {"b": "so"})).text
    tokens = field.tokens(trial)
    assert len(tokens) == 2
    for token in tokens:
        assert field.kinds(token) == ["opened", "started", "page", "page", "submitted"]
        assert field.values(token) == {"a": "this", "b": "so"}
    assert {row.algorithm for row in field.rows("assignment")} == {field.rows("assignment")[0].algorithm}


def test_the_same_touch_sent_again_is_the_same_case(screen, field, trial):
    """The answer to the first was lost on its way."""
    form = screen.get("/k/trial")
    person = {"person": secrets.token_hex(16)}
    assert screen.post(form, person).headers["Surveylab-Next"] == screen.post(form, person).headers["Surveylab-Next"]
    assert len(field.tokens(trial)) == 1


def test_nobody_chooses_an_id(screen, field, trial):
    """Under another form the same wish gives another id, so no arm can be picked beforehand."""
    for _ in range(2):
        screen.touch(person="0" * 32)
    units = {row.unit for row in field.rows("sampled_case")}
    assert len(units) == 2
    assert all(re.fullmatch("kiosk-[0-9a-f]{32}", unit) for unit in units)


def test_the_place_is_stored_with_the_case(screen, field, trial):
    """As a field, and that it was a kiosk in the event; there is no code to come back by."""
    screen.touch("/k/trial?place=Main+lobby&idle=90")
    screen.touch("/k/trial")
    assert [row.fields for row in field.rows("sampled_case")] == [{"place": "Main lobby"}, {}]
    assert [row.detail for row in field.rows("event") if row.kind == "selected"] == ["kiosk", "kiosk"]
    assert field.rows("resume_code") == []


def test_a_page_of_somebody_opens_for_the_script_only(screen, browser, field, trial):
    """Its address, typed in or found in a history, gives the start screen; a form from there stores nothing."""
    page = screen.go(screen.touch())
    for response in (browser.get(page.request.path), browser.post(page, {"a": "this"})):
        assert response.status_code == 303
        assert response.headers["Location"] == "/k/trial"
    (token,) = field.tokens(trial)
    assert field.values(token) == {}


def test_a_form_sent_again_is_one_row(screen, field, trial):
    """Its visit is known; the way on is the same."""
    page = screen.go(screen.touch())
    ways = {screen.post(page, {"a": "this"}).headers["Surveylab-Next"] for _ in range(3)}
    (token,) = field.tokens(trial)
    assert ways == {f"/k/trial/{token}/two"}
    assert field.kinds(token).count("page") == 1
    assert len(field.rows("answer")) == len(field.rows("paradata")) == 1


def test_a_page_with_a_fault_comes_back(screen, trial):
    """422 with the page, as on the personal link; its form leads to the kiosk again."""
    page = screen.post(screen.go(screen.touch()), {"a": ""})
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert screen.action(page).startswith("/k/trial/")
    assert screen.post(page, {"a": "this"}).status_code == 204


def test_every_answer_says_that_it_is_ours(screen, trial):
    """Also a page that is not there: what comes without the mark was put in by something on the way."""
    page = screen.go(screen.touch())
    mark = page.headers["Surveylab-Kiosk"]
    for response in (
        screen.get("/k/trial"),
        screen.get("/k/nobody"),
        screen.get("/k/trial/nobody/one"),
        screen.touch(),
    ):
        assert response.headers["Surveylab-Kiosk"] == mark


def test_the_time_that_a_form_waited_is_no_time_on_the_page(screen, field, trial, clock):
    """Taken off the time of the submission and kept beside it; never before the page was shown."""
    page = screen.go(screen.touch())
    clock.advance(seconds=100)
    screen.headers["Surveylab-Waited"] = "60000"
    page = screen.go(screen.post(page, {"a": "this"}))
    screen.headers["Surveylab-Waited"] = "999999999999"
    screen.post(page, {"b": "so"})
    first, second = field.rows("paradata")
    assert first.submitted_at == BEGIN + timedelta(seconds=40)
    assert first.detail == {"waited": 60.0}
    assert second.submitted_at == second.shown_at


@pytest.mark.parametrize("waited", ["", "-1", "soon", "1e9", "9" * 40, "\u0661"])
def test_a_wait_that_is_no_number_is_none(screen, field, trial, waited):
    """The answer counts all the same."""
    page = screen.go(screen.touch())
    screen.headers["Surveylab-Waited"] = waited.encode().decode("latin-1")
    assert screen.post(page, {"a": "this"}).status_code == 204
    assert "waited" not in field.rows("paradata")[0].detail


def test_only_a_kiosk_says_how_long_a_form_waited(browser, field, long_token):
    """On the personal link the server's time alone counts."""
    page = browser.start(long_token)
    browser.headers["Surveylab-Waited"] = "60000"
    browser.post(page, {"recommend": "8"})
    assert "waited" not in field.rows("paradata")[0].detail


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("?idle=5", ["idle takes"]),
        ("?idle=soon&place=%3Cb%3E", ["idle takes", "place takes"]),
        ("?idle=601", ["idle takes"]),
        ("?plaec=lobby", ["plaec means nothing"]),
        ("?place=" + "x" * 61, ["place takes"]),
    ],
)
def test_a_wrong_address_is_told_to_who_sets_the_kiosk_up(screen, trial, address, words):
    """Everything that is wrong about it at once, and what to write."""
    page = screen.get(f"/k/trial{address}")
    assert page.status_code == 400
    assert all(each in page.text for each in words)
    assert "<b>" not in page.text


@pytest.mark.parametrize("change", [{"person": ""}, {"person": "x" * 32}, {"_signature": "0"}, {"_visit": "1-x"}])
def test_a_forged_touch_makes_nobody_a_case(screen, field, trial, change):
    """400, upon which the script loads the screen anew."""
    form = {**screen.hidden(screen.get("/k/trial")), "person": secrets.token_hex(16), **change}
    assert screen.send("/k/trial", form).status_code == 400
    assert field.tokens(trial) == []


def test_without_the_script_nothing_begins(browser, field, trial):
    """A form of another site, or a screen without JavaScript."""
    response = browser.post(browser.get("/k/trial"), {"person": secrets.token_hex(16)})
    assert response.status_code == 303
    assert field.tokens(trial) == []


@pytest.mark.parametrize("slug", ["nobody", "%00", "nps_wording_length"])
def test_only_schemes_that_can_take_arrivals_have_a_kiosk(screen, nps, slug):
    """A listed sample is closed to others."""
    assert screen.get(f"/k/{slug}").status_code == 404


def test_the_kiosk_says_what_is_stored(screen, trial):
    """Without the cookie, the code and the ways to stop of the open link, which are not there."""
    page = screen.get("/k/trial/privacy").text
    assert "Where this screen stands" in page
    assert "this site sets no cookies" in page
    assert "code" not in re.sub(r"<[^>]+>", " ", page)
    assert screen.get("/k/nobody/privacy").status_code == 404


def test_an_experiment_of_kiosks_has_no_open_link(screen, browser, field):
    """`channel: kiosk` takes people at a screen only."""
    kiosks = EXPERIMENT.replace("measurement:", "contact: {channel: kiosk}\nmeasurement:")
    field.written(kiosks, INSTRUMENT, slug="screens", drawn=False)
    assert browser.get("/o/screens").status_code == 404
    assert browser.get("/o/screens/resume").status_code == 404
    assert screen.touch("/k/screens").status_code == 204


def test_the_worker_is_asked_for_anew_each_time(screen):
    """A service worker whose file is kept for ever is never replaced."""
    response = screen.get("/k/worker.js")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.mimetype == "text/javascript"


def test_the_console_counts_arrivals(screen, browser, trial):
    """Who came by themselves were not sampled, and have no response rate."""
    screen.touch()
    page = browser.get("/console/trial").text
    assert "arrived" in page
    assert "sampled" not in page
    assert "participation and completion" in page


def test_the_console_counts_arrivals_of_an_experiment_that_was_opened(browser, field, trial):
    """`draw` opens it and sets the day on which it closes; still nobody was sampled."""
    with field.ledger.write() as conn:
        experiments.mark_drawn(conn, trial, BEGIN, BEGIN + timedelta(days=21), None)
    assert "sampled" not in browser.get("/console/trial").text
