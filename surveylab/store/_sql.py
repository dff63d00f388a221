"""What the two engines say differently."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, case, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite

from surveylab.errors import SurveylabError

Insert = sqlite.Insert | postgresql.Insert


def insert(dialect: str, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy spells per engine."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def one_at_a_time(conn: Connection, purpose: str) -> None:
    """Hold all others with the same purpose back until this transaction ends.

    SQLite has one writer at any time, and ``conn`` is it already.
    """
    if conn.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"surveylab {purpose}".encode()).digest()[:8], "big", signed=True)
        conn.execute(select(func.pg_advisory_xact_lock(number)))


def field_as_json(conn: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """One field of a JSON column as JSON text, to group by; ``null`` where the row lacks it."""
    if '"' in name:
        raise SurveylabError(f"The field {name!r} has a quotation mark in its name; rename it in the frame.")
    if conn.dialect.name == "postgresql":
        return func.coalesce(cast(column[name], Text), "null")
    path = f'$."{name}"'
    kind = func.json_type(column, path, type_=Text)  # JSON_EXTRACT makes numbers of true and false
    value = func.json_quote(func.json_extract(column, path), type_=Text)
    return case((kind.in_(("true", "false")), kind), else_=value)


def canonical(value: Any) -> str:
    """JSON in one spelling: keys in order, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
