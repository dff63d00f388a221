"""Runs the revisions on the connection that ``migrate`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from surveylab.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
