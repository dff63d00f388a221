"""Put people on the list of those who are asked nothing any more: one by one, or by a file of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path

from surveylab.design.frames import ALIASES
from surveylab.errors import DataError, Fault
from surveylab.fieldwork.frames import addresses
from surveylab.fieldwork.frames.faults import told
from surveylab.fieldwork.frames.kinds import day
from surveylab.fieldwork.frames.layout import plain
from surveylab.fieldwork.frames.opening import opened
from surveylab.sources import How, Table
from surveylab.store import log, suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.suppressions import KINDS, Suppression

_FAULTS = {"email": "FR24", "phone": "FR25", "unit": "FR11"}
_REMEDY = "Mend it, or remove the row."


@dataclass(frozen=True)
class Listing:
    """What stands beside each address where a file does not say it itself."""

    reason: str
    at: datetime
    region: str | None = None
    """The country of phone numbers without a country code."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it is done; ``at`` is since when it holds."""


def suppress_one(ledger: Ledger, kind: str, text: str, listing: Listing) -> int:
    """Put one address or unit on the list; 0 where it was there already. DataError where it is no such address."""
    entry = Suppression(kind, usable(kind, text, listing.region, f"--{kind}"), listing.reason, listing.at)
    return _written(ledger, [entry], listing)


def lift_one(ledger: Ledger, kind: str, text: str, now: datetime, region: str | None = None) -> bool:
    """Take one address or unit off the list; whether it was there."""
    value = usable(kind, text, region, f"--{kind}")
    with ledger.write() as conn:
        lifted = suppressions.lift(conn, kind, value)
        detail = {"kind": kind, "who": suppressions.pseudonym(conn, kind, value), "lifted": lifted}
        log.record(conn, now, "lift", detail)
    return lifted


def suppress_file(ledger: Ledger, path: Path, listing: Listing, how: How) -> tuple[int, int]:
    """Put everybody of a file on the list; how many addresses it has, and how many of them are new.

    The file has a column ``email``, ``phone`` or ``unit``, or several of them, and may have ``reason`` and ``date``.

    Raises:
        DataError: every fault of the file; nobody was put on the list.
    """
    faults: list[Fault] = []
    with opened(path, how) as table:
        entries = list(_entries(table, listing, faults))
        faults += table.faults
    if faults:
        raise DataError(told(faults))
    return len(entries), _written(ledger, entries, listing)


def _written(ledger: Ledger, entries: Sequence[Suppression], listing: Listing) -> int:
    """Put people on the list, and say so in the log; how many are new."""
    with ledger.write() as conn:
        new = suppressions.suppress(conn, entries)
        detail: dict[str, object] = {"addresses": len(entries), "new": new}
        if len(entries) == 1:
            detail["who"] = suppressions.pseudonym(conn, entries[0].kind, entries[0].value)
        log.record(conn, listing.now, "suppress", detail)
    return new


def _entries(table: Table, listing: Listing, faults: list[Fault]) -> Iterator[Suppression]:
    names = [ALIASES.get(plain(name), plain(name)) for name in table.header]
    if not set(names) & set(KINDS):
        what = "no column is called email, phone or unit."
        raise DataError([Fault(table.name, table.line or 1, 1, "FR31", what, "Name the column of the addresses so.")])
    for line, row in table.rows:
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        written = cells.get("date", "")
        said = day(written)
        if written and not said:
            what = f"{written[:60]!r} is no date."
            faults.append(Fault(table.name, line, 1, "FR28", what, "Write it as 2026-01-31 or 31.1.2026."))
            continue
        at = datetime.combine(datetime.fromisoformat(said), time(), UTC) if said else listing.at
        given = [(kind, cells[kind]) for kind in KINDS if cells.get(kind)]
        if not given:
            faults.append(Fault(table.name, line, 1, "FR11", "the row has no address and no unit.", _REMEDY))
        for kind, text in given:
            try:
                value = usable(kind, text, listing.region, table.name, line)
            except DataError as error:
                faults += error.faults
            else:
                yield Suppression(kind, value, cells.get("reason") or listing.reason, at)


def usable(kind: str, text: str, region: str | None, name: str, line: int = 0) -> str:
    """An address or a unit's id as frames store it. DataError, which names where it stands, where it is none."""
    try:
        return _cleaned(kind, text.strip(), region)
    except addresses.UnusableError as error:
        what = f"{text[:60]!r} {error}."
        raise DataError([Fault(name, line, 1 if line else 0, _FAULTS[kind], what, _REMEDY)]) from None


def _cleaned(kind: str, text: str, region: str | None) -> str:
    if not text or addresses.controls(text):
        raise addresses.UnusableError("has a line break or another control character in it" if text else "is nothing")
    if kind == "unit":
        return text
    return addresses.email(text) if kind == "email" else addresses.phone(text, region)
