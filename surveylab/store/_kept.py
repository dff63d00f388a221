"""Connections that are kept at hand, for the one statement that most requests of respondents need.

To lend a connection out of SQLAlchemy's pool and to take it back costs more than such a statement,
because a transaction might be open on it. Here none is between two uses, and nothing is to be reset.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from surveylab.store._driver import cursor

MOST_IDLE = 10
"""Connections that wait for their next use; what a rush has opened beyond them is closed behind it."""


class Kept:
    """The kept connections of an engine, which lets as many be opened as are used at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Connection] = []

    def lent(self, begin: str = "", end: str = "") -> AbstractContextManager[Connection]:
        """A connection for one use. After an error it is given up, with what was begun on it.

        ``begin`` and ``end`` stand around the use; without them every statement is committed by itself.
        """
        return _Loan(self, begin, end)

    def take(self) -> Connection:
        """One that waits, else a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect()

    def give_back(self, conn: Connection) -> None:
        """Let it wait for its next use."""
        if len(self._idle) < MOST_IDLE:
            self._idle.append(conn)
        else:
            conn.close()

    def close(self) -> None:
        """Give all of them back."""
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()


class _Loan(AbstractContextManager[Connection]):
    """One use of a connection. A generator would do the same in twice the time."""

    __slots__ = ("_begin", "_conn", "_end", "_kept")

    def __init__(self, kept: Kept, begin: str, end: str) -> None:
        self._kept, self._begin, self._end = kept, begin, end

    def __enter__(self) -> Connection:
        self._conn = self._kept.take()
        if self._begin:
            self._run(self._begin)
        return self._conn

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is not None:
            self._give_up()
            return
        if self._end:
            self._run(self._end)
        self._kept.give_back(self._conn)

    def _run(self, text: str) -> None:
        try:
            cursor(self._conn).execute(text)
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        self._conn.invalidate()
        self._conn.close()
