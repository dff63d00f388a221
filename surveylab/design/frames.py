"""How a frame is read: what each column of its source is, and of which type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from surveylab.design.terms import IDENTITY

FieldType = Literal["integer", "decimal", "text", "truth", "date"]
SamePerson = Literal["refuse", "first", "last", "allow"]

UNIT = "unit"
"""The role of the column of ids."""
LEFT_OUT = "left_out"
"""The role of a column that is not read."""
PERSONAL = (*(name for name in IDENTITY if name != "e_mail"), "consent_date", "consent_basis")
"""Roles of columns that are kept apart from the fields, and from answers."""
CONSENT = "consent"
REACH = ("time_zone", "language", CONSENT)
"""Roles of columns that say when and how a person may be asked. They are fields too: rules and strata read them."""
ROLES = (UNIT, *PERSONAL, *REACH, LEFT_OUT)
ALIASES: Mapping[str, str] = MappingProxyType({"e_mail": "email", "timezone": "time_zone", "consented": "consent"})
"""Other names by which a column has a role without being told."""


@dataclass(frozen=True)
class Column:
    """What a column is.

    ``as_`` is a role (unit, email, phone, app_id, name, first_name, last_name, address, street, time_zone,
    language, consent, consent_date, consent_basis, left_out) or the name of a field; nothing: what its own
    name says. ``type`` is that of a field; nothing: what all of its values are.
    """

    as_: str = ""
    type: FieldType | None = None


_NONE: Mapping[str, Column] = MappingProxyType({})


@dataclass(frozen=True)
class FrameReading:
    """How the source of a frame is read.

    ``columns``: name of a column -> what it is; the others are what their names say. ``encoding`` and
    ``delimiter`` are those of a text file, ``sheet`` is one of a workbook; nothing: found out. ``region`` is
    the country (ISO 3166, two letters) of phone numbers without a country code. ``same_person`` says
    what to do with units that have the same email or phone: refuse the file, keep the first or
    the last of them, or allow it.
    """

    columns: Mapping[str, Column] = field(default_factory=lambda: _NONE)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    region: str | None = None
    same_person: SamePerson = "refuse"
