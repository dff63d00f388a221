"""Quotas: exactly the limit, whoever comes at the same moment, and a kind end for who comes too late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from surveylab.design.cases import Answer
from surveylab.design.dispositions import disposition
from surveylab.fieldwork import pausing, progress
from surveylab.fieldwork.interview import Interview
from surveylab.fieldwork.reading import Reading
from surveylab.fieldwork.studies import Studies
from surveylab.store import histories, quotas
from surveylab.store.histories import record_of
from surveylab.store.steps import Paradata

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {wording: {varies: items.a.text, levels: {plain: "What?", long: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {wording: [plain, long]}}}
sampling: {scheme: srs, n: 1000}
frame: {source: people}
quotas: %s
"""
ARRIVALS = EXPERIMENT.replace("complete", "hashed").replace(
    "sampling: {scheme: srs, n: 1000}\nframe: {source: people}\n", ""
)
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [age]}, {id: two, items: [a]}]
items:
  - {id: age, type: number, text: How old are you?, low: 0, high: 120}
  - {id: a, type: short_text, text: What?}
"""
BY_AGE = "{young: {most: %s, if: age < 30}, old: {most: 5, if: age >= 30}}"
AT_ONCE = 50
FULL = "We have enough answers"


@pytest.fixture
def trial(field):
    """Fields the experiment with these quotas; its row and the tokens of its cases."""

    def run(rules, per_arm=3, **fields):
        row = field.written(EXPERIMENT % rules, INSTRUMENT, per_arm=per_arm, **fields)
        return row, field.tokens(row)

    return run


def tally(field, clock, row, quota):
    """Confirmed, reserved, turned away."""
    with field.ledger.read() as conn:
        found = quotas.tallies(conn, row, clock.time).get(quota, quotas.Tally())
    return found.confirmed, found.reserved, found.turned_away


def finish(browser, token, age="40"):
    """Answer everything; the last page that is led to."""
    page = browser.start(token)
    for answers in ({"age": age}, {"a": "x"}):
        if page.request.path.endswith("/thanks"):
            break
        page = browser.answer(page, answers)
    return page


def at_once(app, browser, pages, answers=None):
    """Everybody sends the form of a page at the same moment; where each is led to."""

    def send(page):
        response = type(browser)(app.test_client()).post(page, answers)
        assert response.status_code == 303, response.text
        return response.headers["Location"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, pages))


@pytest.mark.parametrize("counts", ["in_progress", "completes"])
def test_one_short_of_the_limit_fifty_finish_at_once_and_one_is_counted(app, browser, field, clock, trial, *, counts):
    """Whoever had to make do without a place while answering: exactly the limit is confirmed, the others are told."""
    rules = f"{{all: {{most: 2, counts: {counts}, expires: PT1S}}}}"
    row, (first, *others) = trial(rules, per_arm=AT_ONCE // 2 + 1)
    others = others[:AT_ONCE]
    finish(browser, first)
    last = []
    for token in others:
        last.append(browser.answer(browser.start(token), {"age": "40"}))
        clock.advance(seconds=2)  # the reservation is gone before the next one comes
    places = at_once(app, browser, last, {"a": "x"})
    assert tally(field, clock, row, "all") == (2, 0, AT_ONCE - 1)
    kinds = [field.kinds(token) for token in others]
    assert sum("submitted" in each for each in kinds) == 1
    assert sum("quota_full" in each for each in kinds) == AT_ONCE - 1
    assert all(field.values(token)["a"] == "x" for token in others), "what was sent is kept"
    assert set(places) == {f"/r/{token}/thanks" for token in others}
    codes = [browser.get(place).status_code for place in places]
    assert (codes.count(200), codes.count(410)) == (1, AT_ONCE - 1)


def test_fifty_start_at_once_and_the_limit_is_let_in(app, browser, field, clock, trial):
    """A place is reserved at the start, in the order in which the database takes them."""
    row, tokens = trial("{all: {most: 7}}", per_arm=AT_ONCE // 2)
    places = at_once(app, browser, [browser.get(f"/r/{token}") for token in tokens])
    assert tally(field, clock, row, "all") == (0, 7, AT_ONCE - 7)
    assert sum(place.endswith("/one") for place in places) == 7
    assert sum("started" in field.kinds(token) for token in tokens) == 7
    assert sum(field.kinds(token) == ["opened", "quota_full"] for token in tokens) == AT_ONCE - 7


def test_fifty_answers_that_decide_at_once(app, browser, field, clock, trial):
    """A quota on an answer takes its places with the page that asks it."""
    row, tokens = trial(BY_AGE % 3, per_arm=AT_ONCE // 2)
    at_once(app, browser, [browser.start(token) for token in tokens], {"age": "20"})
    assert tally(field, clock, row, "young") == (0, 3, AT_ONCE - 3)
    assert tally(field, clock, row, "old") == (0, 0, 0)


def test_who_comes_too_late_is_thanked_and_asked_nothing_more(browser, field, trial):
    """A page of its own, 410, whatever address is opened; what was answered stays; AAPOR 4.80."""
    row, (first, second, *_) = trial(BY_AGE % 1)
    browser.answer(browser.start(first), {"age": "20"})
    page = browser.answer(browser.start(second), {"age": "25"})
    assert (page.status_code, browser.heading(page)) == (410, FULL)
    assert "has been kept" in page.text
    for path in ("", "/one", "/two", "/thanks"):
        assert browser.get(f"/r/{second}{path}").status_code == 410
    assert field.values(second) == {"age": 25}
    assert field.state(second).events[-1].detail == "young"
    study = Studies(field.ledger).study(row)
    with field.ledger.read() as conn:
        (found,) = (
            each for some in histories.case_records(conn, row) for each in some if each.id == field.case(second).id
        )
    arm = study.experiment.arm_of(found.levels)
    assert disposition(record_of(found, study.experiment, arm, study.plan(arm))).code == "4.80"


def test_a_quota_on_an_arm_leaves_the_other_arms_alone(browser, field, clock, trial):
    """Full at the start for those of the arm, before they are asked anything."""
    row, _ = trial('{plain: {most: 1, if: arm.wording == "plain"}}')
    plain, long = field.tokens(row, wording="plain"), field.tokens(row, wording="long")
    assert browser.start(plain[0]).status_code == 200
    late = browser.start(plain[1])
    assert (late.status_code, browser.heading(late)) == (410, FULL)
    assert "has been kept" not in late.text
    assert {browser.start(token).status_code for token in long} == {200}
    assert tally(field, clock, row, "plain") == (0, 1, 1)


def test_a_quota_on_a_field_of_the_frame(browser, field, clock, trial):
    """Known at the start; the rule holds for everybody here."""
    row, tokens = trial(
        '{north: {most: 1, if: unit.region == "north"}, south: {most: 1, if: unit.region == "south"}}', region="north"
    )
    assert [browser.start(token).status_code for token in tokens[:2]] == [200, 410]
    assert tally(field, clock, row, "south") == (0, 0, 0)


def test_a_reservation_runs_out_and_each_page_makes_it_last(browser, field, clock, trial):
    """Two hours from the last page that was sent; then somebody else may have the place."""
    row, (first, second, third, *_) = trial("{all: {most: 1}}")
    page = browser.start(first)
    clock.advance(hours=1.5)
    page = browser.answer(page, {"age": "40"})
    clock.advance(hours=1.5)
    assert browser.start(second).status_code == 410, "three hours behind the start, and still kept"
    clock.advance(minutes=30)
    assert tally(field, clock, row, "all") == (0, 0, 1), "two hours behind the last page"
    assert browser.start(third).status_code == 200
    assert browser.answer(page, {"a": "x"}).status_code == 410


def test_who_comes_back_late_gets_a_place_if_there_is_one(browser, field, clock, trial):
    """The one who broke off lost it to somebody else; with room for two, nobody is turned away."""
    for most, code in ((1, 410), (2, 200)):
        row, (first, second, *_) = trial(f"{{all: {{most: {most}}}}}")
        page = browser.answer(browser.start(first), {"age": "40"})
        clock.advance(hours=3)
        assert browser.start(second).status_code == 200
        assert browser.answer(page, {"a": "x"}).status_code == code
        assert field.values(first) == {"age": 40, "a": "x"}
        assert tally(field, clock, row, "all")[:2] == ((0, 1) if code == 410 else (1, 1))


def test_a_place_that_was_given_away_does_not_come_back_by_a_clock_that_is_behind(browser, field, clock, trial):
    """A request that began before the reservation ran out, and is served behind the one that took the place."""
    row, (first, second, *_) = trial("{all: {most: 1}}")
    page = browser.start(first)
    clock.advance(hours=2)
    assert browser.start(second).status_code == 200
    clock.advance(seconds=-1)
    assert browser.answer(page, {"age": "40"}).status_code == 410
    assert tally(field, clock, row, "all") == (0, 1, 1)


def test_no_reservation_runs_out_during_a_pause(browser, field, clock, trial):
    """Its clock stands still: a page that is sent meanwhile takes nobody's place, and reserves from its begin on."""
    row, (first, second, third, *_) = trial(BY_AGE % 2)
    kept = browser.answer(browser.start(first), {"age": "20"})
    pages = [browser.start(token) for token in (second, third)]
    clock.advance(hours=1)
    pausing.pause(field.ledger, "trial", clock.time)
    clock.advance(hours=2)
    for page in pages:
        browser.post(page, {"age": "21"})
    assert ["quota_full" in field.kinds(token) for token in (second, third)] == [False, True]
    clock.advance(hours=1)
    assert tally(field, clock, row, "young") == (0, 2, 1)
    pausing.resume(field.ledger, "trial", clock.time)
    clock.advance(minutes=59)
    assert browser.answer(kept, {"a": "x"}).request.path == f"/r/{first}/thanks"
    clock.advance(minutes=60)
    assert tally(field, clock, row, "young") == (1, 1, 1), "a minute less than two hours behind the pause"
    clock.advance(minutes=2)
    assert tally(field, clock, row, "young") == (1, 0, 1)


def test_another_answer_gives_the_place_back_and_takes_the_other(browser, field, clock, trial):
    """By the back button, before the end."""
    row, (first, second, *_) = trial(BY_AGE % 1)
    page = browser.answer(browser.start(first), {"age": "20"})
    assert tally(field, clock, row, "young") == (0, 1, 0)
    page = browser.answer(browser.get(f"/r/{first}/one"), {"age": "50"})
    assert (tally(field, clock, row, "young"), tally(field, clock, row, "old")) == ((0, 0, 0), (0, 1, 0))
    assert browser.answer(browser.start(second), {"age": "20"}).status_code == 200
    browser.answer(page, {"a": "x"})
    assert tally(field, clock, row, "old") == (1, 0, 0)


def test_another_answer_that_is_full_ends_the_interview(browser, field, clock, trial):
    """The place that was left is free for others; who learned what is full cannot try another answer."""
    row, (first, second, *_) = trial(BY_AGE % 1)
    browser.answer(browser.start(first), {"age": "20"})
    page = browser.answer(browser.start(second), {"age": "50"})
    back = browser.get(f"/r/{second}/one")
    assert browser.answer(back, {"age": "20"}).status_code == 410
    assert tally(field, clock, row, "old") == (0, 0, 0)
    assert browser.post(back, {"age": "50"}).status_code == 410
    assert browser.post(page, {"a": "x"}).status_code == 410
    assert field.values(second) == {"age": 20}


def test_a_case_that_needs_two_places_gets_both_or_none(browser, field, clock, trial):
    """The first quota has room, the second is full: nothing is held in the first."""
    row, (first, second, *_) = trial("{young: {most: 5, if: age < 30}, all: {most: 1, if: age < 200}}")
    browser.answer(browser.start(first), {"age": "50"})
    assert browser.answer(browser.start(second), {"age": "20"}).status_code == 410
    assert tally(field, clock, row, "young") == (0, 0, 0)
    assert tally(field, clock, row, "all") == (0, 1, 1)


def test_a_second_tab_and_a_double_submit_hold_one_place(app, browser, field, clock, trial):
    """Eight times the same visit, and another tab: one case, one place, one next page."""
    row, (first, *_) = trial(BY_AGE % 5)
    page = browser.start(first)
    other = browser.get(f"/r/{first}/one")
    assert len(set(at_once(app, browser, [page] * 8, {"age": "20"}))) == 1
    assert browser.answer(other, {"age": "21"}).request.path == f"/r/{first}/two"
    assert tally(field, clock, row, "young") == (0, 1, 0)
    last = browser.get(f"/r/{first}/two")
    assert set(at_once(app, browser, [last] * 8, {"a": "x"})) == {f"/r/{first}/thanks"}
    assert tally(field, clock, row, "young") == (1, 0, 0)


def test_two_tabs_that_disagree_at_the_same_moment(app, browser, field, clock, trial):
    """The place is that of the answer that is stored, whichever tab was last."""
    _, tokens = trial(BY_AGE % 5)
    for token in tokens[:4]:
        pages = [browser.start(token), browser.get(f"/r/{token}/one")]

        def send(pair):
            page, age = pair
            return type(browser)(app.test_client()).post(page, {"age": age}).status_code

        with ThreadPoolExecutor(2) as pool:
            assert set(pool.map(send, zip(pages, ("20", "50"), strict=True))) == {303}
        held = {place.quota for place in field.rows("quota_place") if place.case_id == field.case(token).id}
        assert held == ({"young"} if field.values(token)["age"] == 20 else {"old"})


def test_what_another_tab_changed_meanwhile_decides(browser, field, clock, trial):
    """A page that was being read in while another tab changed the deciding answer goes by the new one."""
    row, (first, *_) = trial(BY_AGE % 5)
    page = browser.answer(browser.start(first), {"age": "20"})
    interview, view = _reading(field, first, page, clock)
    browser.answer(browser.get(f"/r/{first}/one"), {"age": "50"})
    assert _stored(interview, view, clock) == "thanks"
    assert (tally(field, clock, row, "young"), tally(field, clock, row, "old")) == ((0, 0, 0), (1, 0, 0))


def test_a_page_that_was_being_read_in_when_the_interview_ended_takes_no_place(browser, field, clock, trial):
    """An opt-out in another tab: nothing more is stored, and no place is left behind."""
    row, (first, *_) = trial(BY_AGE % 5)
    page = browser.answer(browser.start(first), {"age": "20"})
    interview, view = _reading(field, first, page, clock)
    browser.post(browser.get(f"/r/{first}/stop"))
    assert _stored(interview, view, clock) == "thanks"
    assert field.values(first) == {"age": 20}
    assert tally(field, clock, row, "young") == (0, 0, 0)


def _reading(field, token, page, clock):
    """A request that has read the case and has stored nothing yet."""
    interview = Interview(field.ledger, Studies(field.ledger))
    return interview, interview.view(token, page.request.path.rpartition("/")[2], clock.time, sent=True)


def _stored(interview, view, clock):
    """The same request, going on: where it leads to."""
    reading = Reading((Answer("a", "a", "x", 1),), {})
    return interview.submit(view, reading, "a visit", Paradata(clock.time), clock.time).place


def test_an_opt_out_gives_the_place_back_at_once(browser, field, clock, trial):
    """Nobody waits for who is not coming; a place that was confirmed stays with the answers."""
    row, (first, second, third, *_) = trial("{all: {most: 1}}")
    browser.start(first)
    browser.post(browser.get(f"/r/{first}/stop"))
    assert tally(field, clock, row, "all") == (0, 0, 0)
    assert finish(browser, second).status_code == 200
    browser.post(browser.get(f"/r/{second}/stop"))
    assert tally(field, clock, row, "all") == (1, 0, 0)
    assert browser.start(third).status_code == 410


def test_completes_let_everybody_in_until_the_last_place_is_confirmed(browser, field, clock, trial):
    """Nobody waits for who broke off; who is inside when it fills up is told with the next page."""
    row, (first, second, third, *_) = trial("{all: {most: 1, counts: completes}}")
    pages = [browser.answer(browser.start(token), {"age": "40"}) for token in (first, second)]
    assert tally(field, clock, row, "all") == (0, 2, 0)
    assert browser.answer(pages[0], {"a": "x"}).status_code == 200
    assert browser.start(third).status_code == 410
    assert browser.answer(pages[1], {"a": "x"}).status_code == 410
    assert tally(field, clock, row, "all") == (1, 0, 2)


def test_an_open_link_with_a_quota(app, browser, field, clock):
    """Who arrives too late is a case that was turned away; once the last place is confirmed the door says so."""
    row = field.written(ARRIVALS % "{all: {most: 1}}", INSTRUMENT, drawn=False)
    page = browser.answer(browser.get("/o/trial"))
    late = type(browser)(app.test_client())
    landing = late.get("/o/trial")
    assert landing.status_code == 200, "the place may become free"
    assert (late.answer(landing).status_code, late.get("/o/trial").status_code) == (410, 410)
    assert tally(field, clock, row, "all") == (0, 1, 1)
    assert "Continue where you left off" in browser.get("/o/trial").text
    browser.answer(browser.answer(page, {"age": "40"}), {"a": "x"})
    assert browser.heading(browser.get("/o/trial")) == "You have already answered"
    third = type(browser)(app.test_client())
    assert browser.heading(third.get("/o/trial")) == FULL
    assert len(field.tokens(row)) == 2


def test_looking_takes_no_place(browser, field, clock, trial):
    """GET and HEAD of the link, of the landing page and of pages reserve, prolong and confirm nothing."""
    _, (first, *_) = trial("{all: {most: 1, expires: PT1H}}")
    for method in ("GET", "HEAD"):
        browser.client.open(f"/r/{first}", method=method)
    assert field.rows("quota_place") == []
    browser.start(first)
    before = field.rows("quota_place")
    clock.advance(minutes=30)
    for method in ("GET", "HEAD"):
        for path in ("", "/one", "/thanks", "/stop"):
            browser.client.open(f"/r/{first}{path}", method=method)
    assert field.rows("quota_place") == before


def test_a_preview_takes_no_place(browser, field, trial):
    """It shows every page to nobody: no case, no event, no place."""
    row, _ = trial("{all: {most: 1}}")
    before = [field.rows(table) for table in ("sampled_case", "event", "quota_place")]
    assert browser.get("/console/trial/preview").status_code == 200
    assert [field.rows(table) for table in ("sampled_case", "event", "quota_place")] == before
    assert browser.start(field.tokens(row)[0]).status_code == 200


def test_the_console_shows_how_far_quotas_are(browser, field, clock, trial):
    """Name, rule, limit, confirmed, reserved, turned away."""
    row, (first, second, third, fourth, *_) = trial(BY_AGE % 2)
    finish(browser, first, "20")
    for token in (second, third):
        browser.answer(browser.start(token), {"age": "25"})
    browser.answer(browser.start(fourth), {"age": "60"})
    text = " ".join(browser.get("/console/trial").text.split())
    assert '<th scope="row">young</th><td><code>age &lt; 30</code></td> <td class="number">2</td>' in text
    flows = progress.versions(field.ledger, Studies(field.ledger), "trial", clock.time)
    assert [(q.name, q.most, q.confirmed, q.reserved, q.turned_away) for q in flows[0].quotas] == [
        ("young", 2, 1, 1, 1),
        ("old", 5, 0, 1, 0),
    ]
    assert flows[0].stored.id == row


def test_an_experiment_without_quotas_asks_the_ledger_nothing_of_them(browser, field, long_token, monkeypatch):
    """Neither the lock nor a table."""
    for name in ("wait", "settle", "confirm", "give_back"):
        monkeypatch.setattr(quotas, name, None)
    page = browser.answer(browser.start(long_token), {"recommend": "9"})
    assert page.status_code == 200
    browser.post(browser.get(f"/r/{long_token}/stop"))
    assert field.kinds(long_token)[-1] == "opted_out"
