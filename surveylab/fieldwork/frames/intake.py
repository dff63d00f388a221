"""Rows of a source on their way into the ledger: checked, cleaned and put aside first, typed once all are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from json.encoder import encode_basestring
from typing import Any

from surveylab.design.frames import FieldType, FrameReading
from surveylab.errors import DataError, Fault
from surveylab.fieldwork.frames import addresses
from surveylab.fieldwork.frames.kinds import A_VALUE, REMEDY, Inference, Kept, as_json, fits
from surveylab.fieldwork.frames.layout import Layout, Place
from surveylab.sources import Table
from surveylab.store.people import COLUMNS, Stored
from surveylab.store.snapshots import Listed
from surveylab.store.staging import Row, Staging

_AT_ONCE = 2_000
"""Rows that are looked at together, column by column."""
_ROLE_FAULTS = {
    "email": ("FR24", "Mend it, or leave it empty."),
    "phone": ("FR25", "Write it with its country code, such as +49 151 23456789, or leave it empty."),
    "time_zone": ("FR26", 'Write its name, or give the column another one: --map "{header}=place".'),
    "language": ("FR27", 'Write the tag, or give the column another name: --map "{header}=speaks".'),
    "consent": ("FR28", 'Write true or false, or give the column another name: --map "{header}=agreed".'),
    "consent_date": ("FR28", "Write it as 2026-01-31 or 31.1.2026."),
}
_CLEANERS: dict[str, Callable[[str], str]] = {
    "email": addresses.email,
    "time_zone": addresses.time_zone,
    "language": addresses.language,
    "consent": addresses.consent,
    "consent_date": addresses.consent_date,
}
"""Role -> a function that gives a value one spelling, or says why it cannot be used."""
_LINE_BREAK = "Remove it: it could become a header of a message."

Lines = Sequence[int]
Told = tuple[str, str, str]
"""Code, what, remedy."""


@dataclass
class Intake:
    """The first way through a source. ``faults`` are those of its rows; rows that have any are not put aside."""

    table: Table
    plan: Layout
    reading: FrameReading
    staging: Staging
    progress: Callable[[int], None] | None = None
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    """Read so far, the faulty ones included."""
    addresses: int = 0
    """Ids with an @ in them."""

    def __post_init__(self) -> None:
        self.inferred = {place.at: Inference() for place in self.plan.fields if place.type is None}
        self._clean = {place.at: Kept(partial(self._cleaned, place)) for place in self.plan.person}

    def run(self) -> None:
        """Read, check and put aside every row."""
        rows = self._rows()
        while chunk := list(islice(rows, _AT_ONCE)):
            self.rows += len(chunk)
            self._take(chunk)
            if self.progress:
                self.progress(self.rows)

    def types(self) -> dict[str, FieldType]:
        """Field -> type, in the order of the columns."""
        return {place.field: place.type or self.inferred[place.at].type for place in self.plan.fields}

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows up to where the source cannot be read any further, which is a fault of its own."""
        try:
            yield from self.table.rows
        except DataError as error:
            self.faults += error.faults

    def _take(self, chunk: list[tuple[int, list[str]]]) -> None:
        width = self.plan.width
        whole = [(line, row) for line, row in chunk if len(row) == width]
        if len(whole) < len(chunk):
            for line, row in chunk:
                if len(row) != width:
                    what = f"the row has {len(row):,} fields and the header {width:,}."
                    self._fault(line, "FR10", what, "Mend the row.")
        if not whole:
            return
        lines = [line for line, _ in whole]
        columns = list(zip(*(row for _, row in whole), strict=True))
        bad: set[int] = set()
        if "\0" in "".join(map("".join, columns)):
            for line, row in whole:
                if "\0" in "".join(row):
                    self._fault(line, "FR13", "the row holds a NUL character.", "Remove it.")
                    bad.add(line)
        units = self._stripped(columns, self.plan.unit)
        self.addresses += sum("@" in unit for unit in units)
        header = self.plan.unit.header
        for line, unit in zip(lines, units, strict=True):
            if not unit and line not in bad:
                what = f"the id in {header!r} is missing."
                self._fault(line, "FR11", what, "Give the unit its id, or remove the row.")
                bad.add(line)
        person = {place.role: self._person(columns, place, lines, bad) for place in self.plan.person}
        fields = [self._field(columns, place, lines, bad, person) for place in self.plan.fields]
        bodies = list(map("\0".join, zip(*fields, strict=True))) if fields else [""] * len(units)
        self.staging.add(self._staged(lines, units, bodies, person, bad))

    def _staged(
        self, lines: Lines, units: list[str], bodies: list[str], person: dict[str, list[str]], bad: set[int]
    ) -> Iterator[Row]:
        roles = tuple(person)
        parts = zip(*person.values(), strict=True) if person else iter([()] * len(units))
        at_email = roles.index("email") if "email" in roles else None
        at_phone = roles.index("phone") if "phone" in roles else None
        for line, unit, body, known in zip(lines, units, bodies, parts, strict=True):
            if line in bad:
                continue
            email = known[at_email] if at_email is not None else ""
            phone = known[at_phone] if at_phone is not None else ""
            joined = "\0".join(known) if any(known) else None
            yield Row(line, unit, body, joined, addresses.same_email(email) or None, phone or None)

    def _field(
        self, columns: list[Any], place: Place, lines: Lines, bad: set[int], person: dict[str, list[str]]
    ) -> list[str]:
        values = person[place.role] if place.role else self._stripped(columns, place)
        if place.type is None:
            self.inferred[place.at].see(lines, values)
            return values
        if place.role or place.type == "text":
            return values
        wrong = {text for text in set(values) if not fits(text, place.type)}
        if wrong:
            for line, text in zip(lines, values, strict=True):
                if text in wrong and line not in bad:
                    what = f"{text[:60]!r} in {place.header!r} is {A_VALUE[place.type]}."
                    self._fault(line, "FR23", what, REMEDY[place.type], place.at)
                    bad.add(line)
        return values

    def _person(self, columns: list[Any], place: Place, lines: Lines, bad: set[int]) -> list[str]:
        """The values of a column as they are stored; those that cannot be used are faults."""
        values = self._stripped(columns, place)
        cleaned = list(map(self._clean[place.at].__getitem__, values))
        if None in cleaned:  # those rows stay out
            for line, text, clean in zip(lines, values, cleaned, strict=True):
                if clean is None and line not in bad:
                    self._fault(line, *self._why_not(place, text), place.at)
                    bad.add(line)
        return [clean or "" for clean in cleaned]

    def _cleaned(self, place: Place, text: str) -> str | None:
        """A value of a person's column as it is stored; None where it cannot be used."""
        try:
            return self._usable(place.role, text)
        except addresses.UnusableError:
            return None

    def _usable(self, role: str, text: str) -> str:
        if not text:
            return ""
        if addresses.controls(text):
            raise addresses.UnusableError("has a line break or another control character in it")
        if role == "phone":
            return addresses.phone(text, self.reading.region)
        cleaner = _CLEANERS.get(role)
        return cleaner(text) if cleaner else text

    def _why_not(self, place: Place, text: str) -> Told:
        try:
            self._usable(place.role, text)
        except addresses.UnusableError as error:
            shown = f"{text[:60]!r} in {place.header!r} {error}."
            if addresses.controls(text):
                return "FR29", shown, _LINE_BREAK
            code, remedy = _ROLE_FAULTS[place.role]
            return code, shown, remedy.format(header=place.header)
        raise AssertionError(text)

    def _stripped(self, columns: list[Any], place: Place) -> list[str]:
        return [text.strip() for text in columns[place.at]]

    def _fault(self, line: int, code: str, what: str, remedy: str, at: int = 0) -> None:
        self.faults.append(Fault(self.table.name, line, at + 1, code, what, remedy))


def listed(staging: Staging, plan: Layout, types: dict[str, FieldType]) -> Iterator[Listed]:
    """Every row that was put aside as a unit of the frame, in the order of the ids: the second way through."""
    names = [place.field for place in plan.fields]
    order = sorted(range(len(names)), key=names.__getitem__)
    spellings: list[Any] = [Kept(as_json(types[name])) for name in names]
    inner = ",".join(as_json("text")(names[at]).replace("%", "%%") + ":%s" for at in order)
    template = "{" + inner + "}"
    stored = _storing(tuple(place.role for place in plan.person))
    rows = staging.ordered()
    while chunk := list(islice(rows, _AT_ONCE)):
        units, bodies, people = zip(*chunk, strict=True)
        if names:
            columns = list(zip(*(body.split("\0") for body in bodies), strict=True))
            spelt = [map(spellings[at].__getitem__, columns[at]) for at in order]
            bodies = tuple(map(template.__mod__, zip(*spelt, strict=True)))
        else:
            bodies = ("{}",) * len(chunk)
        yield from zip(units, bodies, [stored(known) if known else None for known in people], strict=True)


def _storing(roles: tuple[str, ...]) -> Callable[[str], Stored]:
    """A function from what is known of a person, in the order of the roles, to the columns of ``store.people``."""
    slots = [roles.index(name) if name in roles else None for name in COLUMNS[:-1]]
    at_consent = COLUMNS.index("consent")
    names = sorted(set(roles) - set(COLUMNS))
    details = [(as_json("text")(name) + ":", roles.index(name)) for name in names]

    def stored(joined: str) -> Stored:
        parts = joined.split("\0")
        columns: list[Any] = [None if at is None else parts[at] or None for at in slots]
        if columns[at_consent] is not None:
            columns[at_consent] = columns[at_consent] == "true"
        said = ",".join([key + encode_basestring(parts[at]) for key, at in details if parts[at]])
        return (*columns, f"{{{said}}}")

    return stored
