"""Assignments that hang on those before: their sequence, the completes that they knew of, and tallies of both."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from surveylab.store.migrations import immutability

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

WRITTEN_ONCE = ("allocation", "completion")


def upgrade() -> None:
    op.create_table(
        "allocation",
        *_of_case("allocation"),
        _number("sequence"),
        sa.Column("numerator", sa.Text(), nullable=False),
        sa.Column("denominator", sa.Text(), nullable=False),
        sa.UniqueConstraint("experiment_id", "sequence", name=op.f("uq_allocation_experiment_id_sequence")),
    )
    op.create_table("completion", *_of_case("completion"), _number("after"))
    op.create_index(op.f("ix_completion_experiment_id"), "completion", ["experiment_id"])
    op.create_table(
        "tally",
        _number("experiment_id"),
        sa.Column("margin", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        _number("cases"),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_tally_experiment_id")),
        sa.PrimaryKeyConstraint("experiment_id", "margin", "slot", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    for table in WRITTEN_ONCE:
        for statement in immutability.guard(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    for table in ("tally", "completion", "allocation"):
        op.drop_table(table)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, KEY, nullable=False, autoincrement=False)


def _of_case(table: str) -> tuple[Any, ...]:
    """The columns and keys of a table with at most one row for each case."""
    return (
        _number("case_id"),
        _number("experiment_id"),
        sa.ForeignKeyConstraint(["case_id"], ["sampled_case.id"], name=op.f(f"fk_{table}_case_id")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f(f"fk_{table}_experiment_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f(f"pk_{table}")),
    )
