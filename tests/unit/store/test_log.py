"""The log: who did what, in the transaction of what was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from surveylab.settings import acting_account
from surveylab.store import experiments, log
from surveylab.store.ledger import Connection, Ledger

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_entry_says_who_when_and_what(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, and from a moment on."""
    with ledger.write() as conn:
        monkeypatch.setenv("SURVEYLAB_ACCOUNT", "field office")
        log.record(conn, NOW, "pause", {"experiment": "e"})
        monkeypatch.delenv("SURVEYLAB_ACCOUNT")
        log.record(conn, NOW + timedelta(days=1), "resume", {"experiment": "e"})
    with ledger.read() as conn:
        first, second = log.entries(conn)
        assert first == log.Entry(NOW, "field office", "pause", {"experiment": "e"})
        assert second.account == acting_account() != ""
        assert log.entries(conn, NOW + timedelta(hours=1)) == (second,)


def _told_of_what_is_no_json(conn: Connection) -> None:
    """Do something that is told, and fail in telling the next."""
    experiments.register(conn, "e", "d", {}, seed="s", at=NOW)
    log.record(conn, NOW, "draw", {})
    log.record(conn, NOW, "draw", {"what": object()})


def test_what_was_not_done_is_not_in_it(ledger: Ledger) -> None:
    """Act and entry are there together, or neither is."""
    with pytest.raises((TypeError, StatementError)), ledger.write() as conn:
        _told_of_what_is_no_json(conn)
    with ledger.read() as conn:
        assert log.entries(conn) == ()
        assert experiments.experiment(conn, "e") is None


def test_a_rehearsal_leaves_nothing(ledger: Ledger) -> None:
    """What is done in it can be seen in it, and is undone; also after an error."""
    with ledger.rehearse() as conn:
        log.record(conn, NOW, "draw", {})
        assert len(log.entries(conn)) == 1
    with pytest.raises((TypeError, StatementError)), ledger.rehearse() as conn:
        _told_of_what_is_no_json(conn)
    with ledger.read() as conn:
        assert log.entries(conn) == ()
    with ledger.write() as conn:
        log.record(conn, NOW, "draw", {})


def test_who_acts_is_what_the_environment_says() -> None:
    """Else the user of the operating system."""
    assert acting_account({"SURVEYLAB_ACCOUNT": " dpo "}) == "dpo"
    assert acting_account({}) not in ("", "dpo")
