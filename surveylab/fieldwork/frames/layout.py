"""Which column of a source is what: the id, a field, or something about the person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveylab.design.frames import (
    ALIASES,
    CONSENT,
    LEFT_OUT,
    PERSONAL,
    REACH,
    ROLES,
    UNIT,
    Column,
    FieldType,
    FrameReading,
)
from surveylab.errors import DataError, Fault, hint
from surveylab.sources import Table


@dataclass(frozen=True)
class Place:
    """A column at work: where it stands, what it is called there, and what it is.

    ``role`` is one of ``design.frames.ROLES`` or "" for a field; ``field`` its name among the fields, "" where it
    is none; ``type`` that of a field where it is known beforehand.
    """

    at: int
    header: str
    role: str
    field: str
    type: FieldType | None


@dataclass(frozen=True)
class Layout:
    """The columns of a source: that of the ids, the fields, and what says who a person is and how to reach them.

    ``left_out`` are the places of those that are not read, ``width`` counts all of them.
    """

    unit: Place
    fields: tuple[Place, ...]
    person: tuple[Place, ...]
    left_out: frozenset[int]
    width: int


def plain(name: str) -> str:
    """A name however it is spelt: small letters, underscores."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


USUAL = "id"
"""The column of ids where none is said to be it."""


def layout(table: Table, reading: FrameReading) -> Layout:
    """What the columns of a table are.

    Raises:
        DataError: every fault of the header, and of what was said about it.
    """
    names = [name.strip() for name in table.header]
    line = table.line or 1
    if not any(names):
        raise DataError(
            [Fault(table.name, 1, 1, "FR01", "the file has no header.", "Name the columns in its first line.")]
        )
    said, faults = _said(table, names, reading.columns)
    if not any(column.as_ == UNIT for column in said.values()) and USUAL in names:
        said = {USUAL: Column(UNIT), **said}
    places = [_place(at, name, said.get(name, Column()), table.types[at]) for at, name in enumerate(names)]
    faults += [Fault(table.name, line, 1, *each) for each in _header_faults(names, places)]
    if faults:
        raise DataError(faults)
    used = [place for place in places if place.role != LEFT_OUT]
    return Layout(
        unit=next(place for place in used if place.role == UNIT),
        fields=tuple(place for place in used if place.field),
        person=tuple(place for place in used if place.role and place.role != UNIT),
        left_out=frozenset(place.at for place in places if place.role == LEFT_OUT),
        width=len(names),
    )


def _said(table: Table, names: list[str], columns: Mapping[str, Column]) -> tuple[dict[str, Column], list[Fault]]:
    """What was said about each column of the header, and about columns that it does not have."""
    faults = []
    for name in columns:
        if name not in names:
            what = f"there is no column {name!r}."
            remedy = hint(name, names).strip() or f"There are: {', '.join(names)[:300]}."
            faults.append(Fault(table.name, table.line or 1, 1, "FR20", what, remedy))
    return {name: column for name, column in columns.items() if name in names}, faults


def _place(at: int, name: str, said: Column, type_: str) -> Place:
    usual = ALIASES.get(plain(name), plain(name))
    role = said.as_ if said.as_ in ROLES else "" if said.as_ else usual if usual in (*PERSONAL, *REACH) else ""
    field = "" if role and role not in REACH else said.as_ or name
    known = said.type or (type_ or None)
    if role in REACH:
        known = "truth" if role == CONSENT else "text"
    return Place(at, name, role, field, known)  # type: ignore[arg-type]


def _header_faults(names: list[str], places: list[Place]) -> Iterator[tuple[str, str, str]]:
    bare = [place.at + 1 for place in places if (not place.header or "\0" in place.header) and place.role != LEFT_OUT]
    if bare:
        yield "FR04", f"column {', '.join(map(str, bare[:5]))} has no proper name.", "Name it, or delete the column."
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        yield "FR02", f"columns stand twice: {', '.join(map(repr, twice))}.", "Rename one of each."
        return
    for what in ("role", "field"):
        taken: dict[str, list[str]] = {}
        for place in places:
            if value := getattr(place, what):
                taken.setdefault(value, []).append(place.header)
        for value, headers in taken.items():
            if len(headers) > 1 and value != LEFT_OUT:
                shown = " and ".join(map(repr, headers))
                remedy = f'Leave one out, or give it another name: --map "{headers[-1]}=left_out".'
                yield "FR21", f"the columns {shown} are both {value!r}.", remedy
    if not any(place.role == UNIT for place in places):
        shown = ", ".join(name for name in names if name)[:300]
        yield "FR03", "no column is that of the ids.", f"Say which it is, with --id or --map: {shown}."
