"""Contacting: the first message of every case is planned, and people say what became of the uncertain ones.

What is due is sent by workers (``fieldwork.worker``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from surveylab import registry
from surveylab.calendars import Hours
from surveylab.design.experiment import Contact, Study
from surveylab.errors import SurveylabError
from surveylab.store import cases, contacts, frames, people, responses
from surveylab.store.ledger import Connection, Ledger


def by(how: str) -> tuple[str, ...]:
    """The channels that are carried by a worker, by hand, or by arrival."""
    return tuple(name for name in registry.names("channels") if how == registry.load("channels", name).BY)


def hours_of(contact: Contact) -> Hours:
    """When the messages of a plan go out."""
    return Hours(contact.send_at, contact.quiet_hours, contact.days, contact.holidays)


def plan_sample(conn: Connection, study: Study, experiment: int, now: datetime) -> None:
    """Plan the first contact of every case of a draw, in the time zone of each person."""
    exp = study.experiment
    on_frame = frames.frame(conn, exp.frame.source) if exp.frame else None
    zones = people.time_zones(conn, on_frame.id) if on_frame else {}
    plans = {frozenset(arm.levels): study.plan(arm).contact for arm in exp.arms}
    moments: dict[tuple[frozenset[Any], str], datetime] = {}

    def rows() -> Iterator[tuple[int, int, str, datetime, datetime]]:
        for case, unit, levels in cases.drawn(conn, experiment):
            contact = plans[levels]
            if contact.channel in arriving:
                continue
            zone = zones.get(unit) or contact.time_zone
            if (levels, zone) not in moments:
                moments[levels, zone] = hours_of(contact).due(now, contact.wait, zone)
            yield case, 0, contact.channel, moments[levels, zone], now + contact.closes

    arriving = by("arrival")
    contacts.plan(conn, list(rows()))


def resolve(ledger: Ledger, slug: str, unit: str, step: int, *, sent: bool, now: datetime) -> None:
    """Say of an uncertain contact whether the person got it. One that they did not get goes out again.

    Raises:
        SurveylabError: the unit has no contact of this step that is uncertain.
    """
    with ledger.write() as conn:
        found = [
            each for each in contacts.journal(conn, slug, states=(contacts.UNCERTAIN,), unit=unit) if each.step == step
        ]
        if not found:
            raise SurveylabError(
                f"No contact {step} of {unit} in {slug} is uncertain; see surveylab contacts {slug} --state uncertain."
            )
        one = found[-1]
        key = one.case, step
        if sent:
            contacts.settle(conn, key, contacts.SENT, now, detail="as a person says", parts=one.parts, cost=one.cost)
            at = one.since or now
            responses.append_event(conn, one.case, at, "sent", one.channel, key=f"{one.case}:sent:{step}")
        else:
            contacts.postpone(conn, key, now, now, "as a person says, it was not sent")
