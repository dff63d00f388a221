"""Snapshots: every one reads as it was, at the cost of what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from surveylab.store import experiments, frames, people, snapshots
from surveylab.store.ledger import Ledger
from surveylab.store.tables import frame_unit


def _load(ledger: Ledger, units, prenotice, name: str = "customers") -> frames.StoredFrame:
    with ledger.write() as conn:
        return snapshots.replace_frame(conn, name, "a file", units, prenotice.now)


def _rows(ledger: Ledger) -> int:
    with ledger.read() as conn:
        return int(conn.scalar(select(func.count()).select_from(frame_unit)) or 0)


def _read(ledger: Ledger, source: frames.StoredFrame) -> dict[str, object]:
    with ledger.read() as conn:
        ids, fields = frames.units(conn, source, ["x"])
        assert frames.unit_fields(conn, source, ids.tolist()) == {
            unit: {"x": value} for unit, value in zip(ids.tolist(), fields["x"].tolist(), strict=True)
        }
    return dict(zip(ids.tolist(), fields["x"].tolist(), strict=True))


FIRST = {"a": 1, "b": 2, "c": 3}
SECOND = {"a": 1, "b": 20, "d": 4}
THIRD = {"a": 1, "b": 2, "c": 3}


def _units(values: dict[str, int]):
    return [(unit, {"x": value}, None) for unit, value in values.items()]


def test_every_snapshot_reads_as_it_was(ledger: Ledger, prenotice) -> None:
    """A unit that changed, left, or came back is in each snapshot what it was then; what did not change is one row."""
    stored = [_load(ledger, _units(values), prenotice) for values in (FIRST, SECOND, THIRD)]
    assert [each.number for each in stored] == [1, 2, 3]
    for snapshot, values in zip(stored, (FIRST, SECOND, THIRD), strict=True):
        assert _read(ledger, snapshot) == values
    assert _rows(ledger) == 1 + 3 + 2 + 1  # a once; b thrice; c, gone and back, twice; d once
    with ledger.read() as conn:
        kept = snapshots.history(conn, stored[0].id)
    assert [(each.number, each.units, each.added, each.changed, each.removed) for each in kept] == [
        (3, 3, 1, 1, 1),
        (2, 3, 1, 1, 1),
        (1, 3, 3, 0, 0),
    ]
    assert all(each.readable for each in kept)


def test_what_did_not_change_is_not_stored_again(ledger: Ledger, prenotice) -> None:
    """Of 30,000 units of which 300 change, 300 rows are new: across pages of what is read."""
    before = [(f"u{n:05}", {"x": n}, None) for n in range(30_000)]
    after = [(unit, {"x": -1} if n % 100 == 0 else fields, None) for n, (unit, fields, _) in enumerate(before)]
    _load(ledger, before, prenotice)
    stored = _load(ledger, after, prenotice)
    assert _rows(ledger) == 30_300
    with ledger.read() as conn:
        newest = snapshots.history(conn, stored.id)[0]
    assert (newest.added, newest.changed, newest.removed) == (0, 300, 0)


def test_the_digest_is_of_the_content(ledger: Ledger, prenotice) -> None:
    """Rows and fields in another order, and other people, are the same snapshot; a value, a type, a unit are not."""
    units = [("a", {"x": 1, "y": "s"}, {"email": "a@example.org"}), ("b", {"x": 2, "y": "t"}, None)]
    stored = _load(ledger, units, prenotice)
    turned = [(unit, dict(reversed(fields.items())), {"email": f"{unit}@other.org"}) for unit, fields, _ in units[::-1]]
    assert _load(ledger, turned, prenotice) == stored
    with ledger.read() as conn:
        known = people.people(conn, stored.id, ["a", "b"])
    assert known == {"a": {"email": "a@other.org"}, "b": {"email": "b@other.org"}}
    assert _load(ledger, turned, prenotice, "others").digest == stored.digest
    others = ([*turned, ("c", {}, None)], [("a", {"x": 1.0, "y": "s"}, None), turned[0]], turned[:1])
    digests = {_load(ledger, each, prenotice).digest for each in others}
    assert len(digests | {stored.digest}) == 4
    for kind in ("text", "date"):  # the same texts, and another meaning
        with ledger.write() as conn:
            listed = [("a", '{"x":"2026-01-31"}', None)]
            digests.add(snapshots.take(conn, "days", listed, {"x": kind}, source="", at=prenotice.now).frame.digest)
    assert len(digests) == 5


def test_differences_are_told_unit_by_unit(ledger: Ledger, prenotice) -> None:
    """New, changed and gone, in the order of the units, in both directions."""
    stored = [_load(ledger, _units(values), prenotice) for values in (FIRST, SECOND)]
    with ledger.read() as conn:
        found = list(snapshots.differences(conn, stored[0].id, 1, 2))
        back = list(snapshots.differences(conn, stored[0].id, 2, 1))
    assert [(each.unit, each.before, each.after) for each in found] == [
        ("b", {"x": 2}, {"x": 20}),
        ("c", {"x": 3}, None),
        ("d", None, {"x": 4}),
    ]
    assert [(each.unit, each.after, each.before) for each in back] == [
        (each.unit, each.before, each.after) for each in found
    ]


def test_only_what_nothing_was_drawn_from_can_be_given_up(ledger: Ledger, prenotice) -> None:
    """The newest snapshot and those that were drawn from read as before; the others are told to be gone."""
    stored = [_load(ledger, _units(values), prenotice) for values in (FIRST, SECOND, {"a": 5}, {"a": 6})]
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        second = stored[1]
        experiments.mark_drawn(conn, experiment, prenotice.now, None, second.digest, snapshot_id=second.snapshot)
    with ledger.write() as conn:
        assert snapshots.prune(conn, stored[0].id) == 3  # b and c of the first, a of the third
    assert _read(ledger, stored[1]) == SECOND
    assert _read(ledger, stored[3]) == {"a": 6}
    with ledger.read() as conn:
        kept = snapshots.history(conn, stored[0].id)
    assert {each.number: (each.readable, each.drawn) for each in kept} == {
        4: (True, ()),
        3: (False, ()),
        2: (True, ("prenotice",)),
        1: (False, ()),
    }


def test_people_are_as_they_are_now(ledger: Ledger, prenotice) -> None:
    """An address that changed takes the place of the old one; who left is forgotten, unless they are a case."""
    before = [
        ("a", {}, {"email": "a@x.org", "first_name": "A"}),
        ("u0001", {}, {"phone": "+491"}),
        ("b", {}, {"name": "B"}),
    ]
    stored = _load(ledger, before, prenotice)
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 2)  # u0000 and u0001
        experiments.mark_drawn(conn, experiment, prenotice.now, None, stored.digest, snapshot_id=stored.snapshot)
    _load(ledger, [("a", {}, {"email": "a@y.org"}), ("c", {"x": 1}, None)], prenotice)
    with ledger.read() as conn:
        assert people.people(conn, stored.id, ["a", "b", "c", "u0001"]) == {
            "a": {"email": "a@y.org"},
            "u0001": {"phone": "+491"},
        }


def test_a_person_can_be_erased_and_stays_counted(ledger: Ledger, prenotice) -> None:
    """Names and addresses go; the unit, its fields and the digest stay."""
    stored = _load(ledger, [("a", {"x": 1}, {"name": "A", "email": "a@example.org", "consent": True})], prenotice)
    with ledger.write() as conn:
        (person,) = people.persons(conn, stored.id, ["a"]).values()
        assert (person.email, person.consent, person.details) == ("a@example.org", True, {"name": "A"})
        assert people.reach(conn, stored.id) == {"email": 1, "consent": 1}
        people.erase_person(conn, stored.id, "a")
        assert people.people(conn, stored.id, ["a"]) == {}
        assert frames.unit_fields(conn, stored, ["a"]) == {"a": {"x": 1}}
    assert _load(ledger, [("a", {"x": 1}, None)], prenotice) == stored


def test_the_newest_snapshot_of_every_frame_is_listed(ledger: Ledger, prenotice) -> None:
    """In the order of the names; older ones are found by number or row."""
    first = _load(ledger, _units(FIRST), prenotice)
    other = _load(ledger, _units(FIRST), prenotice, "a frame")
    second = _load(ledger, _units(SECOND), prenotice)
    with ledger.read() as conn:
        assert frames.frames(conn) == (other, second)
        assert frames.snapshot_of(conn, "customers", 1) == first
        assert frames.snapshot_of(conn, "customers", 3) is None
        assert frames.drawn_from(conn, first.snapshot) == first
        assert frames.drawn_from(conn, None) is None
    assert first.loaded_at == prenotice.now
    assert second.loaded_at < prenotice.now + timedelta(seconds=1)


def test_a_source_that_breaks_halfway_changes_nothing(ledger: Ledger, prenotice) -> None:
    """Units, people and snapshots are as before."""
    stored = _load(ledger, _units(FIRST), prenotice)

    def broken():
        yield "a", '{"x":9}', None
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError), ledger.write() as conn:
        snapshots.take(conn, "customers", broken(), {"x": "integer"}, source="", at=prenotice.now)
    assert _read(ledger, stored) == FIRST
