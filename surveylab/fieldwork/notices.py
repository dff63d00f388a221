"""What providers tell of messages and addresses, once it is verified, becomes events of the cases that it is about."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surveylab import registry
from surveylab.channels import Notice
from surveylab.store import recipients, responses, suppressions
from surveylab.store.contacts import Key
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.suppressions import Suppression

log = logging.getLogger(__name__)

_WITH_CHANNEL = frozenset(("delivered", "bounced"))
"""Kinds of event whose detail begins with the channel; that of an opt-out says by what it was."""


@dataclass(frozen=True)
class Taken:
    """What became of some notices: events that were written, and notices that are of nobody here."""

    events: int = 0
    unknown: int = 0


def take(ledger: Ledger, channel: str, notices: Sequence[Notice], now: datetime) -> Taken:
    """Write down what the provider of a channel tells, each notice once however often it comes, in any order.

    Who opts out goes on the list of those who are asked nothing, and opts out of every running experiment: all the
    cases under the address, whoever asked. All else is of the message that is named, or of those who were sent
    something under the address.

    Args:
        ledger: the database.
        channel: whose provider tells it.
        notices: as ``channels.Notified.notices`` found them in a request that was signed.
        now: when the request came; the moment of a notice that tells none.
    """
    if not notices:
        return Taken()
    told = _Told(channel, registry.load("channels", channel).ADDRESS, now)
    events = unknown = 0
    with ledger.write() as conn:
        for notice in notices:
            about, written = told.take(conn, notice)
            events += written
            unknown += not about
    if unknown:
        log.info("Of %d notices of the channel %s, %d are of nobody here.", len(notices), channel, unknown)
    return Taken(events, unknown)


@dataclass(frozen=True)
class _Told:
    """By whose provider, and when: the channel, the kind of address that it delivers to, the moment."""

    channel: str
    attribute: str | None
    now: datetime

    def take(self, conn: Connection, notice: Notice) -> tuple[Sequence[int], int]:
        """The cases that a notice is of, and how many events it has made."""
        key = recipients.contact_named(conn, self.channel, notice.provider_id) if notice.provider_id else None
        address = notice.address
        if key is not None and self.attribute is not None and not address:
            address = recipients.address_of(conn, key[0], self.attribute) or ""
        detail = _unnamed(notice.detail, address)
        if key is not None:
            cost = None if notice.cost is None else float(notice.cost)
            recipients.amend(conn, key, cost=cost, detail=detail if notice.kind == "bounced" else "")
        about = self._about(conn, notice, key, address)
        words = f"{self.channel} {detail}".rstrip() if notice.kind in _WITH_CHANNEL else detail
        at = min(notice.at or self.now, self.now)  # the clock of a provider may be ahead
        once = f"{self.channel}:{notice.once}"
        return about, sum(
            responses.append_event(conn, case, at, notice.kind, words, key=f"{case}:{once}") for case in about
        )

    def _about(self, conn: Connection, notice: Notice, key: Key | None, address: str) -> Sequence[int]:
        """The cases that a notice is of; whoever opts out is put on the list as well."""
        named = [] if key is None else [key[0]]
        if self.attribute is None or not address or (notice.provider_id and notice.kind != "opted_out"):
            return named
        if notice.kind != "opted_out":
            return recipients.cases_at(conn, self.attribute, address, self.now, sent_by=self.channel)
        if self.attribute in suppressions.KINDS:
            entry = Suppression(self.attribute, address, notice.detail or "opted out", self.now)
            suppressions.suppress(conn, [entry])
        return sorted({*named, *recipients.cases_at(conn, self.attribute, address, self.now)})


def _unnamed(detail: str, address: str) -> str:
    """What a provider says, without the address: events outlive the data of a person."""
    if not address:
        return detail
    return re.sub(rf"\+?{re.escape(address.removeprefix('+'))}", "…", detail, flags=re.IGNORECASE)
