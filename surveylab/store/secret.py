"""What signs the forms of a survey: drawn once per database, the same in every process."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from surveylab.store._sql import insert
from surveylab.store.tables import setting

_KEY = "signing_secret"


def signing_secret(conn: Connection) -> str:
    """The secret of this database; the first who asks draws it (256 bits)."""
    conn.execute(insert(setting, ("key",)), {"key": _KEY, "value": secrets.token_urlsafe(32)})
    return str(conn.execute(select(setting.c.value).where(setting.c.key == _KEY)).scalar_one())
