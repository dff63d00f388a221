"""The cluster that was sampled as a whole, beside the one that was assigned as a whole: variances need the first."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from surveylab.store.migrations import immutability

revision = "0006"
down_revision = "0005"

DESIGNED = ("id", "experiment_id", "unit", "stratum", "cluster", "block", "inclusion_probability")


def upgrade() -> None:
    op.add_column("sampled_case", sa.Column("psu", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.execute("UPDATE sampled_case SET psu = cluster WHERE cluster <> ''")
    _guard((*DESIGNED, "psu"))


def downgrade() -> None:
    _guard(DESIGNED)
    op.drop_column("sampled_case", "psu")


def _guard(columns: Sequence[str]) -> None:
    """Let the table refuse changes of these columns, in the place of those that it refused before."""
    dialect = op.get_bind().dialect.name
    for statement in immutability.lift(dialect, "sampled_case"):
        op.execute(statement)
    for statement in immutability.guard(dialect, "sampled_case", columns):
        op.execute(statement)
