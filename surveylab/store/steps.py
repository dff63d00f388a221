"""What one request of a respondent adds to the ledger: all of it or nothing, and only while its turn lasts.

A case has a turn, a number that each step moves on by one. What a request decides it decides by
the state that it has read, and the number of the turn is part of that. So a step is written only
where the number is still the same: nothing has happened to the case meanwhile (optimistic
concurrency control, Kung and Robinson 1981, ACM TODS 6, 213-226). Most steps find it so, and hold
nobody back. The others ``take`` the turn, which makes everybody else wait, and decide once more.

On PostgreSQL a step is one statement, whose parts all hang on the one that moves the turn on; on
SQLite, which has one writer at any time, it is one for each table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import JSON, Connection, Dialect, Table, Text, bindparam, text
from sqlalchemy.dialects import postgresql

from surveylab.design.cases import Answer
from surveylab.design.orders import Draw
from surveylab.design.terms import Missing
from surveylab.store import tables
from surveylab.store._driver import Statement
from surveylab.store._sql import conflicting, insert
from surveylab.store.columns import Key
from surveylab.store.presentations import draw_row
from surveylab.store.responses import encoded


@dataclass(frozen=True)
class NewEvent:
    """An event that is to be appended. Of those with the same ``key`` there is one, whatever happens."""

    kind: str
    detail: str = ""
    key: str | None = None


@dataclass(frozen=True)
class Paradata:
    """How one submission of a page came about. ``detail`` is JSON: signs of programs, what a link selected.

    ``waited`` is how long the form lay at a kiosk without a connection before it could be sent: it is
    taken off the time of the submission, as far as the page had been shown by then, and kept beside it.
    """

    shown_at: datetime
    device: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    waited: timedelta = timedelta()


@dataclass(frozen=True)
class Sent:
    """A page that came back: its answers, one for each column that was displayed, replace those that stand.

    ``visit`` tells this display of the page from all others of the case; the paradata of a visit are
    those of its first submission. ``instrument`` is the hash of the instrument that was shown.
    """

    page: str
    visit: str
    answers: Sequence[Answer]
    how: Paradata
    instrument: str


@dataclass(frozen=True)
class Step:
    """What is added to a case whose turn was ``turn``, at the moment ``at``.

    ``met`` are the factors that the case is exposed to at ``place``; the first time stays. ``draws`` are
    what chance decided about its pages; they stay as well.
    """

    case: int
    turn: int
    at: datetime
    events: Sequence[NewEvent] = ()
    sent: Sent | None = None
    met: Iterable[str] = ()
    place: str = ""
    draws: Sequence[Draw] = ()


def submission_key(case: int, page: str, visit: str) -> str:
    """The key of the event of one submission: one visit of a page submits once."""
    return f"{case}:{page}:{visit}"


def take(conn: Connection, case: int) -> None:
    """Have the turn until the transaction ends: whoever else wants it waits, and finds it moved on.

    It comes before the state is read by which the step is decided.
    """
    _TAKE.rows(conn, {"case_id": case})


def advance(conn: Connection, step: Step) -> bool:
    """Write a step. False, and nothing is written, where the turn has moved on since the state was read.

    Args:
        conn: a connection that writes: one that has taken the turn, or one for a single statement.
        step: what is added.
    """
    parts = _parts(step)
    if conn.dialect.name == "postgresql":
        whole = _at_once(tuple(part for part, _ in parts))
        return bool(whole.rows(conn, {**_turn(step), **{part.name: _text(rows) for part, rows in parts}}))
    if not _MOVE.rows(conn, _turn(step)):
        return False
    for part, rows in parts:
        part.alone.run(conn, rows)
    return True


class _Part:
    """The rows of one table in a step; ``replacing`` says that they take the place of those that are there."""

    def __init__(
        self,
        table: Table,
        conflict: Sequence[str],
        columns: Sequence[str] = (),
        *,
        replacing: bool = False,
        where: str = "",
    ) -> None:
        self.name = table.name
        names = tuple(columns or table.columns.keys())
        taken = [name for name in names if name not in conflict] if replacing else []
        # JSON comes as text: within that of the rows it could say things that no text of PostgreSQL can hold.
        spelt = {name for name in names if isinstance(table.c[name].type, JSON)}
        kinds = (f"{name} {'TEXT' if name in spelt else table.c[name].type.compile(_POSTGRESQL)}" for name in names)
        values = (f"CAST(sent.{name} AS JSON)" if name in spelt else f"sent.{name}" for name in names)
        self.hanging = " ".join(  # names of ours, no values
            (
                f"INSERT INTO {self.name} ({', '.join(names)}) SELECT {', '.join(values)} FROM moved,",  # noqa: S608
                f"json_to_recordset(CAST(:{self.name} AS JSON)) AS sent ({', '.join(kinds)})",
                conflicting(conflict, taken, where),
            )
        )
        self.alone = Statement(
            lambda _: insert(table, conflict, columns=names, replacing=taken, where=where, spelt=spelt)
        )


def _text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The parameter of ``_Part.hanging``."""
    return json.dumps(rows, default=datetime.isoformat)


_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_EVENT = _Part(tables.event, ("key",), ("case_id", "at", "kind", "detail", "key"), where=tables.KEYED.text)
_EXPOSURE = _Part(tables.exposure, ("case_id", "factor"))
_PRESENTATION = _Part(tables.presentation, ("case_id", "name"))
_ANSWER = _Part(tables.answer, ("case_id", "column_name"), replacing=True)
_PARADATA = _Part(
    tables.paradata,
    ("case_id", "page", "visit"),
    ("case_id", "page", "visit", "shown_at", "submitted_at", "device", "detail"),
)

_MOVING = (
    "INSERT INTO turn (case_id, number) VALUES (:case_id, :following) "
    "ON CONFLICT (case_id) DO UPDATE SET number = excluded.number WHERE turn.number = :number RETURNING case_id"
)
_TAKING = (
    "INSERT INTO turn (case_id, number) VALUES (:case_id, 1) "
    "ON CONFLICT (case_id) DO UPDATE SET number = turn.number + 1 RETURNING number"
)
_NUMBERS = [bindparam(name, type_=Key) for name in ("case_id", "following", "number")]
_MOVE = Statement(lambda _: text(_MOVING).bindparams(*_NUMBERS))
_TAKE = Statement(lambda _: text(_TAKING).bindparams(_NUMBERS[0]))


@cache
def _at_once(parts: tuple[_Part, ...]) -> Statement:
    """All that hangs on the turn, as one statement of PostgreSQL."""
    hanging = (f"wrote_{part.name} AS ({part.hanging})" for part in parts)
    whole = f"WITH {', '.join((f'moved AS ({_MOVING})', *hanging))} SELECT case_id FROM moved"  # noqa: S608
    rows = (bindparam(part.name, type_=Text) for part in parts)
    return Statement(lambda _: text(whole).bindparams(*_NUMBERS, *rows))


def _turn(step: Step) -> dict[str, int]:
    return {"case_id": step.case, "number": step.turn, "following": step.turn + 1}


def _parts(step: Step) -> list[tuple[_Part, list[dict[str, Any]]]]:
    """The rows of each table that a step adds to, JSON as text."""
    case = {"case_id": step.case}
    sent = step.sent
    # In the order of their keys, so that two steps which wait for each other's rows do so in one order.
    answers = sorted(sent.answers, key=lambda answer: answer.column) if sent else []
    shown = {**case, "page": sent.page, "at": step.at, "instrument": sent.instrument} if sent else {}
    parts = (
        (_EVENT, [{**case, "at": step.at, "kind": e.kind, "detail": e.detail, "key": e.key} for e in step.events]),
        (_ANSWER, [{**shown, **_answer(answer)} for answer in answers]),
        (_PARADATA, [{**case, "page": sent.page, "visit": sent.visit, **_how(sent.how, step.at)}] if sent else []),
        (_EXPOSURE, [{**case, "factor": each, "page": step.place, "at": step.at} for each in sorted(step.met)]),
        (_PRESENTATION, [{**case, **draw_row(draw)} for draw in step.draws]),
    )
    return [(part, rows) for part, rows in parts if rows]


_SPELT = json.JSONEncoder(allow_nan=False).encode


def _how(how: Paradata, at: datetime) -> dict[str, Any]:
    pressed = max(how.shown_at, at - how.waited) if how.waited else at
    waited = {"waited": how.waited.total_seconds()} if how.waited else {}
    detail = _SPELT({**how.detail, **waited})
    return {"shown_at": how.shown_at, "submitted_at": pressed, "device": how.device, "detail": detail}


@lru_cache(10_000)  # answers are many, orders of options few
def _order(options: tuple[str, ...]) -> str:
    return json.dumps(options)


def _answer(answer: Answer) -> dict[str, Any]:
    absent = isinstance(answer.value, Missing)
    kind, value = (None, None) if isinstance(answer.value, Missing) else encoded(answer.value)
    return {
        "column_name": answer.column,
        "item": answer.item,
        "value": value,
        "kind": kind,
        "missing": str(answer.value) if absent else None,
        "position": answer.position,
        "option_order": _order(answer.option_order),
        "text_hash": answer.text_hash,
        "page_position": answer.page_position,
        "row_position": answer.row_position,
        "language": answer.language,
    }
