"""Quotas: the places that cases hold in them, confirmed or reserved until they expire.

They are exact because the cases of one experiment come one at a time: whoever takes, confirms
or gives back a place first calls ``wait``, which holds all others back until the transaction
ends. A reservation that has expired keeps its row until somebody needs the place; then the row
goes. So no clock that runs behind can bring a place back that was given away, and the rows of
a quota never exceed its limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from surveylab.design.terms import Counts
from surveylab.store._sql import insert, one_at_a_time
from surveylab.store.tables import event, experiment, sampled_case
from surveylab.store.tables import quota_place as place


@dataclass(frozen=True)
class Claim:
    """The need of a case for a place in one quota: of ``most``, and until when it would be reserved.

    One that is not ``decided`` keeps a place that the case has already, and takes no new one.
    """

    quota: str
    most: int
    counts: Counts
    expires_at: datetime
    decided: bool


@dataclass(frozen=True)
class Tally:
    """How far one quota is: places confirmed and reserved now, and cases that found it full."""

    confirmed: int = 0
    reserved: int = 0
    turned_away: int = 0


def wait(conn: Connection, experiment_id: int) -> None:
    """Hold all others who would touch the places of an experiment back until this transaction ends.

    It comes first in a transaction: who waited for it with rows written already could be waited for.
    """
    one_at_a_time(conn, f"quotas {experiment_id}")


def settle(conn: Connection, experiment_id: int, case_id: int, claims: Sequence[Claim], now: datetime) -> str | None:
    """Give a case the places that it claims and no others, or none where a quota is full.

    A place that is held already is kept for longer; one that is claimed no more is given back.

    Args:
        conn: a connection that writes and has called ``wait``.
        experiment_id: the version of the experiment.
        case_id: a case that has not ended.
        claims: its needs, in the order of the file.
        now: what has expired by then makes room; it is the time of the ``clock``.

    Returns:
        The first quota that is full; None where every claim has its place.
    """
    mine = {"experiment": experiment_id, "case": case_id}
    held = set(conn.scalars(_HELD, mine))
    due = [claim for claim in claims if claim.decided or claim.quota in held]
    for claim in due:
        if not _has_room(conn, experiment_id, claim, now, held=claim.quota in held):
            give_back(conn, case_id)
            return claim.quota
    for quota in held.difference(claim.quota for claim in due):
        conn.execute(_LEAVE, {**mine, "quota": quota})
    rows = [
        {"experiment_id": experiment_id, "quota": claim.quota, "case_id": case_id, "expires_at": claim.expires_at}
        for claim in due
    ]
    if rows:
        conn.execute(_RESERVE, rows)
    return None


def confirm(conn: Connection, case_id: int, now: datetime) -> None:
    """Make the places of a case last; call it behind ``settle``, in the same transaction."""
    conn.execute(_CONFIRM, {"case": case_id, "now": now})


def give_back(conn: Connection, case_id: int) -> None:
    """Free the places that a case holds and has not confirmed."""
    conn.execute(_GIVE_BACK, {"case": case_id})


def clock(conn: Connection, experiment_id: int, now: datetime) -> datetime:
    """The time on the clock of the reservations: it stands still while the experiment is paused.

    Who reads it behind ``wait`` cannot miss the end of a pause, which waits as well.
    """
    paused_at = conn.scalar(_PAUSED_AT, {"experiment": experiment_id})
    return now if paused_at is None else min(now, paused_at)


def extend(conn: Connection, experiment_id: int, since: datetime, by: timedelta) -> None:
    """Keep the reservations that stood at a moment for so much longer."""
    mine = (place.c.experiment_id == experiment_id, place.c.confirmed_at.is_(None), place.c.expires_at > since)
    rows = conn.execute(select(place.c.quota, place.c.case_id, place.c.expires_at).where(*mine)).all()
    if rows:
        longer = update(place).where(
            place.c.experiment_id == experiment_id,
            place.c.quota == bindparam("in_quota"),
            place.c.case_id == bindparam("of_case"),
        )
        changes = [{"in_quota": row.quota, "of_case": row.case_id, "expires_at": row.expires_at + by} for row in rows]
        conn.execute(longer, changes)


def tallies(conn: Connection, experiment_id: int, now: datetime) -> dict[str, Tally]:
    """How far each quota is; one that nobody has come to is not among them."""
    now = clock(conn, experiment_id, now)
    confirmed = func.count(place.c.confirmed_at)
    reserved = func.count(case((place.c.confirmed_at.is_(None) & (place.c.expires_at > now), 1)))
    places = select(place.c.quota, confirmed, reserved).where(place.c.experiment_id == experiment_id)
    found = {quota: Tally(*counts) for quota, *counts in conn.execute(places.group_by(place.c.quota))}
    refused = (
        select(event.c.detail, func.count(event.c.case_id.distinct()))
        .join(sampled_case, sampled_case.c.id == event.c.case_id)
        .where(sampled_case.c.experiment_id == experiment_id, event.c.kind == "quota_full")
        .group_by(event.c.detail)
    )
    for quota, count in conn.execute(refused):
        there = found.get(quota, Tally())
        found[quota] = Tally(there.confirmed, there.reserved, count)
    return found


def confirmed(conn: Connection, experiment_id: int, quota: str) -> int:
    """How many places of a quota are confirmed: those never become free again."""
    return conn.scalar(_CONFIRMED, {"experiment": experiment_id, "quota": quota}) or 0


def _has_room(conn: Connection, experiment_id: int, claim: Claim, now: datetime, *, held: bool) -> bool:
    if claim.counts is Counts.COMPLETES:
        return confirmed(conn, experiment_id, claim.quota) < claim.most
    if held:
        return True
    quota = {"experiment": experiment_id, "quota": claim.quota}
    taken = conn.scalar(_TAKEN, quota) or 0
    if taken >= claim.most:
        taken -= conn.execute(_EXPIRE, {**quota, "now": now}).rowcount
    return taken < claim.most


_OF_QUOTA = (place.c.experiment_id == bindparam("experiment"), place.c.quota == bindparam("quota"))
_OF_CASE = place.c.case_id == bindparam("case")
_OPEN = place.c.confirmed_at.is_(None)

_PAUSED_AT = select(experiment.c.paused_at).where(experiment.c.id == bindparam("experiment"))
_HELD = select(place.c.quota).where(place.c.experiment_id == bindparam("experiment"), _OF_CASE)
_TAKEN = select(func.count()).select_from(place).where(*_OF_QUOTA)
_CONFIRMED = _TAKEN.where(place.c.confirmed_at.is_not(None))
_EXPIRE = delete(place).where(*_OF_QUOTA, _OPEN, place.c.expires_at <= bindparam("now"))
_LEAVE = delete(place).where(*_OF_QUOTA, _OF_CASE, _OPEN)
_GIVE_BACK = delete(place).where(_OF_CASE, _OPEN)
_RESERVE = insert(
    place,
    ("experiment_id", "quota", "case_id"),
    columns=("experiment_id", "quota", "case_id", "expires_at"),
    replacing=("expires_at",),
)
_CONFIRM = update(place).where(_OF_CASE, _OPEN).values(confirmed_at=bindparam("now"))
"""Built once: a statement that is built anew for each request costs as much as its execution."""
