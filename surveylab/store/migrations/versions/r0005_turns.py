"""The turn of a case: what one request decides by what it has read is stored only while that still stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("case_id", KEY, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["sampled_case.id"], name=op.f("fk_turn_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_turn")),
    )


def downgrade() -> None:
    op.drop_table("turn")
