"""What stands at a link: each case has a page of its own, and only a POST does anything."""

from __future__ import annotations

import pytest

CLOSES = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: contact.closes, levels: {x: P7D, y: P28D}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
QUESTIONS = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a]}]
items: [{id: a, type: short_text, text: What?}]
"""


def title(page):
    """The title of a page."""
    return page.text.partition("<title>")[2].partition("</title>")[0]


def finish(browser, token):
    """Answer the short survey."""
    page = browser.start(token)
    for answers in ({"recommend": "9"}, {"why": "x"}, {"tenure": "7"}):
        page = browser.answer(page, answers)
    return page


def opt_out(browser, token):
    """Confirm on the page that asks once more."""
    return browser.answer(browser.get(f"/r/{token}/stop"))


def test_every_end_has_a_page_and_a_code_of_its_own(browser, field, nps, clock):
    """Thanks and already answered 200, closed and opted out 410, unknown 404; all distinct."""
    (finished,) = field.tokens(nps, length="short", wording="experience")
    opted_out, fresh = field.tokens(nps, length="long")
    browser.start(fresh)
    found = {
        "thanks": finish(browser, finished),
        "answered": browser.get(f"/r/{finished}"),
        "opted out": browser.client.get(opt_out_of(browser, opted_out)),
        "unknown": browser.get("/r/AAAAAAAAAAAAAAAAAAAAAA"),
    }
    clock.advance(days=21)
    found["closed"] = browser.get(f"/r/{fresh}")
    assert {name: page.status_code for name, page in found.items()} == {
        "thanks": 200,
        "answered": 200,
        "opted out": 410,
        "unknown": 404,
        "closed": 410,
    }
    assert len({title(page) for page in found.values()}) == 5
    assert len({browser.heading(page) for page in found.values()}) == 5


def opt_out_of(browser, token):
    """Opt out; the address that one is led to."""
    response = browser.post(browser.get(f"/r/{token}/stop"))
    assert response.status_code == 303
    return response.headers["Location"]


def test_who_answered_is_told_so_even_after_the_close(browser, field, short_token, clock):
    """The later fact does not hide the earlier one."""
    finish(browser, short_token)
    clock.advance(days=30)
    assert browser.get(f"/r/{short_token}").status_code == 200


def test_the_close_is_a_moment(browser, long_token, clock):
    """Open until the second before, closed from then on."""
    clock.advance(days=21, seconds=-1)
    assert browser.get(f"/r/{long_token}").status_code == 200
    clock.advance(seconds=1)
    assert browser.get(f"/r/{long_token}").status_code == 410


def test_each_arm_closes_when_its_plan_says(browser, field, clock):
    """A factor that varies the closing date moves it for its arm only."""
    row = field.written(CLOSES, QUESTIONS)
    (early,), (late,) = field.tokens(row, f="x"), field.tokens(row, f="y")
    page = browser.start(early)
    clock.advance(days=7)
    assert browser.get(f"/r/{early}").status_code == 410
    assert browser.post(page, {"a": "too late"}).status_code == 410
    assert browser.answer(browser.start(late), {"a": "in time"}).status_code == 200
    assert (field.values(early), field.values(late)) == ({}, {"a": "in time"})


@pytest.mark.parametrize("started", [False, True])
def test_an_opt_out_ends_everything_and_is_written_once(browser, field, long_token, started):
    """Whatever page is open in whatever tab, nothing more is taken."""
    tab = browser.start(long_token) if started else browser.get(f"/r/{long_token}")
    confirm = browser.get(f"/r/{long_token}/stop")
    for _ in range(2):
        assert browser.post(confirm).status_code == 303
    assert field.kinds(long_token).count("opted_out") == 1
    for response in (
        browser.get(f"/r/{long_token}"),
        browser.get(f"/r/{long_token}/recommendation"),
        browser.get(f"/r/{long_token}/thanks"),
        browser.get(f"/r/{long_token}/stop"),
        browser.post(tab, {"recommend": "9"}),
    ):
        assert response.status_code == 410
        assert browser.heading(response) == "You no longer take part"
    assert field.values(long_token) == {}


def test_an_opt_out_is_honoured_after_the_close_and_after_the_end(browser, field, short_token, clock):
    """Who answered, or came too late, can still ask to be left alone."""
    finish(browser, short_token)
    clock.advance(days=40)
    opt_out_of(browser, short_token)
    assert field.kinds(short_token)[-1] == "opted_out"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["", "/stop", "/recommendation", "/thanks", "/stop?confirm=1"])
def test_scanners_that_follow_links_do_nothing(browser, field, long_token, method, path):
    """No GET and no HEAD starts, submits or opts out; HEAD leaves no trace at all."""
    browser.client.open(f"/r/{long_token}{path}", method=method)
    assert field.kinds(long_token) == (["opened"] if method == "GET" and not path else [])


def test_a_prefetch_is_not_an_opening(browser, field, long_token):
    """Nobody has read the page yet."""
    browser.headers = {"Sec-Purpose": "prefetch;prerender"}
    assert browser.get(f"/r/{long_token}").status_code == 200
    assert field.kinds(long_token) == []


def test_a_link_with_a_slash_behind_it_works(browser, field, long_token):
    """Mail programs and people add one."""
    assert browser.get(f"/r/{long_token}/").status_code == 200
    assert field.kinds(long_token) == ["opened"]


def test_an_opening_is_recorded_once(browser, field, long_token):
    """However often the link is followed."""
    for _ in range(3):
        browser.get(f"/r/{long_token}")
    assert field.kinds(long_token) == ["opened"]


@pytest.mark.parametrize("token", ["%00", "%F0%9F%98%80", "a" * 5000, "..", "'; DROP TABLE answer; --"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strange_tokens_are_unknown(browser, nps, token, method):
    """404, never an exception."""
    for path in (f"/r/{token}", f"/r/{token}/stop", f"/r/{token}/recommendation", f"/r/{token}/thanks"):
        response = browser.client.open(path, method=method)
        assert response.status_code in (404, 405), path
        assert browser.heading(response)


def test_a_landing_page_says_who_asks_and_what_for(browser, long_token):
    """Introduction, voluntariness, contact, the way out, and a button that posts."""
    page = browser.get(f"/r/{long_token}").text
    for words in (
        "We would like to know",
        "Taking part is your choice",
        "used for statistics only",
        "You may leave any question blank",
        "survey@example.org",
        f'href="/r/{long_token}/stop"',
        '<button class="button" type="submit">Start</button>',
    ):
        assert words in page


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"])
@pytest.mark.parametrize("path", ["", "/recommendation", "/stop", "/thanks"])
def test_unusual_methods_do_nothing(browser, field, long_token, method, path):
    """Told what there is instead; nothing is written."""
    response = browser.client.open(f"/r/{long_token}{path}", method=method)
    assert response.status_code == (200 if method == "OPTIONS" else 405)
    assert field.kinds(long_token) == []


def test_a_huge_cookie_is_no_matter(browser, field, long_token):
    """The personal link goes by its token alone."""
    browser.headers = {"Cookie": "; ".join(f"c{n}={'x' * 4000}" for n in range(20))}
    assert browser.start(long_token).status_code == 200
    assert field.kinds(long_token) == ["opened", "started"]


def test_a_method_that_is_not_there_is_told(browser, long_token):
    """405 with the methods that are."""
    response = browser.client.delete(f"/r/{long_token}")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
