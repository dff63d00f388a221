"""Rows of somebody else's database: a query or a table, read by a cursor of its server and never written to."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, create_engine, literal_column, make_url, select, text
from sqlalchemy import table as named
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from surveylab.sources import Table, refuse, text_of

_BATCH = 10_000
_TYPES: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bool,), "truth"),
    ((int,), "integer"),
    ((int, float, Decimal), "decimal"),
    ((datetime.date,), "date"),
    ((str,), "text"),
)


@contextmanager
def queried(url: str, *, query: str = "", table: str = "") -> Iterator[Table]:
    """The rows of a query, or of a table (``name`` or ``schema.name``), numbered from 1.

    A column has the type of its values in the first batch of rows. Nothing that is told holds the password.

    Raises:
        DataError: no such database, or the query fails.
    """
    address = _address(url)
    name = _shown(address)
    try:
        engine = create_engine(address, poolclass=NullPool)
    except (SQLAlchemyError, ImportError) as error:
        refuse(name, 0, "FR19", f"no driver of such a database is there: {_said(error, address)}.", "Install it.")
    try:
        with engine.connect() as conn:
            _only_read(conn)
            streamed = conn.execution_options(stream_results=True, yield_per=_BATCH)
            result = streamed.execute(text(query) if query else _all_of(table))
            if not result.returns_rows:
                refuse(name, 0, "FR19", "the query gives no rows.", "Write one that selects: SELECT ... FROM ...")
            batches = result.partitions()
            first = list(next(batches, []))
            types = tuple(_type({type(row[place]) for row in first}) for place in range(len(result.keys())))
            yield Table(name, tuple(result.keys()), 0, _rows(name, address, first, batches), types)
    except SQLAlchemyError as error:
        refuse(name, 0, "FR19", f"the database says: {_said(error, address)}.", "Check address, rights and query.")
    finally:
        engine.dispose()


def _rows(name: str, address: URL, first: list[Any], batches: Iterator[Any]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        while first:
            for row in first:
                number += 1
                yield number, [text_of(value) for value in row]
            first = list(next(batches, []))
    except SQLAlchemyError as error:
        refuse(name, number + 1, "FR19", f"the database says: {_said(error, address)}.", "Run the query by hand.")


def _address(url: str) -> URL:
    try:
        address = make_url("postgresql" + url.removeprefix("postgres") if url.startswith("postgres://") else url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        refuse("--from", 0, "FR19", "this is not an address of a database.", "Write dialect://name:password@host/name.")
    if backend == "postgresql" and address.drivername == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and not Path(address.database or "").is_file():
        refuse(_shown(address), 0, "FR19", "there is no such file.", "Check the path behind sqlite:///.")
    return address


def _shown(address: URL) -> str:
    """The address without password and options, which may hold one too."""
    return address.set(password=None, query={}).render_as_string()


def _all_of(table: str) -> Any:
    schema, _, name = table.rpartition(".")
    return select(literal_column("*")).select_from(named(name, schema=schema or None))


def _only_read(conn: Connection) -> None:
    statements = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}
    if statement := statements.get(conn.dialect.name):
        done: CursorResult[Any] = conn.exec_driver_sql(statement)
        done.close()


def _type(found: set[type]) -> str:
    known = found - {type(None)}
    return next((name for kinds, name in _TYPES if known and known <= set(kinds)), "")


def _said(error: Exception, address: URL) -> str:
    """The first line of what went wrong, without any secret of the address."""
    said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).strip()
    lines = said.splitlines() or [type(error).__name__]
    line = lines[0]
    secrets = [address.password, *(value for value in address.query.values() if isinstance(value, str))]
    for secret in secrets:
        line = line.replace(str(secret), "***") if secret else line
    return line.rstrip(".")
