"""Moments keep their instant and always say their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from surveylab.store.ledger import Ledger
from surveylab.store.tables import account


def _row(at: datetime) -> dict[str, object]:
    return {"name": "reader", "password_hash": "", "role": "reader", "created_at": at}


def test_a_moment_comes_back_aware_and_in_utc(ledger: Ledger) -> None:
    """An instant given in any zone is the same instant in UTC, to the microsecond."""
    given = datetime(2025, 3, 1, 23, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-5)))
    with ledger.write() as conn:
        conn.execute(account.insert(), _row(given))
        stored = conn.execute(select(account.c.created_at)).scalar_one()
    assert stored == given
    assert stored.tzinfo == UTC


def test_moments_compare_in_the_database_as_instants(ledger: Ledger) -> None:
    """A condition on a moment in another zone finds what happened before it."""
    at = datetime(2025, 3, 1, 12, tzinfo=UTC)
    later_elsewhere = datetime(2025, 3, 1, 9, tzinfo=timezone(timedelta(hours=-5)))  # 14:00 UTC, though it reads 9:00
    with ledger.write() as conn:
        conn.execute(account.insert(), _row(at))
        assert conn.scalars(select(account.c.name).where(account.c.created_at < later_elsewhere)).all() == ["reader"]


def test_a_naive_moment_is_refused(ledger: Ledger) -> None:
    """A datetime without a zone would mean something else on the way back."""
    with pytest.raises(StatementError, match="no time zone"), ledger.write() as conn:
        conn.execute(account.insert(), _row(datetime(2025, 3, 1)))  # noqa: DTZ001 - the fault under test
