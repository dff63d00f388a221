"""Who is asked nothing any more, whichever way they said so."""

from __future__ import annotations

import pytest
from sqlalchemy import Text, cast, select

from surveylab.store import experiments, frames, responses, snapshots, suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.suppressions import Suppressed, Suppression
from surveylab.store.tables import suppression

UNITS = [
    ("u0000", {}, {"email": "Ann@example.org"}),
    ("u0001", {}, {"email": "bob@example.org", "phone": "+4915123456789"}),
    ("u0002", {}, None),
    ("u0003", {}, {"phone": "+4915123456700"}),
]


@pytest.fixture
def people(ledger: Ledger, prenotice) -> frames.StoredFrame:
    """A frame of four units."""
    with ledger.write() as conn:
        return snapshots.replace_frame(conn, "people", "", UNITS, prenotice.now)


def _put(ledger: Ledger, prenotice, *entries: tuple[str, str]) -> int:
    with ledger.write() as conn:
        return suppressions.suppress(conn, [Suppression(*entry, "asked", prenotice.now) for entry in entries])


def _suppressed(ledger: Ledger, frame_id: int, among=None) -> set[str]:
    with ledger.read() as conn:
        return set(suppressions.suppressed(conn, frame_id, among))


def test_a_list_of_nobody_suppresses_nobody(ledger: Ledger, people) -> None:
    """Before anything is written there is no key either."""
    assert _suppressed(ledger, people.id) == set()
    with ledger.read() as conn:
        assert suppressions.on_frame(conn, people) == frozenset()
        assert suppressions.counts(conn) == ()


def test_addresses_and_units_are_found_on_every_frame(ledger: Ledger, prenotice, people) -> None:
    """By email, whatever its capitals, by phone and by id; also on a frame that is loaded later."""
    entries = ("email", "ANN@example.org"), ("phone", "+4915123456700"), ("unit", "u0002"), ("unit", "u9")
    assert _put(ledger, prenotice, *entries) == 4
    assert _suppressed(ledger, people.id) == {"u0000", "u0002", "u0003", "u9"}
    with ledger.write() as conn:
        later = snapshots.replace_frame(conn, "later", "", [("x", {}, {"email": "ann@example.org"})], prenotice.now)
        assert suppressions.on_frame(conn, people) == {"u0000", "u0002", "u0003"}
        assert suppressions.on_frame(conn, later) == {"x"}
    assert _suppressed(ledger, people.id, ["u0000", "u0001", "u0002"]) == {"u0000", "u0002"}


def test_the_list_holds_no_address(ledger: Ledger, prenotice, people) -> None:
    """What stands in the database is a hash with a key of its own; the same address is written once."""
    assert _put(ledger, prenotice, ("email", "ann@example.org"), ("email", "ann@example.org")) == 1
    assert _put(ledger, prenotice, ("email", "ann@example.org")) == 0
    with ledger.read() as conn:
        values = conn.scalars(select(cast(suppression.c.value, Text))).all()
        assert suppressions.counts(conn) == (Suppressed("email", "asked", 1),)
    assert all("ann" not in value and len(value) == 32 for value in values)


def test_somebody_can_be_taken_off(ledger: Ledger, prenotice, people) -> None:
    """A list by mistake is put right, and says whether there was something to put right."""
    _put(ledger, prenotice, ("email", "ann@example.org"))
    with ledger.write() as conn:
        assert not suppressions.lift(conn, "email", "bob@example.org")
        assert suppressions.lift(conn, "email", "ann@example.org")
    assert _suppressed(ledger, people.id) == set()


def test_an_opt_out_of_one_experiment_counts_for_all(ledger: Ledger, prenotice, people) -> None:
    """The unit on its frame, and whoever has the same email or phone on any."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 4)
        experiments.mark_drawn(conn, experiment, prenotice.now, None, people.digest, snapshot_id=people.snapshot)
        second = prenotice.case_ids(conn, experiment)[1]
        responses.append_event(conn, second, prenotice.now, "opted_out")
        units = [("u0001", {}, None), ("x", {}, {"email": "BOB@example.org"}), ("y", {}, {"phone": "+4915123456789"})]
        other = snapshots.replace_frame(conn, "other", "", units, prenotice.now)
    assert _suppressed(ledger, people.id) == {"u0001"}
    assert _suppressed(ledger, other.id) == {"x", "y"}


def test_who_was_taken_off_before_a_draw_is_written_once(ledger: Ledger, prenotice, people) -> None:
    """The database keeps it: nothing of it can be changed afterwards."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        suppressions.record(conn, experiment, {"u0001", "u0000"})
    with ledger.read() as conn:
        assert suppressions.taken_off(conn, experiment) == {"u0000", "u0001"}
        assert suppressions.taken_off(conn, experiment + 1) == frozenset()
