"""Triggers that keep what is written once as it was written, on both engines.

A rule in Python would hold for this program only. The database holds it for every program
that is connected to it, a console and a colleague's script included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_FUNCTION = "surveylab_refuse_change"


def guard(dialect: str, table: str, columns: Sequence[str] = ()) -> Iterator[str]:
    """The statements that make a table refuse DELETE, and UPDATE of ``columns`` (all, when none is named)."""
    of = f" OF {', '.join(columns)}" if columns else ""
    if dialect == "sqlite":
        for name, change in (("update", f"UPDATE{of}"), ("delete", "DELETE")):
            yield (
                f"CREATE TRIGGER {table}_no_{name} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is written once: {name} refused'); END"
            )
        return
    for name, change, each in (
        ("update", f"UPDATE{of}", "ROW"),
        ("delete", "DELETE", "ROW"),
        ("truncate", "TRUNCATE", "STATEMENT"),
    ):
        yield (
            f"CREATE TRIGGER {table}_no_{name} BEFORE {change} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
        )


def lift(dialect: str, table: str) -> Iterator[str]:
    """What takes the triggers of ``guard`` off a table."""
    for name in ("update", "delete") if dialect == "sqlite" else ("update", "delete", "truncate"):
        yield f"DROP TRIGGER {table}_no_{name}{'' if dialect == 'sqlite' else f' ON {table}'}"


def prepare(dialect: str) -> Iterator[str]:
    """What the triggers of ``guard`` need to exist before them."""
    if dialect == "postgresql":
        yield (
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, lower(TG_OP) "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )


def clear(dialect: str) -> Iterator[str]:
    """What is left of them once their tables are gone."""
    if dialect == "postgresql":
        yield f"DROP FUNCTION {_FUNCTION}()"
