"""What respondents are shown by chance, how far quotas are, what pages tell, and codes to come back by."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from surveylab.store.migrations import immutability

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

WRITTEN_ONCE = ("presentation",)
ADDED = (
    ("answer", "page_position", sa.Integer()),
    ("answer", "row_position", sa.Integer()),
    ("answer", "language", sa.Text()),
    ("experiment", "paused_at", INSTANT),
)


def upgrade() -> None:
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "presentation",
        _case(),
        _text("name"),
        _text("value"),
        sa.Column("probability", sa.Float(), nullable=False),
        _text("algorithm"),
        _of_case("presentation"),
        _primary("presentation", "case_id", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "beacon",
        _case(),
        _text("page"),
        _text("visit"),
        sa.Column("shown_at", INSTANT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        _of_case("beacon"),
        _primary("beacon", "case_id", "page", "visit"),
    )
    op.create_table(
        "resume_code",
        _text("code"),
        _case(),
        _of_case("resume_code"),
        _primary("resume_code", "code"),
        sa.UniqueConstraint("case_id", name=op.f("uq_resume_code_case_id")),
    )
    op.drop_table("quota")
    op.create_table(
        "quota_place",
        sa.Column("experiment_id", KEY, nullable=False, autoincrement=False),
        _text("quota"),
        _case(),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_quota_place_experiment_id")),
        _of_case("quota_place"),
        _primary("quota_place", "experiment_id", "quota", "case_id"),
    )
    op.create_index(op.f("ix_quota_place_case_id"), "quota_place", ["case_id"])
    for table in WRITTEN_ONCE:
        for statement in immutability.guard(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    for table in ("quota_place", "resume_code", "beacon", "presentation"):
        op.drop_table(table)
    op.create_table(
        "quota",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("experiment_id", KEY, nullable=False, autoincrement=False),
        _text("name"),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_quota_experiment_id")),
        _primary("quota", "id"),
        sa.UniqueConstraint("experiment_id", "name", name=op.f("uq_quota_experiment_id_name")),
        sa.CheckConstraint("taken >= 0 AND taken <= most", name=op.f("ck_quota_within")),
    )
    for table, name, _ in reversed(ADDED):
        op.drop_column(table, name)


def _case() -> sa.Column[Any]:
    return sa.Column("case_id", KEY, nullable=False, autoincrement=False)


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["sampled_case.id"], name=op.f(f"fk_{table}_case_id"))


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)
