"""Frames keep their snapshots, people are reached by columns, and who is suppressed is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from surveylab.store.migrations import immutability

# ruff: noqa: S608 - the names are ours
revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNIT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
OPT_OUT = sa.text("kind = 'opted_out'")


def upgrade() -> None:
    with _put_aside("frame", "frame_unit", "person"):
        op.create_table("frame", *_id("frame"), _text("name"), _unique("frame", "name"))
        _snapshot()
        _frame_unit(sa.Column("valid_from", sa.Integer(), nullable=False), sa.Column("valid_to", sa.Integer()))
        _person()
        op.execute("INSERT INTO frame (id, name) SELECT id, name FROM frame_before")
        _number_on("frame")
        op.execute(
            "INSERT INTO snapshot "
            "(frame_id, number, digest, source, loaded_at, units, added, changed, removed, fields) "
            "SELECT id, 1, digest, '', loaded_at, units, units, 0, 0, fields FROM frame_before"
        )
        _convert_fields(lambda names: dict.fromkeys(names, ""))
        op.execute(
            "INSERT INTO frame_unit (frame_id, unit, valid_from, fields) SELECT frame_id, unit, 1, fields "
            "FROM frame_unit_before ORDER BY frame_id, unit"
        )
        op.execute(
            "INSERT INTO person (frame_id, unit, email, phone, details) SELECT frame_id, unit, "
            f"coalesce(nullif({_detail('email')}, ''), nullif({_detail('e_mail')}, '')), "
            f"nullif({_detail('phone')}, ''), {_details_without('email', 'e_mail', 'phone')} FROM person_before"
        )
    op.execute(
        f"ALTER TABLE experiment ADD COLUMN snapshot_id {'INTEGER' if _engine() == 'sqlite' else 'BIGINT'} "
        "CONSTRAINT fk_experiment_snapshot_id REFERENCES snapshot (id)"
    )
    op.execute(
        "UPDATE experiment SET snapshot_id = "
        "(SELECT max(snapshot.id) FROM snapshot WHERE snapshot.digest = experiment.frame_digest)"
    )
    op.create_table(
        "suppression",
        _text("kind"),
        _text("value"),
        _text("reason"),
        sa.Column("at", INSTANT, nullable=False),
        _primary("suppression", "kind", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suppressed_unit",
        sa.Column("experiment_id", KEY, nullable=False, autoincrement=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_suppressed_unit_experiment_id")),
        _primary("suppressed_unit", "experiment_id", "unit"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_opted_out", "event", ["case_id"], sqlite_where=OPT_OUT, postgresql_where=OPT_OUT)
    for statement in immutability.guard(_engine(), "suppressed_unit"):
        op.execute(statement)


def downgrade() -> None:
    """What stands is the newest snapshot of each frame; earlier ones are gone, and so are time zones and consent."""
    op.drop_index("ix_event_opted_out", "event")
    op.drop_table("suppressed_unit")
    op.drop_table("suppression")
    op.drop_column("experiment", "snapshot_id")
    with _put_aside("snapshot", "frame", "frame_unit", "person"):
        op.create_table(
            "frame",
            *_id("frame"),
            _text("name"),
            _text("digest"),
            sa.Column("loaded_at", INSTANT, nullable=False),
            _number("units"),
            sa.Column("fields", sa.JSON(), nullable=False),
            _unique("frame", "name"),
        )
        _frame_unit()
        op.create_table(
            "person",
            *_id("person"),
            *_of_frame("person"),
            sa.Column("unit", UNIT, nullable=False),
            sa.Column("details", sa.JSON(), nullable=False),
            _unique("person", "frame_id", "unit"),
        )
        op.execute(
            "INSERT INTO frame (id, name, digest, loaded_at, units, fields) "
            "SELECT f.id, f.name, s.digest, s.loaded_at, s.units, s.fields "
            "FROM frame_before f JOIN snapshot_before s ON s.frame_id = f.id "
            "WHERE s.number = (SELECT max(number) FROM snapshot_before WHERE frame_id = f.id)"
        )
        _convert_fields(list, "frame")
        _number_on("frame")
        op.execute(
            "INSERT INTO frame_unit (frame_id, unit, fields) SELECT frame_id, unit, fields "
            "FROM frame_unit_before WHERE valid_to IS NULL ORDER BY frame_id, unit"
        )
        op.execute(
            f"INSERT INTO person (frame_id, unit, details) SELECT frame_id, unit, {_details_with('email', 'phone')} "
            "FROM person_before"
        )


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        *_id("snapshot"),
        *_of_frame("snapshot"),
        _number("number"),
        _text("digest"),
        _text("source"),
        sa.Column("loaded_at", INSTANT, nullable=False),
        *(_number(name) for name in ("units", "added", "changed", "removed")),
        sa.Column("fields", sa.JSON(), nullable=False),
        _unique("snapshot", "frame_id", "number"),
    )


def _frame_unit(*validity: sa.Column[Any]) -> None:
    keys = ("frame_id", "unit", "valid_from") if validity else ("frame_id", "unit")
    op.create_table(
        "frame_unit",
        *_of_frame("frame_unit"),
        sa.Column("unit", UNIT, nullable=False),
        *validity,
        sa.Column("fields", sa.JSON(), nullable=False),
        _primary("frame_unit", *keys),
        sqlite_with_rowid=False,
    )


def _person() -> None:
    op.create_table(
        "person",
        *_of_frame("person"),
        sa.Column("unit", UNIT, nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("email", "phone", "app_id", "time_zone", "language")),
        sa.Column("consent", sa.Boolean()),
        sa.Column("consent_date", sa.Text()),
        sa.Column("consent_basis", sa.Text()),
        sa.Column("details", sa.JSON(), nullable=False),
        _primary("person", "frame_id", "unit"),
        sqlite_with_rowid=False,
    )


@contextmanager
def _put_aside(*tables: str) -> Iterator[None]:
    """The rows of tables as ``<table>_before``, while the tables are made anew; the first is what others refer to."""
    for table in tables:
        op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")
    for table in sorted(tables, key=("frame_unit", "person", "snapshot", "frame").index):
        op.drop_table(table)
    yield
    for table in tables:
        op.drop_table(f"{table}_before")


def _convert_fields(convert: Any, table: str = "snapshot") -> None:
    """The fields of each frame in another form: names alone, or names with their types."""
    each = sa.table(table, sa.column("id"), sa.column("fields", sa.JSON()))
    conn = op.get_bind()
    for row in conn.execute(sa.select(each.c.id, sa.cast(each.c.fields, sa.Text()))).all():
        conn.execute(each.update().where(each.c.id == row[0]).values(fields=convert(json.loads(row[1]))))


def _number_on(table: str) -> None:
    """Let new rows be numbered behind those that were copied."""
    if _engine() == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0")


def _detail(name: str) -> str:
    return f"json_extract(details, '$.{name}')" if _engine() == "sqlite" else f"(details ->> '{name}')"


def _details_without(*names: str) -> str:
    if _engine() == "sqlite":
        paths = ", ".join(f"'$.{name}'" for name in names)
        return f"json_remove(details, {paths})"
    return f"(details::jsonb {' '.join(f'''- '{name}' ''' for name in names)})::json"


def _details_with(*names: str) -> str:
    if _engine() == "sqlite":
        pairs = ", ".join(f"'{name}', {name}" for name in names)
        return f"json_patch(details, json_object({pairs}))"  # a null of a patch is left out
    pairs = ", ".join(f"'{name}', {name}" for name in names)
    return f"(details::jsonb || jsonb_strip_nulls(jsonb_build_object({pairs})))::json"


def _engine() -> str:
    return op.get_bind().dialect.name


def _id(table: str) -> tuple[Any, ...]:
    return sa.Column("id", KEY, nullable=False, autoincrement=True), _primary(table, "id")


def _of_frame(table: str) -> tuple[Any, ...]:
    key = sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f(f"fk_{table}_frame_id"))
    return sa.Column("frame_id", KEY, nullable=False, autoincrement=False), key


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)
