"""Beacons and signals: recorded beside the answers, and never in their way."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from surveylab.fieldwork.beacons import MOST_BYTES
from surveylab.store import paradata
from surveylab.store._driver import Statement

INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a, b]}, {id: two, items: [c]}]
items:
  - {id: a, type: short_text, text: "What is the name of the place where you live?"}
  - {id: b, type: number, text: How many?}
  - {id: c, type: short_text, text: And then?}
"""
EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: measurement.paradata, levels: {full: full, times: times}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [times, full]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
TOLD = {
    "open": 4_000,
    "hidden": 1_500,
    "viewport": [375, 740],
    "pointer": "coarse",
    "items": {"a": {"focus": 500, "input": 900, "changes": 2, "edits": 1}, "zz": {"changes": 1, "edits": 0}},
}


@pytest.fixture
def trial(field):
    """The row of an experiment whose arms differ in their paradata."""
    return field.written(EXPERIMENT, INSTRUMENT)


@pytest.fixture
def token(field, trial):
    """A case whose pages tell of themselves."""
    return field.tokens(trial, f="full")[0]


@pytest.fixture
def page(browser, token, clock):
    """Its first page, five seconds after it was shown."""
    shown = browser.start(token)
    clock.advance(seconds=5)
    return shown


def beacon(browser, page, told=None, **change):
    """What the script of a page sends; ``told`` is the body as it stands."""
    body = json.dumps({**TOLD, **browser.hidden(page), **change}) if told is None else told
    kind = "text/plain;charset=UTF-8"
    return browser.client.post(f"{page.request.path}/beacon", data=body, content_type=kind, headers=browser.headers)


def displays(field, trial):
    """Every display that the ledger knows of."""
    with field.ledger.read() as conn:
        return [each for some in paradata.displays(conn, trial) for each in some]


def test_a_beacon_is_joined_to_the_submission_of_its_display(browser, field, trial, page):
    """204 without a word; seconds in view, the items, the window; the device is the window's."""
    browser.answer(page, {"a": "x", "b": "1"})
    response = beacon(browser, page)
    assert (response.status_code, response.data) == (204, b"")
    (one,) = displays(field, trial)
    assert (one.page, one.seconds, one.active, one.hidden) == ("one", 5.0, 2.5, 1.5)
    assert (one.viewport, one.device) == ((375, 740), "phone")
    assert {name: (item.focus, item.input, item.changes, item.edits) for name, item in one.items.items()} == {
        "a": (0.5, 0.9, 2, 1)
    }
    assert field.values(field.tokens(trial, f="full")[0]) == {"a": "x", "b": 1}


def test_without_a_beacon_nothing_is_missing(browser, field, trial, page, token):
    """The server's times are there, and the way to the end is open."""
    browser.answer(browser.answer(page, {"a": "x", "b": "1"}), {"c": "y"})
    assert [(each.page, each.seconds, each.active) for each in displays(field, trial)] == [
        ("one", 5.0, None),
        ("two", 0.0, None),
    ]
    assert field.kinds(token)[-1] == "submitted"


def test_a_page_that_is_left_tells_of_itself(browser, field, trial, page):
    """Nothing was sent, and what was done is known: on which item a person left."""
    assert beacon(browser, page).status_code == 204
    (one,) = displays(field, trial)
    assert (one.submitted_at, one.active, set(one.items)) == (None, 2.5, {"a"})


def test_a_beacon_counts_once(app, browser, field, page):
    """Eight at once, and one with other figures behind them: one row, the first."""
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: beacon(type(browser)(app.test_client()), page).status_code, range(8)))
    assert codes == [204] * 8
    assert beacon(browser, page, open=3_000).status_code == 204
    (row,) = field.rows("beacon")
    assert row.detail["open"] == 4.0


def test_a_late_beacon_is_kept(browser, field, token, page, clock):
    """Behind the end of the interview, and of the survey."""
    browser.answer(browser.answer(page, {"a": "x", "b": "1"}), {"c": "y"})
    clock.advance(days=60)
    before = field.state(token)
    assert beacon(browser, page).status_code == 204
    assert len(field.rows("beacon")) == 1
    assert field.state(token) == before


def test_who_wants_to_be_left_alone_is(browser, field, token, page):
    """Whatever page is still open, nothing more is stored."""
    browser.post(browser.get(f"/r/{token}/stop"))
    assert beacon(browser, page).status_code == 204
    assert field.rows("beacon") == []


@pytest.mark.parametrize(
    "change",
    [
        {"_signature": "0" * 64},
        {"_signature": "é\0"},
        {"_signature": 7},
        {"_signature": None},
        {"_visit": "ffffffffffffffff-x"},
        {"_visit": ["x"]},
        {"_visit": "\ud800"},
        {"open": None, "items": {}, "viewport": 0},
    ],
)
def test_a_forged_or_empty_beacon_is_nothing(browser, field, page, change):
    """204 as ever."""
    assert beacon(browser, page, **change).status_code == 204
    assert field.rows("beacon") == []


def test_a_beacon_holds_for_its_page_and_its_person(app, browser, field, trial, page):
    """Nobody tells of another's page, nor of one that was not shown."""
    ticket = browser.hidden(page)
    other = next(each for each in field.tokens(trial) if each not in page.request.path)
    for path in (page.request.path.replace("/one", "/two"), f"/r/{other}/one", "/r/nobody/one", "/r/%00/one"):
        response = browser.client.post(f"{path}/beacon", data=json.dumps({**TOLD, **ticket}))
        assert response.status_code == 204
    assert field.rows("beacon") == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 9_000, b"[]", b'{"items": {"a": ' * 900, b"\0", b"null", b"1e999"]
)
def test_a_malformed_beacon_is_nothing(browser, field, page, body):
    """204, and no exception."""
    assert beacon(browser, page, body).status_code == 204
    assert field.rows("beacon") == []


def test_a_huge_beacon_is_not_read(browser, field, page):
    """Just above the limit and far above it: 204 and nothing; just below it is read."""
    size = len(json.dumps({**TOLD, **browser.hidden(page), "x": ""}))
    for more in (MOST_BYTES - size + 1, 3_000_000):
        assert beacon(browser, page, x="x" * more).status_code == 204
    assert field.rows("beacon") == []
    beacon(browser, page, x="x" * (MOST_BYTES - size))
    assert len(field.rows("beacon")) == 1


def test_absurd_values_are_dropped_and_the_rest_is_kept(browser, field, page):
    """Longer open than the page exists, a window of no width: what can be true stays."""
    beacon(browser, page, open=6_001, viewport=[0, 740])
    (row,) = field.rows("beacon")
    assert set(row.detail) == {"items"}


def test_a_beacon_is_only_a_post(browser, page):
    """405 for the rest."""
    assert browser.get(f"{page.request.path}/beacon").status_code == 405


def test_times_only_sends_no_script_and_takes_no_beacon(browser, field, trial, clock):
    """The other arm of the same experiment; the pages differ in nothing else."""
    pages = {}
    for arm in ("full", "times"):
        (token,) = field.tokens(trial, f=arm)
        pages[arm] = browser.start(token)
        clock.advance(seconds=5)
        assert beacon(browser, pages[arm]).status_code == 204
    assert "<script" in pages["full"].text
    assert "<script" not in pages["times"].text
    assert "beacon" not in pages["times"].text
    (row,) = field.rows("beacon")
    assert row.case_id == field.case(field.tokens(trial, f="full")[0]).id


def test_paradata_as_a_factor_are_met_on_the_first_page(browser, field, token):
    """Not on the landing page, which is the same in every arm."""
    landing = browser.get(f"/r/{token}")
    assert field.rows("exposure") == []
    browser.answer(landing)
    assert [(row.factor, row.page) for row in field.rows("exposure")] == [("f", "one")]


def test_the_page_path_asks_the_ledger_once(browser, token, monkeypatch):
    """One statement shows a page that was seen before, and none of the path touches what scripts tell."""
    shown = browser.start(token)
    browser.get(f"/r/{token}/one")
    statements = []
    for name in ("rows", "run"):
        plain = getattr(Statement, name)

        def counted(self, conn, values, plain=plain):
            statements.append(self._for(conn).text)
            return plain(self, conn, values)

        monkeypatch.setattr(Statement, name, counted)
    browser.get(f"/r/{token}/one")
    assert len(statements) == 1
    browser.post(shown, {"a": "x", "b": "1"})
    assert 2 < len(statements) < 8, "the case again, and the step: one statement or one for each of its tables"
    assert not [each for each in statements if "beacon" in each]


def signals(field):
    """The page of each submission, with its signals."""
    return [(row.page, tuple(row.detail.get("signals", ()))) for row in field.rows("paradata")]


@pytest.mark.parametrize(("filled", "found"), [("", ()), ("https://example.org", ("trap",))])
def test_a_field_that_nobody_sees_tells_of_programs(browser, field, page, filled, found):
    """Recorded; the answer is stored as it came, and the next page follows."""
    response = browser.answer(page, {"a": "x", "b": "1", "_website": filled})
    assert response.request.path.endswith("/two")
    assert {row.column_name: row.value for row in field.rows("answer")} == {"a": "x", "b": "1"}
    assert signals(field) == [("one", found)]


def test_the_trap_is_hidden_from_people(page):
    """Out of sight, out of the way of Tab and of what reads aloud, and never filled in by a browser; with a label."""
    start = page.text.index('aria-hidden="true"')
    trap = page.text[page.text.rindex("<div", 0, start) : page.text.index("</div>", start)]
    assert 'class="unseen"' in trap
    assert "Leave this field empty" in trap
    assert 'name="_website" value="" tabindex="-1" autocomplete="off"' in trap


@pytest.mark.parametrize(("seconds", "found"), [(1.0, ("speed",)), (1.3, ())])
def test_impossible_speed_is_told(browser, field, clock, seconds, found):
    """Twelve words take 3.6 seconds to read; less than a third of it is no reading."""
    (token,) = field.tokens(field.written(EXPERIMENT, INSTRUMENT), f="full")
    page = browser.start(token)
    clock.advance(seconds=seconds)
    browser.answer(page, {"a": "x", "b": "1"})
    assert signals(field) == [("one", found)]


def test_who_has_read_a_page_may_be_quick(browser, field, page, token):
    """Back and on again at once is no sign."""
    browser.answer(page, {"a": "x", "b": "1"})
    browser.answer(browser.get(f"/r/{token}/one"), {"a": "x", "b": "2"})
    assert signals(field) == [("one", ()), ("one", ())]
