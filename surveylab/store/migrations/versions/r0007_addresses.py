"""People are found by their addresses: whoever asks to be forgotten or opts out says no unit's id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

CALLED = sa.text("phone IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_person_email", "person", [sa.text("lower(email)")])
    op.create_index("ix_person_phone", "person", ["phone"], sqlite_where=CALLED, postgresql_where=CALLED)


def downgrade() -> None:
    op.drop_index("ix_person_phone", "person")
    op.drop_index("ix_person_email", "person")
