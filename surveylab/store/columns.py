"""The column types of the ledger: one meaning on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

Key = BigInteger().with_variant(Integer(), "sqlite")
"""Of a row: 64 bits on both; SQLite numbers rows by itself only where the type reads INTEGER."""

Unit = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""The id of a unit, ordered by code point on both engines, whatever the locale of the server."""


class Instant(TypeDecorator[datetime]):
    """A moment with its time zone, stored in UTC.

    SQLite keeps no zone, so a naive datetime would mean something else after each journey:
    one is refused on the way in, and what comes out is always aware and in UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to UTC; without its zone where the engine keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; the ledger takes aware datetimes only")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def moment(stored: str | datetime) -> datetime:
    """An instant as a driver hands it over, or as the engine writes it in JSON: aware, in UTC."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
