"""The log of who did what: one entry for each act by which somebody changed what the ledger does or knows.

An entry is written in the transaction of what it tells, so that neither is there without the other, and
the database refuses to change or delete it. Identity never stands in it: who was suppressed or
forgotten is named by a keyed hash (``suppressions.pseudonym``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from surveylab.settings import acting_account
from surveylab.store.tables import audit_log


@dataclass(frozen=True)
class Entry:
    """One act: when, by whom (``settings.acting_account``), which, and what is to be told of it."""

    at: datetime
    account: str
    action: str
    detail: Mapping[str, Any]


def record(conn: Connection, at: datetime, action: str, detail: Mapping[str, Any]) -> None:
    """Write down who did what, in the transaction of ``conn``. ``detail`` is JSON, and says who nobody is."""
    row = {"at": at, "account": acting_account(), "action": action, "detail": dict(detail)}
    conn.execute(audit_log.insert().values(**row))


def entries(conn: Connection, since: datetime | None = None) -> tuple[Entry, ...]:
    """What was done, the oldest first; from a moment on, where one is given."""
    query = select(*(audit_log.c[name] for name in ("at", "account", "action", "detail"))).order_by(audit_log.c.id)
    rows = conn.execute(query if since is None else query.where(audit_log.c.at >= since))
    return tuple(Entry(*row) for row in rows)
