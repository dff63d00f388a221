"""Migrations go up, down and up again, and make the tables that the code speaks of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from surveylab.store import experiments, frames, migrate, migrations, people, snapshots
from surveylab.store.ledger import Ledger
from surveylab.store.migrations import immutability
from surveylab.store.tables import assignment, metadata, sampled_case


def _objects(ledger: Ledger) -> tuple[list[Any], list[Any]]:
    """Tables, and triggers with functions, as the database itself lists them."""
    with ledger.read() as conn:
        tables = sorted(set(inspect(conn).get_table_names()) - {"alembic_version"})
        listing = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION "
            "SELECT proname FROM pg_proc WHERE proname LIKE 'surveylab%' ORDER BY 1",
        }
        return tables, list(conn.scalars(text(listing[conn.dialect.name])))


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell of them
def test_the_migrations_make_what_the_code_speaks_of(ledger: Ledger) -> None:
    """Nothing differs between ``tables.metadata`` and the database: columns, types, keys, indexes."""
    with ledger.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_up_down_up(ledger: Ledger) -> None:
    """Down leaves nothing behind, triggers and functions included; up again makes the same."""
    made = _objects(ledger)
    assert made[0] == sorted(metadata.tables)
    assert len(made[1]) >= 10
    with ledger.write() as conn:
        migrate.downgrade(conn)
        assert migrate.revision(conn) is None
    assert _objects(ledger) == ([], [])
    with ledger.write() as conn:
        migrate.upgrade(conn)
        assert migrate.revision(conn) == migrations.HEAD
    assert _objects(ledger) == made


def test_a_migration_that_fails_changes_nothing(ledger: Ledger) -> None:
    """Tables are made in one transaction on both engines: a failure halfway leaves the empty database."""
    with ledger.write() as conn:
        migrate.downgrade(conn)
        conn.execute(text("CREATE TABLE setting (only_this INTEGER)"))
    with pytest.raises(DBAPIError, match="setting"), ledger.write() as conn:
        migrate.upgrade(conn)
    assert _objects(ledger)[0] == ["setting"]


def test_the_newest_revision_is_the_one_that_opening_looks_for() -> None:
    """``HEAD``, which is read without Alembic, is the head of the scripts."""
    folder = migrations.__path__[0]
    assert ScriptDirectory(folder).get_current_head() == migrations.HEAD


def test_frames_of_before_keep_their_units_and_people(ledger: Ledger) -> None:
    """Up: a frame becomes a snapshot that a draw is known to be from. Down: it is as it was before."""
    fields, details = '{"age": 5, "x": "a"}', '{"first_name": "Ann", "e_mail": "a@example.org", "phone": "1"}'
    with ledger.write() as conn:
        migrate.downgrade(conn, "0002")
        rows = (
            (
                "INSERT INTO frame (id, name, digest, loaded_at, units, fields) "
                "VALUES (7, 'people', 'd', '2026-01-31 10:00:00', 1, '[\"age\", \"x\"]')"
            ),
            f"INSERT INTO frame_unit (frame_id, unit, fields) VALUES (7, 'u1', '{fields}')",
            f"INSERT INTO person (frame_id, unit, details) VALUES (7, 'u1', '{details}')",
            (
                "INSERT INTO experiment (slug, version, digest, documents, seed, frame_digest, registered_at) "
                "VALUES ('e', 1, 'x', '{}', 's', 'd', '2026-01-31 10:00:00')"
            ),
        )
        for row in rows:
            conn.exec_driver_sql(row)
        migrate.upgrade(conn)
    with ledger.write() as conn:
        stored = frames.frame(conn, "people")
        assert stored is not None
        assert (stored.id, stored.number, stored.digest, stored.units, stored.fields) == (7, 1, "d", 1, ("age", "x"))
        assert frames.unit_fields(conn, stored, ["u1"]) == {"u1": {"age": 5, "x": "a"}}
        known = {"u1": {"first_name": "Ann", "email": "a@example.org", "phone": "1"}}
        assert people.people(conn, 7, ["u1"]) == known
        row = experiments.experiment(conn, "e")
        assert row is not None
        assert row.snapshot_id == stored.snapshot
        again = [("u1", {"x": "a", "age": 5}, known["u1"]), ("u2", {"age": 6, "x": "b"}, None)]
        newer = snapshots.replace_frame(conn, "people", "", again, row.registered_at)
        assert [(each.added, each.changed) for each in snapshots.history(conn, 7)] == [(1, 0), (1, 0)]
        assert snapshots.replace_frame(conn, "others", "", again, row.registered_at).id > 7
        migrate.downgrade(conn, "0002")
        named = conn.exec_driver_sql("SELECT name, digest, units FROM frame ORDER BY id").all()
        assert [tuple(each) for each in named] == [("people", newer.digest, 2), ("others", newer.digest, 2)]
        held = conn.exec_driver_sql("SELECT unit FROM frame_unit WHERE frame_id = 7 ORDER BY unit").all()
        assert [tuple(each) for each in held] == [("u1",), ("u2",)]
        (text_of,) = conn.exec_driver_sql("SELECT CAST(details AS TEXT) FROM person WHERE frame_id = 7").one()
        assert json.loads(text_of) == known["u1"]
        migrate.upgrade(conn)


def test_sampled_clusters_of_before_are_told_apart_and_kept(ledger: Ledger, prenotice) -> None:
    """Up: what stood as the cluster was sampled as one, and cannot be changed. Down: as it was, and guarded."""
    with ledger.write() as conn:
        first, second, *_ = prenotice.case_ids(conn, prenotice.draw(conn, 4))
    labelled = "UPDATE sampled_case SET {} = 'site' WHERE id = {}"
    with ledger.write() as conn:
        migrate.downgrade(conn, "0005")
        for statement in immutability.lift(conn.dialect.name, "sampled_case"):
            conn.exec_driver_sql(statement)
        conn.exec_driver_sql(labelled.format("cluster", first))
        for statement in immutability.guard(conn.dialect.name, "sampled_case", ("cluster",)):
            conn.exec_driver_sql(statement)
        migrate.upgrade(conn)
        kept = dict(conn.execute(select(sampled_case.c.id, sampled_case.c.psu)).tuples().all())
    assert (kept[first], kept[second]) == ("site", "")
    for column in ("psu", "cluster"):
        with pytest.raises(DBAPIError, match="refused"), ledger.write() as conn:
            conn.exec_driver_sql(labelled.format(column, second))


def test_cases_keep_all_that_hangs_on_them_when_their_table_is_made_anew(ledger: Ledger, prenotice) -> None:
    """Down and up: the same rows, guarded and unique as before, and every reference to them finds its case."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 5)
        prenotice.draw(conn, 3, "other")
        everything = select(sampled_case).order_by(sampled_case.c.id)
        stored, levels = conn.execute(everything).all(), conn.scalar(select(func.count()).select_from(assignment))
    for to in ("0008", "0009"):
        with ledger.write() as conn:
            (migrate.downgrade if to == "0008" else migrate.upgrade)(conn, to)
        with ledger.read() as conn:
            assert conn.execute(everything).all() == stored
            assert conn.scalar(select(func.count()).select_from(assignment)) == levels == 16
            if conn.dialect.name == "sqlite":
                assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        refused = (
            (f"UPDATE sampled_case SET psu = 'site' WHERE id = {stored[0].id}", "refused"),
            (f"DELETE FROM sampled_case WHERE id = {stored[0].id}", "refused"),
            (f"UPDATE sampled_case SET token = '{stored[1].token}' WHERE id = {stored[0].id}", "(?i)unique"),
            (_new_case(experiment, stored[0].unit), "(?i)unique"),
            ("INSERT INTO turn (case_id, number) VALUES (999, 1)", "(?i)foreign key"),
        )
        for statement, reason in refused:
            with pytest.raises(DBAPIError, match=reason), ledger.write() as conn:
                conn.exec_driver_sql(statement)
    with ledger.write() as conn:
        conn.exec_driver_sql(_new_case(experiment, "new"))
        assert conn.scalar(select(func.max(sampled_case.c.id))) > stored[-1].id


def _new_case(experiment: int, unit: str) -> str:
    columns = "experiment_id, unit, token, stratum, cluster, block, fields"
    return f"INSERT INTO sampled_case ({columns}) VALUES ({experiment}, '{unit}', 'a', '', '', '', '{{}}')"
