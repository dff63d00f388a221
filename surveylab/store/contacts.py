r"""Contacts: one message to one case, from the moment that it is planned to what became of it.

    planned -> claimed -> attempted -> sent | refused | uncertain
       ^  \        \           |
       |   held     cancelled   |
       +------------------------+  deferred

A contact is *claimed* by one worker for a while, *attempted* in a transaction of its own before the network is used,
and settled after it. What a dead worker had claimed is planned again; what it had attempted is *uncertain*: nobody
knows whether the person got it, so nothing sends it again but a person's word. While its experiment is paused, a
contact that comes up is *held*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    update,
)

from surveylab.design.cases import ENDS
from surveylab.store._bulk import insert_rows, loading, stored
from surveylab.store._sql import insert, one_at_a_time
from surveylab.store.cases import Case
from surveylab.store.people import COLUMNS, Person
from surveylab.store.tables import assignment, contact, event, experiment, person, sampled_case, snapshot

PLANNED, HELD, CLAIMED, ATTEMPTED = "planned", "held", "claimed", "attempted"
SENT, REFUSED, UNCERTAIN, CANCELLED = "sent", "refused", "uncertain", "cancelled"
STATES = (PLANNED, HELD, CLAIMED, ATTEMPTED, SENT, REFUSED, UNCERTAIN, CANCELLED)

Key = tuple[int, int]
"""A contact: its case and its step, 0 being the first message and 1 the first reminder."""


@dataclass(frozen=True)
class Claimed:
    """A contact in the hands of a worker, with all that its message is made of."""

    case: Case
    step: int
    due_at: datetime
    closes_at: datetime
    tries: int
    frame: int | None
    person: Person | None
    """As the frame knows them now; None where nobody is known."""


@dataclass(frozen=True)
class Standing:
    """How a case stands the moment before a contact: all that may speak against it."""

    mine: bool
    """Whether the contact is still claimed by this worker."""
    ended: bool
    """Whether the person has answered, opted out or found the survey closed to them."""
    paused: bool
    person: Person | None


@dataclass(frozen=True)
class Journal:
    """One contact as it stands, for people to read."""

    case: int
    unit: str
    levels: Mapping[str, str]
    step: int
    channel: str
    due_at: datetime
    state: str
    since: datetime | None
    tries: int
    parts: int | None
    cost: float | None
    detail: str


def plan(conn: Connection, rows: Iterable[tuple[int, int, str, datetime, datetime]]) -> None:
    """Write contacts: case, step, channel, when it is due and when its case closes. Many at once."""
    due, closes = contact.c.due_at, contact.c.closes_at
    moments: dict[datetime, Any] = {}

    def moment(at: datetime, column: Any) -> Any:
        if at not in moments:
            moments[at] = stored(conn, column, at)
        return moments[at]

    names = ("case_id", "step", "channel", "due_at", "closes_at", "state")
    planned = (
        (case, step, channel, moment(due_at, due), moment(closes_at, closes), PLANNED)
        for case, step, channel, due_at, closes_at in rows
    )
    with loading(conn):
        insert_rows(conn, contact, names, planned)


def plan_one(conn: Connection, key: Key, channel: str, due_at: datetime, closes_at: datetime) -> None:
    """Write one contact, unless it is there already."""
    row = {"case_id": key[0], "step": key[1], "channel": channel, "due_at": due_at, "closes_at": closes_at}
    conn.execute(_PLAN, row | {"state": PLANNED, "tries": 0, "detail": ""})


def claim(conn: Connection, channel: str, worker: str, now: datetime, most: int) -> list[Key]:
    """Take the contacts of a channel that have been due for longest; nobody else gets them meanwhile."""
    asked = {"by_channel": channel, "by": worker, "now": now, "most": most}
    rows = conn.execute(_CLAIM[conn.dialect.name], asked).all()
    return [(case, step) for case, step in rows]


def claim_of(conn: Connection, experiment_id: int, channel: str, worker: str, now: datetime) -> list[Key]:
    """Take the planned contacts of an experiment on a channel: first messages due or not, reminders when due."""
    mine = select(sampled_case.c.id).where(sampled_case.c.experiment_id == experiment_id)
    query = update(contact).where(contact.c.state == PLANNED, contact.c.channel == channel)
    query = query.where(or_(contact.c.step == 0, contact.c.due_at <= now))
    query = query.where(contact.c.case_id.in_(mine)).values(state=CLAIMED, worker=worker, since=now)
    return sorted((case, step) for case, step in conn.execute(query.returning(contact.c.case_id, contact.c.step)))


def next_due(conn: Connection, channel: str) -> datetime | None:
    """When the next planned contact on a channel is due; None where there is none."""
    waiting = contact.c.state == literal_column("'planned'"), contact.c.channel == channel
    return conn.scalar(select(contact.c.due_at).where(*waiting).order_by(contact.c.due_at).limit(1))


def claimed(conn: Connection, keys: Sequence[Key]) -> list[Claimed]:
    """What the messages of claimed contacts are made of, in the order of ``keys``."""
    found: dict[Key, Claimed] = {}
    query = _CLAIMED.where(tuple_(contact.c.case_id, contact.c.step).in_(list(keys)))
    rows = conn.execute(query.order_by(contact.c.case_id, contact.c.step))
    for key, group in groupby(rows, lambda row: (row.case_id, row.step)):
        row, levels = _levels(group)
        place = row.case_id, row.experiment_id, row.slug, row.unit, row.token
        case = Case(*place, levels, row.fields, row.drawn_at, None, row.stratum, row.paused_at)
        found[key] = Claimed(case, row.step, row.due_at, row.closes_at, row.tries, row.frame_id, _person(row))
    return [found[key] for key in keys if key in found]


def standing(conn: Connection, key: Key, worker: str) -> Standing:
    """How a case stands now; on PostgreSQL its contact is held until the transaction ends."""
    row = conn.execute(_STANDING[conn.dialect.name], {"case": key[0], "step": key[1]}).one()
    return Standing(row.state == CLAIMED and row.worker == worker, row.ended, row.paused_at is not None, _person(row))


def contacted(conn: Connection, unit: str, after: datetime) -> list[datetime]:
    """When a unit was sent something, or may have been, in all experiments after a moment; in order."""
    return sorted(conn.scalars(_CONTACTED, {"unit": unit, "after": after}))


def hold(conn: Connection, unit: str) -> None:
    """Keep all others who are about to contact this unit waiting until the transaction ends."""
    one_at_a_time(conn, f"contact {unit}")


def attempt(conn: Connection, key: Key, worker: str, now: datetime) -> None:
    """Write down that a contact is about to be sent."""
    conn.execute(_ATTEMPT, {"case": key[0], "number": key[1], "by": worker, "now": now})


def postpone(conn: Connection, key: Key, until: datetime, now: datetime, detail: str) -> None:
    """Plan a contact for later; a try that failed counts, and its reason stays to be read."""
    conn.execute(_POSTPONE, {"case": key[0], "number": key[1], "until": until, "now": now, "why": detail})


def give_back(conn: Connection, keys: Sequence[Key], worker: str) -> None:
    """Plan contacts again that this worker had claimed and did not come to, or had attempted in vain."""
    here = tuple_(contact.c.case_id, contact.c.step).in_(list(keys))
    mine = contact.c.worker == worker, contact.c.state.in_((CLAIMED, ATTEMPTED))
    conn.execute(update(contact).where(here, *mine).values(state=PLANNED, worker=null(), since=null()))


def settle(
    conn: Connection,
    key: Key,
    state: str,
    now: datetime,
    *,
    detail: str = "",
    provider_id: str | None = None,
    parts: int | None = None,
    cost: float | None = None,
) -> None:
    """Write down what became of a contact: a state that stays, or ``held``."""
    row = {"case": key[0], "number": key[1], "became": state, "now": now, "why": detail}
    conn.execute(_SETTLE, row | {"named": provider_id, "in_parts": parts, "at_cost": cost})


def sweep(conn: Connection, now: datetime, claimed_before: datetime, attempted_before: datetime) -> tuple[int, int]:
    """Take what dead workers had in hand: claims are planned again, attempts are uncertain. How many of each."""
    stale = contact.c.state == CLAIMED, contact.c.since < claimed_before
    again = conn.execute(update(contact).where(*stale).values(state=PLANNED, worker=null(), since=null())).rowcount
    lost = contact.c.state == ATTEMPTED, contact.c.since < attempted_before
    why = "the worker ended while it was being sent"
    unsure = conn.execute(update(contact).where(*lost).values(state=UNCERTAIN, detail=why, since=now)).rowcount
    return again, unsure


def release(conn: Connection, slug: str) -> None:
    """Plan again what was held while an experiment was paused."""
    mine = select(sampled_case.c.id).join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    held = contact.c.state == HELD, contact.c.case_id.in_(mine.where(experiment.c.slug == slug))
    conn.execute(update(contact).where(*held).values(state=PLANNED, worker=null(), since=null()))


def journal(
    conn: Connection, slug: str, *, states: Sequence[str] = STATES, unit: str | None = None
) -> Iterable[Journal]:
    """The contacts of all versions of an experiment in these states, by case and step."""
    query = _JOURNAL.where(experiment.c.slug == slug, contact.c.state.in_(states))
    if unit is not None:
        query = query.where(sampled_case.c.unit == unit)
    query = query.order_by(contact.c.case_id, contact.c.step)
    with conn.execute(query, execution_options={"yield_per": 10_000}) as rows:
        for _, group in groupby(rows, lambda row: (row.case_id, row.step)):
            row, levels = _levels(group)
            yield Journal(levels=levels, **{name: getattr(row, name) for name in _TOLD})


def counts(conn: Connection, slug: str) -> dict[str, int]:
    """State -> how many contacts of an experiment are in it."""
    source = contact.join(sampled_case, sampled_case.c.id == contact.c.case_id)
    source = source.join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    query = select(contact.c.state, func.count().label("contacts")).select_from(source).where(experiment.c.slug == slug)
    return {row.state: row.contacts for row in conn.execute(query.group_by(contact.c.state))}


def _levels(group: Iterable[Any]) -> tuple[Any, dict[str, str]]:
    """The first of the rows of a contact, one for each of its factors, and factor -> level."""
    rows = list(group)
    return rows[0], {row.factor: row.level for row in rows if row.factor is not None}


def _person(row: Any) -> Person | None:
    if row.known is None:
        return None
    return Person(**{name: getattr(row, f"person_{name}") for name in COLUMNS})


_PLAN = insert(
    contact,
    ("case_id", "step"),
    columns=("case_id", "step", "channel", "due_at", "closes_at", "state", "tries", "detail"),
)
_PERSON = [person.c.unit.label("known"), *(person.c[name].label(f"person_{name}") for name in COLUMNS)]


def _with_people(source: Any) -> Any:
    """Contacts with their cases, experiments and the people behind them."""
    source = source.join(sampled_case, sampled_case.c.id == contact.c.case_id)
    source = source.join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    source = source.outerjoin(snapshot, snapshot.c.id == experiment.c.snapshot_id)
    same = and_(person.c.frame_id == snapshot.c.frame_id, person.c.unit == sampled_case.c.unit)
    return source.outerjoin(person, same)


_CLAIMED: Select[Any] = (
    select(
        contact.c.case_id,
        contact.c.step,
        contact.c.due_at,
        contact.c.closes_at,
        contact.c.tries,
        *(sampled_case.c[name] for name in ("experiment_id", "unit", "token", "fields", "stratum")),
        *(experiment.c[name] for name in ("slug", "drawn_at", "paused_at")),
        snapshot.c.frame_id,
        *_PERSON,
        assignment.c.factor,
        assignment.c.level,
    )
    .select_from(_with_people(contact))
    .outerjoin(assignment, assignment.c.case_id == contact.c.case_id)
)

_ENDED: ColumnElement[bool] = exists().where(event.c.case_id == contact.c.case_id, event.c.kind.in_(sorted(ENDS)))
_ONE = and_(contact.c.case_id == bindparam("case"), contact.c.step == bindparam("step"))
_STANDS = (
    select(contact.c.state, contact.c.worker, experiment.c.paused_at, _ENDED.label("ended"), *_PERSON)
    .select_from(_with_people(contact))
    .where(_ONE)
)
_STANDING = {"sqlite": _STANDS, "postgresql": _STANDS.with_for_update(of=contact)}

_WAITING = contact.alias("waiting")
_DUE = (
    select(_WAITING.c.case_id, _WAITING.c.step)
    .where(
        _WAITING.c.state == literal_column("'planned'"),  # spelt as in the index, so that it is used
        _WAITING.c.channel == bindparam("by_channel"),
        _WAITING.c.due_at <= bindparam("now"),
    )
    .order_by(_WAITING.c.due_at)
    .limit(bindparam("most"))
)


def _claiming(due: Select[Any]) -> Any:
    mine = tuple_(contact.c.case_id, contact.c.step).in_(due)
    taken = update(contact).where(mine).values(state=CLAIMED, worker=bindparam("by"), since=bindparam("now"))
    return taken.returning(contact.c.case_id, contact.c.step)


_CLAIM = {"sqlite": _claiming(_DUE), "postgresql": _claiming(_DUE.with_for_update(skip_locked=True))}

_THIS = and_(contact.c.case_id == bindparam("case"), contact.c.step == bindparam("number"))
_ATTEMPT = (
    update(contact)
    .where(_THIS)
    .values(state=ATTEMPTED, worker=bindparam("by"), since=bindparam("now"), tries=contact.c.tries + 1)
)
_POSTPONE = (
    update(contact)
    .where(_THIS)
    .values(state=PLANNED, worker=null(), due_at=bindparam("until"), since=bindparam("now"), detail=bindparam("why"))
)
_SETTLE = (
    update(contact)
    .where(_THIS)
    .values(
        state=bindparam("became"),
        since=bindparam("now"),
        detail=bindparam("why"),
        provider_id=bindparam("named"),
        parts=bindparam("in_parts"),
        cost=bindparam("at_cost"),
    )
)
_MAY_HAVE_REACHED = (ATTEMPTED, UNCERTAIN)
_OF_UNIT = experiment.join(sampled_case, sampled_case.c.experiment_id == experiment.c.id)
_HERE = sampled_case.c.unit == bindparam("unit")
_CONTACTED = (
    select(event.c.at)
    .select_from(_OF_UNIT.join(event, event.c.case_id == sampled_case.c.id))
    .where(_HERE, event.c.kind == "sent", event.c.at > bindparam("after"))
    .union_all(
        select(contact.c.since)
        .select_from(_OF_UNIT.join(contact, contact.c.case_id == sampled_case.c.id))
        .where(_HERE, contact.c.state.in_(_MAY_HAVE_REACHED), contact.c.since > bindparam("after"))
    )
)

_OF_CONTACT = ("step", "channel", "due_at", "state", "since", "tries", "parts", "cost", "detail")
_TOLD = ("case", "unit", *_OF_CONTACT)
_JOURNAL: Select[Any] = (
    select(
        contact.c.case_id,
        contact.c.case_id.label("case"),
        *(contact.c[name] for name in _OF_CONTACT),
        sampled_case.c.unit,
        assignment.c.factor,
        assignment.c.level,
    )
    .select_from(contact)
    .join(sampled_case, sampled_case.c.id == contact.c.case_id)
    .join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    .outerjoin(assignment, assignment.c.case_id == contact.c.case_id)
)
