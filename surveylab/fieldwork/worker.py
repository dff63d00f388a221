"""A worker: it sends what is due, once, to whoever may still be contacted, and writes down what became of it.

A contact is claimed, then attempted in a transaction of its own, then sent while no session of the database is open,
then settled. So two workers never send one contact, and one that ends in between leaves it *uncertain*
(docs/decisions/0017). Whatever speaks against a contact is looked up the moment before it: an answer, an opt-out, a
pause, the close, quiet hours, the cap over all experiments.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from surveylab import registry
from surveylab.channels import Delivering, Outcome, Outgoing, Receipt, Sender, UnreachableError
from surveylab.design.experiment import Contact, Plan, Study
from surveylab.errors import SurveylabError
from surveylab.fieldwork.contacting import by, hours_of
from surveylab.fieldwork.messages import composed
from surveylab.fieldwork.studies import Studies
from surveylab.settings import Settings
from surveylab.store import contacts, experiments, responses, suppressions
from surveylab.store.contacts import Claimed
from surveylab.store.ledger import Connection, Ledger

CLAIM_LASTS = timedelta(minutes=10)
"""How long a worker may have a contact in hand before others may take it; it finds it lost then, and sends nothing."""
ATTEMPT_LASTS = timedelta(minutes=30)
"""How long a message may be under way before nobody knows what became of it: longer than a channel waits for an
answer, which is up to ten minutes behind the end of an email (RFC 5321, 4.5.3.2.6)."""
BATCH = 50
_BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""How long is waited after the first try that failed, the second and so on; the last for all behind it."""
_HAND_OVER = 1_000
"""Contacts of a list that are written in one transaction."""

_ALL = "the interview is over", "closed", "suppressed", "no consent"
"""Reasons that also speak against every later contact of the case."""


@dataclass(frozen=True)
class _Verdict:
    """What is to become of a contact: a state of ``store.contacts``, ``attempted`` meaning that it may go."""

    state: str
    why: str = ""
    until: datetime | None = None


@dataclass
class Worker:
    """One that sends what is due. Any number of them may work on one ledger.

    ``base_url`` begins the links in messages, ``clock`` tells the time. Where ``stopping`` is set, the message that is
    under way is settled, and what else is in hand is planned again.
    """

    ledger: Ledger
    base_url: str
    clock: Callable[[], datetime]
    stopping: Event = field(default_factory=Event)
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")

    def __post_init__(self) -> None:
        self._studies = Studies(self.ledger)
        self._plans: dict[tuple[int, frozenset[tuple[str, str]]], Plan] = {}

    def sweep(self) -> tuple[int, int]:
        """Take what dead workers had in hand: how many contacts are planned again, and how many are uncertain."""
        now = self.clock()
        with self.ledger.write() as conn:
            return contacts.sweep(conn, now, now - CLAIM_LASTS, now - ATTEMPT_LASTS)

    def has_due(self, channel: str) -> bool:
        """Whether anything is due on a channel now."""
        with self.ledger.read() as conn:
            due = contacts.next_due(conn, channel)
        return due is not None and due <= self.clock()

    def deliver(self, channel: str, sender: Sender, most: int = BATCH) -> Counter[str]:
        """Send what is due on a channel, up to so many contacts. State -> how many came into it.

        Raises:
            UnreachableError: nothing can be sent now; what was claimed and did not go is planned again.
        """
        with self.ledger.write() as conn:
            keys = contacts.claim(conn, channel, self.name, self.clock(), most)
        return self._send(channel, sender, keys) if keys else Counter()

    def _send(self, channel: str, sender: Sender, keys: Sequence[contacts.Key]) -> Counter[str]:
        came: Counter[str] = Counter()
        with self.ledger.read() as conn:
            batch = contacts.claimed(conn, keys)
        done: tuple[Claimed, Receipt] | None = None
        try:
            for number, claimed in enumerate(batch):
                if self.stopping.is_set():
                    self._give_back(batch[number:])
                    break
                with self.ledger.write() as conn:  # what became of the last one, and what is about to be tried
                    if done is not None:
                        came[self._settled(conn, channel, *done)] += 1
                    state, message = self._try(conn, channel, claimed)
                done = None
                if message is None:
                    came[state] += 1
                    continue
                try:
                    receipt = sender.send(message)
                except UnreachableError:
                    self._give_back(batch[number:])
                    raise
                except Exception as error:
                    receipt = Receipt(Outcome.UNCERTAIN, f"{type(error).__name__}: {error}")
                done = claimed, receipt
        finally:
            if done is not None:
                with self.ledger.write() as conn:
                    came[self._settled(conn, channel, *done)] += 1
        return came

    def _give_back(self, batch: Sequence[Claimed]) -> None:
        with self.ledger.write() as conn:
            contacts.give_back(conn, [(each.case.id, each.step) for each in batch], self.name)

    def hand_over(self, slug: str, target: Path) -> int:
        """Write the messages of an experiment that are carried by hand into a file; how many.

        Nothing goes over a network, so many are written and settled in one transaction.

        Raises:
            SurveylabError: the experiment was not drawn.
        """
        with self.ledger.read() as conn:
            running = experiments.experiment(conn, slug)
        if running is None or running.drawn_at is None:
            raise SurveylabError(f"{slug} was not drawn; run surveylab draw first.")
        return sum(self._hand_over(channel, running.id, target) for channel in by("hand"))

    def _hand_over(self, channel: str, experiment: int, target: Path) -> int:
        module: Delivering = registry.load("channels", channel)
        written = 0
        with module.connect({}, str(target)) as sender:
            with self.ledger.write() as conn:
                keys = contacts.claim_of(conn, experiment, channel, self.name, self.clock())
            for some in (keys[start : start + _HAND_OVER] for start in range(0, len(keys), _HAND_OVER)):
                with self.ledger.write() as conn:
                    for claimed in contacts.claimed(conn, some):
                        message = self._try(conn, channel, claimed, at_any_hour=True)[1]
                        if message is not None:
                            written += self._settled(conn, channel, claimed, sender.send(message)) == contacts.SENT
        return written

    def _plan(self, claimed: Claimed) -> tuple[Study, Plan]:
        study = self._studies.study(claimed.case.experiment)
        place = claimed.case.experiment, frozenset(claimed.case.levels.items())
        if place not in self._plans:
            self._plans[place] = study.plan(study.experiment.arm_of(claimed.case.levels))
        return study, self._plans[place]

    def _message(self, channel: str, claimed: Claimed) -> Outgoing:
        study, plan = self._plan(claimed)
        return composed(
            study,
            plan,
            claimed.case,
            claimed.person,
            claimed.step,
            address=registry.load("channels", channel).ADDRESS,
            base_url=self.base_url,
            closes_at=claimed.closes_at,
        )

    def _try(
        self, conn: Connection, channel: str, claimed: Claimed, *, at_any_hour: bool = False
    ) -> tuple[str, Outgoing | None]:
        """Write down that a contact is about to be sent, or what becomes of it instead: its state, and its message."""
        now, key = self.clock(), (claimed.case.id, claimed.step)
        try:
            message = self._message(channel, claimed)
        except (KeyError, SurveylabError) as error:  # a case in no arm, documents that cannot be read any more
            contacts.settle(conn, key, contacts.CANCELLED, now, detail=f"it has no message: {error}")
            return contacts.CANCELLED, None
        verdict = self._verdict(conn, claimed, message, now, at_any_hour=at_any_hour)
        if verdict.state == contacts.ATTEMPTED:
            contacts.attempt(conn, key, self.name, now)
            return verdict.state, message
        if verdict.until is not None:
            contacts.postpone(conn, key, verdict.until, now, verdict.why)
        elif verdict.state in (contacts.HELD, contacts.CANCELLED):
            contacts.settle(conn, key, verdict.state, now, detail=verdict.why)
            if verdict.state == contacts.CANCELLED and verdict.why not in _ALL:
                self._plan_next(conn, claimed, now, other_channel=True)
        return verdict.state, None

    def _verdict(
        self, conn: Connection, claimed: Claimed, message: Outgoing, now: datetime, *, at_any_hour: bool
    ) -> _Verdict:
        contact, case = self._plan(claimed)[1].contact, claimed.case
        cancelled = contacts.CANCELLED
        if contact.cap is not None:
            contacts.hold(conn, case.unit)
        stands = contacts.standing(conn, (case.id, claimed.step), self.name)
        person, channel = stands.person, contact.steps[claimed.step].channel
        address = registry.load("channels", str(channel)).ADDRESS
        if not stands.mine:
            return _Verdict("lost")
        if stands.ended:
            return _Verdict(cancelled, "the interview is over")
        if now >= claimed.closes_at:
            return _Verdict(cancelled, "closed")
        if claimed.frame is not None and suppressions.barred(conn, claimed.frame, case.unit, person):
            return _Verdict(cancelled, "suppressed")
        if person is not None and person.consent is False:
            return _Verdict(cancelled, "no consent")
        if stands.paused:
            return _Verdict(contacts.HELD, "paused")
        if address is not None:
            reached_at = getattr(person, address, None)
            if not reached_at:
                return _Verdict(cancelled, f"no {address} is known")
            if reached_at != message.address:  # it has changed since the message was written
                return _Verdict(contacts.PLANNED, until=now)
        if at_any_hour:
            return _Verdict(contacts.ATTEMPTED)
        return self._in_time(conn, claimed, contact, now)

    def _in_time(self, conn: Connection, claimed: Claimed, contact: Contact, now: datetime) -> _Verdict:
        """Whether the hour and the cap allow a contact now; else when they will, or that they will not in time."""
        hours, zone = hours_of(contact), self._zone(claimed, contact)
        until, why = hours.allowed(now, zone), "quiet hours"
        cap = contact.cap
        if cap is not None and until == now:
            before = contacts.contacted(conn, claimed.case.unit, now - cap.per)
            if len(before) >= cap.contacts:
                until, why = hours.allowed(before[-cap.contacts] + cap.per, zone), "the cap over all experiments"
        if until == now:
            return _Verdict(contacts.ATTEMPTED)
        if until >= claimed.closes_at:
            return _Verdict(contacts.CANCELLED, why)
        return _Verdict(contacts.PLANNED, why, until)

    def _settled(self, conn: Connection, channel: str, claimed: Claimed, receipt: Receipt) -> str:
        """Write down what became of a contact, and plan the one behind it. Its state."""
        now, key, case = self.clock(), (claimed.case.id, claimed.step), claimed.case.id
        if receipt.outcome is Outcome.DEFERRED:
            contact = self._plan(claimed)[1].contact
            wait = max(_BACK_OFF[min(claimed.tries, len(_BACK_OFF) - 1)], receipt.again_after or timedelta())
            until = hours_of(contact).allowed(now + wait, self._zone(claimed, contact))
            if until < claimed.closes_at:
                contacts.postpone(conn, key, until, now, receipt.detail)
                return contacts.PLANNED
        state = _BECOMES[receipt.outcome]
        cost = None if receipt.cost is None else float(receipt.cost)
        contacts.settle(
            conn,
            key,
            state,
            now,
            detail=receipt.detail,
            provider_id=receipt.provider_id,
            parts=receipt.parts,
            cost=cost,
        )
        if state == contacts.SENT:
            responses.append_event(conn, case, now, "sent", channel, key=f"{case}:sent:{claimed.step}")
        elif state == contacts.REFUSED:
            told = f"{channel} {receipt.detail}".rstrip()
            responses.append_event(conn, case, now, "bounced", told, key=f"{case}:bounced:{claimed.step}")
        self._plan_next(conn, claimed, now, other_channel=state in (contacts.REFUSED, contacts.CANCELLED))
        return state

    def _plan_next(self, conn: Connection, claimed: Claimed, now: datetime, *, other_channel: bool) -> None:
        """Plan the reminder behind a contact, where there is one; only by another channel where this one failed."""
        contact = self._plan(claimed)[1].contact
        following = claimed.step + 1
        if following >= len(contact.steps):
            return
        this, reminder = contact.steps[claimed.step], contact.steps[following]
        apart = reminder.after - this.after
        if reminder.after % _DAY == timedelta():  # it keeps to the hour of sending
            apart = -(-apart // _DAY) * _DAY
        due = hours_of(contact).due(now, apart, self._zone(claimed, contact))
        if due >= claimed.closes_at:
            return
        if other_channel and reminder.channel == this.channel:
            later = replace(claimed, step=following)
            self._plan_next(conn, later, now, other_channel=True)
            return
        contacts.plan_one(conn, (claimed.case.id, following), str(reminder.channel), due, claimed.closes_at)

    @staticmethod
    def _zone(claimed: Claimed, contact: Contact) -> str:
        return (claimed.person and claimed.person.time_zone) or contact.time_zone


_DAY = timedelta(days=1)
_BECOMES: Mapping[Outcome, str] = {
    Outcome.SENT: contacts.SENT,
    Outcome.REFUSED: contacts.REFUSED,
    Outcome.UNCERTAIN: contacts.UNCERTAIN,
    Outcome.DEFERRED: contacts.CANCELLED,  # there is no time left in which to try again
}


def send_due(worker: Worker, settings: Settings, failed: Callable[[str, SurveylabError], None]) -> Counter[str]:
    """Send everything that is due on all channels that workers carry. State -> how many contacts came into it.

    A channel that cannot be used now is told to ``failed`` with its name, and the others go on.
    """
    came: Counter[str] = Counter()
    worker.sweep()
    for channel in by("worker"):
        if not worker.has_due(channel):
            continue
        module: Delivering = registry.load("channels", channel)
        try:
            with module.connect(settings.channel(channel), "") as sender:
                while not worker.stopping.is_set() and (found := worker.deliver(channel, sender)):
                    came += found
        except SurveylabError as error:
            failed(channel, error)
    return came
