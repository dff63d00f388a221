"""The people behind the units: names, addresses, and what says when and how they may be asked.

It is kept apart from fields and answers, as it is now and without a history: to erase a person
is to delete one row, and every count stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, delete, exists, func, select

from surveylab.store._bulk import chunks, insert_rows
from surveylab.store._sql import canonical
from surveylab.store.tables import experiment, person, sampled_case, snapshot

_AT_ONCE = 1_000
"""Ids that go into one query."""
_NOTHING: Mapping[str, str] = MappingProxyType({})

Stored = tuple[Any, ...]
"""The columns of a person behind those of the unit, as the driver takes them: ``COLUMNS``."""


@dataclass(frozen=True)
class Person:
    """Somebody as a frame knows them. An address that is not known is None.

    ``email`` has its domain in ASCII and small letters, ``phone`` is E.164, ``time_zone`` a name of the
    IANA database, ``language`` a tag of BCP 47. ``consent`` is None where nobody was asked; its date is
    ISO 8601. ``details`` are names and the parts of a postal address.
    """

    email: str | None = None
    phone: str | None = None
    app_id: str | None = None
    time_zone: str | None = None
    language: str | None = None
    consent: bool | None = None
    consent_date: str | None = None
    consent_basis: str | None = None
    details: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def texts(self) -> dict[str, str]:
        """What says who the person is, as texts of messages fill it in."""
        addresses = {"email": self.email, "phone": self.phone, "app_id": self.app_id}
        return {**self.details, **{name: value for name, value in addresses.items() if value is not None}}

    @property
    def stored(self) -> Stored:
        """The values of ``COLUMNS``."""
        return (*(getattr(self, name) for name in COLUMNS[:-1]), canonical(dict(self.details)))


COLUMNS = tuple(each.name for each in fields(Person))


def person_of(parts: Mapping[str, Any] | None) -> Person | None:
    """A person from a mapping: what is no attribute of a person is a detail; None where it says nothing."""
    said = {name: value for name, value in (parts or {}).items() if value not in ("", None)}
    known = {name: value for name, value in said.items() if name in COLUMNS[:-1]}
    details = {name: value for name, value in said.items() if name not in known}
    return replace(Person(**known), details=details) if said else None


def persons(conn: Connection, frame_id: int, unit_ids: Sequence[str]) -> dict[str, Person]:
    """Unit -> person, for those of the units that have anybody."""
    found = {}
    for some in chunks(unit_ids, _AT_ONCE):
        query = select(person).where(person.c.frame_id == frame_id, person.c.unit.in_(some))
        for row in conn.execute(query):
            found[row.unit] = Person(**{name: getattr(row, name) for name in COLUMNS})
    return found


def people(conn: Connection, frame_id: int, unit_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Unit -> names and addresses, for those of the units that have any."""
    found = persons(conn, frame_id, unit_ids)
    return {unit: found[unit].texts for unit in unit_ids if unit in found and found[unit].texts}


def time_zones(conn: Connection, frame_id: int) -> dict[str, str]:
    """Unit -> time zone, for those of a frame of whom it is known."""
    query = select(person.c.unit, person.c.time_zone).where(person.c.frame_id == frame_id)
    return {row.unit: row.time_zone for row in conn.execute(query.where(person.c.time_zone.is_not(None)))}


def reach(conn: Connection, frame_id: int) -> dict[str, int]:
    """What is known of how many people of a frame: attribute -> units."""
    counted = [func.count(person.c[name]).label(name) for name in COLUMNS[:-1]]
    row = conn.execute(select(*counted).where(person.c.frame_id == frame_id)).one()
    return {name: count for name, count in row._mapping.items() if count}


def erase_person(conn: Connection, frame_id: int, unit: str) -> None:
    """Forget the names and addresses of a unit; its case, and with it every count, stays."""
    conn.execute(delete(person).where(person.c.frame_id == frame_id, person.c.unit == unit))


def pages_of_people(conn: Connection, frame_id: int, size: int) -> Iterator[tuple[str, Stored]]:
    """Every unit with its person's columns, in the order of the units; read a page at a time."""
    last = ""
    details = cast(person.c.details, Text)
    columns = [person.c.unit, *(person.c[name] for name in COLUMNS[:-1]), details]
    query = select(*columns).where(person.c.frame_id == frame_id).order_by(person.c.unit).limit(size)
    while rows := conn.execute(query.where(person.c.unit > last)).all():
        yield from ((row[0], (*row[1:-1], _canonical(row[-1]))) for row in rows)
        last = rows[-1][0]


def put_people(conn: Connection, frame_id: int, known: Iterable[tuple[str, Stored]]) -> None:
    """Write people who are not there."""
    insert_rows(conn, person, ("frame_id", "unit", *COLUMNS), ((frame_id, unit, *columns) for unit, columns in known))


def drop_people(conn: Connection, frame_id: int, units: Iterable[str], *, but_cases: bool = False) -> None:
    """Forget people; those of a case of this frame are still needed, and stay ``but_cases``."""
    query = delete(person).where(person.c.frame_id == frame_id, person.c.unit == bindparam("of"))
    if but_cases:
        drawn = sampled_case.join(experiment, experiment.c.id == sampled_case.c.experiment_id)
        drawn = drawn.join(snapshot, snapshot.c.id == experiment.c.snapshot_id)
        mine = (
            exists().select_from(drawn).where(snapshot.c.frame_id == frame_id, sampled_case.c.unit == bindparam("of"))
        )
        query = query.where(~mine)
    if rows := [{"of": unit} for unit in units]:
        conn.execute(query, rows)


def _canonical(text: str) -> str:
    return canonical(json.loads(text)) if ": " in text else text
