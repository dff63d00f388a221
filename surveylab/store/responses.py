"""What respondents have done, as the next page depends on it: the state of a case, and its answers exactly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, Text, bindparam, cast, func, select, text

from surveylab.design.cases import Answer, Event
from surveylab.design.terms import Missing, Value
from surveylab.store._driver import Statement
from surveylab.store._sql import insert, json_rows
from surveylab.store.columns import Key, moment
from surveylab.store.tables import KEYED, exposure, turn
from surveylab.store.tables import answer as answer_table
from surveylab.store.tables import event as event_table


@dataclass(frozen=True)
class InterviewState:
    """Where a case stands: answers by column, the history, the keys used, the factors exposed to, its turn."""

    answers: Mapping[str, Value | Missing]
    events: tuple[Event, ...]
    keys: frozenset[str]
    exposures: frozenset[str]
    turn: int = 0

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of event in the history."""
        return frozenset([event.kind for event in self.events])


def interview_state(conn: Connection, case_id: int) -> InterviewState:
    """Everything about a case that the next page depends on, in one query."""
    (row,) = _STATE.rows(conn, {"case": case_id})
    return state_from(row[0], *parsed(row[1:]))


def state_columns(engine: str, case: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    """What ``state_from`` reads of a case, to be selected beside other columns or alone."""
    number = select(turn.c.number).where(turn.c.case_id == case).scalar_subquery()
    return (
        func.coalesce(number, text("0")),
        json_rows(engine, event_table.c.case_id == case, *(event_table.c[name] for name in _EVENT_READ)),
        json_rows(engine, exposure.c.case_id == case, exposure.c.factor),
        json_rows(engine, answer_table.c.case_id == case, *(answer_table.c[name] for name in _VALUE_READ)),
    )


def parsed(texts: Iterable[str]) -> Any:
    """What these JSON texts say, all read at once."""
    return json.loads(f"[{','.join(texts)}]")


def state_from(number: int, events: list[Any], exposures: list[Any], answers: list[Any]) -> InterviewState:
    """The state of a case from ``state_columns``, ``parsed`` as far as they are texts."""
    history = sorted(events)  # by their numbers
    return InterviewState(
        MappingProxyType({column: _value(*stored) for column, *stored in answers}),
        tuple([_event(at, kind, detail) for _, at, kind, detail, _ in history]),
        frozenset([each[-1] for each in history if each[-1] is not None]),
        frozenset([factor for (factor,) in exposures]),
        number,
    )


@lru_cache(maxsize=10_000)  # each request of an interview reads the events before it
def _event(at: str, kind: str, detail: str) -> Event:
    return Event(moment(at), kind, detail)


def append_event(
    conn: Connection, case_id: int, at: datetime, kind: str, detail: str = "", *, key: str | None = None
) -> bool:
    """Append to the history. False, and nothing is written, where the key was used before."""
    row = {"case_id": case_id, "at": at, "kind": kind, "detail": detail, "key": key}
    return bool(_EVENT.rows(conn, row))


def record_exposures(conn: Connection, case_id: int, factors: Iterable[str], page: str, at: datetime) -> None:
    """Write down that a page which carries these factors was shown; the first time stays."""
    rows = [{"case_id": case_id, "factor": factor, "page": page, "at": at} for factor in sorted(factors)]
    if rows:
        _EXPOSURE.run(conn, rows)


def answer_from(row: Any) -> Answer:
    """An answer from a row of ``ANSWERS``."""
    return _answer(row[1:])


def _answer(columns: Sequence[Any]) -> Answer:
    """An answer from its columns, in the order of ``_ANSWER_READ``."""
    item, column, kind, value, missing, position, text_hash, page_position, row_position, language, order = columns
    answer = _value(kind, value, missing)
    return Answer(item, column, answer, position, _order(order), text_hash, page_position, row_position, language)


def _value(kind: str, text: str, missing: str | None) -> Value | Missing:
    return decoded(kind, text) if missing is None else Missing(missing)


def encoded(value: Value) -> tuple[str, str]:
    """Kind and text of a value, from which ``decoded`` makes exactly that value again.

    Text that a database cannot hold (U+0000, a lone surrogate) is kept as JSON.
    """
    if isinstance(value, str):
        return ("json", json.dumps(value)) if _UNSTORABLE.search(value) else ("text", value)
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


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ANSWER_READ: tuple[ColumnElement[Any], ...] = (
    *(
        answer_table.c[name]
        for name in (
            "item",
            "column_name",
            "kind",
            "value",
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
_VALUE_READ = ("column_name", "kind", "value", "missing")
_EVENT_READ = ("id", "at", "kind", "detail", "key")

ANSWERS: Select[Any] = select(answer_table.c.case_id, *_ANSWER_READ)
"""The rows that ``answer_from`` reads; narrow them to the cases that matter."""

_CASE: BindParameter[int] = bindparam("case", type_=Key)
_STATE = Statement(lambda engine: select(*state_columns(engine, _CASE)))


_EVENT = Statement(
    lambda _: insert(
        event_table, ("key",), columns=("case_id", "at", "kind", "detail", "key"), where=KEYED.text, returning="id"
    )
)
_EXPOSURE = Statement(lambda _: insert(exposure, ("case_id", "factor")))
