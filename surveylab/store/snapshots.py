"""Snapshots: a frame as each of its files had it, at the cost of what changed from one to the next.

A row of ``frame_unit`` says how a unit was from one snapshot up to another. To load a frame again
closes the rows of units that changed or left, and adds rows for what is new: a million units of
which one in a hundred changed cost ten thousand rows. Every snapshot can be read as it was.

The digest of a snapshot is SHA-256 over the names and types of its fields and over its units in the
order of their ids by code point, each with its fields as JSON in one spelling. So the same content has
the same digest, whatever the format and the order of rows and columns of its file. Who the people are
is not part of it: a draw does not read it, and who is erased leaves the digest as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, or_, select

from surveylab.design.terms import Value
from surveylab.digests import hasher, prefixed
from surveylab.errors import SurveylabError
from surveylab.store import suppressions
from surveylab.store._bulk import CHUNK, chunks, insert_rows
from surveylab.store._sql import canonical, one_at_a_time
from surveylab.store.frames import StoredFrame, frame, frame_at
from surveylab.store.people import Stored, drop_people, pages_of_people, person_of, put_people
from surveylab.store.staging import Row, Staging
from surveylab.store.tables import experiment, frame_unit, snapshot
from surveylab.store.tables import frame as frame_table

_PAGE = 20_000
"""Rows that are read at a time."""
TYPES = {bool: "truth", int: "integer", float: "decimal", str: "text"}
"""The type of a field by that of its values."""

Unit = tuple[str, Mapping[str, Value], Mapping[str, str] | None]
"""Id, fields, and what identifies the person (names, addresses), which is kept apart; None: nobody."""
Listed = tuple[str, str, Stored | None]
"""The same as it is stored: id, fields as canonical JSON, and the columns of the person."""


@dataclass(frozen=True)
class Taken:
    """What became of a frame that was loaded: its newest snapshot, whether that is ``new``, and what it changed.

    ``forgotten`` is the number of units that were left out because whoever they are was forgotten.
    """

    frame: StoredFrame
    new: bool
    added: int
    changed: int
    removed: int
    forgotten: int = 0


@dataclass(frozen=True)
class Snapshot:
    """One snapshot of a frame: ``number`` counts from 1; the counts compare it with the one before.

    ``drawn`` are the experiments that were drawn from it, ``readable`` is whether its units are still there.
    """

    number: int
    digest: str
    source: str
    loaded_at: datetime
    units: int
    added: int
    changed: int
    removed: int
    drawn: tuple[str, ...]
    readable: bool


@dataclass(frozen=True)
class Difference:
    """What became of a unit between two snapshots: its fields in each; None where it was not listed."""

    unit: str
    before: Mapping[str, Value] | None
    after: Mapping[str, Value] | None


def replace_frame(conn: Connection, name: str, source: str, units: Iterable[Unit], at: datetime) -> StoredFrame:
    """Make these units, in any order, the frame of that name; ``source`` says where they come from.

    The units stream through: memory does not grow with their number.

    Raises:
        SurveylabError: an id comes twice. Nothing was stored.
    """
    kinds: dict[str, set[type]] = {}
    with Staging() as staging:
        for chunk in chunks(enumerate(units, start=1)):
            for _, (_, fields, _) in chunk:
                for field, value in fields.items():
                    kinds.setdefault(field, set()).add(type(value))
            staging.add(
                Row(line, unit, canonical(dict(fields)), canonical(dict(known)) if known else None)
                for line, (unit, fields, known) in chunk
            )
        staging.settle()
        twice = sorted({unit for unit, _, _ in staging.twice()})
        if twice:
            raise SurveylabError(
                f"The frame {name!r} lists {', '.join(map(repr, twice[:5]))} more than once; "
                "give every unit an id of its own. Nothing was stored."
            )
        types = {field: _type(found - {type(None)}) for field, found in kinds.items()}
        return take(conn, name, (_listed(*row) for row in staging.ordered()), types, source=source, at=at).frame


def take(
    conn: Connection, name: str, units: Iterable[Listed], types: Mapping[str, str], *, source: str, at: datetime
) -> Taken:
    """Make these units, in the order of their ids, a new snapshot of a frame; people are replaced by theirs.

    Who was forgotten is left out. Where no unit and no type differs from the newest snapshot that one stays,
    and only people are replaced.
    """
    one_at_a_time(conn, f"frame {name}")
    before = frame(conn, name)
    frame_id = before.id if before else _new_frame(conn, name)
    merge = _Merge(conn, frame_id, before.number if before else 0, types)
    merge.units(units)
    left_out = merge.forgotten
    if before is not None and not merge.differences and dict(before.types) == dict(types):
        return Taken(before, new=False, added=0, changed=0, removed=0, forgotten=left_out)
    row = {"frame_id": frame_id, "number": merge.number, "digest": merge.digest, "source": source, "loaded_at": at}
    row |= {"units": merge.count, "added": merge.added, "changed": merge.changed, "removed": merge.removed}
    conn.execute(snapshot.insert().values(**row, fields=dict(types)))
    stored = frame(conn, name)
    assert stored is not None
    counts = {"added": merge.added, "changed": merge.changed, "removed": merge.removed}
    return Taken(stored, new=True, **counts, forgotten=left_out)


def history(conn: Connection, frame_id: int) -> tuple[Snapshot, ...]:
    """Every snapshot of a frame, the newest first."""
    drawn: dict[int, list[str]] = {}
    drawing = select(experiment.c.snapshot_id, experiment.c.slug).where(experiment.c.snapshot_id.is_not(None))
    for snapshot_id, slug in conn.execute(drawing.order_by(experiment.c.slug, experiment.c.version)):
        drawn.setdefault(snapshot_id, []).append(slug)
    rows = conn.execute(
        select(snapshot).where(snapshot.c.frame_id == frame_id).order_by(snapshot.c.number.desc())
    ).all()
    names = ("number", "digest", "source", "loaded_at", "units", "added", "changed", "removed")
    return tuple(
        Snapshot(
            **{name: getattr(row, name) for name in names},
            drawn=tuple(dict.fromkeys(drawn.get(row.id, ()))),
            readable=_listed_then(conn, frame_id, row.number) == row.units,
        )
        for row in rows
    )


def differences(conn: Connection, frame_id: int, before: int, after: int) -> Iterator[Difference]:
    """Every unit that two snapshots do not have alike, in the order of the units."""
    one, other = (_pages(conn, frame_id, number) for number in (before, after))
    left, right = next(one, None), next(other, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield Difference(left[0], json.loads(left[1]), None)
            left = next(one, None)
        elif left is None or right[0] < left[0]:
            yield Difference(right[0], None, json.loads(right[1]))
            right = next(other, None)
        else:
            if left[1] != right[1]:
                yield Difference(left[0], json.loads(left[1]), json.loads(right[1]))
            left, right = next(one, None), next(other, None)


def prune(conn: Connection, frame_id: int) -> int:
    """Give up the units of snapshots that are not the newest and that nothing was drawn from; how many rows went."""
    one_at_a_time(conn, f"prune {frame_id}")
    newest = conn.scalar(select(func.max(snapshot.c.number)).where(snapshot.c.frame_id == frame_id))
    drawn = select(experiment.c.snapshot_id).where(experiment.c.snapshot_id.is_not(None))
    kept = conn.scalars(
        select(snapshot.c.number).where(
            snapshot.c.frame_id == frame_id, or_(snapshot.c.number == newest, snapshot.c.id.in_(drawn))
        )
    ).all()
    needed = [(frame_unit.c.valid_from <= number) & (frame_unit.c.valid_to > number) for number in kept]
    idle = frame_unit.c.frame_id == frame_id, frame_unit.c.valid_to.is_not(None), ~or_(*needed)
    return conn.execute(delete(frame_unit).where(*idle)).rowcount


class _Merge:
    """One pass over the units that are there and those that come, both in order; what differs is written."""

    def __init__(self, conn: Connection, frame_id: int, newest: int, types: Mapping[str, str]) -> None:
        self.number = newest + 1
        self.count = self.added = self.changed = self.removed = self.forgotten = 0
        self._left_out = suppressions.forgotten(conn)
        self._conn, self._frame_id = conn, frame_id
        self._hash = hasher("frame", canonical(dict(types)))
        self._there = _pages(conn, frame_id, newest) if newest else iter(())
        self._known = pages_of_people(conn, frame_id, _PAGE) if newest else iter(())
        self._old, self._person = next(self._there, None), next(self._known, None)
        self._new_rows: list[tuple[Any, ...]] = []
        self._closed: list[str] = []
        self._gone: list[str] = []
        self._new_people: list[tuple[str, Stored]] = []
        self._old_people: list[str] = []

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def differences(self) -> int:
        return self.added + self.changed + self.removed

    def units(self, units: Iterable[Listed]) -> None:
        for unit, fields, person in self._remembered(units) if self._left_out else units:
            self.count += 1
            self._hash.update(prefixed(unit) + prefixed(fields))
            self._unit(unit, fields)
            self._people(unit, person)
            if len(self._new_rows) + len(self._closed) + len(self._new_people) + len(self._gone) >= CHUNK:
                self._write()
        self._pass_units(None)
        self._pass_people(None)
        self._write()

    def _remembered(self, units: Iterable[Listed]) -> Iterator[Listed]:
        """The units without those of people who were forgotten."""
        for unit, fields, person in units:
            email, phone = person[:2] if person else (None, None)
            if self._left_out.has(self._frame_id, unit, email, phone):
                self.forgotten += 1
            else:
                yield unit, fields, person

    def _unit(self, unit: str, fields: str) -> None:
        if self._old is not None:
            self._pass_units(unit)
        if self._old is not None and self._old[0] == unit:
            if self._old[1] != fields:
                self.changed += 1
                self._closed.append(unit)
                self._new_rows.append((self._frame_id, unit, self.number, fields))
            self._old = next(self._there, None)
        else:
            self.added += 1
            self._new_rows.append((self._frame_id, unit, self.number, fields))

    def _pass_units(self, unit: str | None) -> None:
        """The units that are there and come before one (None: all that are left) are not on the frame any more."""
        while self._old is not None and (unit is None or self._old[0] < unit):
            self.removed += 1
            self._closed.append(self._old[0])
            self._gone.append(self._old[0])
            self._old = next(self._there, None)

    def _people(self, unit: str, person: Stored | None) -> None:
        there = None
        if self._person is not None:
            self._pass_people(unit)
            if self._person is not None and self._person[0] == unit:
                there = self._person[1]
                self._person = next(self._known, None)
        if there == person:
            return
        if there is not None:
            self._old_people.append(unit)
        if person is not None:
            self._new_people.append((unit, person))

    def _pass_people(self, unit: str | None) -> None:
        while self._person is not None and (unit is None or self._person[0] < unit):
            self._person = next(self._known, None)  # of a unit that left: decided with the units

    def _write(self) -> None:
        mine = frame_unit.c.frame_id == self._frame_id
        for some in chunks(self._closed, 1_000):
            there = mine & frame_unit.c.unit.in_(some) & frame_unit.c.valid_to.is_(None)
            self._conn.execute(frame_unit.update().where(there).values(valid_to=self.number))
        insert_rows(self._conn, frame_unit, ("frame_id", "unit", "valid_from", "fields"), self._new_rows)
        drop_people(self._conn, self._frame_id, self._old_people)
        drop_people(self._conn, self._frame_id, self._gone, but_cases=True)
        put_people(self._conn, self._frame_id, self._new_people)
        for done in (self._closed, self._new_rows, self._old_people, self._gone, self._new_people):
            done.clear()


def _pages(conn: Connection, frame_id: int, number: int) -> Iterator[tuple[str, str]]:
    """The units of a snapshot with their fields as canonical JSON, in order; read a page at a time.

    No cursor stays open, so that what is read can be written to meanwhile.
    """
    columns = frame_unit.c.unit, cast(frame_unit.c.fields, Text)
    query = select(*columns).where(*frame_at(frame_id, number)).order_by(frame_unit.c.unit).limit(_PAGE)
    last = ""
    while rows := conn.execute(query.where(frame_unit.c.unit > last)).all():
        for unit, fields in rows:
            yield unit, canonical(json.loads(fields)) if ": " in fields else fields
        last = rows[-1][0]


def _listed_then(conn: Connection, frame_id: int, number: int) -> int:
    query = select(func.count()).select_from(frame_unit).where(*frame_at(frame_id, number))
    return int(conn.execute(query).scalar_one())


def _new_frame(conn: Connection, name: str) -> int:
    return int(conn.execute(frame_table.insert().values(name=name).returning(frame_table.c.id)).scalar_one())


def _listed(unit: str, body: str, known: str | None) -> Listed:
    person = person_of(json.loads(known)) if known else None
    return unit, body, person.stored if person else None


def _type(found: set[type]) -> str:
    """What the values of a field have in common: text where they have nothing."""
    if found == {int, float}:
        return "decimal"
    return TYPES[next(iter(found))] if len(found) == 1 else "mixed" if found else "text"
