"""What respondents do: events, exposures, answers and paradata. Every write is idempotent.

A double click and a retry send the same submission; the first one counts, because the event of a
submission has a key that exists once per visit of a page. A browser that kept a page alive sends
the same visit with other answers (Back, a change, Continue): that is a change of mind, and counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, Text, bindparam, cast, select

from surveylab.design.cases import ENDS, Answer, Event
from surveylab.design.terms import Missing, Value
from surveylab.store._driver import Statement
from surveylab.store._sql import insert, json_rows
from surveylab.store.columns import Key, moment
from surveylab.store.tables import KEYED, exposure, paradata
from surveylab.store.tables import answer as answer_table
from surveylab.store.tables import event as event_table


@dataclass(frozen=True)
class Paradata:
    """How one submission of a page came about. ``detail`` is JSON: focus, edits.

    ``waited`` is how long the form lay at a kiosk without a connection before it could be sent: it is
    taken off the time of the submission, as far as the page had been shown by then, and kept beside it.
    """

    shown_at: datetime
    device: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    waited: timedelta = timedelta()


@dataclass(frozen=True)
class InterviewState:
    """Where a case stands: answers by column, the history, the keys used, the factors exposed to."""

    answers: Mapping[str, Answer]
    events: tuple[Event, ...]
    keys: frozenset[str]
    exposures: frozenset[str]


def interview_state(conn: Connection, case_id: int) -> InterviewState:
    """Everything about a case that the next page depends on, in one query."""
    (row,) = _STATE.rows(conn, {"case": case_id})
    return state_from(row)


def state_columns(engine: str, case: ColumnElement[int]) -> tuple[ColumnElement[str], ...]:
    """What ``state_from`` reads of a case, to be selected beside other columns or alone."""
    return (
        json_rows(engine, event_table.c.case_id == case, *(event_table.c[name] for name in _EVENT_READ)),
        json_rows(engine, exposure.c.case_id == case, exposure.c.factor),
        json_rows(engine, answer_table.c.case_id == case, *_ANSWER_READ),
    )


def state_from(columns: Sequence[str]) -> InterviewState:
    """The state of a case from ``state_columns``."""
    events, exposures, answers = map(json.loads, columns)
    events.sort()  # by their numbers
    answers.sort(key=itemgetter(_POSITION))
    return InterviewState(
        {row[_COLUMN]: _answer(row) for row in answers},
        tuple(Event(moment(at), kind, detail) for _, at, kind, detail, _ in events),
        frozenset(key for *_, key in events if key is not None),
        frozenset(factor for (factor,) in exposures),
    )


def append_event(
    conn: Connection, case_id: int, at: datetime, kind: str, detail: str = "", *, key: str | None = None
) -> bool:
    """Append to the history. False, and nothing is written, where the key was used before."""
    row = {"case_id": case_id, "at": at, "kind": kind, "detail": detail, "key": key}
    return bool(_EVENT.rows(conn, row))


def record_exposures(conn: Connection, case_id: int, factors: Iterable[str], page: str, at: datetime) -> None:
    """Write down that a page which carries these factors was shown; the first time stays.

    Nothing is written behind the end of an interview: a page that was asked for before it is seen by nobody.
    """
    rows = [{"case_id": case_id, "factor": factor, "page": page, "at": at} for factor in sorted(factors)]
    if rows:
        _EXPOSURE.run(conn, rows)


def submission_key(case_id: int, page: str, visit: str) -> str:
    """The key of the event of one submission: one visit of a page submits once."""
    return f"{case_id}:{page}:{visit}"


def record_submission(
    conn: Connection,
    case_id: int,
    page: str,
    visit: str,
    answers: Iterable[Answer],
    *,
    how: Paradata,
    at: datetime,
    instrument: str,
) -> bool:
    """Store one submitted page: the event ``page``, its answers and its paradata.

    The event comes first: its key decides, in the database, which of several simultaneous
    submissions of one visit is the first. What is sent later replaces the answers, unless it is a
    visit that was submitted before, with the answers that stand already. The paradata of a visit
    are those of its first submission.

    Args:
        conn: a connection that writes; all of it is one transaction.
        case_id: the case.
        page: the id of the page.
        visit: what tells this display of the page from all others of the case.
        answers: one for each column that was displayed.
        how: when the page was shown, on what, and what was done there.
        at: when it was submitted.
        instrument: the hash of the instrument that was shown.

    Returns:
        False where this visit was submitted before with these answers; nothing is written then.
    """
    shown = {"case_id": case_id, "page": page, "at": at, "instrument": instrument}
    rows = [{**shown, **_row(answer)} for answer in sorted(answers, key=lambda answer: answer.column)]
    key = submission_key(case_id, page, visit)
    if append_event(conn, case_id, at, "page", page, key=key):
        _PARADATA.run(conn, [{"case_id": case_id, "page": page, "visit": visit, **_how(how, at)}])
    elif _stand(conn, case_id, key, rows):
        return False
    else:
        append_event(conn, case_id, at, "page", page)
    if rows:
        _ANSWER.run(conn, rows)
    return True


def _stand(conn: Connection, case_id: int, key: str, rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether answers are in the ledger already; who sends the same visit at the same time waits for its turn."""
    _TURN.rows(conn, {"submission": key})
    stored = {column: tuple(value) for column, *value in _STORED.rows(conn, {"case": case_id})}
    return all(stored.get(row["column_name"]) == (row["kind"], row["value"], row["missing"]) for row in rows)


def answer_from(row: Any) -> Answer:
    """An answer from a row of ``ANSWERS``."""
    return _answer(row[1:])


def _answer(columns: Sequence[Any]) -> Answer:
    """An answer from its columns, in the order of ``_ANSWER_READ``."""
    item, column, value, kind, missing, position, text_hash, page_position, row_position, language, order = columns
    answer = Missing(missing) if missing is not None else decoded(kind, value)
    return Answer(item, column, answer, position, _order(order), text_hash, page_position, row_position, language)


def encoded(value: Value) -> tuple[str, str]:
    """Kind and text of a value, from which ``decoded`` makes exactly that value again.

    Text that a database cannot hold (U+0000, a lone surrogate) is kept as JSON.
    """
    if isinstance(value, str):
        plain = not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)
        return ("text", value) if plain else ("json", json.dumps(value))
    if isinstance(value, bool):
        return "bool", "true" if value else "false"
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, float):
        return "float", repr(value)
    raise TypeError(f"{value!r} is no answer; one that is not there has a Missing reason")


def decoded(kind: str, text: str) -> str | int | float | bool:
    """The value that ``encoded`` was given."""
    if kind == "text":
        return text
    if kind == "json":
        return str(json.loads(text))
    if kind == "bool":
        return text == "true"
    return int(text) if kind == "int" else float(text)


@lru_cache(maxsize=10_000)  # answers are many, orders of options few
def _order(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


_ANSWER_READ: tuple[ColumnElement[Any], ...] = (
    *(
        answer_table.c[name]
        for name in (
            "item",
            "column_name",
            "value",
            "kind",
            "missing",
            "position",
            "text_hash",
            "page_position",
            "row_position",
            "language",
        )
    ),
    cast(answer_table.c.option_order, Text).label("option_order"),
)
_COLUMN, _POSITION = 1, 5
_EVENT_READ = ("id", "at", "kind", "detail", "key")

ANSWERS: Select[Any] = select(answer_table.c.case_id, *_ANSWER_READ)
"""The rows that ``answer_from`` reads; narrow them to the cases that matter."""

_CASE: BindParameter[int] = bindparam("case", type_=Key)
_STATE = Statement(lambda engine: select(*state_columns(engine, _CASE)))


def _how(how: Paradata, at: datetime) -> dict[str, Any]:
    pressed = max(how.shown_at, at - how.waited) if how.waited else at
    waited = {"waited": how.waited.total_seconds()} if how.waited else {}
    return {
        "shown_at": how.shown_at,
        "submitted_at": pressed,
        "device": how.device,
        "detail": {**how.detail, **waited},
    }


def _row(answer: Answer) -> dict[str, Any]:
    absent = isinstance(answer.value, Missing)
    kind, text = (None, None) if isinstance(answer.value, Missing) else encoded(answer.value)
    return {
        "column_name": answer.column,
        "item": answer.item,
        "value": text,
        "kind": kind,
        "missing": str(answer.value) if absent else None,
        "position": answer.position,
        "option_order": list(answer.option_order),
        "text_hash": answer.text_hash,
        "page_position": answer.page_position,
        "row_position": answer.row_position,
        "language": answer.language,
    }


_TURN = Statement(
    lambda _: select(event_table.c.id).where(event_table.c.key == bindparam("submission", type_=Text)).with_for_update()
)
_STORED = Statement(
    lambda _: select(
        answer_table.c.column_name, answer_table.c.kind, answer_table.c.value, answer_table.c.missing
    ).where(answer_table.c.case_id == _CASE)
)
_DISPLAY = ("case_id", "page", "visit")
_PARADATA = Statement(
    lambda _: insert(paradata, _DISPLAY, columns=(*_DISPLAY, "shown_at", "submitted_at", "device", "detail"))
)
_EVENT = Statement(
    lambda _: insert(
        event_table, ("key",), columns=("case_id", "at", "kind", "detail", "key"), where=KEYED.text, returning="id"
    )
)
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(ENDS))
_ENDED = f"SELECT 1 FROM event WHERE case_id = :case_id AND kind IN ({_KINDS})"  # noqa: S608  # kinds of ours
_EXPOSURE = Statement(lambda _: insert(exposure, ("case_id", "factor"), unless=_ENDED))
_ANSWER = Statement(
    lambda _: insert(
        answer_table,
        ("case_id", "column_name"),
        replacing=[column.name for column in answer_table.columns if not column.primary_key],
    )
)
