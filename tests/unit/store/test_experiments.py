"""Versions of a design."""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveylab.store import experiments
from surveylab.store.ledger import Ledger


def test_a_changed_design_is_a_new_version_and_the_running_one(ledger: Ledger, prenotice) -> None:
    """The newest version runs; what belongs to an earlier one keeps its row and its documents."""
    with ledger.write() as conn:
        first = experiments.register(conn, "prenotice", "d1", {"a.yaml": "one"}, seed="s", at=prenotice.now)
        second = experiments.register(conn, "prenotice", "d2", {"a.yaml": "two"}, seed="s", at=prenotice.now)
        back = experiments.register(conn, "prenotice", "d1", {"a.yaml": "one"}, seed="s", at=prenotice.now)
    with ledger.read() as conn:
        assert [first.version, second.version, back.version] == [1, 2, 3]
        assert experiments.experiment(conn, "prenotice") == back
        assert experiments.experiment_by_id(conn, second.id).documents == {"a.yaml": "two"}


def test_registering_the_running_design_again_changes_nothing(ledger: Ledger, prenotice) -> None:
    """The same digest gives the row that is there."""
    later = prenotice.now + timedelta(days=1)
    with ledger.write() as conn:
        first = experiments.register(conn, "prenotice", "d1", {"ä.yaml": "größer"}, seed="s", at=prenotice.now)
        again = experiments.register(conn, "prenotice", "d1", {"ä.yaml": "größer"}, seed="s", at=later)
    assert again == first
    assert first.documents == {"ä.yaml": "größer"}
    assert first.registered_at == prenotice.now


def test_an_experiment_remembers_its_lock_and_its_draw(ledger: Ledger, prenotice) -> None:
    """The first lock stays; a draw sets when answers cease to be taken."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        experiments.mark_locked(conn, experiment, prenotice.now)
        experiments.mark_locked(conn, experiment, prenotice.closes)
        stored = experiments.experiment_by_id(conn, experiment)
    assert (stored.locked_at, stored.drawn_at, stored.closes_at) == (prenotice.now, prenotice.now, prenotice.closes)
    assert stored.frame_digest == "frame-digest"


def test_what_was_never_registered_is_not_there(ledger: Ledger, prenotice) -> None:
    """No row for an unknown slug or id; the list names each slug once."""
    with ledger.write() as conn:
        prenotice.register(conn, "b")
        prenotice.register(conn, "a")
        experiments.register(conn, "a", "d2", {}, seed="s", at=prenotice.now)
        assert experiments.experiment(conn, "c") is None
        assert [(each.slug, each.version) for each in experiments.experiments(conn)] == [("a", 2), ("b", 1)]
        with pytest.raises(KeyError):
            experiments.experiment_by_id(conn, 99)
