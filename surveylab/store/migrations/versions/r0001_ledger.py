"""The ledger as it begins."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from surveylab.store.migrations import immutability

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNIT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)

TABLES = (
    "frame",
    "frame_unit",
    "person",
    "experiment",
    "sampled_case",
    "assignment",
    "contact",
    "event",
    "exposure",
    "answer",
    "paradata",
    "measure",
    "measured",
    "cell",
    "run",
    "quota",
    "account",
    "audit_log",
    "setting",
)
WRITTEN_ONCE = ("assignment", "exposure", "event", "audit_log")
DESIGNED = {
    "experiment": ("id", "slug", "version", "digest", "documents", "seed", "registered_at"),
    "sampled_case": ("id", "experiment_id", "unit", "stratum", "cluster", "block", "inclusion_probability"),
}


def upgrade() -> None:
    _frames()
    _experiments()
    _fieldwork()
    _answers()
    _learning()
    _house()
    dialect = op.get_bind().dialect.name
    for statement in immutability.prepare(dialect):
        op.execute(statement)
    for table in WRITTEN_ONCE:
        for statement in immutability.guard(dialect, table):
            op.execute(statement)
    for table, columns in DESIGNED.items():
        for statement in immutability.guard(dialect, table, columns):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for statement in immutability.clear(op.get_bind().dialect.name):
        op.execute(statement)


def _frames() -> None:
    op.create_table(
        "frame",
        *_id("frame"),
        _text("name"),
        _text("digest"),
        _at("loaded_at"),
        _number("units"),
        _json("fields"),
        _unique("frame", "name"),
    )
    op.create_table(
        "frame_unit",
        *_of("frame_unit", "frame"),
        _unit(),
        _json("fields"),
        _primary("frame_unit", "frame_id", "unit"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        *_id("person"),
        *_of("person", "frame"),
        _unit(),
        _json("details"),
        _unique("person", "frame_id", "unit"),
    )


def _experiments() -> None:
    op.create_table(
        "experiment",
        *_id("experiment"),
        _text("slug"),
        _number("version"),
        _text("digest"),
        _json("documents"),
        _text("seed"),
        _text("frame_digest", nullable=True),
        _at("registered_at"),
        _at("locked_at", nullable=True),
        _at("drawn_at", nullable=True),
        _at("closes_at", nullable=True),
        _unique("experiment", "slug", "version"),
    )
    op.create_table(
        "sampled_case",
        *_id("sampled_case"),
        *_of("sampled_case", "experiment"),
        _unit(),
        _text("token"),
        _text("stratum"),
        _text("cluster"),
        _text("block"),
        sa.Column("inclusion_probability", sa.Float()),
        _json("fields"),
        _unique("sampled_case", "experiment_id", "unit"),
        _unique("sampled_case", "token"),
    )
    op.create_table(
        "assignment",
        *_of("assignment", "sampled_case", "case_id"),
        _text("factor"),
        _text("level"),
        _real("probability"),
        _text("numerator"),
        _text("denominator"),
        _text("algorithm"),
        sa.Column("position", KEY, nullable=False),
        _text("block"),
        _primary("assignment", "case_id", "factor"),
        sqlite_with_rowid=False,
    )


def _fieldwork() -> None:
    op.create_table(
        "contact",
        *_id("contact"),
        *_of("contact", "sampled_case", "case_id"),
        _number("step"),
        _at("due_at"),
        _text("channel"),
        _text("state"),
        _text("provider_id", nullable=True),
        _text("key"),
        _unique("contact", "key"),
    )
    op.create_index("ix_contact_case_id", "contact", ["case_id"])
    op.create_index("ix_contact_state_due_at", "contact", ["state", "due_at"])
    op.create_table(
        "event",
        *_id("event"),
        *_of("event", "sampled_case", "case_id"),
        _at("at"),
        _text("kind"),
        _text("detail"),
        _text("key", nullable=True),
    )
    keyed = sa.text("key IS NOT NULL")
    op.create_index("uq_event_key", "event", ["key"], unique=True, sqlite_where=keyed, postgresql_where=keyed)
    op.create_index("ix_event_case_id", "event", ["case_id"])
    op.create_table(
        "exposure",
        *_of("exposure", "sampled_case", "case_id"),
        _text("factor"),
        _at("at"),
        _text("page"),
        _primary("exposure", "case_id", "factor"),
        sqlite_with_rowid=False,
    )


def _answers() -> None:
    op.create_table(
        "answer",
        *_of("answer", "sampled_case", "case_id"),
        _text("column_name"),
        _text("item"),
        _text("value", nullable=True),
        _text("kind", nullable=True),
        _text("missing", nullable=True),
        _number("position"),
        _json("option_order"),
        _text("text_hash"),
        _text("instrument"),
        _text("page"),
        _at("at"),
        _primary("answer", "case_id", "column_name"),
        sa.CheckConstraint(
            "(missing IS NULL) = (value IS NOT NULL) AND (value IS NULL) = (kind IS NULL)",
            name=op.f("ck_answer_value_or_missing"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paradata",
        *_id("paradata"),
        *_of("paradata", "sampled_case", "case_id"),
        _text("page"),
        _text("visit"),
        _at("shown_at"),
        _at("submitted_at"),
        _text("device"),
        _json("detail"),
        _unique("paradata", "case_id", "page", "visit"),
    )


def _learning() -> None:
    op.create_table(
        "measure",
        *_of("measure", "sampled_case", "case_id"),
        _text("name"),
        sa.Column("value", sa.Float()),
        _number("version"),
        _primary("measure", "case_id", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "measured",
        *_of("measured", "sampled_case", "case_id"),
        _number("events"),
        _primary("measured", "case_id"),
    )
    op.create_table(
        "cell",
        *_id("cell"),
        *_of("cell", "experiment"),
        _text("measure"),
        sa.Column("logged", sa.Boolean(), nullable=False),
        _text("arm"),
        _text("stratum"),
        _text("block"),
        _text("cluster"),
        sa.Column("cases", KEY, nullable=False),
        _real("n"),
        _real("total"),
        _real("squares"),
        sa.UniqueConstraint(
            "experiment_id", "measure", "logged", "arm", "stratum", "block", "cluster", name=op.f("uq_cell_place")
        ),
    )
    op.create_table(
        "run",
        *_id("run"),
        *_of("run", "experiment"),
        _text("kind"),
        _at("at"),
        _text("design_hash"),
        _text("data_hash"),
        _json("result"),
    )
    op.create_index("ix_run_experiment_id_kind", "run", ["experiment_id", "kind"])


def _house() -> None:
    op.create_table(
        "quota",
        *_id("quota"),
        *_of("quota", "experiment"),
        _text("name"),
        _number("most"),
        _number("taken"),
        _unique("quota", "experiment_id", "name"),
        sa.CheckConstraint("taken >= 0 AND taken <= most", name=op.f("ck_quota_within")),
    )
    op.create_table(
        "account",
        *_id("account"),
        _text("name"),
        _text("password_hash"),
        _text("role"),
        _at("created_at"),
        _unique("account", "name"),
    )
    op.create_table("audit_log", *_id("audit_log"), _at("at"), _text("account"), _text("action"), _json("detail"))
    op.create_table("setting", _text("key"), _text("value"), _primary("setting", "key"))


def _id(table: str) -> tuple[Any, ...]:
    return sa.Column("id", KEY, nullable=False, autoincrement=True), _primary(table, "id")


def _of(table: str, parent: str, column: str | None = None) -> tuple[Any, ...]:
    name = column or f"{parent}_id"
    key = sa.ForeignKeyConstraint([name], [f"{parent}.id"], name=op.f(f"fk_{table}_{name}"))
    return sa.Column(name, KEY, nullable=False, autoincrement=False), key


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _unit() -> sa.Column[Any]:
    return sa.Column("unit", UNIT, nullable=False)


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _real(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _at(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=nullable)
