"""A worker sends what is due, once, to whoever may still be contacted, whatever the channel answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from surveylab import spec
from surveylab.channels import Outcome, Outgoing, Receipt, UnreachableError
from surveylab.errors import SurveylabError
from surveylab.fieldwork import pausing, recruit
from surveylab.fieldwork.contacting import resolve
from surveylab.fieldwork.worker import ATTEMPT_LASTS, CLAIM_LASTS, Worker
from surveylab.store import cases, contacts, responses, snapshots, suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.suppressions import Suppression

DRAWN = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday."""
ZONES = ("Europe/Berlin", "America/New_York", "UTC")
TRIAL = """
format: 1
title: Reminders
frame: {{source: customers}}
inquiries: {{reply: {{outcome: response, contrast: {{again: [two, none]}}}}}}
sampling: {{scheme: srs, n: 12}}
assignment:
  scheme: complete
  factors: {{again: {{varies: contact.reminders, levels: {{none: [], two: [P3D, {{after: P7D, message: last}}]}}}}}}
contact: {{channel: console, closes: P21D, {contact}}}
messages:
  invitation: {{subject: "Hello {{unit.first_name|you}}", body: "{{link|}} until {{closes|}}"}}
  last: {{subject: Last call, body: "{{link|}}"}}
measurement: {{instrument: questions}}
"""
QUESTIONS = """
format: 1
title: One
version: "1"
languages: [en]
introduction: Hello.
thanks: Thanks.
contact: us@example.org
pages: [{id: one, items: [a]}]
items: [{id: a, type: nps, text: How likely?}]
"""


@dataclass
class Post:
    """A channel that keeps what it is given, and answers as it is told."""

    answers: Callable[[Outgoing], Receipt] = lambda _: Receipt(Outcome.SENT, provider_id="p")
    sent: list[Outgoing] = field(default_factory=list)

    def send(self, message: Outgoing) -> Receipt:
        """Keep it once it is answered."""
        receipt = self.answers(message)
        self.sent.append(message)
        return receipt


@dataclass
class Clock:
    """The time, moved by hand."""

    now: datetime = DRAWN

    def __call__(self) -> datetime:
        """The moment that it was set to."""
        return self.now


def people() -> Iterator[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """Twelve customers in three time zones."""
    for number in range(12):
        known = {"time_zone": ZONES[number % 3], "email": f"c{number}@example.org", "first_name": f"Ann{number}"}
        yield f"c{number:02d}", {"region": "north"}, known


def drawn(ledger: Ledger, contact: str = "message: invitation", name: str = "trial") -> None:
    """Twelve cases of an experiment, half with two reminders, half with none."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "digest", people(), DRAWN)
    written = {f"{name}.yaml": TRIAL.format(contact=contact), "questions.yaml": QUESTIONS}
    recruit.draw(ledger, spec.read_documents(written, f"{name}.yaml"), DRAWN)


def run(worker: Worker, post: Post, clock: Clock, until: datetime, step: timedelta = timedelta(hours=1)) -> list[Any]:
    """Let time pass; (when, unit, subject) of everything that was sent."""
    told = []
    while clock.now < until:
        before = len(post.sent)
        while worker.deliver("console", post):
            pass
        told += [(clock.now, each.unit, each.subject) for each in post.sent[before:]]
        clock.now += step
        worker.sweep()
    return told


def states(ledger: Ledger, slug: str = "trial") -> dict[str, int]:
    """State -> how many contacts."""
    with ledger.read() as conn:
        return contacts.counts(conn, slug)


def case_of(ledger: Ledger, unit: str, slug: str = "trial") -> contacts.Journal:
    """The first contact of a unit."""
    with ledger.read() as conn:
        return next(iter(contacts.journal(conn, slug, unit=unit)))


def happened(ledger: Ledger, unit: str, kind: str, at: datetime, slug: str = "trial") -> None:
    """Let something happen to the case of a unit."""
    with ledger.write() as conn:
        responses.append_event(conn, case_of(ledger, unit, slug).case, at, kind)


@pytest.fixture
def clock() -> Clock:
    """The morning of the draw."""
    return Clock()


@pytest.fixture
def worker(ledger: Ledger, clock: Clock) -> Worker:
    """A worker whose time is moved by hand."""
    return Worker(ledger, "http://x", clock)


def test_everybody_is_asked_at_nine_of_their_own_clock_and_reminded_as_the_arm_says(
    ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    """Once each; on the third and the seventh day behind it where there are reminders; nothing else for weeks."""
    drawn(ledger)
    told = run(worker, Post(), clock, DRAWN + timedelta(days=25))
    first = {unit: at for at, unit, subject in told if subject.startswith("Hello") and at.day < 4}
    nine = {"Europe/Berlin": 8, "America/New_York": 14, "UTC": 9}
    assert {unit: at.hour for unit, at in first.items()} == {
        f"c{number:02d}": nine[ZONES[number % 3]] for number in range(12)
    }
    many = Counter(unit for _, unit, _ in told)
    reminded = {unit for unit in first if case_of(ledger, unit).levels["again"] == "two"}
    assert many == {unit: 3 if unit in reminded else 1 for unit in first}
    for unit in reminded:
        assert [(at.date() - DRAWN.date()).days for at, who, _ in told if who == unit] == [0, 3, 7]
        assert [subject for _, who, subject in told if who == unit][-1] == "Last call"
    assert states(ledger) == {"sent": 24}
    with ledger.read() as conn:
        for unit in first:
            history = responses.interview_state(conn, case_of(ledger, unit).case)
            assert history is not None


def test_a_message_is_filled_and_names_the_last_day(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """The name from where it is kept apart, the link of the case, the day in the person's own zone."""
    drawn(ledger)
    post = Post()
    run(worker, post, clock, DRAWN + timedelta(days=1))
    one = next(each for each in post.sent if each.unit == "c05")
    assert one.subject == "Hello Ann5"
    assert one.body == f"{one.link} until 2026-03-23"
    assert one.opt_out == f"{one.link}/unsubscribe"
    assert len({each.key for each in post.sent}) == 12


@pytest.mark.parametrize("kind", ["submitted", "opted_out", "screened_out", "quota_full"])
def test_who_has_answered_is_not_reminded(ledger: Ledger, worker: Worker, clock: Clock, kind: str) -> None:
    """What happens between planning and sending cancels what is planned, and nothing is planned behind it."""
    drawn(ledger)
    run(worker, Post(), clock, DRAWN + timedelta(days=1))
    reminded = [f"c{n:02d}" for n in range(12) if case_of(ledger, f"c{n:02d}").levels["again"] == "two"]
    for unit in reminded[:4]:
        happened(ledger, unit, kind, clock.now)
    told = run(worker, Post(), clock, DRAWN + timedelta(days=25))
    assert {unit for _, unit, _ in told} == set(reminded[4:])
    assert states(ledger) == {"sent": 12 + 2 * 2, "cancelled": 4}


def test_an_opt_out_counts_everywhere_and_at_once(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """From another experiment, by the unit, and by an address on the list; also for what has been claimed."""
    drawn(ledger)
    drawn(ledger, name="other")
    happened(ledger, "c01", "opted_out", DRAWN, "other")
    with ledger.write() as conn:
        suppressions.suppress(conn, [Suppression("email", "C2@example.org", "asked", DRAWN)])
    post = Post()

    def meanwhile(message: Outgoing) -> Receipt:
        if len(post.sent) == 0:
            later = {"c00", "c03", "c06", "c09"} - {message.unit}  # claimed together: the same zone
            for unit in later:
                happened(ledger, unit, "opted_out", clock.now)
        return Receipt(Outcome.SENT)

    post.answers = meanwhile
    told = run(worker, post, clock, DRAWN + timedelta(days=1))
    units = Counter(unit for _, unit, _ in told)
    assert "c01" not in units
    assert "c02" not in units
    assert sum(unit in units for unit in ("c00", "c03", "c06", "c09")) == 1


def test_nobody_is_contacted_behind_the_close_or_without_consent(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """A worker that comes back after the close sends nothing, and says why."""
    drawn(ledger)
    clock.now = DRAWN + timedelta(days=21)
    assert run(worker, Post(), clock, clock.now + timedelta(days=1)) == []
    assert case_of(ledger, "c00").detail == "closed"
    assert states(ledger) == {"cancelled": 12}


def test_a_pause_holds_what_comes_up_and_its_end_lets_it_go(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """Nothing goes out meanwhile, and nothing is lost."""
    drawn(ledger)
    pausing.pause(ledger, "trial", DRAWN)
    assert run(worker, Post(), clock, DRAWN + timedelta(days=1)) == []
    assert states(ledger) == {"held": 12}
    pausing.resume(ledger, "trial", clock.now)
    assert len(run(worker, Post(), clock, clock.now + timedelta(days=1))) == 12


def test_the_cap_is_over_all_experiments(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """Two in ten days: the second experiment's message goes, its reminder waits until the first is ten days old."""
    drawn(ledger)
    drawn(ledger, "cap: {contacts: 2, per: P10D}", "other")
    told = run(worker, Post(), clock, DRAWN + timedelta(days=25))
    for unit in {unit for _, unit, _ in told}:
        moments = [at for at, who, _ in told if who == unit]
        assert len(moments) >= 2
    with ledger.read() as conn:
        late = [each for each in contacts.journal(conn, "other") if each.step == 1]
    assert late
    for each in late:
        assert each.since is not None
        before = [at for at, who, _ in told if who == each.unit and at < each.since]
        assert sum(at > each.since - timedelta(days=10) for at in before) < 2


def test_what_fails_for_now_is_tried_again_and_what_fails_for_good_is_not(
    ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    """A deferred message goes out later, once; a refused one is undelivered, and no reminder follows it there."""
    drawn(ledger)
    failures: Counter[str] = Counter()

    def answers(message: Outgoing) -> Receipt:
        failures[message.unit] += 1
        if message.unit < "c04" and failures[message.unit] < 4:
            return Receipt(Outcome.DEFERRED, "451 come back", again_after=timedelta(minutes=7))
        if message.unit > "c08":
            return Receipt(Outcome.REFUSED, "550 no such mailbox")
        return Receipt(Outcome.SENT)

    post = Post(answers)
    run(worker, post, clock, DRAWN + timedelta(days=2))
    assert all(case_of(ledger, f"c0{n}").tries == 4 for n in range(4))
    assert states(ledger)["refused"] == 3
    run(worker, post, clock, DRAWN + timedelta(days=25))
    assert all(failures[unit] == 1 for unit in ("c09", "c10", "c11"))


def test_what_is_deferred_to_the_end_is_given_up(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """Within the field period, and never behind it."""
    drawn(ledger)
    post = Post(lambda _: Receipt(Outcome.DEFERRED, "451 busy"))
    told = run(worker, post, clock, DRAWN + timedelta(days=25), timedelta(hours=6))
    assert max(at for at, _, _ in told) < DRAWN + timedelta(days=21)
    assert states(ledger) == {"cancelled": 12}


@pytest.mark.parametrize("how", ["said", "raised", "died"])
def test_what_nobody_knows_is_left_to_a_person(ledger: Ledger, worker: Worker, clock: Clock, how: str) -> None:
    """It is never sent again by itself; a person says whether it was, and then it counts or goes."""
    drawn(ledger)
    post = Post()
    lost: list[str] = []

    def answers(message: Outgoing) -> Receipt:
        if lost and message.unit != lost[0]:
            return Receipt(Outcome.SENT)
        assert not lost, "sent a second time"
        lost.append(message.unit)
        if how == "raised":
            raise TimeoutError("no answer")
        if how == "died":
            raise KeyboardInterrupt
        return Receipt(Outcome.UNCERTAIN, "the line went dead")

    post.answers = answers
    clock.now = DRAWN + timedelta(hours=2)
    if how == "died":
        with pytest.raises(KeyboardInterrupt):
            worker.deliver("console", post)
        clock.now += max(CLAIM_LASTS, ATTEMPT_LASTS) + timedelta(minutes=1)
        worker = Worker(ledger, "http://x", clock)
        assert worker.sweep()[1] == 1
    run(worker, post, clock, DRAWN + timedelta(days=25))
    assert case_of(ledger, lost[0]).state == "uncertain"
    with pytest.raises(SurveylabError, match="is uncertain"):
        resolve(ledger, "trial", "c99", 0, sent=True, now=clock.now)
    resolve(ledger, "trial", lost[0], 0, sent=True, now=clock.now)
    assert case_of(ledger, lost[0]).state == "sent"


def test_what_was_not_sent_after_all_goes_out_again(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """Once a person says so."""
    drawn(ledger)
    clock.now = DRAWN + timedelta(hours=2)
    worker.deliver("console", Post(lambda _: Receipt(Outcome.UNCERTAIN)))
    unsure = states(ledger)["uncertain"]
    with ledger.read() as conn:
        units = [each.unit for each in contacts.journal(conn, "trial", states=("uncertain",))]
    for unit in units:
        resolve(ledger, "trial", unit, 0, sent=False, now=clock.now)
    post = Post()
    worker.deliver("console", post)
    assert len(post.sent) == unsure == 4


def test_a_channel_that_is_down_costs_nothing(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """What was claimed and did not go is planned as before, and goes when the channel is back."""
    drawn(ledger)
    clock.now = DRAWN + timedelta(hours=2)

    def down(message: Outgoing) -> Receipt:
        raise UnreachableError("no route")

    with pytest.raises(UnreachableError):
        worker.deliver("console", Post(down))
    assert states(ledger) == {"planned": 12}
    assert worker.deliver("console", Post()) == {"sent": 4}


def test_what_a_dead_worker_had_claimed_is_done_by_another(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """After the time of a claim, not before; and the dead one finds nothing of its own when it comes back."""
    drawn(ledger)
    clock.now = DRAWN + timedelta(hours=2)
    with ledger.write() as conn:
        assert len(contacts.claim(conn, "console", "dead", clock.now, 50)) == 4
    assert worker.deliver("console", Post()) == {}
    clock.now += CLAIM_LASTS
    assert worker.sweep() == (0, 0)
    clock.now += timedelta(seconds=1)
    assert worker.sweep() == (4, 0)
    assert worker.deliver("console", Post()) == {"sent": 4}


def test_four_workers_at_once_send_everything_once(ledger: Ledger, clock: Clock) -> None:
    """Each contact goes to one of them."""
    drawn(ledger)
    clock.now = DRAWN + timedelta(hours=12)
    posts = [Post() for _ in range(4)]

    def work(post: Post) -> None:
        mine = Worker(ledger, "http://x", clock)
        while mine.deliver("console", post, most=2):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, posts))
    assert Counter(each.unit for post in posts for each in post.sent) == {f"c{n:02d}": 1 for n in range(12)}


def test_a_case_has_one_code_whatever_became_of_its_contacts(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    """The events that contacts leave behind are those that dispositions are made of."""
    drawn(ledger)
    clock.now = DRAWN + timedelta(hours=12)
    answers = {"c00": Outcome.REFUSED, "c01": Outcome.UNCERTAIN}
    while worker.deliver("console", Post(lambda each: Receipt(answers.get(each.unit, Outcome.SENT), "because"))):
        pass
    with ledger.read() as conn:
        found = {unit: [event.kind for event in cases.reached(conn, unit)] for unit in ("c00", "c01", "c02")}
    assert found == {"c00": [], "c01": [], "c02": ["sent"]}
