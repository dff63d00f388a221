"""The histories that measures are computed from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import select

from surveylab.design.cases import Answer
from surveylab.store import histories
from surveylab.store.ledger import Ledger
from surveylab.store.responses import append_event, interview_state
from surveylab.store.steps import Paradata, Sent
from surveylab.store.tables import measure


@pytest.fixture
def answered(prenotice, send):
    """Let a case answer a page that was shown and sent so many seconds after the draw."""

    def sent(conn, case: int, page: str, *, seconds: tuple[float, float], value: int = 1) -> None:
        shown, submitted = (prenotice.now + timedelta(seconds=each) for each in seconds)
        send(
            conn,
            case,
            Sent(page, f"{shown}", [Answer(page, page, value, 1, ("1", "2"))], Paradata(shown), "i"),
            submitted,
        )

    return sent


def test_a_history_holds_everything_of_its_case(ledger: Ledger, prenotice, answered) -> None:
    """Levels, fields, events in order, answers, page seconds; nonrespondents come with what there is of them."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 5)
        ids = prenotice.case_ids(conn, experiment)
        answered(conn, ids[2], "first", seconds=(10, 14.5))
        answered(conn, ids[2], "first", seconds=(100, 130), value=2)
        answered(conn, ids[2], "second", seconds=(15, 21.25))
        answered(conn, ids[3], "first", seconds=(0, 1))
        prenotice.draw(conn, 5, "another")
        records = [record for chunk in histories.case_records(conn, experiment) for record in chunk]
        state = interview_state(conn, ids[2])
    assert [record.unit for record in records] == [f"u{i:04}" for i in range(5)]
    assert [record.levels for record in records] == [dict(prenotice.arms[i % 4].levels) for i in range(5)]
    assert records[1].fields == {"region": "south"}
    assert [each.kind for each in records[0].events] == ["selected"]
    assert (records[0].answers, records[0].page_seconds) == ({}, {})
    assert records[2].events == state.events
    assert {column: answer.value for column, answer in records[2].answers.items()} == state.answers
    assert records[2].answers["first"].value == 2
    assert records[2].page_seconds == {"first": 4.5, "second": 6.25}
    assert records[3].page_seconds == {"first": 1.0}


def test_only_cases_with_new_events_are_read_again(ledger: Ledger, prenotice) -> None:
    """After a measurement nothing has changed; an event brings its case back, and only that one."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 5)
        ids = prenotice.case_ids(conn, experiment)

        def changed() -> list[int]:
            chunks = histories.case_records(conn, experiment, changed_only=True)
            return [record.id for chunk in chunks for record in chunk]

        assert changed() == ids
        for chunk in histories.case_records(conn, experiment):
            rows = [(record.id, "response", 0.0, 1) for record in chunk]
            histories.put_measures(conn, rows, {record.id: len(record.events) for record in chunk})
        assert changed() == []
        append_event(conn, ids[3], prenotice.now, "opened")
        assert changed() == [ids[3]]
        histories.put_measures(conn, [(ids[3], "response", 1.0, 2)], {ids[3]: 2})
        assert changed() == []
        stored = conn.execute(select(measure).order_by(measure.c.case_id)).all()
    assert [(row.value, row.version) for row in stored] == [(0.0, 1), (0.0, 1), (0.0, 1), (1.0, 2), (0.0, 1)]


def test_the_number_of_queries_does_not_grow_with_the_cases(
    ledger: Ledger, prenotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six for each list of cases, and one for their ids; every case comes once."""
    monkeypatch.setattr(histories, "_AT_ONCE", 10)
    statements: list[str] = []
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 25)
        hooks.listen(conn, "before_cursor_execute", lambda *args: statements.append(args[2]))
        sizes = [len(chunk) for chunk in histories.case_records(conn, experiment)]
    assert sizes == [10, 10, 5]
    assert len(statements) == 3 * 6 + 1
