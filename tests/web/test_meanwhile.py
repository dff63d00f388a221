"""What happens to a case between the moment a page that was sent is read and the moment it is stored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from surveylab.store import steps
from surveylab.store.ledger import Ledger
from tests.web.conftest import Browser

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {wording: {varies: items.a.text, levels: {plain: "What?", long: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {wording: [plain, long]}}}
sampling: {scheme: srs, n: 1000}
frame: {source: people}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a]}, {id: two, items: [y]}, {id: three, items: [z]}]
items:
  - {id: a, type: short_text, text: What?}
  - {id: y, type: short_text, text: Why?, applicable_if: a == "yes", required: true}
  - {id: z, type: short_text, text: And then?}
"""


@pytest.fixture(params=["", "quotas: {all: {most: 5}}\n"], ids=["without quotas", "with quotas"])
def token(request, field):
    """A case of the trial: a required page two applies by the answer on page one."""
    return field.tokens(field.written(EXPERIMENT + request.param, INSTRUMENT))[0]


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something happen once the next request that writes has read all it wants, and has written nothing."""

    def arrange(happens):
        own = {name: getattr(Ledger, name) for name in ("write", "step")}

        def late(name):
            def then(self):
                for each, method in own.items():
                    monkeypatch.setattr(Ledger, each, method)
                happens()
                return own[name](self)

            return then

        for name in own:
            monkeypatch.setattr(Ledger, name, late(name))

    return arrange


@pytest.fixture
def other(app, browser):
    """The same person in another tab."""
    return type(browser)(app.test_client())


def test_the_last_page_ends_nothing_that_another_tab_has_reopened(browser, other, field, token, meanwhile):
    """Page two applies by what was changed meanwhile: it is asked, and then the interview is over."""
    last = browser.answer(browser.start(token), {"a": "no"})
    first = other.get(f"/r/{token}/one")
    meanwhile(lambda: other.post(first, {"a": "yes"}))
    page = browser.answer(last, {"z": "then"})
    assert page.request.path == f"/r/{token}/two"
    assert "submitted" not in field.kinds(token)
    page = browser.answer(page, {"y": "because"})
    assert page.request.path == f"/r/{token}/three", "the page behind it, with what was sent"
    assert browser.answer(page, {"z": "then"}).request.path == f"/r/{token}/thanks"
    assert field.values(token) == {"a": "yes", "y": "because", "z": "then"}


def test_nothing_is_stored_behind_an_opt_out(browser, other, field, token, meanwhile):
    """A page that was being read when the person opted out in another tab; who sent it is told."""
    page = browser.start(token)
    meanwhile(lambda: other.post(other.get(f"/r/{token}/stop")))
    late = browser.answer(page, {"a": "yes"})
    assert (late.status_code, browser.heading(late)) == (410, "You no longer take part")
    assert field.kinds(token) == ["opened", "started", "opted_out"]
    assert field.values(token) == {}
    assert field.rows("paradata") == []


def test_nobody_starts_behind_an_opt_out(browser, other, field, token, meanwhile):
    """Start, pressed while the person opts out in another tab."""
    landing = browser.get(f"/r/{token}")
    meanwhile(lambda: other.post(other.get(f"/r/{token}/stop")))
    assert browser.answer(landing).status_code == 410
    assert field.kinds(token) == ["opened", "opted_out"]


@pytest.mark.parametrize("end", ["opted_out", "submitted"])
def test_a_page_on_its_way_meets_nothing_behind_the_end(app, field, token, meanwhile, end):
    """Asked for before an opt-out or the last page of another tab, and shown after it: no exposure is written."""
    slow, quick = Browser(app.test_client()), Browser(app.test_client(), {"Sec-Purpose": "prefetch"})
    last = quick.answer(quick.start(token), {"a": "no"})  # shown to nobody, so nothing is met so far
    ending = (quick.get(f"/r/{token}/stop"), None) if end == "opted_out" else (last, {"z": "then"})
    meanwhile(lambda: quick.post(*ending))
    assert slow.get(f"/r/{token}/one").status_code == 200, "it was read before the end"
    assert field.kinds(token)[-1] == end
    assert field.rows("exposure") == []


def test_an_opt_out_comes_before_a_whole_page_or_behind_it(browser, other, field, token, monkeypatch):
    """While the page is being stored: it waits, or the page finds that it came too late."""
    page, stop = browser.start(token), other.get(f"/r/{token}/stop")
    own = steps.advance
    with ThreadPoolExecutor(1) as pool:
        out = []

        def slow(*given):
            monkeypatch.setattr(steps, "advance", own)
            out.append(pool.submit(other.post, stop))
            wait(out, timeout=0.5)  # as long as it needs where nothing holds it back
            return own(*given)

        monkeypatch.setattr(steps, "advance", slow)
        assert browser.post(page, {"a": "yes"}).status_code == 303
        assert out[0].result().status_code == 303
    behind = "page" in field.kinds(token)
    assert field.kinds(token) == ["opened", "started", *(["page"] if behind else []), "opted_out"]
    assert field.values(token) == ({"a": "yes"} if behind else {})
    assert len(field.rows("paradata")) == behind
