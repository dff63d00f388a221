"""Orders of chance through the pages: what is shown is what the ledger says, whatever the respondent does."""

from __future__ import annotations

import re
from html import unescape

import pytest

from surveylab.design.orders import Chance
from surveylab.design.presentation import presented
from surveylab.design.terms import Missing
from surveylab.fieldwork import recruit
from surveylab.store import histories
from surveylab.store.presentations import presentations

TRIAL = """
format: 1
title: Layout, order and wording
frame: {source: people}
sampling: {scheme: srs, n: 10}
assignment:
  scheme: complete
  factors:
    layout: {varies: items.drivers.layout, levels: {table: table, items: items}}
    wording: {varies: items.first.text, levels: {plain: "What first?", long: "What would you say comes first?"}}
    sequence: {varies: instrument.order, levels: {fixed: fixed, random: random}}
measurement: {instrument: questions, language: en}
inquiries: {layout_on_response: {outcome: response, contrast: {layout: [items, table]}}}
"""
QUESTIONS = """
format: 1
title: Orders
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pinned: [last]
sections:
  - {id: opening, pages: [one, two], order: random, title: To begin with}
  - {id: battery, pages: [three]}
  - {id: planned, pages: [four]}
  - {id: last, pages: [five]}
pages:
  - {id: one, items: [first]}
  - {id: two, items: [second, third], order: flip}
  - {id: three, items: [drivers]}
  - {id: four, items: [x, y, z]}
  - {id: five, items: [spent, income]}
items:
  - {id: first, type: single, text: What?, options: {a: A, b: B, c: C, none: None}, order: random, pinned: [none]}
  - {id: second, type: scale, text: How much?, low: 1, high: 7, direction: random}
  - {id: third, type: multiple, text: Which?, options: {a: A, b: B, c: C}, order: rotate}
  - {id: drivers, type: grid, text: How?, options: {1: Bad, 2: Good}, rows: {p: P, q: Q, r: R}, row_order: latin}
  - {id: x, type: short_text, text: X?}
  - {id: y, type: short_text, text: Y?}
  - {id: z, type: short_text, text: Z?}
  - id: spent
    type: number
    text: How much did you spend?
    validation: [{error_if: spent > income, message: "Enter at most your income, {income|that}"}]
  - {id: income, type: number, text: How much did you earn?}
sets:
  - {id: letters, sets: {x: [x], y: [y], z: [z]}, ask: 2}
"""
ENTERED = {
    "first": "b",
    "second": "6",
    "third": ["a", "c"],
    "drivers.p": "1",
    "drivers.q": "2",
    "drivers.r": "1",
    "x": "words",
    "y": "words",
    "z": "words",
    "spent": "10",
    "income": "20",
}


@pytest.fixture
def row(field):
    """The trial in the field, five cases in each of its eight arms."""
    return field.written(TRIAL, QUESTIONS, per_arm=5)


def controls(page, kind="radio|checkbox"):
    """Name and value of the controls of a page, in the order in which they stand."""
    found = re.findall(rf'<input[^>]*type="(?:{kind})"[^>]*>', page.text)
    return [tuple(unescape(re.search(rf'{what}="([^"]*)"', tag)[1]) for what in ("name", "value")) for tag in found]


def names(page):
    """The names of the controls, each once, in the order in which they stand."""
    found = re.findall(r'<(?:input|textarea|select)[^>]* name="([^"_][^"]*)"', page.text)
    return list(dict.fromkeys(map(unescape, found)))


def walk(browser, token):
    """Answer to the end: page -> (names, controls) as shown, in the order shown."""
    seen = {}
    page = browser.start(token)
    while not page.request.path.endswith("/thanks"):
        place = page.request.path.rpartition("/")[2]
        seen[place] = (names(page), controls(page))
        page = browser.answer(page, {name: ENTERED[name] for name in names(page)})
    return seen


def mine(field, row, token):
    """What the seed says that a case is shown."""
    case = field.case(token)
    study = field.study(row)
    arm = study.experiment.arm_of(case.levels)
    return presented(study.plan(arm).instrument, Chance(study.experiment.seed, case.unit))


def otherwise(ledger, study, row):
    """The units whose pages are not in the order of the seed, as an audit finds them."""
    with ledger.read() as conn:
        return list(recruit.shown_otherwise(conn, study, row))


def test_the_ledger_says_for_each_answer_what_was_displayed_where(browser, field, row):
    """Place of the page, place on the page, row of a battery, order of the options, language and the words' hash."""
    for token in field.tokens(row)[:12]:
        seen = walk(browser, token)
        answers = field.state(token).answers
        pages = list(seen)
        for column, answer in answers.items():
            page, (shown, choices) = next((page, what) for page, what in seen.items() if column in what[0])
            assert answer.page_position == pages.index(page) + 1
            items = list(dict.fromkeys(name.split(".")[0] for name in shown))
            assert answer.position == items.index(answer.item) + 1
            rows = [name for name in shown if name.split(".")[0] == answer.item]
            assert answer.row_position == rows.index(column) + 1
            values = tuple(value for name, value in choices if name == column)
            assert not values or answer.option_order == values
            assert answer.language == "en"
            assert len(answer.text_hash) == 64


def test_what_is_stored_does_not_depend_on_the_order(browser, field, row):
    """Codes, and several codes in the order of the file, for everybody."""
    for token in field.tokens(row)[:8]:
        walk(browser, token)
        values = field.values(token)
        assert (values["first"], values["second"], values["third"]) == ("b", 6, "a c")


def test_orders_differ_between_cases_and_never_within_one(browser, app, field, row):
    """Reload, back, another browser: the same controls in the same order."""
    orders = set()
    for token in field.tokens(row)[:10]:
        seen = walk(browser, token)
        orders.add(tuple(seen))
        assert list(seen)[-1] == "five"  # pinned
    assert len(orders) > 1
    token = field.tokens(row)[-1]
    first = browser.start(token)
    other = type(browser)(app.test_client())
    again = other.get(first.request.path)
    assert controls(again) == controls(first) == controls(browser.get(first.request.path))


def test_an_error_keeps_the_order(browser, field, row):
    """A page that comes back with a message shows everything where it stood."""
    token = field.tokens(row)[0]
    page = browser.start(token)
    while "spent" not in names(page):
        page = browser.answer(page, {name: ENTERED[name] for name in names(page)})
    again = browser.post(page, {"spent": "30", "income": "20"})
    assert again.status_code == 422
    assert names(again) == names(page)
    assert "Enter at most your income, 20" in again.text
    assert 'value="30"' in again.text
    assert "spent" not in field.values(token)
    assert browser.answer(again, {"spent": "20", "income": "20"}).request.path.endswith("/thanks")


def test_a_validation_needs_both_answers(browser, field, row):
    """A comparison with a blank refuses nobody."""
    token = field.tokens(row)[1]
    page = browser.start(token)
    while "spent" not in names(page):
        page = browser.answer(page, {name: ENTERED[name] for name in names(page)})
    assert browser.answer(page, {"spent": "30", "income": ""}).request.path.endswith("/thanks")


def test_two_of_three_sets_are_asked_and_the_third_was_not_asked(browser, field, row, ledger):
    """Planned missingness: the probability stands in the ledger, and the reason with what is missing."""
    from surveylab.store.histories import record_of

    pairs = set()
    for token in field.tokens(row)[:15]:
        seen = walk(browser, token)
        asked = {name for shown, _ in seen.values() for name in shown} & {"x", "y", "z"}
        pairs.add(frozenset(asked))
        assert len(asked) == 2
    assert len(pairs) == 3
    study = field.study(row)
    with ledger.read() as conn:
        for stored in presentations(conn, row):
            (drawn,) = [draw for draw in stored.draws if draw[0] == "sets.letters"]
            assert drawn[2] == pytest.approx(1 / 3)
        for history in next(iter(histories.case_records(conn, row)))[:15]:
            arm = study.experiment.arm_of(history.levels)
            record = record_of(history, study.experiment, arm, study.plan(arm))
            reasons = [record.responses[name] for name in ("x", "y", "z")]
            if record.had("submitted"):
                assert sorted(map(str, reasons)) == ["not_asked", "words", "words"]


def test_why_there_is_no_answer(browser, field, row, ledger):
    """Left blank, not asked, not reached: each column of the instrument has its answer or its reason."""
    from surveylab.store.histories import record_of

    token = field.tokens(row)[0]
    page = browser.start(token)
    blank = names(page)
    browser.answer(page, {})
    study = field.study(row)
    with ledger.read() as conn:
        history = next(each for each in next(iter(histories.case_records(conn, row))) if each.unit == "u0000")
    arm = study.experiment.arm_of(history.levels)
    responses = record_of(history, study.experiment, arm, study.plan(arm)).responses
    assert {responses[name] for name in blank} == {Missing.NO_ANSWER}
    assert sorted(responses) == sorted(ENTERED)
    others = [responses[name] for name in ENTERED if name not in blank]
    assert others.count(Missing.NOT_ASKED) == 1
    assert set(others) == {Missing.NOT_ASKED, Missing.NOT_REACHED}


def test_the_draws_are_written_once_when_the_interview_starts(browser, field, row, ledger):
    """Nothing before the start; then every draw as the seed gives it; a second start changes nothing."""
    token = field.tokens(row)[0]
    browser.get(f"/r/{token}")
    assert field.rows("presentation") == []
    browser.start(token)
    before = field.rows("presentation")
    assert {(each.name, each.value) for each in before} == {
        (draw.name, draw.value) for draw in mine(field, row, token).draws
    }
    browser.start(token)
    assert field.rows("presentation") == before


def test_the_title_of_a_section_stands_above_its_pages(browser, field, row):
    """And on no other page."""
    token = field.tokens(row, sequence="fixed")[0]
    page = browser.start(token)
    for _ in range(2):
        assert '<p class="section">To begin with</p>' in page.text
        page = browser.answer(page, {name: ENTERED[name] for name in names(page)})
    assert 'class="section"' not in page.text


def test_audit_finds_an_order_that_is_not_of_the_seed(browser, field, row, ledger):
    """Every stored draw is derived again; one that is missing is found."""
    from surveylab.store.tables import event

    tokens = field.tokens(row)
    browser.start(tokens[0])
    study = field.study(row)
    assert otherwise(ledger, study, row) == []
    with ledger.write() as conn:
        case = field.case(tokens[1])
        conn.execute(event.insert().values(case_id=case.id, at=field.begin, kind="started", detail=""))
    assert otherwise(ledger, study, row) == [case.unit]


def test_arms_differ_in_what_is_varied_only(browser, field, row):
    """The same person in another arm would get the same orders: draws depend on unit and name alone."""
    study = field.study(row)
    chance = Chance(study.experiment.seed, "somebody")
    drawn = {}
    for arm in study.experiment.arms:
        draws = {draw.name: draw.value for draw in presented(study.plan(arm).instrument, chance).draws}
        for name, value in draws.items():
            assert drawn.setdefault(name, value) == value
    assert {"sections", "options.first", "rows.drivers"} <= drawn.keys()
