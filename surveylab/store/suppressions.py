"""Who is asked nothing any more, in all experiments: by address, by id, and by having opted out of one.

An address stands here as a keyed hash (BLAKE2b, RFC 7693), so that the list outlives the person's
data and tells nobody who is on it. It has to be given as frames store it: an email with its domain
in ASCII, a phone number in E.164. Capitals of an email make no difference here. The key is drawn
once and stays in the ledger.

Who was forgotten stands on the same list, with the reason ``FORGOTTEN``: a load of a frame leaves them out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, select, tuple_

from surveylab.store._bulk import chunks, insert_rows
from surveylab.store._sql import insert
from surveylab.store.columns import Unit
from surveylab.store.frames import StoredFrame, units
from surveylab.store.people import Person
from surveylab.store.tables import (
    event,
    experiment,
    frame,
    frame_unit,
    person,
    sampled_case,
    setting,
    snapshot,
    suppressed_unit,
)
from surveylab.store.tables import suppression as table

KINDS = ("email", "phone", "unit")
"""What somebody can be put on the list by."""
FRAME_UNIT = "frame_unit"
"""The kind of a unit that was forgotten on one frame: frame and id, as a keyed hash."""
FORGOTTEN = "forgotten"
"""The reason of who was forgotten; it takes the place of another one."""
OPTED_OUT = "opted out"
"""The reason of who opted out and whose addresses, by which the opt-out was known, were erased since."""
_KEY = "suppression_key"
_AT_ONCE = 1_000

Address = tuple[str, str]
"""Kind and value."""


@dataclass(frozen=True)
class Suppression:
    """Somebody who is to be asked nothing: ``kind`` is one of ``KINDS``, ``value`` the address or the unit's id."""

    kind: str
    value: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Suppressed:
    """How many are on the list for one reason, by one kind of address."""

    kind: str
    reason: str
    count: int


def suppress(conn: Connection, entries: Iterable[Suppression]) -> int:
    """Put people on the list; who is there already stays as first written, but if forgotten now. How many are new."""
    hashed = _hashing(conn, draw=True)
    statement, forgetting = (insert(table, ("kind", "value"), replacing=names) for names in ((), ("reason", "at")))
    before = conn.scalar(select(func.count()).select_from(table)) or 0
    for some in chunks(entries, 10_000):
        rows = [
            {"kind": each.kind, "value": hashed(each.kind, each.value), "reason": each.reason, "at": each.at}
            for each in some
        ]
        for each, told in ((statement, False), (forgetting, True)):
            if mine := [row for row in rows if (row["reason"] == FORGOTTEN) is told]:
                conn.execute(each, mine)
    return int((conn.scalar(select(func.count()).select_from(table)) or 0) - before)


def lift(conn: Connection, kind: str, value: str) -> bool:
    """Take somebody off the list; whether they were on it. An opt-out stays what it is."""
    on_list = table.c.kind == kind, table.c.value == _hashing(conn)(kind, value)
    return bool(conn.execute(delete(table).where(*on_list)).rowcount)


def pseudonym(conn: Connection, kind: str, value: str) -> str:
    """A keyed hash that names somebody where nobody is to be named, as in the log; also of a unit's id."""
    return _hashing(conn, draw=True)(FRAME_UNIT if kind == "unit" else kind, value)


@dataclass(frozen=True)
class Forgotten:
    """Who was forgotten, to hold the rows of a frame against; false where that is nobody."""

    listed: frozenset[Address]
    hashed: Callable[[str, str], str]

    def __bool__(self) -> bool:
        return bool(self.listed)

    def has(self, frame_id: int, unit: str, email: str | None = None, phone: str | None = None) -> bool:
        """Whether a unit of a frame is one who was forgotten, by its id on that frame or by an address."""
        names = {(FRAME_UNIT, f"{frame_id}:{unit}")} | addresses_of(email, phone)
        return any((kind, self.hashed(kind, value)) in self.listed for kind, value in names)


def forgotten(conn: Connection) -> Forgotten:
    """Everybody who was forgotten, on any frame."""
    query = select(table.c.kind, table.c.value).where(table.c.reason == FORGOTTEN)
    listed = frozenset((row.kind, row.value) for row in conn.execute(query))
    return Forgotten(listed, _hashing(conn))


def counts(conn: Connection) -> tuple[Suppressed, ...]:
    """How many there are, by kind and reason."""
    query = select(table.c.kind, table.c.reason, func.count()).group_by(table.c.kind, table.c.reason)
    return tuple(Suppressed(*row) for row in conn.execute(query.order_by(table.c.kind, table.c.reason)))


def suppressed(conn: Connection, frame_id: int, among: Sequence[str] | None = None) -> frozenset[str]:
    """The units of a frame that are to be asked nothing now; of those ``among``, where some are given.

    They are the units on the list; those whose email or phone is on it; those that were forgotten; those
    that opted out of any experiment that was drawn from this frame; and those with the email or phone of
    anybody who opted out of any experiment.
    """
    ids = set(conn.scalars(select(table.c.value).where(table.c.kind == "unit")))
    ids.update(conn.scalars(select(_OPTED_OUT.c.unit).where(_OPTED_OUT.c.frame_id == frame_id)))
    if among is not None:
        ids &= set(among)
    return frozenset(ids | _forgotten_units(conn, frame_id, among) | _by_address(conn, frame_id, among))


def barred(conn: Connection, frame_id: int, unit: str, someone: Person | None) -> bool:
    """Whether one person is to be asked nothing now, by the rules of ``suppressed``; as fast for many on the list."""
    hashed = _hashing(conn)
    email, phone = (someone.email, someone.phone) if someone else (None, None)
    addresses = {(kind, value) for kind, value in (("email", email), ("phone", phone)) if value}
    on_list = [("unit", unit), *((kind, hashed(kind, value)) for kind, value in addresses)]
    if conn.scalar(select(exists().where(tuple_(table.c.kind, table.c.value).in_(on_list)))):
        return True
    theirs = {"frame": frame_id, "unit": unit, "email": email and email.lower(), "phone": phone}
    return bool(conn.scalar(_BARRED, theirs))


def record(conn: Connection, experiment_id: int, taken_off: Iterable[str]) -> None:
    """Write down who was taken off the frame before a draw, so that the draw can be derived again."""
    rows = ((experiment_id, unit) for unit in sorted(taken_off))
    insert_rows(conn, suppressed_unit, ("experiment_id", "unit"), rows)


def taken_off(conn: Connection, experiment_id: int) -> frozenset[str]:
    """Who was taken off the frame before the draw of an experiment."""
    query = select(suppressed_unit.c.unit).where(suppressed_unit.c.experiment_id == experiment_id)
    return frozenset(conn.scalars(query))


def on_frame(conn: Connection, source: StoredFrame) -> frozenset[str]:
    """The units of a snapshot that are to be asked nothing now."""
    found = suppressed(conn, source.id)
    return found & frozenset(units(conn, source, ())[0].tolist()) if found else found


_OPTED_OUT = (
    select(snapshot.c.frame_id, sampled_case.c.unit)
    .select_from(event)
    .join(sampled_case, sampled_case.c.id == event.c.case_id)
    .join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    .join(snapshot, snapshot.c.id == experiment.c.snapshot_id)
    .where(event.c.kind == "opted_out")
    .distinct()
    .subquery()
)


def _forgotten_units(conn: Connection, frame_id: int, among: Sequence[str] | None) -> set[str]:
    """The units of a frame that were forgotten on it and stand there still, without their person."""
    known = forgotten(conn)
    if not any(kind == FRAME_UNIT for kind, _ in known.listed):
        return set()
    there = select(frame_unit.c.unit).where(frame_unit.c.frame_id == frame_id, frame_unit.c.valid_to.is_(None))
    units = among if among is not None else conn.scalars(there)
    return {unit for unit in units if known.has(frame_id, unit)}


_SAME_PERSON = (
    select(person.c.frame_id, person.c.unit)
    .where(func.lower(person.c.email) == bindparam("email"))
    .union(
        select(person.c.frame_id, person.c.unit).where(person.c.phone == bindparam("phone")),
        select(frame.c.id, bindparam("unit", type_=Unit)).where(frame.c.id == bindparam("frame")),
    )
    .subquery()
)
"""The units under which somebody stands on all frames: the one that is asked about, and all with its addresses."""
_BARRED = select(
    exists()
    .where(event.c.kind == "opted_out", event.c.case_id == sampled_case.c.id)
    .where(sampled_case.c.unit == _SAME_PERSON.c.unit, sampled_case.c.experiment_id == experiment.c.id)
    .where(experiment.c.snapshot_id == snapshot.c.id, snapshot.c.frame_id == _SAME_PERSON.c.frame_id)
)


def _by_address(conn: Connection, frame_id: int, among: Sequence[str] | None) -> set[str]:
    hashed = _hashing(conn)
    listed = {(row.kind, row.value) for row in conn.execute(select(table.c.kind, table.c.value).where(_OF_ADDRESS))}
    opted_out: set[Address] = set()
    same = (person.c.frame_id == _OPTED_OUT.c.frame_id) & (person.c.unit == _OPTED_OUT.c.unit)
    for email, phone in conn.execute(select(person.c.email, person.c.phone).join(_OPTED_OUT, same)):
        opted_out |= addresses_of(email, phone)
    if not listed and not opted_out:
        return set()
    found = set()
    known = select(person.c.unit, person.c.email, person.c.phone).where(person.c.frame_id == frame_id)
    for some in chunks(among, _AT_ONCE) if among is not None else (None,):
        query = known if some is None else known.where(person.c.unit.in_(some))
        for unit, email, phone in conn.execute(query, execution_options={"yield_per": 20_000}):
            addresses = addresses_of(email, phone)
            if addresses & opted_out or any((kind, hashed(kind, value)) in listed for kind, value in addresses):
                found.add(unit)
    return found


def addresses_of(email: str | None, phone: str | None) -> set[Address]:
    """The addresses of somebody as two are compared."""
    found = {("email", email.lower())} if email else set()
    return found | {("phone", phone)} if phone else found


_OF_ADDRESS: ColumnElement[bool] = table.c.kind.in_(("email", "phone"))


def _hashing(conn: Connection, *, draw: bool = False) -> Callable[[str, str], str]:
    """A function from an address to how it stands on the list; a unit's id stands there as it is."""
    if draw:
        conn.execute(insert(setting, ("key",)), {"key": _KEY, "value": secrets.token_hex(32)})
    kept = conn.scalar(select(setting.c.value).where(setting.c.key == _KEY))
    key = bytes.fromhex(kept) if kept else b""  # without a key nobody is on the list

    def hashed(kind: str, value: str) -> str:
        if kind == "unit":
            return value
        value = value.lower() if kind == "email" else value
        return hashlib.blake2b(f"{kind}:{value}".encode(), key=key, digest_size=16).hexdigest()

    return hashed
