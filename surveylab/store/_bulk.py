"""Many rows at once, as fast as the engine takes them.

SQLAlchemy looks at every value of every row; at a million rows that costs more than the
database. Here the rows go to the driver as they are: ``executemany`` over an iterator on
SQLite, COPY on PostgreSQL. So values must be what the driver stores: JSON as text, and
datetimes through ``stored``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Table, func, select

CHUNK = 50_000
"""Rows that are prepared at a time: what bounds the memory of a load and of a draw."""

_CACHE = 512 * 1024
"""KiB of pages that SQLite may hold during a load, taken as they fill: a million cases in two factors
make 400 MiB. With less, pages of the index over random tokens are written to the log many times over."""

T = TypeVar("T")


def insert_rows(conn: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert every row, in the transaction of ``conn``. The driver's own errors come through."""
    names = ", ".join(columns)
    cursor: Any = conn.connection.cursor()
    try:
        if conn.dialect.name == "postgresql":
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of ours
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


def stored(conn: Connection, column: Column[Any], value: Any) -> Any:
    """A value as the driver stores it in that column."""
    process = column.type.dialect_impl(conn.dialect).bind_processor(conn.dialect)
    return process(value) if process else value


def reserve(conn: Connection, table: Table, n: int) -> list[int]:
    """``n`` ids of a table that nobody else will use."""
    if conn.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return list(conn.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, n))))
    last = conn.scalar(select(func.max(table.c.id))) or 0  # nobody else writes meanwhile
    return list(range(last + 1, last + n + 1))


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The rows in lists of at most ``size``."""
    each = iter(rows)
    while chunk := list(islice(each, size)):
        yield chunk


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
    return map(json.dumps, values)
