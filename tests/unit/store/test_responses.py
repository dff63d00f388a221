"""Answers come back exactly, as they were given and as they were displayed."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from surveylab.design.cases import Answer
from surveylab.design.terms import Missing
from surveylab.store import responses, steps
from surveylab.store.ledger import Ledger
from surveylab.store.responses import ANSWERS
from surveylab.store.steps import NewEvent, Paradata, Sent, Step
from surveylab.store.tables import answer, paradata

VALUES = [
    "plain",
    "",
    " kept ",
    "quote ' \" \\ % :x",
    "ä€\U0001f600\n\r\n\t",
    "\0 and \ud800",
    "refused",
    "true",
    "7",
    0,
    -7,
    2**80,
    7.0,
    0.1,
    1e-320,
    math.inf,
    True,
    False,
    *Missing,
]


@pytest.fixture
def case(ledger: Ledger, prenotice) -> int:
    """A case of a drawn experiment."""
    with ledger.write() as conn:
        return prenotice.case_ids(conn, prenotice.draw(conn, 4))[1]


def _submit(ledger: Ledger, prenotice, case: int, answers: list[Answer], *, visit: str = "v1", later: int = 0) -> bool:
    shown = prenotice.now + timedelta(seconds=later)
    how = Paradata(shown, "phone", {"focus": [1, 2.5], "edits": {"a": 1}})
    sent = Sent("first", visit, answers, how, "i1")
    event = NewEvent("page", "first", steps.submission_key(case, "first", visit))
    at = shown + timedelta(seconds=9.25)
    turn = _state(ledger, case).turn
    with ledger.step() as conn:
        return steps.advance(conn, Step(case, turn, at, [event], sent))


def _stored(ledger: Ledger, case: int) -> dict[str, Answer]:
    """Column -> answer, with what was displayed."""
    with ledger.read() as conn:
        rows = conn.execute(ANSWERS.where(answer.c.case_id == case).order_by(answer.c.position)).all()
    return {found.column: found for found in map(responses.answer_from, rows)}


def _state(ledger: Ledger, case: int) -> responses.InterviewState:
    with ledger.read() as conn:
        return responses.interview_state(conn, case)


def test_every_value_and_every_reason_round_trips_exactly(ledger: Ledger, prenotice, case: int) -> None:
    """Same value, same type, with everything that was displayed."""
    answers = [Answer("a", f"a_{i}", value, i + 1, ("no", "yes", "ü"), f"hash-{i}") for i, value in enumerate(VALUES)]
    assert _submit(ledger, prenotice, case, answers)
    found, state = _stored(ledger, case), _state(ledger, case).answers
    assert list(found.values()) == answers
    assert [type(found[each.column].value) for each in answers] == [type(each.value) for each in answers]
    assert [(state[each.column], type(state[each.column])) for each in answers] == [
        (each.value, type(each.value)) for each in answers
    ]


@given(st.one_of(st.text(), st.integers(), st.booleans(), st.floats(allow_nan=False)))
def test_any_value_round_trips_through_text(value: str | int | float | bool) -> None:
    """``decoded`` undoes ``encoded``; the text is one that both engines hold."""
    kind, text = responses.encoded(value)
    text.encode("utf-8")
    assert "\0" not in text
    again = responses.decoded(kind, text)
    assert (again, type(again), math.copysign(1, again) if isinstance(again, float) else 0) == (
        value,
        type(value),
        math.copysign(1, value) if isinstance(value, float) else 0,
    )


def test_none_is_no_answer() -> None:
    """What is not there has a reason; None says none."""
    with pytest.raises(TypeError, match="Missing reason"):
        responses.encoded(None)


def test_a_submission_leaves_answers_event_and_paradata(ledger: Ledger, prenotice, case: int) -> None:
    """All three are there, with the instrument's hash, the page and the times."""
    assert _submit(ledger, prenotice, case, [Answer("a", "a", 3, 1, ("1", "2", "3"), "h")])
    with ledger.read() as conn:
        stored = conn.execute(select(answer)).one()
        how = conn.execute(select(paradata)).one()
    assert (stored.instrument, stored.page, stored.at) == ("i1", "first", prenotice.now + timedelta(seconds=9.25))
    assert (how.page, how.visit, how.shown_at, how.submitted_at) == ("first", "v1", prenotice.now, stored.at)
    assert (how.device, how.detail) == ("phone", {"focus": [1, 2.5], "edits": {"a": 1}})
    state = _state(ledger, case)
    assert [(each.kind, each.detail) for each in state.events] == [("selected", ""), ("page", "first")]
    assert state.events[1].at == stored.at
    assert state.keys == {f"{case}:first:v1"}


def test_a_later_visit_replaces_the_answers(ledger: Ledger, prenotice, case: int) -> None:
    """Back and submit again: one row per column, with what was said last; both visits are in the history."""
    _submit(ledger, prenotice, case, [Answer("a", "a", "x", 1), Answer("b", "b", Missing.NO_ANSWER, 2)])
    again = [Answer("a", "a", Missing.REFUSED, 2, ("2",), "h2"), Answer("b", "b", 1.5, 1, (), "h3")]
    assert _submit(ledger, prenotice, case, again, visit="v2", later=60)
    state = _state(ledger, case)
    assert _stored(ledger, case) == {each.column: each for each in again}
    assert state.answers == {each.column: each.value for each in again}
    assert [each.kind for each in state.events] == ["selected", "page", "page"]


def test_a_page_without_items_can_be_submitted(ledger: Ledger, prenotice, case: int) -> None:
    """A page of notes leaves an event and paradata, and no answer."""
    assert _submit(ledger, prenotice, case, [])
    assert _state(ledger, case).answers == {}


def test_an_event_with_a_key_happens_once(ledger: Ledger, prenotice, case: int) -> None:
    """The same key again is told and not stored; events without a key repeat."""
    with ledger.write() as conn:
        told = [responses.append_event(conn, case, prenotice.now, "sent", "email", key="k") for _ in range(2)]
        told += [responses.append_event(conn, case, prenotice.now, "opened") for _ in range(2)]
    assert told == [True, False, True, True]
    assert [each.kind for each in _state(ledger, case).events] == ["selected", "sent", "opened", "opened"]


def test_an_exposure_is_recorded_at_its_first_time(ledger: Ledger, prenotice, case: int) -> None:
    """Another page that carries the factor changes nothing."""
    with ledger.write() as conn:
        responses.record_exposures(conn, case, {"wording"}, "first", prenotice.now)
        responses.record_exposures(conn, case, {"channel", "wording"}, "second", prenotice.closes)
        responses.record_exposures(conn, case, (), "third", prenotice.closes)
        rows = conn.execute(responses.exposure.select().order_by(responses.exposure.c.factor)).all()
    assert [(row.factor, row.page, row.at) for row in rows] == [
        ("channel", "second", prenotice.closes),
        ("wording", "first", prenotice.now),
    ]
    assert _state(ledger, case).exposures == {"channel", "wording"}


def test_a_case_that_does_not_exist_has_no_events(ledger: Ledger, prenotice, case: int) -> None:
    """The foreign key holds on both engines."""
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), ledger.write() as conn:
        responses.append_event(conn, case + 1_000, prenotice.now, "opened")
