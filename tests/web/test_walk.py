"""The way through a survey, with JavaScript off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from surveylab.design.terms import Missing

LONG = ["recommendation", "reason", "service", "contacts", "background"]
ANSWERS = {
    "recommendation": {"recommend": "9"},
    "reason": {"why": "Friendly people"},
    "service": {f"drivers.{row}": "4" for row in ("quality", "price", "advice", "speed", "website")},
    "contacts": {"channels": ["phone", "chat"], "effort": "4"},
    "background": {"tenure": "7", "improve": "The website"},
}


def place(page):
    """The last part of the address of a page."""
    return page.request.path.rpartition("/")[2]


def walk(browser, token, answers=ANSWERS):
    """Answer everything; the pages that were shown."""
    page = browser.start(token)
    shown = []
    while place(page) != "thanks":
        shown.append(place(page))
        page = browser.answer(page, answers[place(page)])
    return shown


def test_a_survey_is_answered_from_the_link_to_the_thanks(browser, field, long_token, clock):
    """Every page of the arm is shown in order, and every answer is stored with what was displayed."""
    assert walk(browser, long_token) == LONG
    assert field.values(long_token) == {
        "recommend": 9,
        "why": "Friendly people",
        **{f"drivers.{row}": "4" for row in ("quality", "price", "advice", "speed", "website")},
        "channels": "phone chat",
        "effort": "4",
        "tenure": 7,
        "improve": "The website",
    }
    assert field.kinds(long_token) == ["opened", "started", *["page"] * 5, "submitted"]
    improve = field.state(long_token).answers["improve"]
    assert (improve.position, improve.option_order, len(improve.text_hash)) == (3, (), 64)
    assert field.state(long_token).answers["recommend"].option_order == tuple(map(str, range(11)))


def test_the_second_respondent_compiles_no_statement(browser, field, nps, ledger, monkeypatch):
    """Every statement of the respondent path is kept compiled; compiling one costs more than running it."""
    first, second = (field.tokens(nps, length="long", wording=wording)[0] for wording in ("standard", "experience"))
    walk(browser, first)
    compiled = []
    with ledger.write() as reading, ledger.read() as writing:
        for compiler in {conn.dialect.statement_compiler for conn in (reading, writing)}:
            monkeypatch.setattr(compiler, "__init__", _noted(compiler.__init__, compiled))
    walk(browser, second)
    assert compiled == []


def _noted(build, compiled):
    def init(self, dialect, statement, *args, **kwargs):
        compiled.append(str(statement.__class__))
        build(self, dialect, statement, *args, **kwargs)

    return init


def test_everything_may_be_left_blank(browser, field, short_token):
    """A blank is stored as such, and what depends on it is not asked."""
    page = browser.start(short_token)
    page = browser.answer(page)
    assert place(page) == "background", "the reason is asked only of who gave a rating"
    page = browser.answer(page)
    assert place(page) == "thanks"
    assert field.values(short_token) == dict.fromkeys(("recommend", "tenure", "improve"), Missing.NO_ANSWER)


def test_the_time_of_a_page_runs_by_the_servers_clock(browser, field, long_token, clock):
    """From the display of the page to its submission, and on through an error."""
    walk_page = browser.start(long_token)
    clock.advance(seconds=30)
    wrong = browser.post(walk_page, {"recommend": "11"})
    assert wrong.status_code == 422
    clock.advance(seconds=12)
    browser.answer(wrong, {"recommend": "10"})
    (row,) = field.rows("paradata")
    assert (row.page, row.submitted_at - row.shown_at) == ("recommendation", timedelta(seconds=42))


def test_paradata_say_which_class_of_device(app, field, long_token, browser):
    """Coarse, from what every browser tells."""
    browser.headers = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36"}
    browser.answer(browser.start(long_token), {"recommend": "5"})
    (row,) = field.rows("paradata")
    assert row.device == "phone"


def test_back_and_reload_show_the_same_page_with_its_answers(browser, field, long_token):
    """Back leads to the page before, with what was answered; nothing is drawn or stored anew."""
    page = browser.answer(browser.start(long_token), {"recommend": "9"})
    assert f'href="/r/{long_token}/recommendation"' in page.text
    before = field.state(long_token)
    back = browser.get(f"/r/{long_token}/recommendation")
    again = browser.get(f"/r/{long_token}/recommendation")
    assert 'value="9" checked' in back.text
    assert browser.hidden(back) != browser.hidden(again), "each rendering is a visit of its own"
    for page in (back, again):
        for name, value in browser.hidden(page).items():
            page.text_without = getattr(page, "text_without", page.text).replace(value, name)
    assert back.text_without == again.text_without
    assert field.state(long_token) == before


def test_the_first_page_has_no_back_link(browser, long_token):
    """There is nothing before it."""
    assert 'class="back"' not in browser.start(long_token).text


def test_a_respondent_goes_on_where_the_survey_was_left(app, browser, field, long_token, clock):
    """On another device and days later: the same arm, the same page, the button says so."""
    browser.answer(browser.start(long_token), {"recommend": "9"})
    clock.advance(days=3)
    other = type(browser)(app.test_client())
    landing = other.get(f"/r/{long_token}")
    assert "Continue where you left off" in landing.text
    assert place(other.answer(landing)) == "reason"
    assert field.kinds(long_token).count("started") == 1


def test_a_page_that_is_not_open_yet_leads_to_the_one_that_is(browser, field, long_token):
    """Nor can it be sent; a page that does not exist is no different."""
    first = browser.start(long_token)
    for name in ("background", "nowhere", "%00", "recommendation%2Fx"):
        response = browser.get(f"/r/{long_token}/{name}")
        if response.status_code != 404:
            assert response.headers["Location"] == f"/r/{long_token}/recommendation"
    response = browser.send(f"/r/{long_token}/background", {**browser.hidden(first), "tenure": "3"})
    assert response.status_code == 303
    assert field.values(long_token) == {}


def test_no_page_is_shown_before_the_start(browser, field, long_token):
    """The landing page comes first, whatever address was guessed."""
    response = browser.get(f"/r/{long_token}/recommendation")
    assert (response.status_code, response.headers["Location"]) == (303, f"/r/{long_token}")
    assert field.kinds(long_token) == []


def test_an_earlier_answer_can_be_changed_until_the_end(browser, field, long_token):
    """The later visit replaces the answer, and the way goes on from there."""
    browser.answer(browser.start(long_token), {"recommend": "9"})
    page = browser.answer(browser.get(f"/r/{long_token}/recommendation"), {"recommend": "2"})
    assert place(page) == "reason"
    assert field.values(long_token) == {"recommend": 2}
    assert len(field.rows("answer")) == 1


@pytest.mark.parametrize("page", ["recommendation", "background"])
def test_a_double_click_is_one_submission(app, browser, field, short_token, page):
    """Eight simultaneous posts of one visit: one event, one set of answers, all led to the same place."""
    shown = browser.start(short_token)
    if page == "background":
        shown = browser.answer(browser.answer(shown, {"recommend": "9"}), {"why": "x"})
    data = {**browser.hidden(shown), **ANSWERS[page]}

    def post(_):
        return type(browser)(app.test_client()).send(f"/r/{short_token}/{page}", data)

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(post, range(8)))
    assert {response.status_code for response in responses} == {303}
    assert len({response.headers["Location"] for response in responses}) == 1
    events = field.state(short_token).events
    assert [event.detail for event in events if event.kind == "page"].count(page) == 1
    assert [event.kind for event in events].count("submitted") == (page == "background")
    assert len([row for row in field.rows("paradata") if row.page == page]) == 1
    assert len([row for row in field.rows("answer") if row.page == page]) == len(ANSWERS[page])


def test_a_page_that_the_browser_kept_alive_can_be_changed(browser, field, long_token):
    """Back to it, another answer, Continue: sent under the visit that was sent before, and no answer is lost."""
    first = browser.start(long_token)
    for rating in ("9", "4", "9"):
        assert place(browser.answer(first, {"recommend": rating})) == "reason"
        assert field.values(long_token) == {"recommend": int(rating)}
    assert len(field.rows("answer")) == 1


def test_two_simultaneous_starts_are_one(app, browser, field, long_token):
    """The event is written once."""
    landing = browser.get(f"/r/{long_token}")

    def post(_):
        return type(browser)(app.test_client()).post(landing)

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(post, range(8)))
    assert {response.headers["Location"] for response in responses} == {f"/r/{long_token}/recommendation"}
    assert field.kinds(long_token) == ["opened", "started"]


def test_two_tabs_are_one_respondent(app, browser, field, long_token):
    """The tab that is sent last counts; a tab that was left behind finds its way."""
    one = browser.start(long_token)
    other = browser.get(f"/r/{long_token}/recommendation")
    browser.answer(one, {"recommend": "9"})
    page = browser.answer(other, {"recommend": "4"})
    assert place(page) == "reason"
    assert field.values(long_token) == {"recommend": 4}
    assert len(field.rows("answer")) == 1


def test_a_late_tab_of_a_finished_survey_changes_nothing(browser, field, short_token):
    """What was submitted is submitted."""
    first = browser.start(short_token)
    page = browser.answer(browser.answer(first, {"recommend": "9"}), {"why": "x"})
    browser.answer(page, {"tenure": "7"})
    stored = field.values(short_token)
    response = browser.post(first, {"recommend": "0"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/r/{short_token}/thanks")
    assert field.values(short_token) == stored


def test_thanks_are_for_who_got_there(browser, long_token):
    """Before the end, the address leads to where the respondent is."""
    assert browser.get(f"/r/{long_token}/thanks").headers["Location"] == f"/r/{long_token}"
    browser.start(long_token)
    assert browser.get(f"/r/{long_token}/thanks").headers["Location"] == f"/r/{long_token}/recommendation"


def test_answers_are_kept_when_the_survey_closes_meanwhile(browser, field, long_token, clock):
    """What came in time stays; what comes too late is told so and not stored."""
    page = browser.answer(browser.start(long_token), {"recommend": "9"})
    clock.time += timedelta(days=22)
    late = browser.post(page, {"why": "too late"})
    assert late.status_code == 410
    assert "has been kept" in late.text
    assert field.values(long_token) == {"recommend": 9}
