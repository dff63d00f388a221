"""Many rows at once, as fast as the engine takes them.

SQLAlchemy looks at every value of every row; at a million rows that costs more than the
database. Here the rows go to the driver as they are: many in one INSERT on SQLite, COPY on
PostgreSQL. So values must be what the driver stores: JSON as text, and datetimes through
``stored``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Table, func, select

CHUNK = 50_000
"""Rows that are prepared at a time: what bounds the memory of a load and of a draw."""

_AT_ONCE = 100
"""Rows that one INSERT writes on SQLite: to begin and end a statement costs as much as to write a small row."""

_CACHE = 512 * 1024
"""KiB of pages that SQLite may hold during a load, taken as they fill: a million cases in two factors
make 400 MiB. With less, pages of an index over random tokens are written to the log many times over."""

T = TypeVar("T")


def insert_rows(
    conn: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    alike: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert every row, in the transaction of ``conn``. The driver's own errors come through.

    ``alike``: further columns, each with the value that stands in all rows.
    """
    into, same = f"{table.name} ({', '.join((*alike, *columns))})", tuple(alike.values())
    cursor: Any = conn.connection.cursor()
    try:
        if conn.dialect.name == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*same, *row))
        else:
            marks = ", ".join([*(f"?{number}" for number in range(1, len(same) + 1)), *"?" * len(columns)])
            for values in chunks(chain.from_iterable(rows), _AT_ONCE * len(columns)):
                together = ", ".join([f"({marks})"] * (len(values) // len(columns)))
                cursor.execute(f"INSERT INTO {into} VALUES {together}", (*same, *values))  # noqa: S608 - names of ours
    finally:
        cursor.close()


@contextmanager
def loading(conn: Connection) -> Iterator[None]:
    """Give SQLite room for a load; what it held before afterwards."""
    if conn.dialect.name != "sqlite":
        yield
        return
    before = conn.exec_driver_sql("PRAGMA cache_size").scalar_one()
    conn.exec_driver_sql(f"PRAGMA cache_size = {-_CACHE}")
    try:
        yield
    finally:
        conn.exec_driver_sql(f"PRAGMA cache_size = {before}")


@contextmanager
def indexed_behind(conn: Connection, table: Table, n: int) -> Iterator[None]:
    """Take the indexes off a table for a load of ``n`` rows on SQLite, and make them behind it, in one transaction.

    Only where the load is not little beside the rows that are there: to sort a million random tokens once takes
    less than half the time of a million look-ups. So a row that breaks a unique index is perhaps refused at the
    end only, with the driver's own error; the transaction is to be given up then, as with every error.
    """
    if conn.dialect.name != "sqlite" or 4 * n <= _last(conn, table):
        yield
        return
    cursor: Any = conn.connection.cursor()
    try:
        indexes = _indexes(cursor, table)
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for text in indexes.values():
            cursor.execute(text)
    finally:
        cursor.close()


def _indexes(cursor: Any, table: Table) -> dict[str, str]:
    """The indexes of a table on SQLite by name, each as the statement that makes it; not those of constraints."""
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    return dict(cursor.execute(made, (table.name,)).fetchall())


def stored(conn: Connection, column: Column[Any], value: Any) -> Any:
    """A value as the driver stores it in that column."""
    process = column.type.dialect_impl(conn.dialect).bind_processor(conn.dialect)
    return process(value) if process else value


def reserve(conn: Connection, table: Table, n: int) -> list[int]:
    """``n`` ids of a table that nobody else will use."""
    if conn.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return list(conn.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, n))))
    last = _last(conn, table)  # nobody else writes meanwhile
    return list(range(last + 1, last + n + 1))


def _last(conn: Connection, table: Table) -> int:
    return conn.scalar(select(func.max(table.c.id))) or 0


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The rows in lists of at most ``size``."""
    each = iter(rows)
    while chunk := list(islice(each, size)):
        yield chunk


def told_apart(columns: Mapping[str, NDArray[Any]]) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Columns of shape (n,), n > 0: those in which rows differ, and the value of each in which all are alike."""
    alike = {name: column[:1].tolist()[0] for name, column in columns.items() if (column == column[0]).all()}
    return {name: column.tolist() for name, column in columns.items() if name not in alike}, alike


def json_objects(columns: Mapping[str, NDArray[Any]]) -> Iterable[str]:
    """One JSON object per row as text, from columns of shape (n,); a number that is none is null."""
    texts = [_json_values(column) for column in columns.values()]
    template = ", ".join(json.dumps(name).replace("%", "%%") + ": %s" for name in columns)
    return map(("{" + template + "}").__mod__, zip(*texts, strict=True))


def _json_values(column: NDArray[Any]) -> Iterable[str]:
    values = column.tolist()
    if column.dtype.kind == "U":
        return map(json.encoder.encode_basestring_ascii, values)
    if column.dtype.kind in "iu":
        return map(str, values)
    if column.dtype.kind == "f":
        return [repr(value) if np.isfinite(value) else "null" for value in values]
    return [
        json.encoder.encode_basestring_ascii(value) if type(value) is str else json.dumps(value) for value in values
    ]
