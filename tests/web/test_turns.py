"""Assignment that hangs on those before: exact under simultaneous arrivals, and derived again by the audit."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from sqlalchemy import text

from surveylab.assignment import balance_on_completes
from surveylab.design.factors import Arm
from surveylab.fieldwork import recruit
from surveylab.store import experiments

from .conftest import BEGIN
from .test_kiosk import Screen

EXPERIMENT = """
format: 1
title: A trial
contact: {channel: %s}
assignment:
  %s
  factors: {f: {varies: items.a.text, levels: {x: "What?", y: "Which?"}, weights: {x: 1/3, y: 2/3}}}
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
pages: [{id: one, items: [a]}]
items: [{id: a, type: short_text, text: "What?"}]
"""
BLOCKS = "scheme: permuted_blocks\n  sizes: [3, 6]"
COMPLETES = "scheme: balance_on_completes"
MINIMISED = "scheme: minimisation\n  covariates: [place]"
AT_ONCE = 50
X, Y = Arm((("f", "x"),), Fraction(1, 3)), Arm((("f", "y"),), Fraction(2, 3))


@pytest.fixture
def trial(field):
    """Fields the experiment with this assignment; its row."""

    def run(assignment, channel="link"):
        row = field.written(EXPERIMENT % (channel, assignment), INSTRUMENT, drawn=False)
        with field.ledger.write() as conn:
            experiments.mark_drawn(conn, row, BEGIN, None, None)
        return row

    return run


@pytest.fixture
def crowd(app, browser):
    """So many people who follow the open link, half of them at once; where each is led to."""

    def come(count, answering=lambda number: False):
        def arrive(number):
            person = type(browser)(app.test_client())
            page = person.answer(person.get("/o/trial"))
            if answering(number):
                page = person.answer(page, {"a": "this"})
            assert page.status_code == 200, page.text

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(arrive, range(count)))

    return come


def audited(field):
    """What the audit finds."""
    return recruit.audit(field.ledger, "trial").differences


def test_fifty_arrivals_at_once_take_fifty_slots(field, trial, crowd):
    """No slot twice, none left out; every block of three has one x and two y; the seed gives them again."""
    row = trial(BLOCKS)
    crowd(AT_ONCE)
    stored = sorted(field.rows("assignment"), key=lambda each: each.position)
    assert [each.position for each in stored] == list(range(AT_ONCE))
    assert Counter(each.level for each in stored[:48])["x"] == pytest.approx(16, abs=1)
    assert {(each.numerator, each.denominator) for each in stored} <= {("1", "3"), ("2", "3")}
    assert sorted(each.sequence for each in field.rows("allocation")) == list(range(AT_ONCE))
    assert [(each.experiment_id, each.margin, each.cases) for each in field.rows("tally")] == [(row, "", AT_ONCE)]
    assert audited(field) == ()


def test_a_later_version_has_coins_of_its_own(field, trial, crowd):
    """Its first slot is not that of the first version once more; the audit derives both."""
    row = trial(BLOCKS)
    crowd(AT_ONCE)
    later = trial(f"{BLOCKS}  # later")
    crowd(AT_ONCE)
    of_case = {each.id: each.experiment_id for each in field.rows("sampled_case")}
    slots = {row: {}, later: {}}
    for each in field.rows("assignment"):
        slots[of_case[each.case_id]][each.position] = each.level
    assert len(slots[row]) == len(slots[later]) == AT_ONCE
    assert slots[row] != slots[later]
    assert audited(field) == ()


def test_who_comes_back_takes_no_other_slot(browser, field, trial):
    """The case is there already: nothing is counted."""
    trial(BLOCKS)
    for _ in range(3):
        browser.answer(browser.get("/o/trial"))
    assert [each.cases for each in field.rows("tally")] == [1]
    assert len(field.rows("allocation")) == 1


def test_arrivals_and_completes_at_once_are_assigned_by_what_was_there(field, trial, crowd):
    """Every stored probability is that of the completes before it; some differ from the arms' own; the audit agrees."""
    trial(COMPLETES)
    crowd(AT_ONCE, answering=lambda number: number % 2)
    units = {row.id: row.unit for row in field.rows("sampled_case")}
    levels = {row.case_id: row.level for row in field.rows("assignment")}
    after = {row.case_id: row.after for row in field.rows("completion")}
    assert len(after) == AT_ONCE // 2
    settings = balance_on_completes.Settings()
    moved = 0
    for row in field.rows("allocation"):
        seen = Counter(levels[case] for case, place in after.items() if place <= row.sequence)
        chances = balance_on_completes.chances_of((X, Y), [seen["x"], seen["y"]], settings)
        executed = Fraction(int(row.numerator), int(row.denominator))
        assert executed == chances["xy".index(levels[row.case_id])], units[row.case_id]
        moved += executed not in (X.probability, Y.probability)
    assert moved
    assert audited(field) == ()


def test_a_complete_counts_once(browser, field, trial):
    """The last page sent again changes nothing."""
    trial(COMPLETES)
    page = browser.answer(browser.get("/o/trial"))
    for _ in range(2):
        browser.post(page, {"a": "this"})
    assert [row.cases for row in field.rows("tally")] == [1]
    assert len(field.rows("completion")) == 1


def test_a_kiosk_minimises_by_place(app, field, trial):
    """Each place has its own tallies, and everybody is in those of all."""
    trial(MINIMISED, "kiosk")
    for place in ("hall", "hall", "lift", ""):
        Screen(app.test_client()).touch(f"/k/trial?place={place}" if place else "/k/trial")
    margins = Counter()
    for row in field.rows("tally"):
        margins[row.margin] += row.cases
    assert margins == {"": 4, "place=hall": 2, "place=lift": 1, "place=null": 1}
    assert audited(field) == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE allocation SET numerator = '1', denominator = '7' WHERE sequence = 3",
        "UPDATE assignment SET level = CASE level WHEN 'x' THEN 'y' ELSE 'x' END WHERE position = 2",
        "UPDATE completion SET after = 0",
    ],
)
def test_what_was_changed_is_found(field, trial, crowd, change):
    """With the triggers gone: another probability, another arm, a complete known too early."""
    trial(COMPLETES)
    crowd(6, answering=lambda number: True)
    crowd(4)
    assert audited(field) == ()
    with field.ledger.write() as conn:
        for table in ("allocation", "assignment", "completion"):
            on = f" ON {table}" if conn.dialect.name == "postgresql" else ""
            conn.execute(text(f"DROP TRIGGER {table}_no_update{on}"))
        conn.execute(text(change))
    assert audited(field)
