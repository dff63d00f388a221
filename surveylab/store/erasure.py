"""Erasing what says who a person is, so that every count stays (docs/decisions/0016-what-erasure-keeps.md).

What goes: the row of the person, the answers in which somebody can say who they are, resume codes, the
personal link, and the fields of the unit that nothing is derived from. What stays: the unit's id, its
place in the sample, its arm, its events, its times and all other answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, update

from surveylab.store._bulk import chunks
from surveylab.store._sql import one_at_a_time
from surveylab.store.frames import frame_at
from surveylab.store.people import Person, persons
from surveylab.store.suppressions import OPTED_OUT, Address, Suppression, addresses_of
from surveylab.store.tables import answer, event, experiment, frame_unit, person, resume_code, sampled_case, snapshot
from surveylab.store.tables import frame as frame_table

ERASED = "(erased)"
"""What stands in the place of an answer that was erased: a text, as the answer was, so that whoever answered has
answered still."""
_AT_ONCE = 1_000


@dataclass(frozen=True, order=True)
class Unit:
    """A unit of a frame, by its row and name, and its id."""

    frame: str
    id: str
    frame_id: int


@dataclass(frozen=True)
class ErasableCase:
    """A case, and the version of the experiment that it belongs to."""

    id: int
    experiment: int
    slug: str


def hold_frames(conn: Connection) -> None:
    """Keep loads of frames waiting until the transaction ends: they read who was forgotten before they write."""
    for name in conn.scalars(select(frame_table.c.name).order_by(frame_table.c.name)).all():
        one_at_a_time(conn, f"frame {name}")


def unit(conn: Connection, frame: str, unit_id: str) -> Unit | None:
    """A unit that any snapshot of a frame has; None where none has it."""
    there = select(frame_unit.c.frame_id).join(frame_table, frame_table.c.id == frame_unit.c.frame_id)
    found = conn.scalar(there.where(frame_table.c.name == frame, frame_unit.c.unit == unit_id).limit(1))
    return None if found is None else Unit(frame, unit_id, found)


def units_at(conn: Connection, address: Address) -> tuple[Unit, ...]:
    """The units of all frames with an email (in any capitals) or a phone number."""
    kind, value = address
    same = func.lower(person.c.email) == value.lower() if kind == "email" else person.c.phone == value
    query = select(frame_table.c.name, person.c.unit, person.c.frame_id)
    query = query.join(frame_table, frame_table.c.id == person.c.frame_id).where(same)
    return tuple(sorted(Unit(*row) for row in conn.execute(query)))


def known(conn: Connection, whom: Unit) -> Person | None:
    """Who a unit is; None where that is not known (any more)."""
    return persons(conn, whom.frame_id, [whom.id]).get(whom.id)


def cases_of(conn: Connection, whom: Unit) -> tuple[ErasableCase, ...]:
    """The cases of a unit in all experiments that were drawn from its frame."""
    query = _CASES.join(snapshot, snapshot.c.id == experiment.c.snapshot_id)
    mine = snapshot.c.frame_id == whom.frame_id, sampled_case.c.unit == whom.id
    return tuple(ErasableCase(*row) for row in conn.execute(query.where(*mine).order_by(sampled_case.c.id)))


def case_of_code(conn: Connection, code: str) -> ErasableCase | None:
    """The case of somebody who arrived unlisted, by the code to come back with; None where nobody has it."""
    query = _CASES.join(resume_code, resume_code.c.case_id == sampled_case.c.id).where(resume_code.c.code == code)
    row = conn.execute(query).first()
    return ErasableCase(*row) if row else None


def erase_answers(conn: Connection, case: int, columns: Iterable[str]) -> int:
    """Put ``ERASED`` into the place of what a case answered in these columns; how many answers were there."""
    return _erase_texts(conn, answer.c.case_id == case, columns)


def erase_answers_of_all(conn: Connection, experiment_id: int, columns: Iterable[str]) -> int:
    """The same for all cases of a version of an experiment."""
    mine = select(sampled_case.c.id).where(sampled_case.c.experiment_id == experiment_id)
    return _erase_texts(conn, answer.c.case_id.in_(mine), columns)


def erase_resume_code(conn: Connection, case: int) -> int:
    """Let nobody come back to a case by a code; whether there was one."""
    return conn.execute(delete(resume_code).where(resume_code.c.case_id == case)).rowcount


def erase_resume_codes(conn: Connection, experiment_id: int) -> int:
    """The same for all cases of a version of an experiment; how many codes there were."""
    mine = select(sampled_case.c.id).where(sampled_case.c.experiment_id == experiment_id)
    return conn.execute(delete(resume_code).where(resume_code.c.case_id.in_(mine))).rowcount


def cut_link(conn: Connection, case: int) -> None:
    """Give a case another token: the link in the messages that the person was sent leads nowhere."""
    conn.execute(update(sampled_case).where(sampled_case.c.id == case).values(token=secrets.token_urlsafe(16)))


def keep_fields_of_case(conn: Connection, case: int, kept: Set[str]) -> int:
    """Erase what a case knows of its unit, but for these fields; how many values went."""
    fields = conn.execute(select(sampled_case.c.fields).where(sampled_case.c.id == case)).scalar_one()
    left = {name: value for name, value in fields.items() if name in kept}
    if left != fields:
        conn.execute(update(sampled_case).where(sampled_case.c.id == case).values(fields=left))
    return len(fields) - len(left)


def keep_fields_of_unit(conn: Connection, whom: Unit, kept: Mapping[int, Set[str]]) -> int:
    """Erase the fields of a unit in all snapshots of its frame; how many values went.

    ``kept``: experiment (a row that was drawn from the frame) -> the fields that its draw and its rules read.
    They stay in the rows that its snapshot consists of.
    """
    mine = frame_unit.c.frame_id == whom.frame_id, frame_unit.c.unit == whom.id
    needed: dict[int, set[str]] = {}
    for drawn, names in kept.items():
        number = select(snapshot.c.number).join(experiment, experiment.c.snapshot_id == snapshot.c.id)
        at = conn.execute(number.where(experiment.c.id == drawn)).scalar_one()
        rows = select(frame_unit.c.valid_from).where(*frame_at(whom.frame_id, at), frame_unit.c.unit == whom.id)
        for valid_from in conn.scalars(rows):
            needed.setdefault(valid_from, set()).update(names)
    gone = 0
    for row in conn.execute(select(frame_unit.c.valid_from, frame_unit.c.fields).where(*mine)).all():
        left = {name: value for name, value in row.fields.items() if name in needed.get(row.valid_from, ())}
        if left != row.fields:
            here = (*mine, frame_unit.c.valid_from == row.valid_from)
            conn.execute(update(frame_unit).where(*here).values(fields=left))
            gone += len(row.fields) - len(left)
    return gone


def drawn_from(conn: Connection, frame_id: int) -> tuple[int, ...]:
    """The rows of the experiments that were drawn from any snapshot of a frame."""
    query = select(experiment.c.id).join(snapshot, snapshot.c.id == experiment.c.snapshot_id)
    return tuple(conn.scalars(query.where(snapshot.c.frame_id == frame_id).order_by(experiment.c.id)))


def erase_people(conn: Connection, experiment_id: int, needing: Iterable[int]) -> tuple[int, list[Suppression]]:
    """Erase who the cases of a version of an experiment are, but for units that others need still.

    Args:
        conn: a connection that writes.
        experiment_id: the version, which was drawn from a frame.
        needing: the rows of experiments whose cases keep their names and addresses.

    Returns:
        How many people went, and the addresses of those of them who opted out of any experiment drawn from
        the frame, for the list of suppressions: an opt-out counts for whoever has that address.
    """
    frame_id = conn.scalar(
        select(snapshot.c.frame_id)
        .join(experiment, experiment.c.snapshot_id == snapshot.c.id)
        .where(experiment.c.id == experiment_id)
    )
    if frame_id is None:
        return 0, []
    units = select(sampled_case.c.unit)
    whose = [
        person.c.frame_id == frame_id,
        person.c.unit.in_(units.where(sampled_case.c.experiment_id == experiment_id)),
    ]
    if others := sorted(needing):
        whose.append(person.c.unit.not_in(units.where(sampled_case.c.experiment_id.in_(others))))
    out = (
        select(person.c.email, person.c.phone, func.min(event.c.at, type_=event.c.at.type))
        .join(snapshot, snapshot.c.frame_id == person.c.frame_id)
        .join(experiment, experiment.c.snapshot_id == snapshot.c.id)
        .join(sampled_case, (sampled_case.c.experiment_id == experiment.c.id) & (sampled_case.c.unit == person.c.unit))
        .join(event, (event.c.case_id == sampled_case.c.id) & (event.c.kind == "opted_out"))
        .where(*whose)
        .group_by(person.c.email, person.c.phone)
    )
    left = [
        Suppression(kind, value, OPTED_OUT, at)
        for email, phone, at in conn.execute(out)
        for kind, value in sorted(addresses_of(email, phone))
    ]
    return conn.execute(delete(person).where(*whose)).rowcount, left


@contextmanager
def overwriting(conn: Connection) -> Iterator[None]:
    """Let SQLite write zeros over what is deleted. On PostgreSQL it is gone with the next VACUUM."""
    if conn.dialect.name != "sqlite":
        yield
        return
    before = conn.exec_driver_sql("PRAGMA secure_delete").scalar_one()
    conn.exec_driver_sql("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        conn.exec_driver_sql(f"PRAGMA secure_delete = {before}")


def _erase_texts(conn: Connection, whose: ColumnElement[bool], columns: Iterable[str]) -> int:
    there = or_(answer.c.kind != "text", answer.c.value != ERASED)
    gone = 0
    for some in chunks(sorted(columns), _AT_ONCE):
        rows = whose, answer.c.column_name.in_(some), answer.c.missing.is_(None), there
        gone += conn.execute(update(answer).where(*rows).values(kind="text", value=ERASED)).rowcount
    return gone


_CASES: Select[tuple[int, int, str]] = select(sampled_case.c.id, experiment.c.id, experiment.c.slug).join_from(
    sampled_case, experiment, experiment.c.id == sampled_case.c.experiment_id
)
