"""Load a frame: every row checked, all faults at once, all rows or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from surveylab.design.frames import FieldType, FrameReading
from surveylab.errors import DataError, Fault, SurveylabError
from surveylab.fieldwork.frames.faults import told
from surveylab.fieldwork.frames.intake import Intake, listed
from surveylab.fieldwork.frames.layout import Layout, layout
from surveylab.fieldwork.frames.opening import Query, opened
from surveylab.sources import How, Table
from surveylab.store import frames, log, snapshots
from surveylab.store.ledger import Ledger
from surveylab.store.staging import Staging

__all__ = ["AS_THEY_ARE", "Loaded", "Merged", "Query", "load_frame", "prepared"]

AS_THEY_ARE = FrameReading()
"""Nothing is said about the source: each column is what its name says."""


@dataclass(frozen=True)
class Merged:
    """Units that are one person, by email or phone: which of them stays on the frame, and which do not."""

    kept: str
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """A frame as it was loaded.

    ``new`` is whether it became a snapshot; the counts compare it with the one before. ``forgotten`` units were
    left out because whoever they are was forgotten. ``notes`` are sentences about what was taken for what.
    """

    frame: frames.StoredFrame
    new: bool
    added: int
    changed: int
    removed: int
    forgotten: int
    merged: tuple[Merged, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """A source that has no fault, its rows put aside: ``units`` are read once, in the order of their ids."""

    name: str
    units: Iterator[snapshots.Listed]
    types: Mapping[str, FieldType]
    merged: tuple[Merged, ...]
    notes: tuple[str, ...]


def load_frame(
    ledger: Ledger,
    name: str,
    source: Path | Query,
    now: datetime,
    reading: FrameReading = AS_THEY_ARE,
    *,
    progress: Callable[[int], None] | None = None,
) -> Loaded:
    """Read a file or a query into a new snapshot of the frame ``name``.

    ``progress`` is told the number of rows read. The ledger is locked for what is written only.

    Raises:
        DataError: every fault of the source (at most 50 are told); nothing was stored.
        SurveylabError: the frame cannot be called so.
    """
    if not name.strip() or not name.isprintable() or set(name) & set("/\\") or name.startswith("."):
        raise SurveylabError(f"A frame cannot be called {name!r}; write letters, digits, hyphens and underscores.")
    with prepared(source, reading, progress) as ready, ledger.write() as conn:
        taken = snapshots.take(conn, name, ready.units, ready.types, source=ready.name, at=now)
        counts = {key: value for key, value in vars(taken).items() if key != "frame"}
        log.record(conn, now, "frame load", {"frame": name, "snapshot": taken.frame.number, **counts})
    return Loaded(**vars(taken), merged=ready.merged, notes=ready.notes)


@contextmanager
def prepared(
    source: Path | Query, reading: FrameReading = AS_THEY_ARE, progress: Callable[[int], None] | None = None
) -> Iterator[Prepared]:
    """The units of a source: its rows are streamed, and wait in a temporary file until all are known to be right.

    Raises:
        DataError: every fault of the source.
    """
    with Staging() as staging:
        with opened(source, How(reading.encoding, reading.delimiter, reading.sheet)) as table:
            plan = _layout(table, reading)
            intake = Intake(table, plan, reading, staging, progress)
            intake.run()
            faults = [*_of_use(table, plan), *intake.faults]
            notes = (*table.notes, *_inferred(plan, intake), *_telling(intake))
        staging.settle()
        faults += _twice(table, plan, staging)
        merged, shared = _same_person(table, plan, reading, staging)
        faults += shared
        if not intake.rows and not faults:
            what = "the file has a header and no units."
            faults.append(Fault(table.name, 0, 0, "FR08", what, "Add one row for each unit."))
        if faults:
            raise DataError(told(faults))
        types = intake.types()
        yield Prepared(table.name, listed(staging, plan, types), types, merged, notes)


def _layout(table: Table, reading: FrameReading) -> Layout:
    try:
        return layout(table, reading)
    except DataError as error:
        raise DataError(told([*table.faults, *error.faults])) from None


def _of_use(table: Table, plan: Layout) -> list[Fault]:
    """What is known to be wrong with a source, but for whole columns that are left out."""
    return [fault for fault in table.faults if fault.line or fault.column - 1 not in plan.left_out]


def _inferred(plan: Layout, intake: Intake) -> list[str]:
    """What is said about columns whose type was inferred as text, though most of their values are something else."""
    found = [(place, intake.inferred[place.at].exception()) for place in plan.fields if place.at in intake.inferred]
    return [
        f"{place.header!r} is taken as text: {why}. To have that refused, declare its type (--type)."
        for place, why in found
        if why
    ]


def _telling(intake: Intake) -> list[str]:
    """That ids say who people are, where they look like it."""
    if not intake.addresses:
        return []
    why = (
        "An id stays when its person is forgotten, for draws are derived from it: give ids that say nothing elsewhere."
    )
    return [f"{intake.addresses:,} ids look like email addresses. {why}"]


def _twice(table: Table, plan: Layout, staging: Staging) -> list[Fault]:
    remedy = "Keep one row for each unit."
    return [
        Fault(table.name, line, plan.unit.at + 1, "FR12", f"the id {unit!r} stands in line {first} already.", remedy)
        for unit, first, line in staging.twice()
    ]


def _same_person(
    table: Table, plan: Layout, reading: FrameReading, staging: Staging
) -> tuple[tuple[Merged, ...], list[Fault]]:
    """Units with the same email or phone: merged, or refused."""
    roles = {place.role for place in plan.person}
    if reading.same_person == "allow" or not roles & {"email", "phone"}:
        return (), []
    groups = [staging.units(lines) for lines in staging.alike()]
    if reading.same_person == "refuse":
        remedy = "Keep one of them, or say which stays: --same-person first, last or allow."
        return (), [
            Fault(
                table.name,
                line,
                1,
                "FR30",
                f"{unit!r} has the email or phone of {group[0][1]!r}, line {group[0][0]}.",
                remedy,
            )
            for group in groups
            for line, unit in group[1:]
        ]
    merged = []
    for group in groups:
        kept = group[0] if reading.same_person == "first" else group[-1]
        dropped = [each for each in group if each is not kept]
        staging.drop(line for line, _ in dropped)
        merged.append(Merged(kept[1], tuple(unit for _, unit in dropped)))
    return tuple(merged), []
