"""Contacts as a worker carries them out: one row a step, claimed before it is sent, with what became of it.

The table of revision 0001 was never written to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_table("contact")
    op.create_table(
        "contact",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("since", MOMENT),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("provider_id", sa.Text()),
        sa.Column("parts", sa.Integer()),
        sa.Column("cost", sa.Float()),
        sa.Column("detail", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.ForeignKeyConstraint(["case_id"], ["sampled_case.id"], name=op.f("fk_contact_case_id")),
        sa.PrimaryKeyConstraint("case_id", "step", name=op.f("pk_contact")),
        sqlite_with_rowid=False,
    )
    _index("ix_contact_due", ["channel", "due_at"], "state = 'planned'")
    _index("ix_contact_underway", ["state", "since"], "state IN ('claimed', 'attempted', 'uncertain', 'held')")
    _index("ix_contact_provider_id", ["channel", "provider_id"], "provider_id IS NOT NULL")


def downgrade() -> None:
    op.drop_table("contact")
    op.create_table(
        "contact",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text()),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["sampled_case.id"], name=op.f("fk_contact_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_key")),
    )
    op.create_index("ix_contact_case_id", "contact", ["case_id"])
    op.create_index("ix_contact_state_due_at", "contact", ["state", "due_at"])


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "contact", columns, sqlite_where=condition, postgresql_where=condition)
