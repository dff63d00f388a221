"""Whom a notice of a provider is about: the contact that a message was, or everybody under an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from surveylab.store import contacts
from surveylab.store.contacts import Key
from surveylab.store.tables import contact, experiment, person, sampled_case, snapshot


def contact_named(conn: Connection, channel: str, provider_id: str) -> Key | None:
    """The contact whose message the provider of a channel calls so, the last one; None where there is none."""
    named = contact.c.channel == channel, contact.c.provider_id == provider_id
    query = select(contact.c.case_id, contact.c.step).where(*named).order_by(contact.c.since.desc()).limit(1)
    row = conn.execute(query).first()
    return None if row is None else (row.case_id, row.step)


def address_of(conn: Connection, case_id: int, attribute: str) -> str | None:
    """An address of the person behind a case, as it is now; None where none is known."""
    query = select(person.c[attribute]).select_from(_CASES).where(sampled_case.c.id == case_id)
    return conn.scalar(query)


def cases_at(
    conn: Connection, attribute: str, address: str, now: datetime, *, sent_by: str | None = None
) -> Sequence[int]:
    """The cases of running experiments whose person has an address, in order.

    Args:
        conn: the ledger.
        attribute: what kind of address it is: email, phone or app_id. Capitals of an email make no difference.
        address: as frames store it.
        now: an experiment runs from its draw until its last arm closes.
        sent_by: only those who were sent something by this channel.
    """
    running = experiment.c.drawn_at <= now, or_(experiment.c.closes_at.is_(None), experiment.c.closes_at > now)
    query = select(sampled_case.c.id).select_from(_CASES).where(_has(attribute, address), *running)
    if sent_by is not None:
        mine = contact.c.case_id == sampled_case.c.id, contact.c.channel == sent_by, contact.c.state == contacts.SENT
        query = query.where(exists().where(*mine))
    return conn.scalars(query.order_by(sampled_case.c.id)).all()


def amend(conn: Connection, key: Key, *, cost: float | None = None, detail: str = "") -> None:
    """Write down what is known of a contact only afterwards: what it cost, why it came back. Its state stays."""
    known = {name: value for name, value in (("cost", cost), ("detail", detail)) if value not in (None, "")}
    if known:
        conn.execute(update(contact).where(contact.c.case_id == key[0], contact.c.step == key[1]).values(**known))


def _has(attribute: str, address: str) -> ColumnElement[bool]:
    if attribute == "email":
        return func.lower(person.c.email) == address.lower()
    return person.c[attribute] == address


_CASES = (
    person.join(snapshot, snapshot.c.frame_id == person.c.frame_id)
    .join(experiment, experiment.c.snapshot_id == snapshot.c.id)
    .join(sampled_case, and_(sampled_case.c.experiment_id == experiment.c.id, sampled_case.c.unit == person.c.unit))
)
