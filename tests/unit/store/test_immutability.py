"""What is written once stays, whatever program tries to change it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from surveylab.store.ledger import Ledger
from surveylab.store.responses import record_exposures

CHANGES = [
    "UPDATE assignment SET level = 'sms'",
    "UPDATE assignment SET probability = 0.5",
    "UPDATE assignment SET position = 7",
    "DELETE FROM assignment",
    "UPDATE sampled_case SET inclusion_probability = 1.0",
    "UPDATE sampled_case SET unit = 'someone else'",
    "UPDATE sampled_case SET stratum = 'region=west'",
    "UPDATE sampled_case SET block = 'region=west'",
    "DELETE FROM sampled_case",
    "UPDATE experiment SET documents = '{}'",
    "UPDATE experiment SET seed = 'another'",
    "DELETE FROM experiment",
    "UPDATE event SET kind = 'submitted'",
    "DELETE FROM event",
    "UPDATE exposure SET page = 'other'",
    "DELETE FROM exposure",
    "UPDATE audit_log SET action = 'nothing'",
    "DELETE FROM audit_log",
]


def _contents(ledger: Ledger) -> list[object]:
    tables = ("experiment", "assignment", "sampled_case", "event", "exposure", "audit_log")
    with ledger.read() as conn:
        return [sorted(map(str, conn.execute(text(f"SELECT * FROM {table}")))) for table in tables]


@pytest.fixture
def full(ledger: Ledger, prenotice) -> Ledger:
    """A ledger with a row in every table that is written once."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 4)
        record_exposures(conn, prenotice.case_ids(conn, experiment)[0], ["wording"], "first", prenotice.now)
        log = "INSERT INTO audit_log (at, account, action, detail) VALUES ('2025-03-01 00:00:00', 'a', 'lock', '{}')"
        conn.execute(text(log))
    return ledger


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_is_written_once(full: Ledger, change: str) -> None:
    """UPDATE and DELETE fail with a message that names the table, and nothing is different afterwards."""
    before = _contents(full)
    table = change.removeprefix("UPDATE ").removeprefix("DELETE FROM ").split()[0]
    with pytest.raises(DBAPIError, match=rf"{table} is written once"), full.write() as conn:
        conn.execute(text(change))
    assert _contents(full) == before
    assert all(before)


def test_a_back_door_of_each_engine_is_shut(full: Ledger) -> None:
    """INSERT OR REPLACE on SQLite and TRUNCATE on PostgreSQL are changes, too."""
    doors = {
        "sqlite": "INSERT OR REPLACE INTO assignment SELECT case_id, factor, 'sms', probability, numerator,"
        " denominator, algorithm, position, block FROM assignment",
        "postgresql+psycopg": "TRUNCATE assignment",
    }
    before = _contents(full)
    with pytest.raises(DBAPIError, match="assignment is written once"), full.write() as conn:
        conn.execute(text(doors[full.url.drivername]))
    assert _contents(full) == before


def test_what_may_change_about_a_case_can(full: Ledger) -> None:
    """The snapshot of a person's fields can be emptied, so that a person can be erased."""
    with full.write() as conn:
        conn.execute(text("UPDATE sampled_case SET fields = '{}'"))
        assert set(conn.scalars(text("SELECT CAST(fields AS TEXT) FROM sampled_case"))) == {"{}"}


def test_a_case_has_one_level_of_a_factor(full: Ledger) -> None:
    """A second assignment of the same case and factor is refused."""
    again = "INSERT INTO assignment SELECT * FROM assignment WHERE factor = 'wording'"
    with pytest.raises(DBAPIError, match=r"(?i)unique"), full.write() as conn:
        conn.execute(text(again))
