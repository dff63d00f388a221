"""Rows of a frame on their way in: put down in any order, found wanting or not, taken up in the order of their units.

They wait in a temporary SQLite database that nobody else sees and that is gone when it is closed,
whatever the engine of the ledger: so the ledger is locked only for what is right, and the memory of
a load does not grow with the frame.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Self

_CACHE = 32 * 1024
"""KiB of pages that are held in memory."""


class Row(NamedTuple):
    """One row: where it stands in its source, the unit, what else it says, and what tells a person apart.

    ``body`` and ``person`` are texts of the caller's; ``email`` and ``phone`` are None where there is none.
    """

    line: int
    unit: str
    body: str
    person: str | None = None
    email: str | None = None
    phone: str | None = None


class Staging:
    """A place for the rows of one load; use it as a context."""

    def __init__(self) -> None:
        self._conn = sqlite3.connect("", isolation_level=None)  # a file of its own, deleted when it is closed
        for pragma in (f"cache_size = {-_CACHE}", "journal_mode = OFF", "synchronous = OFF"):
            self._conn.execute(f"PRAGMA {pragma}")
        self._conn.execute(
            "CREATE TABLE staged (line INTEGER PRIMARY KEY, unit TEXT NOT NULL, body TEXT NOT NULL, "
            "person TEXT, email TEXT, phone TEXT)"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._conn.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Put rows down; no two have one line."""
        self._conn.execute("BEGIN")
        self._conn.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._conn.execute("COMMIT")

    def settle(self) -> None:
        """Sort them by their units, once all are there."""
        self._conn.execute("CREATE INDEX staged_unit ON staged (unit)")

    def count(self) -> int:
        """The number of rows."""
        return int(self._conn.execute("SELECT count(*) FROM staged").fetchone()[0])

    def twice(self) -> Iterator[tuple[str, int, int]]:
        """Every row whose unit has an earlier one: the unit, the line of its first row, the row's own line."""
        units = self._conn.execute("SELECT unit, min(line) FROM staged GROUP BY unit HAVING count(*) > 1").fetchall()
        for unit, first in units:
            later = "SELECT line FROM staged WHERE unit = ? AND line > ? ORDER BY line"
            yield from ((unit, first, line) for (line,) in self._conn.execute(later, (unit, first)).fetchall())

    def alike(self) -> list[set[int]]:
        """The lines of the rows that are one person, by email or phone, also through others; by their first line."""
        parent: dict[int, int] = {}

        def root(line: int) -> int:
            while parent.setdefault(line, line) != line:
                parent[line] = parent[parent[line]]
                line = parent[line]
            return line

        for address in ("email", "phone"):
            shared = (
                f"SELECT line, min(line) OVER (PARTITION BY {address}) FROM staged WHERE {address} IN "  # noqa: S608 - of ours
                f"(SELECT {address} FROM staged WHERE {address} IS NOT NULL GROUP BY {address} HAVING count(*) > 1)"
            )
            for line, first in self._conn.execute(shared):
                one, other = sorted((root(line), root(first)))
                parent[other] = one
        groups: dict[int, set[int]] = {}
        for line in parent:
            groups.setdefault(root(line), set()).add(line)
        return [groups[line] for line in sorted(groups)]

    def units(self, lines: Iterable[int]) -> list[tuple[int, str]]:
        """Line and unit of rows, in the order of the lines."""
        found: list[tuple[int, str]] = []
        for line in sorted(lines):
            found += self._conn.execute("SELECT line, unit FROM staged WHERE line = ?", (line,)).fetchall()
        return found

    def drop(self, lines: Iterable[int]) -> None:
        """Take rows out."""
        self._conn.execute("BEGIN")
        self._conn.executemany("DELETE FROM staged WHERE line = ?", ((line,) for line in lines))
        self._conn.execute("COMMIT")

    def ordered(self) -> Iterator[tuple[str, str, str | None]]:
        """Unit, body and person of every row, in the order of the units by code point."""
        return iter(self._conn.execute("SELECT unit, body, person FROM staged ORDER BY unit, line"))
