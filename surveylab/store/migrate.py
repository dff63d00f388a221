"""Bring the tables of a database to a revision, up or down, within the caller's transaction.

``Ledger`` does it by itself when it opens a database; nothing else needs to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from surveylab.errors import SurveylabError
from surveylab.store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config


def revision(conn: Connection) -> str | None:
    """The revision that the tables are at; None in an empty database."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    at: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return at


def upgrade(conn: Connection, to: str = "head") -> None:
    """Make or change the tables up to a revision.

    Raises:
        SurveylabError: the database is at a revision that this version does not know.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(_config(conn), to)
    except CommandError as error:
        raise SurveylabError(
            f"The tables are at revision {revision(conn)}; this version of surveylab knows up to {HEAD} ({error}). "
            "The database was opened by a newer version: use that one, or another database."
        ) from error


def downgrade(conn: Connection, to: str = "base") -> None:
    """Take the tables back to a revision. What the later ones held is gone."""
    from alembic import command

    command.downgrade(_config(conn), to)


def _config(conn: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
