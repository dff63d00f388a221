"""Connections that are kept at hand, for the one statement that most requests of respondents need.

To lend a connection out of SQLAlchemy's pool and to take it back costs more than such a statement,
because a transaction might be open on it. Here none is between two uses, and nothing is to be reset.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

MOST_IDLE = 10
"""Connections that wait for their next use; what a rush has opened beyond them is closed behind it."""


class Kept:
    """The kept connections of an engine, which lets as many be opened as are used at once.

    ``begin`` and ``end`` stand around each use; without them every statement is committed by itself.
    """

    def __init__(self, engine: Engine, begin: str = "", end: str = "") -> None:
        self._engine = engine
        self._begin, self._end = begin, end
        self._idle: list[Connection] = []

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection for one use. After an error it is given up, with what was begun on it."""
        try:
            conn = self._idle.pop()
        except IndexError:
            conn = self._engine.connect()
        try:
            if self._begin:
                conn.connection.cursor().execute(self._begin)
            yield conn
            if self._end:
                conn.connection.cursor().execute(self._end)
        except BaseException:
            conn.invalidate()
            conn.close()
            raise
        if len(self._idle) < MOST_IDLE:
            self._idle.append(conn)
        else:
            conn.close()

    def close(self) -> None:
        """Give all of them back."""
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()
