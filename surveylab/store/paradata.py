"""How pages came to be answered: each display of a page, and what was done with its items.

The server's times are there for every submission. What a page's script told of the same
display (table ``beacon``) is joined to them where there is any; no answer ever hangs on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from surveylab.store._bulk import chunks
from surveylab.store._sql import among, insert
from surveylab.store.tables import beacon, event, paradata, sampled_case

SLACK = 1.0
"""Seconds by which the clock of a device may outrun that of the server within one page."""
_AT_ONCE = 1_000
"""Cases that are read together."""


@dataclass(frozen=True)
class ItemParadata:
    """What was done with one item on one display of its page.

    ``focus`` and ``input`` are seconds from the display to the first of each, None where there was
    none. ``edits`` are those of the ``changes`` that took back something answered before.
    ``pasted`` says whether text was pasted into it, not which.
    """

    focus: float | None
    input: float | None
    changes: int
    edits: int
    pasted: bool


@dataclass(frozen=True)
class Display:
    """One display of a page to one case.

    ``submitted_at`` is None where the page was left without being sent. ``seconds`` are those of
    the server from the display to the submission; ``active`` those in which the page was in view
    and ``hidden`` those in which it was not, as its script told, None where it told nothing that
    the server's clock allows. ``device`` is what window and pointer say, else what the browser
    calls itself. ``signals`` are signs of a program instead of a person; they decide nothing.
    """

    case: int
    page: str
    visit: str
    shown_at: datetime
    submitted_at: datetime | None
    device: str
    active: float | None
    hidden: float | None
    viewport: tuple[int, int] | None
    items: Mapping[str, ItemParadata]
    signals: tuple[str, ...]

    @property
    def seconds(self) -> float | None:
        """From the display to the submission, by the server's clock."""
        return None if self.submitted_at is None else (self.submitted_at - self.shown_at).total_seconds()


def record_beacon(
    conn: Connection,
    case_id: int,
    page: str,
    visit: str,
    detail: Mapping[str, Any],
    *,
    shown_at: datetime,
    at: datetime,
) -> None:
    """Keep what a script told of one display of a page; the first telling of a display stays."""
    conn.execute(
        _BEACON,
        {"case_id": case_id, "page": page, "visit": visit, "shown_at": shown_at, "at": at, "detail": dict(detail)},
    )


def displays(conn: Connection, experiment_id: int) -> Iterator[list[Display]]:
    """Every display of a page that was submitted or told of, by case and time, up to a thousand cases at once."""
    mine = select(sampled_case.c.id).where(sampled_case.c.experiment_id == experiment_id).order_by(sampled_case.c.id)
    ids = conn.scalars(mine).all()
    return (_displays(conn, some) for some in chunks(ids, _AT_ONCE))


def active_seconds(conn: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, float]]:
    """Case -> page -> seconds in view from its display to its first submission, errors in between included.

    Only where the display that was submitted told of itself, and only as many as the server's clock allows
    (methodology 2.2: server-validated client focus time).
    """
    # A page that comes back with errors is a display of its own that was first shown at the same moment.
    same = and_(
        beacon.c.case_id == paradata.c.case_id,
        beacon.c.page == paradata.c.page,
        beacon.c.shown_at == paradata.c.shown_at,
    )
    submitted = (paradata.c.case_id, paradata.c.page, paradata.c.visit, paradata.c.shown_at, paradata.c.submitted_at)
    query = select(*submitted, beacon.c.visit.label("display"), beacon.c.detail)
    query = query.select_from(paradata.outerjoin(beacon, same))
    rows = conn.execute(query.where(among(conn, paradata.c.case_id, case_ids)).order_by(paradata.c.submitted_at)).all()
    first: dict[tuple[int, str], str] = {}
    for row in rows:
        first.setdefault((row.case_id, row.page), row.visit)
    spans: dict[tuple[int, str], float] = {}
    told: dict[tuple[int, str], dict[str, float | None]] = defaultdict(dict)
    for row in rows:
        place = row.case_id, row.page
        if first[place] == row.visit and row.display is not None:
            spans[place] = (row.submitted_at - row.shown_at).total_seconds()
            told[place][row.display] = _active(row.detail)
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for (case, page), each in told.items():
        total = sum(seconds for seconds in each.values() if seconds is not None)
        if each.get(first[case, page]) is not None and total <= spans[case, page] + SLACK:
            found[case][page] = min(total, spans[case, page])
    return found


def page_seconds(conn: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, float]]:
    """Case -> page -> seconds from its first display to its first submission, by the server's clock."""
    instant = paradata.c.shown_at.type
    first = func.min(paradata.c.shown_at, type_=instant), func.min(paradata.c.submitted_at, type_=instant)
    place = paradata.c.case_id, paradata.c.page
    seconds: dict[int, dict[str, float]] = defaultdict(dict)
    for case, page, shown, submitted in conn.execute(
        select(*place, *first).where(among(conn, paradata.c.case_id, case_ids)).group_by(*place)
    ):
        seconds[case][page] = (submitted - shown).total_seconds()
    return seconds


def finished_page_seconds(conn: Connection, experiment_id: int, most: int) -> list[Mapping[str, float]]:
    """The page seconds of the cases that finished last, up to ``most`` of them."""
    last = (
        select(event.c.case_id)
        .join(sampled_case, sampled_case.c.id == event.c.case_id)
        .where(sampled_case.c.experiment_id == experiment_id, event.c.kind == "submitted")
        .order_by(event.c.id.desc())
        .limit(most)
    )
    return list(page_seconds(conn, conn.scalars(last).all()).values())


def _displays(conn: Connection, ids: Sequence[int]) -> list[Display]:
    told = select(beacon).where(among(conn, beacon.c.case_id, ids))
    beacons = {(row.case_id, row.page, row.visit): row for row in conn.execute(told)}
    found = []
    for row in conn.execute(select(paradata).where(among(conn, paradata.c.case_id, ids))):
        teller = beacons.pop((row.case_id, row.page, row.visit), None)
        display = _display(row, teller.detail if teller else {}, row.submitted_at, row.device, row.detail)
        found.append((row.submitted_at, display))
    found += [(row.at, _display(row, row.detail, None, "", {})) for row in beacons.values()]
    # Displays of one page with errors were first shown at the same moment: the one that ended first comes first.
    ordered = sorted(found, key=lambda each: (each[1].case, each[1].shown_at, each[0], each[1].visit))
    return [display for _, display in ordered]


def _display(
    row: Any, told: Mapping[str, Any], submitted: datetime | None, device: str, noted: Mapping[str, Any]
) -> Display:
    span = (submitted - row.shown_at).total_seconds() if submitted else None
    active = _active(told)
    possible = active is not None and (span is None or active <= span + SLACK)
    return Display(
        case=row.case_id,
        page=row.page,
        visit=row.visit,
        shown_at=row.shown_at,
        submitted_at=submitted,
        device=told.get("device", device),
        active=(active if span is None else min(active, span)) if active is not None and possible else None,
        hidden=told["hidden"] if possible else None,
        viewport=tuple(told["viewport"]) if "viewport" in told else None,
        items={item: ItemParadata(**each) for item, each in told.get("items", {}).items()},
        signals=tuple(noted.get("signals", ())),
    )


def _active(told: Mapping[str, Any]) -> float | None:
    """Seconds in view, as told: open and not hidden."""
    return told["open"] - told["hidden"] if "open" in told and "hidden" in told else None


_BEACON = insert(beacon, ("case_id", "page", "visit"))
