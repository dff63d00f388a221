"""The unique keys of a case are indexes of their own, which a large draw makes behind its rows, and not with each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from surveylab.store.migrations import immutability

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNIT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

UNIQUE = (("token",), ("experiment_id", "unit"))
DESIGNED = ("id", "experiment_id", "unit", "stratum", "cluster", "block", "inclusion_probability", "psu")


def upgrade() -> None:
    if _engine() == "postgresql":
        for columns in UNIQUE:
            op.drop_constraint(_name(columns), "sampled_case", type_="unique")
    else:
        _made_anew()
    for columns in UNIQUE:
        op.create_index(_name(columns), "sampled_case", list(columns), unique=True)


def downgrade() -> None:
    constraints = [sa.UniqueConstraint(*columns, name=op.f(_name(columns))) for columns in UNIQUE]
    if _engine() == "postgresql":
        for columns in UNIQUE:
            op.drop_index(_name(columns), "sampled_case")
            op.create_unique_constraint(_name(columns), "sampled_case", list(columns))
    else:
        _made_anew(*constraints)


def _made_anew(*constraints: sa.UniqueConstraint) -> None:
    """The table with these constraints and the rows that it has; SQLite takes none off a table.

    Other tables refer to its rows meanwhile: whether they are there is asked at the commit.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE sampled_case_before AS SELECT * FROM sampled_case")
    op.drop_table("sampled_case")
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("id", KEY, nullable=False),
        sa.Column("experiment_id", KEY, nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        *(_text(name) for name in ("token", "stratum", "cluster", "block")),
        sa.Column("inclusion_probability", sa.Float()),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("psu", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    op.create_table(
        "sampled_case",
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampled_case")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_sampled_case_experiment_id")),
        *constraints,
    )
    names = ", ".join(column.name for column in columns)
    op.execute(f"INSERT INTO sampled_case ({names}) SELECT {names} FROM sampled_case_before ORDER BY id")  # noqa: S608 - names of ours
    op.drop_table("sampled_case_before")
    for statement in immutability.guard("sqlite", "sampled_case", DESIGNED):
        op.execute(statement)


def _engine() -> str:
    return op.get_bind().dialect.name


def _name(columns: tuple[str, ...]) -> str:
    return f"uq_sampled_case_{'_'.join(columns)}"


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)
