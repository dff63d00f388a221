"""What a provider tells becomes events of the cases that it is about, once, and of no others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from surveylab import spec
from surveylab.channels import Notice
from surveylab.fieldwork import recruit
from surveylab.fieldwork.notices import Taken, take
from surveylab.store import contacts, experiments, people, snapshots, suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.tables import contact, event, experiment, sampled_case

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PHONES = {"a": "+4915112345670", "b": "+4915112345671", "b_too": "+4915112345671", "c": "+4915112345672"}
TRIAL = """
format: 1
title: A trial
frame: {source: customers}
inquiries: {reply: {outcome: response, contrast: {words: [b, a]}}}
sampling: {scheme: srs, n: 4}
assignment: {scheme: complete, factors: {words: {varies: messages.invitation.body, levels: {a: One, b: Two}}}}
contact: {channel: sms, closes: P7D}
messages: {invitation: {subject: "", body: "{link|}"}}
measurement: {instrument: questions}
"""
QUESTIONS = """
format: 1
title: Questions
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [why]}]
items: [{id: why, type: short_text, text: {en: Why?}}]
"""


@pytest.fixture
def fielded(ledger: Ledger) -> Callable[..., None]:
    """Draws all four people into an experiment, sends their messages, and names each as the slug and the unit."""
    known = [
        (unit, {"x": 1}, {"phone": phone, "email": f"{unit.title()}@example.org"}) for unit, phone in PHONES.items()
    ]
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "digest", known, NOW)

    def draw(slug: str, *, channel: str = "sms", at: datetime = NOW, sent: bool = True) -> None:
        text = TRIAL.replace("channel: sms", f"channel: {channel}")
        study = spec.read_documents({f"{slug}.yaml": text, "questions.yaml": QUESTIONS}, f"{slug}.yaml")
        recruit.draw(ledger, study, at)
        with ledger.write() as conn:
            stored = experiments.experiment(conn, slug)
            assert stored is not None
            cases = conn.execute(select(sampled_case).where(sampled_case.c.experiment_id == stored.id)).all()
            for case in cases if sent else ():
                contacts.settle(conn, (case.id, 0), contacts.SENT, at, provider_id=f"{slug} {case.unit}", parts=1)

    return draw


def heard(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    """Experiment, unit, kind and detail of every event but the draw, in order."""
    source = event.join(sampled_case, sampled_case.c.id == event.c.case_id)
    source = source.join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    query = select(experiment.c.slug, sampled_case.c.unit, event.c.kind, event.c.detail).select_from(source)
    with ledger.read() as conn:
        rows = conn.execute(query.where(event.c.kind != "selected").order_by(event.c.id))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def moments(ledger: Ledger) -> list[datetime]:
    """When each of them happened."""
    with ledger.read() as conn:
        query = select(event.c.at).where(event.c.kind != "selected").order_by(event.c.id)
        return list(conn.scalars(query))


def listed(ledger: Ledger) -> list[tuple[str, str, int]]:
    """What is on the list of those who are asked nothing."""
    with ledger.read() as conn:
        return [(each.kind, each.reason, each.count) for each in suppressions.counts(conn)]


def test_a_notice_of_a_message_is_of_its_case(ledger: Ledger, fielded: Callable[..., None]) -> None:
    """The detail begins with the channel, as dispositions read it; the moment is the provider's."""
    fielded("trial")
    when = NOW + timedelta(minutes=3)
    told = [
        Notice("delivered", "1", "trial a", at=when),
        Notice("bounced", "2", "trial c", detail="undelivered 30005"),
    ]
    assert take(ledger, "sms", told, LATER) == Taken(events=2)
    assert heard(ledger) == [("trial", "a", "delivered", "sms"), ("trial", "c", "bounced", "sms undelivered 30005")]
    assert moments(ledger) == [when, LATER]


def test_what_comes_twice_is_once(ledger: Ledger, fielded: Callable[..., None]) -> None:
    """In one request or in several, in any order; another notice of the same message is another event."""
    fielded("trial")
    one, other = Notice("delivered", "1", "trial a"), Notice("bounced", "2", "trial a")
    assert take(ledger, "sms", [other, one, one], LATER) == Taken(events=2)
    assert take(ledger, "sms", [one], LATER) == Taken()
    assert take(ledger, "sms", [other], LATER + timedelta(days=30)) == Taken()
    assert [kind for *_, kind, _ in heard(ledger)] == ["bounced", "delivered"]


def test_what_is_of_nobody_changes_nothing(
    ledger: Ledger, fielded: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    """An unknown message, one of another channel, an address that was sent nothing: counted, and a line of the log."""
    fielded("trial")
    fielded("unsent", sent=False)
    told = [
        Notice("bounced", "1", "unknown"),
        Notice("bounced", "2", address="+4915112345699"),
        Notice("bounced", "3", "trial a", address=PHONES["c"]),
    ]
    with caplog.at_level(logging.INFO, "surveylab"):
        assert take(ledger, "sms", told, LATER) == Taken(events=1, unknown=2)
    assert "Of 3 notices of the channel sms, 2 are of nobody here." in caplog.text
    assert take(ledger, "console", [Notice("bounced", "1", "trial a")], LATER) == Taken(unknown=1)
    assert heard(ledger) == [("trial", "a", "bounced", "sms")]
    assert listed(ledger) == []


def test_a_notice_of_an_address_is_of_all_who_were_sent_something_there(
    ledger: Ledger, fielded: Callable[..., None]
) -> None:
    """By this channel, in experiments that run: two people of one household, and nobody who was sent nothing."""
    fielded("over", at=NOW - timedelta(days=30))
    fielded("trial")
    fielded("unsent", sent=False)
    fielded("by_hand", channel="link")
    assert take(ledger, "sms", [Notice("bounced", "1", address=PHONES["b"])], LATER).events == 2
    assert sorted(heard(ledger)) == [("trial", "b", "bounced", "sms"), ("trial", "b_too", "bounced", "sms")]


def test_who_says_stop_is_asked_nothing_more(ledger: Ledger, fielded: Callable[..., None]) -> None:
    """Every case of a running experiment under the number opts out, sent or not, and the number is on the list."""
    fielded("over", at=NOW - timedelta(days=30))
    fielded("trial")
    fielded("unsent", sent=False)
    stop = Notice("opted_out", "1", address=PHONES["b"], detail="stop")
    assert take(ledger, "sms", [stop], LATER) == Taken(events=4)
    assert take(ledger, "sms", [stop], LATER) == Taken()
    assert sorted(heard(ledger)) == [
        (slug, unit, "opted_out", "stop") for slug in ("trial", "unsent") for unit in ("b", "b_too")
    ]
    assert listed(ledger) == [("phone", "stop", 1)]


def test_who_says_stop_and_is_nobody_here_is_on_the_list(ledger: Ledger) -> None:
    """A number may come onto a frame later."""
    stop = Notice("opted_out", "1", address="+4915112345699", detail="stop")
    assert take(ledger, "sms", [stop], LATER) == Taken(unknown=1)
    assert listed(ledger) == [("phone", "stop", 1)]


def test_a_complaint_about_a_message_silences_its_address(ledger: Ledger, fielded: Callable[..., None]) -> None:
    """The person is known by the message; the case of it opts out even where the address is not known any more."""
    fielded("trial")
    fielded("unsent", sent=False)
    complaint = Notice("opted_out", "1", "trial a", detail="complaint")
    assert take(ledger, "sms", [complaint], LATER).events == 2
    assert sorted(heard(ledger)) == [(slug, "a", "opted_out", "complaint") for slug in ("trial", "unsent")]
    assert listed(ledger) == [("phone", "complaint", 1)]
    with ledger.write() as conn:
        frame = conn.scalar(select(snapshots.snapshot.c.frame_id))
        assert frame is not None
        people.erase_person(conn, frame, "c")
    assert take(ledger, "sms", [Notice("opted_out", "2", "trial c", detail="complaint")], LATER).events == 1
    assert listed(ledger) == [("phone", "complaint", 1)]


def test_a_price_that_comes_later_is_the_contacts(ledger: Ledger, fielded: Callable[..., None]) -> None:
    """And so is the reason for which a message came back; the state stays, for it was accepted."""
    fielded("trial")
    told = [
        Notice("delivered", "1", "trial a", cost=Decimal("0.0225")),
        Notice("bounced", "2", "trial c", detail="failed 30008"),
        Notice("bounced", "3", "trial c", detail=""),
    ]
    take(ledger, "sms", told, LATER)
    with ledger.read() as conn:
        rows = {row.provider_id: row for row in conn.execute(select(contact))}
    assert (rows["trial a"].cost, rows["trial a"].detail) == (0.0225, "")
    assert (rows["trial c"].cost, rows["trial c"].detail) == (None, "failed 30008")
    assert {row.state for row in rows.values()} == {contacts.SENT}


def test_nothing_has_happened_in_the_future(ledger: Ledger, fielded: Callable[..., None]) -> None:
    """The clock of a provider that is ahead counts as now."""
    fielded("trial")
    take(ledger, "sms", [Notice("delivered", "1", "trial a", at=LATER + timedelta(hours=1))], LATER)
    assert moments(ledger) == [LATER]


@pytest.mark.parametrize("told", ["{} is absent", "absent: {}", "<{}>"])
def test_no_event_names_an_address(told: str, ledger: Ledger, fielded: Callable[..., None]) -> None:
    """Providers repeat it in what they say, with and without its sign; events stay when a person is forgotten."""
    fielded("trial")
    number = PHONES["a"]
    said = [told.format(number), told.format(number.removeprefix("+"))]
    take(ledger, "sms", [Notice("bounced", str(n), "trial a", detail=each) for n, each in enumerate(said)], LATER)
    take(ledger, "sms", [Notice("bounced", "by address", address=number, detail=said[0])], LATER)
    assert [detail for *_, detail in heard(ledger)] == [f"sms {told.format('…')}"] * 3
    with ledger.read() as conn:
        assert not [each for each in conn.scalars(select(contact.c.detail)) if number[1:] in each]
