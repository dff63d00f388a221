"""One database, opened once per process: a pool of connections that read and one that writes.

SQLite runs in WAL mode with synchronous=NORMAL: an acknowledged answer survives the death of
the process; what survives the loss of power is what the operating system had written down.
PostgreSQL decides that by its own ``synchronous_commit``.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from surveylab.errors import SurveylabError
from surveylab.store._kept import Kept
from surveylab.store._sql import one_at_a_time
from surveylab.store.migrate import revision, upgrade
from surveylab.store.migrations import HEAD

__all__ = ["Connection", "Ledger", "open_ledger"]

PATIENCE = 30
"""Seconds that a writer waits for another writer on SQLite."""

_ENGINE: dict[str, Any] = {
    "pool_size": 10,
    "max_overflow": 20,
    "json_serializer": json.JSONEncoder(allow_nan=False).encode,  # NaN is no JSON, and only SQLite would take it
}

_AS_NEEDED = {"max_overflow": -1}
_HELLO = {"connect_timeout": 10, "application_name": "surveylab"}


@dataclass(frozen=True)
class Ledger:
    """An open database. Share it among threads; open another after a fork."""

    url: URL
    _reading: Engine
    _writing: Engine
    _kept: Kept
    _around: tuple[str, str] = ("", "")
    """What begins and ends a step; nothing where one is a single statement."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database and refuses to write.

        Its transaction is begun at once: a ``_driver.Statement`` would not begin it.
        """
        with self._reading.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back on any error.

        On SQLite it holds the write lock from the start (BEGIN IMMEDIATE): a writer waits
        for its turn before it reads, so that two writers can never block each other.
        """
        with self._writing.begin() as conn:
            yield conn

    @contextmanager
    def rehearse(self) -> Iterator[Connection]:
        """A connection as that of ``write`` of which nothing stays: what is done in it is undone at its end."""
        with self._writing.connect() as conn:
            transaction = conn.begin()
            try:
                yield conn
            finally:
                transaction.rollback()

    def glance(self) -> AbstractContextManager[Connection]:
        """A connection for one ``_driver.Statement`` that reads: it sees one moment without a transaction."""
        return self._kept.lent()

    def step(self) -> AbstractContextManager[Connection]:
        """A connection for one step (``steps.advance``), which is committed by itself.

        On PostgreSQL a step is one statement; on SQLite this is a transaction like that of ``write``.
        """
        return self._kept.lent(*self._around)

    def checkpoint(self) -> None:
        """Let what was erased leave SQLite's write-ahead log as well, as far as nobody reads an older moment.

        PostgreSQL keeps what was erased in its own log until that is recycled.
        """
        if self.url.get_backend_name() == "sqlite":
            connection = sqlite3.connect(str(self.url.database), timeout=PATIENCE, isolation_level=None)
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        """Give all connections back to the system."""
        self._kept.close()
        self._reading.dispose()
        self._writing.dispose()


def open_ledger(url: str) -> Ledger:
    """Open a database, make it when it is a new SQLite file, and bring its tables up to date.

    Several processes may open one database at once: one migrates, the others wait for it.

    Args:
        url: ``sqlite:///path`` or ``postgresql://name:password@host/database``.

    Raises:
        SurveylabError: the database cannot be reached, is none, or belongs to a newer version.
    """
    address = _address(url)
    try:
        ledger = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
        try:
            _bring_up_to_date(ledger)
        except BaseException:
            ledger.close()
            raise
    except (DBAPIError, sqlite3.Error, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip()
        raise SurveylabError(
            f"The database {address.render_as_string()} cannot be reached: {reason} "
            "Check SURVEYLAB_DATABASE_URL, and that the server runs or the folder can be written."
        ) from error
    return ledger


def _bring_up_to_date(ledger: Ledger) -> None:
    with ledger.read() as conn:
        if revision(conn) == HEAD:
            return
    with ledger.write() as conn:
        one_at_a_time(conn, "migrations")
        upgrade(conn)


def _address(url: str) -> URL:
    try:
        address = make_url("postgresql" + url.removeprefix("postgres") if url.startswith("postgres://") else url)
        backend = address.get_backend_name()
    except ArgumentError as error:
        raise SurveylabError(
            "SURVEYLAB_DATABASE_URL is not an address of a database; write sqlite:///path/to/file.db "
            "or postgresql://name:password@host/database."
        ) from error
    if backend == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and address.database and address.database != ":memory:":
        return address
    raise SurveylabError(
        f"The ledger does not work on {address.render_as_string()}; it takes sqlite:/// with the path of a file, "
        "or postgresql://name:password@host/database."
    )


def _postgresql(address: URL) -> Ledger:
    engine = create_engine(address, connect_args=_HELLO, **_ENGINE)
    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    kept = Kept(create_engine(address, isolation_level="AUTOCOMMIT", connect_args=_HELLO, **_ENGINE | _AS_NEEDED))
    return Ledger(address, reading, engine, kept)


def _sqlite(address: URL) -> Ledger:
    file = Path(str(address.database))
    file.parent.mkdir(parents=True, exist_ok=True)
    _use_wal(file)
    reading, writing = "BEGIN", "BEGIN IMMEDIATE"
    return Ledger(
        address,
        _sqlite_engine(address, reading),
        _sqlite_engine(address, writing),
        # One connection glances and steps: what another one writes empties the cache of its pages.
        Kept(_sqlite_engine(address, writing, _AS_NEEDED)),
        (writing, "COMMIT"),
    )


def _sqlite_engine(address: URL, begin: str, pool: dict[str, Any] | None = None) -> Engine:
    engine = create_engine(address, connect_args={"timeout": PATIENCE}, **_ENGINE | (pool or {}))

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions by itself, and too late
        connection.create_function("ln", 1, _ln, deterministic=True)
        for pragma in (
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "recursive_triggers = ON",  # else INSERT OR REPLACE deletes without asking the triggers
            "wal_autocheckpoint = 4000",  # pages; what is written often is written back once
            f"query_only = {'ON' if begin == 'BEGIN' else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.connection.cursor().execute(begin)

    return engine


def _ln(value: float | None) -> float | None:
    """The natural logarithm, which not every build of SQLite has; NULL where there is none."""
    return math.log(value) if value is not None and value > 0 else None


def _use_wal(file: Path) -> None:
    """Turn WAL mode on, which stays with the file.

    SQLite does not wait but gives up when two connections try it at the same moment, so
    this waits in its place.
    """
    deadline = time.monotonic() + PATIENCE
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return
    finally:
        connection.close()
