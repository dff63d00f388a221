"""Forget somebody: what says who the person is goes, every count stays, and the person does not come back by a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from surveylab.design.experiment import Study
from surveylab.errors import SurveylabError, hint
from surveylab.fieldwork.frames.suppress import usable
from surveylab.fieldwork.identity import fields_needed, identifying_columns
from surveylab.fieldwork.resume import typed
from surveylab.fieldwork.studies import Studies
from surveylab.store import erasure, frames, log, people, suppressions
from surveylab.store.erasure import ErasableCase, Unit
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.suppressions import FORGOTTEN, FRAME_UNIT, Address, Suppression


@dataclass(frozen=True)
class Whom:
    """Who is to be forgotten: a ``unit`` of a ``frame``, everybody with an ``email`` or a ``phone``, or a case.

    The case is that of somebody who arrived unlisted, by the resume ``code``. ``region`` is the country of a
    phone number without a country code.
    """

    frame: str | None = None
    unit: str | None = None
    email: str | None = None
    phone: str | None = None
    code: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class ForgottenUnit:
    """A unit that was somebody: on which frame, what was known of the person, and the experiments that it is in."""

    frame: str
    unit: str
    known: tuple[str, ...]
    experiments: tuple[str, ...]


@dataclass(frozen=True)
class Forgotten:
    """What was erased, or would be in a ``rehearsal``.

    ``people`` are rows of names and addresses, ``answers`` those that could say who somebody is, ``fields`` values
    of the frame's fields in its snapshots and with cases, ``links`` personal links that lead nowhere now, and
    ``resume_codes`` codes to come back with. ``remembered`` are keyed hashes by which later loads leave the person
    out. ``shared`` are units of others with an address of the person: it is not remembered, and they are left alone.
    """

    rehearsal: bool
    units: tuple[ForgottenUnit, ...]
    people: int
    answers: int
    fields: int
    links: int
    resume_codes: int
    remembered: int
    shared: tuple[str, ...]


def forget(ledger: Ledger, whom: Whom, now: datetime, *, rehearsal: bool = False) -> Forgotten:
    """Erase who somebody is, in one transaction, and write so into the log; a ``rehearsal`` undoes it all.

    An address that nobody has is remembered all the same: a file that is loaded later may have it.

    Raises:
        DataError: an address that is none.
        SurveylabError: there is no such unit or code.
    """
    address = _address(whom)
    studies = Studies(ledger)
    writing: AbstractContextManager[Connection] = ledger.rehearse() if rehearsal else ledger.write()
    with writing as conn, erasure.overwriting(conn):
        erasure.hold_frames(conn)
        units, cases = _found(conn, whom, address)
        known = {each: erasure.known(conn, each) for each in units}
        mine = {each: erasure.cases_of(conn, each) for each in units}
        every = (*cases, *(case for some in mine.values() for case in some))
        read = {row: studies.study(row) for row in {case.experiment for case in every}}
        addresses = {address} if address else set()
        for person in known.values():
            addresses |= suppressions.addresses_of(person.email, person.phone) if person else set()
        shared = {each: _others(conn, each, units) for each in sorted(addresses)}
        answers, links, codes, values = _erase_cases(conn, every, read)
        values += sum(erasure.keep_fields_of_unit(conn, each, _needed(conn, studies, each)) for each in units)
        for each in units:
            people.erase_person(conn, each.frame_id, each.id)
        entries = [(FRAME_UNIT, f"{each.frame_id}:{each.id}") for each in units]
        entries += [each for each in shared if not shared[each]]
        suppressions.suppress(conn, [Suppression(*entry, FORGOTTEN, now) for entry in entries])
        result = Forgotten(
            rehearsal=rehearsal,
            units=tuple(_told(each, known[each], mine[each]) for each in units),
            people=sum(each is not None for each in known.values()),
            answers=answers,
            fields=values,
            links=links,
            resume_codes=codes,
            remembered=len(entries),
            shared=tuple(sorted({f"{one.frame}: {one.id}" for some in shared.values() for one in some})),
        )
        counts = {name: getattr(result, name) for name in ("people", "answers", "fields", "links", "resume_codes")}
        who = [suppressions.pseudonym(conn, *entry) for entry in entries]
        log.record(conn, now, "forget", {"who": who, "frames": sorted({each.frame for each in units}), **counts})
    if not rehearsal:
        ledger.checkpoint()
    return result


def _address(whom: Whom) -> Address | None:
    """The address that was given, as frames store it."""
    for kind in ("email", "phone"):
        text = getattr(whom, kind)
        if text is not None:
            value = usable(kind, text, whom.region, f"--{kind}")
            return kind, value.lower() if kind == "email" else value
    return None


def _found(conn: Connection, whom: Whom, address: Address | None) -> tuple[tuple[Unit, ...], tuple[ErasableCase, ...]]:
    """The units that are the person, and the case of who arrived unlisted."""
    if address is not None:
        return erasure.units_at(conn, address), ()
    if whom.code is not None:
        code = typed(whom.code)
        case = erasure.case_of_code(conn, code) if code else None
        if case is None:
            raise SurveylabError("Nobody has that resume code; see the page on which it was shown.")
        return (), (case,)
    frame, unit = whom.frame or "", whom.unit or ""
    there = [each.name for each in frames.frames(conn)]
    if frame not in there:
        raise SurveylabError(f"No frame is called {frame!r}.{hint(frame, there)} See: surveylab frame list.")
    found = erasure.unit(conn, frame, unit)
    if found is None:
        raise SurveylabError(f"The frame {frame!r} has no unit {unit!r}, in no snapshot.")
    return (found,), ()


def _others(conn: Connection, address: Address, units: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units with an address that are not to be forgotten."""
    return tuple(each for each in erasure.units_at(conn, address) if each not in units)


def _erase_cases(
    conn: Connection, cases: Sequence[ErasableCase], studies: Mapping[int, Study]
) -> tuple[int, int, int, int]:
    """Erase what cases say of a person: answers, links, codes and values of fields that went."""
    columns = {row: identifying_columns(study) for row, study in studies.items()}
    needed = {row: fields_needed(study) for row, study in studies.items()}
    answers = codes = values = 0
    for case in cases:
        answers += erasure.erase_answers(conn, case.id, columns[case.experiment])
        codes += erasure.erase_resume_code(conn, case.id)
        values += erasure.keep_fields_of_case(conn, case.id, needed[case.experiment])
        erasure.cut_link(conn, case.id)
    return answers, len(cases), codes, values


def _needed(conn: Connection, studies: Studies, unit: Unit) -> dict[int, frozenset[str]]:
    """The fields that each experiment needs that was drawn from the unit's frame."""
    return {row: fields_needed(studies.study(row)) for row in erasure.drawn_from(conn, unit.frame_id)}


def _told(unit: Unit, person: people.Person | None, cases: Sequence[ErasableCase]) -> ForgottenUnit:
    attributes = [name for name in people.COLUMNS[:-1] if getattr(person, name, None) is not None]
    known = (*attributes, *sorted(person.details)) if person else ()
    return ForgottenUnit(unit.frame, unit.id, known, tuple(dict.fromkeys(case.slug for case in cases)))
