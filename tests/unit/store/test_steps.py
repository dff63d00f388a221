"""A step is written whole, and only while nothing else has happened to its case."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from surveylab.design.cases import Answer
from surveylab.store import responses, steps
from surveylab.store.ledger import Ledger
from surveylab.store.steps import NewEvent, Paradata, Sent, Step
from surveylab.store.tables import metadata


@pytest.fixture
def case(ledger: Ledger, prenotice) -> int:
    """A case of a drawn experiment."""
    with ledger.write() as conn:
        return prenotice.case_ids(conn, prenotice.draw(conn, 4))[1]


@pytest.fixture
def step(ledger: Ledger, prenotice):
    """Write a step by a connection of its own; whether it was written."""

    def written(case: int, turn: int, *events: NewEvent, **parts) -> bool:
        with ledger.step() as conn:
            return steps.advance(conn, Step(case, turn, prenotice.now, events, **parts))

    return written


def _state(ledger: Ledger, case: int) -> responses.InterviewState:
    with ledger.read() as conn:
        return responses.interview_state(conn, case)


def _counts(ledger: Ledger, *tables: str) -> list[int]:
    with ledger.read() as conn:
        return [conn.scalar(select(func.count()).select_from(metadata.tables[name])) for name in tables]


def _whole(prenotice, visit: str, value: int) -> dict[str, object]:
    """All that a step can hold beside its events."""
    answers = [Answer("a", f"a_{column}", value, column) for column in (3, 1, 2)]
    sent = Sent("first", visit, answers, Paradata(prenotice.now), "i1")
    return {"sent": sent, "met": {"wording", "channel"}, "place": "first"}


def test_a_step_moves_the_turn_on_and_a_late_one_writes_nothing(ledger: Ledger, prenotice, case: int, step) -> None:
    """What was decided by an older state is not stored in any of its parts."""
    assert _state(ledger, case).turn == 0
    assert step(case, 0, NewEvent("page", "first", "k1"), **_whole(prenotice, "v1", 7))
    assert (_state(ledger, case).turn, _state(ledger, case).exposures) == (1, {"wording", "channel"})
    before = _state(ledger, case), _counts(ledger, "event", "answer", "paradata", "exposure")
    for stale in (0, 2, -1):
        late = _whole(prenotice, "v2", 9) | {"met": {"reminders"}}
        assert not step(case, stale, NewEvent("page", "first", "k2"), **late)
    assert (_state(ledger, case), _counts(ledger, "event", "answer", "paradata", "exposure")) == before
    assert step(case, 1, NewEvent("page", "first", "k2"), **_whole(prenotice, "v2", 9))
    assert set(_state(ledger, case).answers.values()) == {9}


def test_turns_of_two_cases_have_nothing_to_do_with_each_other(ledger: Ledger, prenotice, case: int, step) -> None:
    """A step of one leaves the other where it was."""
    assert step(case, 0, NewEvent("opened"))
    assert _state(ledger, case + 1).turn == 0
    assert step(case + 1, 0, NewEvent("opened"))


@pytest.mark.parametrize("begun", [False, True])
def test_of_simultaneous_steps_of_one_turn_exactly_one_is_written(
    ledger: Ledger, prenotice, case: int, step, begun: bool
) -> None:
    """Eight at once, on a case that nothing has happened to and on one that has begun: the answers are all of one."""
    turn = int(begun)
    if begun:
        assert step(case, 0, NewEvent("started"))
    start = threading.Barrier(8)

    def send(n: int) -> bool:
        start.wait()
        return step(case, turn, NewEvent("page", "first", f"k{n}"), **_whole(prenotice, f"v{n}", n))

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(send, range(8)))
    assert sum(written) == 1
    state = _state(ledger, case)
    assert set(state.answers.values()) == {written.index(True)}
    assert [event.kind for event in state.events if event.kind == "page"] == ["page"]
    assert (state.turn, _counts(ledger, "paradata")) == (turn + 1, [1])


def test_who_has_taken_the_turn_decides_alone(ledger: Ledger, prenotice, case: int, step) -> None:
    """A step that comes meanwhile waits, and is late; the one in turn goes by what it has read since."""
    with ThreadPoolExecutor(1) as pool:
        with ledger.write() as conn:
            steps.take(conn, case)
            state = responses.interview_state(conn, case)
            other = pool.submit(step, case, 0, NewEvent("opted_out"))
            time.sleep(0.1)
            assert not other.done()
            assert steps.advance(conn, Step(case, state.turn, prenotice.now, [NewEvent("submitted")]))
        assert other.result(10) is False
    assert [event.kind for event in _state(ledger, case).events] == ["selected", "submitted"]


def test_events_stand_in_their_order_and_a_key_is_used_once(ledger: Ledger, case: int, step) -> None:
    """The rest of a step is written where one of its events was there already."""
    kinds = ["opened", "started", "page", "page", "submitted"]
    assert step(case, 0, *(NewEvent(kind, key=f"{kind}-{n}") for n, kind in enumerate(kinds)))
    assert [event.kind for event in _state(ledger, case).events] == ["selected", *kinds]
    assert step(case, 1, NewEvent("opened", key="opened-0"), NewEvent("language", "de"))
    assert [(event.kind, event.detail) for event in _state(ledger, case).events[-2:]] == [
        ("submitted", ""),
        ("language", "de"),
    ]


def test_the_first_exposure_and_the_first_paradata_of_a_visit_stay(ledger: Ledger, prenotice, case: int, step) -> None:
    """Answers are replaced; when something was met first, and how a visit came about, is not."""
    assert step(case, 0, **_whole(prenotice, "v1", 1))
    sent = Sent("first", "v1", [Answer("a", "a_1", 2, 1)], Paradata(prenotice.closes, "phone"), "i1")
    with ledger.step() as conn:
        assert steps.advance(conn, Step(case, 1, prenotice.closes, sent=sent, met={"wording"}, place="second"))
    with ledger.read() as conn:
        met = conn.execute(metadata.tables["exposure"].select()).all()
        (how,) = conn.execute(metadata.tables["paradata"].select()).all()
    assert {(row.page, row.at) for row in met} == {("first", prenotice.now)}
    assert (how.shown_at, how.device) == (prenotice.now, "")
    assert _state(ledger, case).answers == {"a_1": 2, "a_2": 1, "a_3": 1}


def test_what_no_text_can_hold_is_kept_in_paradata_too(ledger: Ledger, prenotice, case: int, step) -> None:
    """A NUL and a lone surrogate, as a link may have selected them."""
    detail = {"preselected": {"a": "\0 and \ud800", "b": 'quote " and \\u0000'}}
    sent = Sent("first", "v1", [], Paradata(prenotice.now, detail=detail), "i1")
    assert step(case, 0, sent=sent)
    with ledger.read() as conn:
        (how,) = conn.execute(metadata.tables["paradata"].select()).all()
    assert how.detail == detail


def test_a_failure_leaves_nothing_and_the_turn_where_it_was(ledger: Ledger, prenotice, case: int, step) -> None:
    """An answer that cannot be stored takes everything back with it, and the connection is as good as new."""
    sent = Sent("first", "v1", [Answer("a", "a", None, 1)], Paradata(prenotice.now), "i1")
    with pytest.raises(TypeError):
        step(case, 0, NewEvent("page", "first"), sent=sent)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        step(case + 1_000, 0, NewEvent("opened"))
    assert (_state(ledger, case).turn, len(_state(ledger, case).events)) == (0, 1)
    assert step(case, 0, NewEvent("opened"))


def test_who_reads_sees_one_moment(ledger: Ledger, case: int, step) -> None:
    """A step that is written between two looks is not in the second one; the next reader has it."""
    with ledger.read() as conn:
        before = responses.interview_state(conn, case)
        assert step(case, 0, NewEvent("opened"))
        assert responses.interview_state(conn, case) == before
    assert _state(ledger, case).turn == 1
