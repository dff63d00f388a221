"""What the two engines say differently."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    Text,
    TextClause,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    text,
)

from surveylab.errors import SurveylabError


def insert(
    table: Table,
    conflict: Sequence[str],
    *,
    columns: Sequence[str] = (),
    replacing: Sequence[str] = (),
    where: str = "",
    returning: str = "",
    spelt: Collection[str] = (),
) -> TextClause:
    """An INSERT that knows ON CONFLICT, with one typed parameter for each of its columns.

    Both engines spell it alike. It is a text because SQLAlchemy 2.0 compiles its own form of it
    anew at each execution (its issue 10445), which costs more than the execution.

    Args:
        table: the table.
        conflict: the columns of the unique index at which a row may be there already.
        columns: those that are given; all of the table where none are named.
        replacing: those that the row that is there takes over; without any, it stays as it is.
        where: the condition of a partial index.
        returning: the column that comes back from a row that was written.
        spelt: the columns of JSON that are given as text.
    """
    names = columns or table.columns.keys()
    parts = (
        f"INSERT INTO {table.name} ({', '.join(names)})",  # names of ours
        f"VALUES ({', '.join(f':{name}' for name in names)})",
        conflicting(conflict, replacing, where),
        f"RETURNING {returning}" if returning else "",
    )
    typed = (bindparam(name, type_=Text() if name in spelt else table.c[name].type) for name in names)
    return text(" ".join(filter(None, parts))).bindparams(*typed)


def conflicting(conflict: Sequence[str], replacing: Sequence[str] = (), where: str = "") -> str:
    """What becomes of a row that is there already: the end of an INSERT, as in ``insert``."""
    taken = ", ".join(f"{name} = excluded.{name}" for name in replacing)
    parts = (
        f"ON CONFLICT ({', '.join(conflict)})",
        f"WHERE {where}" if where else "",
        f"DO UPDATE SET {taken}" if taken else "DO NOTHING",
    )
    return " ".join(filter(None, parts))


def among(conn: Connection, column: ColumnElement[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Whether a column is one of many numbers: one parameter on PostgreSQL, which takes a list, else one each."""
    if conn.dialect.name == "postgresql":
        return column == any_(literal(list(numbers), ARRAY(BigInteger)))
    return column.in_(numbers)


def json_rows(engine: str, where: ColumnElement[bool], *columns: ColumnElement[Any]) -> ColumnElement[str]:
    """The rows of a table as one JSON text, in any order, each a list of these columns: a column of another query."""
    if engine == "postgresql":
        rows: ColumnElement[Any] = func.coalesce(func.json_agg(func.json_build_array(*columns)), text("'[]'"))
    else:
        rows = func.json_group_array(func.json_array(*columns))
    return select(cast(rows, Text)).where(where).scalar_subquery()


def one_at_a_time(conn: Connection, purpose: str) -> None:
    """Hold all others with the same purpose back until this transaction ends.

    SQLite has one writer at any time, and ``conn`` is it already.
    """
    if conn.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"surveylab {purpose}".encode()).digest()[:8], "big", signed=True)
        conn.execute(select(func.pg_advisory_xact_lock(number)))


def field_as_json(conn: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """One field of a JSON column as JSON text, to group by; ``null`` where the row lacks it."""
    if '"' in name:
        raise SurveylabError(f"The field {name!r} has a quotation mark in its name; rename it in the frame.")
    if conn.dialect.name == "postgresql":
        return func.coalesce(cast(column[name], Text), "null")
    path = f'$."{name}"'
    kind = func.json_type(column, path, type_=Text)  # JSON_EXTRACT makes numbers of true and false
    value = func.json_quote(func.json_extract(column, path), type_=Text)
    return case((kind.in_(("true", "false")), kind), else_=value)


def canonical(value: Any) -> str:
    """JSON in one spelling: keys in order, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
