"""Answers come back exactly, and nothing that is sent twice is stored twice."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from surveylab.design.cases import Answer
from surveylab.design.terms import Missing
from surveylab.store import responses
from surveylab.store.ledger import Ledger
from surveylab.store.responses import Paradata
from surveylab.store.tables import answer, event, paradata

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
    with ledger.write() as conn:
        return responses.record_submission(
            conn, case, "first", visit, answers, how=how, at=shown + timedelta(seconds=9.25), instrument="i1"
        )


def _state(ledger: Ledger, case: int) -> responses.InterviewState:
    with ledger.read() as conn:
        return responses.interview_state(conn, case)


def test_every_value_and_every_reason_round_trips_exactly(ledger: Ledger, prenotice, case: int) -> None:
    """Same value, same type, with everything that was displayed."""
    answers = [Answer("a", f"a_{i}", value, i + 1, ("no", "yes", "ü"), f"hash-{i}") for i, value in enumerate(VALUES)]
    assert _submit(ledger, prenotice, case, answers)
    found = _state(ledger, case).answers
    assert list(found.values()) == answers
    assert [type(found[each.column].value) for each in answers] == [type(each.value) for each in answers]


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


def test_a_retry_writes_nothing(ledger: Ledger, prenotice, case: int) -> None:
    """The second submission of a visit with the same answers is told so, and leaves no trace."""
    answers = [Answer("a", "a", 3, 1), Answer("b", "b", Missing.NO_ANSWER, 2)]
    assert _submit(ledger, prenotice, case, answers)
    before = _state(ledger, case)
    assert not _submit(ledger, prenotice, case, answers, later=60)
    assert _state(ledger, case) == before
    with ledger.read() as conn:
        assert conn.scalar(select(func.count()).select_from(paradata)) == 1


def test_a_change_of_mind_under_the_same_visit_counts(ledger: Ledger, prenotice, case: int) -> None:
    """A browser that kept the page alive sends it so, there and back again; the paradata stay the first ones."""
    first = Answer("a", "a", 3, 1)
    for n, value in enumerate([3, 9, 3]):
        assert _submit(ledger, prenotice, case, [replace(first, value=value)], later=60 * n)
        assert _state(ledger, case).answers["a"].value == value
    assert [each.kind for each in _state(ledger, case).events] == ["selected", "page", "page", "page"]
    with ledger.read() as conn:
        (kept,) = conn.execute(select(paradata)).all()
    assert kept.shown_at == prenotice.now


def test_a_later_visit_replaces_the_answers(ledger: Ledger, prenotice, case: int) -> None:
    """Back and submit again: one row per column, with what was said last; both visits are in the history."""
    _submit(ledger, prenotice, case, [Answer("a", "a", "x", 1), Answer("b", "b", Missing.NO_ANSWER, 2)])
    again = [Answer("a", "a", Missing.REFUSED, 2, ("2",), "h2"), Answer("b", "b", 1.5, 1, (), "h3")]
    assert _submit(ledger, prenotice, case, again, visit="v2", later=60)
    state = _state(ledger, case)
    assert state.answers == {each.column: each for each in again}
    assert [each.kind for each in state.events] == ["selected", "page", "page"]


def test_a_page_without_items_can_be_submitted(ledger: Ledger, prenotice, case: int) -> None:
    """A page of notes leaves an event and paradata, and no answer."""
    assert _submit(ledger, prenotice, case, [])
    assert _state(ledger, case).answers == {}


def test_eight_simultaneous_submissions_of_one_visit_are_one(ledger: Ledger, prenotice, case: int) -> None:
    """Exactly one of eight threads is told that it counted."""
    start = threading.Barrier(8)
    told: dict[int, bool] = {}

    def send(i: int) -> None:
        answers = [Answer("a", f"a_{column}", 7, column) for column in range(1, 4)]
        start.wait()
        told[i] = _submit(ledger, prenotice, case, answers)

    threads = [threading.Thread(target=send, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [i for i, counted in told.items() if counted]
    assert len(told) == 8
    assert len(winners) == 1
    assert {each.value for each in _state(ledger, case).answers.values()} == {7}
    with ledger.read() as conn:
        pages = select(func.count()).select_from(event).where(event.c.kind == "page")
        assert conn.scalar(pages) == 1
        assert conn.scalar(select(func.count()).select_from(paradata)) == 1


def test_simultaneous_changes_under_one_visit_do_not_mix(ledger: Ledger, prenotice, case: int) -> None:
    """Each waits for its turn: the answers stored are all of one thread, and no more events than there were changes."""
    start = threading.Barrier(8)
    told: dict[int, bool] = {}

    def send(i: int) -> None:
        answers = [Answer("a", f"a_{column}", i % 2, column) for column in range(1, 4)]
        start.wait()
        told[i] = _submit(ledger, prenotice, case, answers)

    threads = [threading.Thread(target=send, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.value for each in _state(ledger, case).answers.values()}) == 1
    pages = [each for each in _state(ledger, case).events if each.kind == "page"]
    assert len(pages) == sum(told.values())


def test_simultaneous_visits_of_two_tabs_both_count_and_do_not_mix(ledger: Ledger, prenotice, case: int) -> None:
    """Two tabs submit the same page in opposite order of columns: no dead-lock, answers of one tab only."""
    for round_ in range(10):
        start = threading.Barrier(2)

        def send(tab: int, start: threading.Barrier = start, round_: int = round_) -> None:
            columns = range(1, 9) if tab else range(8, 0, -1)
            answers = [Answer("a", f"a_{column}", 2 * round_ + tab, column) for column in columns]
            start.wait()
            assert _submit(ledger, prenotice, case, answers, visit=f"{round_}-{tab}")

        threads = [threading.Thread(target=send, args=(tab,)) for tab in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        values = {each.value for each in _state(ledger, case).answers.values()}
        assert len(values) == 1
        assert values <= {2 * round_, 2 * round_ + 1}


def test_a_failure_within_a_submission_leaves_nothing(ledger: Ledger, prenotice, case: int) -> None:
    """An answer that cannot be stored takes the event and the paradata back with it."""
    with pytest.raises(TypeError):
        _submit(ledger, prenotice, case, [Answer("a", "a", None, 1)])
    assert len(_state(ledger, case).events) == 1
    assert _submit(ledger, prenotice, case, [Answer("a", "a", 1, 1)])


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


@pytest.mark.parametrize("end", ["submitted", "opted_out", "screened_out", "quota_full"])
def test_no_exposure_is_written_behind_the_end(ledger: Ledger, prenotice, case: int, end: str) -> None:
    """A connection that read the case before another one ended it writes nothing afterwards; before, it does."""
    with ledger.read() as early:
        assert {each.kind for each in responses.interview_state(early, case).events} == {"selected"}
        with ledger.write() as other:
            responses.record_exposures(other, case, {"wording"}, "first", prenotice.now)
            responses.append_event(other, case, prenotice.now, end)
    with ledger.write() as late:
        responses.record_exposures(late, case, {"channel", "wording"}, "second", prenotice.now)
    assert _state(ledger, case).exposures == {"wording"}


def test_a_case_that_does_not_exist_has_no_events(ledger: Ledger, prenotice, case: int) -> None:
    """The foreign key holds on both engines."""
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), ledger.write() as conn:
        responses.append_event(conn, case + 1_000, prenotice.now, "opened")
