"""What respondents do: events, exposures, answers and paradata. Every write is idempotent.

A double click and a retry send the same submission; the first one counts, because the event of a
submission has a key that exists once per visit of a page. A browser that kept a page alive sends
the same visit with other answers (Back, a change, Continue): that is a change of mind, and counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Text, bindparam, cast, literal, null, select, union_all

from surveylab.design.cases import Answer, Event
from surveylab.design.terms import Missing, Value
from surveylab.store._sql import insert
from surveylab.store.tables import KEYED, exposure, paradata
from surveylab.store.tables import answer as answer_table
from surveylab.store.tables import event as event_table


@dataclass(frozen=True)
class Paradata:
    """How one submission of a page came about. ``detail`` is JSON: focus, edits."""

    shown_at: datetime
    device: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InterviewState:
    """Where a case stands: answers by column, the history, the keys used, the factors exposed to."""

    answers: Mapping[str, Answer]
    events: tuple[Event, ...]
    keys: frozenset[str]
    exposures: frozenset[str]


def interview_state(conn: Connection, case_id: int) -> InterviewState:
    """Everything about a case that the next page depends on, in two queries."""
    mine = {"case": case_id}
    answers = {row.column_name: answer_from(row) for row in conn.execute(_ANSWERS_OF_CASE, mine)}
    history = conn.execute(_HISTORY, mine).all()
    events = [row for row in history if row.what == "event"]
    return InterviewState(
        answers,
        tuple(Event(row.at, row.kind, row.detail) for row in events),
        frozenset(row.key for row in events if row.key is not None),
        frozenset(row.kind for row in history if row.what == "exposure"),
    )


def append_event(
    conn: Connection, case_id: int, at: datetime, kind: str, detail: str = "", *, key: str | None = None
) -> bool:
    """Append to the history. False, and nothing is written, where the key was used before."""
    row = {"case_id": case_id, "at": at, "kind": kind, "detail": detail, "key": key}
    return conn.execute(_EVENT, row).first() is not None


def record_exposures(conn: Connection, case_id: int, factors: Iterable[str], page: str, at: datetime) -> None:
    """Write down that a page which carries these factors was shown; the first time stays."""
    rows = [{"case_id": case_id, "factor": factor, "page": page, "at": at} for factor in sorted(factors)]
    if rows:
        conn.execute(_EXPOSURE, rows)


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
        visited = {"case_id": case_id, "page": page, "visit": visit, "shown_at": how.shown_at, "submitted_at": at}
        conn.execute(_PARADATA, {**visited, "device": how.device, "detail": dict(how.detail)})
    elif _stand(conn, case_id, key, rows):
        return False
    else:
        append_event(conn, case_id, at, "page", page)
    if rows:
        conn.execute(_ANSWER, rows)
    return True


def _stand(conn: Connection, case_id: int, key: str, rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether answers are in the ledger already; who sends the same visit at the same time waits for its turn."""
    conn.execute(_TURN, {"submission": key})
    stored = {row.column_name: (row.kind, row.value, row.missing) for row in conn.execute(_STORED, {"case": case_id})}
    return all(stored.get(row["column_name"]) == (row["kind"], row["value"], row["missing"]) for row in rows)


def answer_from(row: Any) -> Answer:
    """An answer from a row of ``ANSWERS``."""
    value = Missing(row.missing) if row.missing is not None else decoded(row.kind, row.value)
    shown = row.position, _order(row.option_order), row.text_hash, row.page_position, row.row_position, row.language
    return Answer(row.item, row.column_name, value, *shown)


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


_READ = (
    "case_id",
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

ANSWERS: Select[Any] = select(
    *(answer_table.c[name] for name in _READ), cast(answer_table.c.option_order, Text).label("option_order")
)
"""The rows that ``answer_from`` reads; narrow them to the cases that matter."""

_CASE: BindParameter[int] = bindparam("case")
_ANSWERS_OF_CASE = ANSWERS.where(answer_table.c.case_id == _CASE).order_by(answer_table.c.position)


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


def _history() -> Any:
    events = select(
        literal("event", Text).label("what"),
        event_table.c.id.label("number"),
        event_table.c.at,
        event_table.c.kind,
        event_table.c.detail,
        event_table.c.key,
    ).where(event_table.c.case_id == _CASE)
    exposures = select(
        literal("exposure", Text), literal(0), exposure.c.at, exposure.c.factor, exposure.c.page, null()
    ).where(exposure.c.case_id == _CASE)
    return union_all(events, exposures).order_by("number")


_HISTORY = _history()
_TURN = select(event_table.c.id).where(event_table.c.key == bindparam("submission")).with_for_update()
_STORED = select(answer_table.c.column_name, answer_table.c.kind, answer_table.c.value, answer_table.c.missing).where(
    answer_table.c.case_id == _CASE
)
_PARADATA = paradata.insert().inline()


_EVENT = insert(
    event_table, ("key",), columns=("case_id", "at", "kind", "detail", "key"), where=KEYED.text, returning="id"
)
_EXPOSURE = insert(exposure, ("case_id", "factor"))
_ANSWER = insert(
    answer_table,
    ("case_id", "column_name"),
    replacing=[column.name for column in answer_table.columns if not column.primary_key],
)
