"""Statements of the respondents' path: compiled once per engine, and run by the driver itself.

``Connection.execute`` costs ten times what SQLite needs for such a statement: it looks up what was
compiled, makes a context, a result and its metadata, and hands rows over one by one. A statement
that is built once, with typed parameters and columns that need no type, needs none of that.
It runs in the transaction of its connection like all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from surveylab.store.columns import Instant

Values = Mapping[str, Any]
_Process = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """A statement as one driver takes it; ``places`` are its names in order, for a driver that goes by that."""

    text: str
    places: tuple[str, ...]
    processes: Mapping[str, _Process | None]

    def bound(self, values: Values) -> Any:
        """The parameters as the driver stores them."""
        if not self.places:
            return {name: values[name] if do is None else do(values[name]) for name, do in self.processes.items()}
        made = []
        for name in self.places:
            do = self.processes[name]
            made.append(values[name] if do is None else do(values[name]))
        return made


class Statement:
    """One statement; ``build`` makes it for the engine of that name ("sqlite", "postgresql")."""

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, conn: Connection, values: Values) -> list[Any]:
        """The rows that it gives: what the driver makes of their columns, in tuples."""
        cursor: Any = conn.connection.cursor()
        one = self._for(conn)
        try:
            cursor.execute(one.text, one.bound(values))
            return list(cursor.fetchall())
        except conn.dialect.loaded_dbapi.Error as error:
            _failed(conn, one.text, error)
        finally:
            cursor.close()

    def run(self, conn: Connection, rows: Iterable[Values]) -> None:
        """Run it for each of the rows."""
        cursor: Any = conn.connection.cursor()
        one = self._for(conn)
        bound = [one.bound(row) for row in rows]
        try:
            if len(bound) == 1:  # on PostgreSQL, to run it for many begins a pipeline
                cursor.execute(one.text, bound[0])
            else:
                cursor.executemany(one.text, bound)
        except conn.dialect.loaded_dbapi.Error as error:
            _failed(conn, one.text, error)
        finally:
            cursor.close()

    def _for(self, conn: Connection) -> _Compiled:
        engine = conn.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = _compiled(self._build(engine), conn)
        return self._compiled[engine]


def _compiled(clause: ClauseElement, conn: Connection) -> _Compiled:
    compiled = clause.compile(dialect=conn.dialect)
    assert isinstance(compiled, SQLCompiler)
    processes = {name: _process(each.type, conn) for name, each in compiled.binds.items()}
    return _Compiled(str(compiled), tuple(compiled.positiontup or ()), processes)


def _process(kind: TypeEngine[Any], conn: Connection) -> _Process | None:
    """What makes of a value what the driver stores; the same moment stands in many rows, and is made once."""
    process = kind.dialect_impl(conn.dialect).bind_processor(conn.dialect)
    return lru_cache(64)(process) if process and isinstance(kind, Instant) else process


def _failed(conn: Connection, text: str, error: Any) -> NoReturn:
    """As ``Connection.execute`` fails: with the same errors, and with a new pool where the server went away."""
    if conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, None):
        conn.engine.dispose()
    raise DBAPIError.instance(text, None, error, conn.dialect.loaded_dbapi.Error, dialect=conn.dialect) from error
