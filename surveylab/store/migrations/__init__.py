"""How the tables came to be, one revision at a time, for both engines (Alembic)."""

HEAD = "0009"
"""The newest revision. Here as well as in versions/, so that opening a ledger that is up to
date imports no Alembic; a test compares the two."""
