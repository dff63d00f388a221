"""Migrations go up, down and up again, and make the tables that the code speaks of."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from surveylab.store import migrate, migrations
from surveylab.store.ledger import Ledger
from surveylab.store.tables import metadata


def _objects(ledger: Ledger) -> tuple[list[Any], list[Any]]:
    """Tables, and triggers with functions, as the database itself lists them."""
    with ledger.read() as conn:
        tables = sorted(set(inspect(conn).get_table_names()) - {"alembic_version"})
        listing = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION "
            "SELECT proname FROM pg_proc WHERE proname LIKE 'surveylab%' ORDER BY 1",
        }
        return tables, list(conn.scalars(text(listing[conn.dialect.name])))


def test_the_migrations_make_what_the_code_speaks_of(ledger: Ledger) -> None:
    """Nothing differs between ``tables.metadata`` and the database: columns, types, keys, indexes."""
    with ledger.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_up_down_up(ledger: Ledger) -> None:
    """Down leaves nothing behind, triggers and functions included; up again makes the same."""
    made = _objects(ledger)
    assert made[0] == sorted(metadata.tables)
    assert len(made[1]) >= 10
    with ledger.write() as conn:
        migrate.downgrade(conn)
        assert migrate.revision(conn) is None
    assert _objects(ledger) == ([], [])
    with ledger.write() as conn:
        migrate.upgrade(conn)
        assert migrate.revision(conn) == migrations.HEAD
    assert _objects(ledger) == made


def test_a_migration_that_fails_changes_nothing(ledger: Ledger) -> None:
    """Tables are made in one transaction on both engines: a failure halfway leaves the empty database."""
    with ledger.write() as conn:
        migrate.downgrade(conn)
        conn.execute(text("CREATE TABLE setting (only_this INTEGER)"))
    with pytest.raises(DBAPIError, match="setting"), ledger.write() as conn:
        migrate.upgrade(conn)
    assert _objects(ledger)[0] == ["setting"]


def test_the_newest_revision_is_the_one_that_opening_looks_for() -> None:
    """``HEAD``, which is read without Alembic, is the head of the scripts."""
    folder = migrations.__path__[0]
    assert ScriptDirectory(folder).get_current_head() == migrations.HEAD
