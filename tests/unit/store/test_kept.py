"""A connection that is kept at hand comes back with nothing begun on it, whatever became of its use."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import text

from surveylab.store.ledger import open_ledger

NOTE = "INSERT INTO setting (key, value) VALUES ('note', 'x')"
COUNT = text("SELECT COUNT(*) FROM setting WHERE key = 'note'")


@pytest.fixture
def ledger(tmp_path):
    """A new ledger on SQLite, where a step is a transaction of its own."""
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    yield ledger
    ledger.close()


def step(ledger, *statements):
    """Take a step of these statements; an error among them is raised."""
    with ledger.step() as conn:
        for each in statements:
            if isinstance(each, Exception):
                raise each
            conn.connection.cursor().execute(each)
            assert noted(ledger) == 0, "nobody sees a step before it has ended"


def noted(ledger):
    """How many notes others see."""
    with ledger.read() as conn:
        return conn.scalar(COUNT)


def test_a_step_is_committed_at_its_end(ledger):
    """And not sooner."""
    step(ledger, NOTE)
    assert noted(ledger) == 1


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        ((NOTE, RuntimeError("in the middle")), RuntimeError),
        ((NOTE, "ROLLBACK"), sqlite3.OperationalError),  # so that its own end fails
        ((NOTE, "BEGIN"), sqlite3.OperationalError),
    ],
)
def test_nothing_stays_of_a_step_that_failed(ledger, failing, error):
    """Neither what it wrote nor its lock: the next step is taken."""
    with pytest.raises(error):
        step(ledger, *failing)
    assert noted(ledger) == 0
    step(ledger, NOTE)
    assert noted(ledger) == 1
