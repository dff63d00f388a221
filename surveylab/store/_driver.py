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
from operator import itemgetter
from typing import Any, NoReturn

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from surveylab.store.columns import Instant

Values = Mapping[str, Any]
_Process = Callable[[Any], Any]
_HELD = "surveylab cursor"
_MOMENTS: dict[str, _Process] = {}
"""Engine -> what makes of a moment what its driver stores."""


@dataclass(frozen=True)
class _Compiled:
    """A statement as one driver takes it.

    ``picked`` takes the values out of a row in the order of its places; ``names`` are those of the places, for a
    driver that goes by names, else none. ``processes``: place -> what makes of a value what the driver stores.
    """

    text: str
    picked: Callable[[Values], tuple[Any, ...]]
    names: tuple[str, ...]
    processes: tuple[tuple[int, _Process], ...]

    def bound(self, values: Values) -> Any:
        """The parameters as the driver stores them."""
        made = list(self.picked(values))
        for place, do in self.processes:
            made[place] = do(made[place])
        return dict(zip(self.names, made, strict=True)) if self.names else made


class Statement:
    """One statement; ``build`` makes it for the engine of that name ("sqlite", "postgresql")."""

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, conn: Connection, values: Values) -> list[Any]:
        """The rows that it gives: what the driver makes of their columns, in tuples."""
        ran = cursor(conn)
        one = self._for(conn)
        try:
            ran.execute(one.text, one.bound(values))
            return list(ran.fetchall())
        except conn.dialect.loaded_dbapi.Error as error:
            _failed(conn, one.text, error)

    def run(self, conn: Connection, rows: Iterable[Values]) -> None:
        """Run it for each of the rows."""
        ran = cursor(conn)
        one = self._for(conn)
        bound = [one.bound(row) for row in rows]
        try:
            if len(bound) == 1:  # on PostgreSQL, to run it for many begins a pipeline
                ran.execute(one.text, bound[0])
            else:
                ran.executemany(one.text, bound)
        except conn.dialect.loaded_dbapi.Error as error:
            _failed(conn, one.text, error)

    def _for(self, conn: Connection) -> _Compiled:
        engine = conn.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = _compiled(self._build(engine), conn)
        return self._compiled[engine]


def _compiled(clause: ClauseElement, conn: Connection) -> _Compiled:
    compiled = clause.compile(dialect=conn.dialect)
    assert isinstance(compiled, SQLCompiler)
    by_place = tuple(compiled.positiontup or ())
    places = by_place or tuple(compiled.binds)
    made = ((place, _process(compiled.binds[name].type, conn)) for place, name in enumerate(places))
    processes = tuple((place, do) for place, do in made if do is not None)
    return _Compiled(str(compiled), _picking(places), () if by_place else places, processes)


def _picking(names: tuple[str, ...]) -> Callable[[Values], tuple[Any, ...]]:
    """What takes the values of these names out of a row, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple([values[name] for name in names])


def cursor(conn: Connection) -> Any:
    """The one cursor of a connection by which its statements run, each to its end: the driver's own.

    To make one costs as much as to run a small statement by it.
    """
    held = conn.connection.info
    if _HELD not in held:
        held[_HELD] = conn.connection.dbapi_connection.cursor()  # type: ignore[union-attr]  # it is open
    return held[_HELD]


def _process(kind: TypeEngine[Any], conn: Connection) -> _Process | None:
    """What makes of a value what the driver stores; the same moment stands in many rows, and is made once."""
    if isinstance(kind, Instant) and conn.dialect.name in _MOMENTS:
        return _MOMENTS[conn.dialect.name]
    process = kind.dialect_impl(conn.dialect).bind_processor(conn.dialect)
    if process and isinstance(kind, Instant):
        process = _MOMENTS[conn.dialect.name] = lru_cache(64)(process)
    return process


def _failed(conn: Connection, text: str, error: Any) -> NoReturn:
    """As ``Connection.execute`` fails: with the same errors, and with a new pool where the server went away."""
    if conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, None):
        conn.engine.dispose()
    raise DBAPIError.instance(text, None, error, conn.dialect.loaded_dbapi.Error, dialect=conn.dialect) from error
