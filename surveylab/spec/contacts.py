"""Checking how an experiment contacts its cases: channels, messages, hours and reminders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from surveylab import registry
from surveylab.calendars import known_holidays, known_zone, quiet
from surveylab.design.experiment import Contact
from surveylab.errors import Fault
from surveylab.spec.checking import fault
from surveylab.spec.document import Node, Scalar, at, members_of
from surveylab.spec.faults import Finding, offer


def contact_faults(node: Node, contact: Contact, messages: Iterable[str]) -> Iterator[Fault]:
    """What is wrong with the contacts of an experiment whose file has these messages."""
    for here in (at(node, "contact"), *members_of(at(node, "contact", "reminders"))):
        message, channel = at(here, "message"), at(here, "channel")
        if isinstance(message, Scalar) and message.text not in messages:
            what = f"there is no message {message.text!r}."
            yield fault(message, Finding("SL422", what, offer(message.text, messages, "messages")))
        there = registry.names("channels")
        if isinstance(channel, Scalar) and channel.text not in there:
            what = f"there is no channel {channel.text!r}."
            yield fault(channel, Finding("SL110", what, offer(channel.text, there, "channels")))
    yield from _times(node, contact)
    yield from _reminders(node, contact)


def _times(node: Node, contact: Contact) -> Iterator[Fault]:
    """Time zones and holidays are those of their libraries; the hour of sending is no quiet one."""
    zone, country = at(node, "contact", "time_zone"), at(node, "contact", "holidays")
    if isinstance(zone, Scalar) and not known_zone(zone.text):
        what = f"there is no time zone {zone.text!r}."
        yield fault(zone, Finding("SL426", what, "Write a name such as Europe/Berlin."))
    if isinstance(country, Scalar) and country.value is not None and not known_holidays(country.text):
        what = f"no holidays are known of {country.text!r}."
        yield fault(country, Finding("SL426", what, "Write a country such as DE, or a part of it such as DE-BY."))
    hour = at(node, "contact", "send_at") or at(node, "contact", "quiet_hours")
    if hour is not None and contact.send_at is not None and quiet(contact.send_at, contact.quiet_hours):
        start, end = (f"{each:%H:%M}" for each in contact.quiet_hours)
        what = f"messages go out at {contact.send_at:%H:%M}, and it is quiet from {start} to {end}."
        yield fault(hour, Finding("SL426", what, "Choose another hour, or other quiet hours."))


def _reminders(node: Node, contact: Contact) -> Iterator[Fault]:
    """Reminders follow each other, end before the close, and go by channels by which something is sent."""
    places, before = members_of(at(node, "contact", "reminders")), timedelta()
    arriving = [name for name in registry.names("channels") if registry.load("channels", name).BY == "arrival"]
    for place, reminder in zip(places, contact.reminders, strict=False):
        if reminder.after <= before:
            what = "a reminder is due no later than the contact before it."
            yield fault(
                place, Finding("SL426", what, "Write the durations since the first message, the shortest first.")
            )
        if contact.wait + reminder.after >= contact.closes:
            what = "a reminder is due when the field period is over."
            yield fault(place, Finding("SL426", what, "Remind earlier, or close later."))
        if contact.channel in arriving or reminder.channel in arriving:
            name = contact.channel if contact.channel in arriving else reminder.channel
            what = f"a reminder cannot go out by {name}: the people come there by themselves."
            yield fault(place, Finding("SL426", what, "Delete it, or choose another channel."))
        before = reminder.after
    wait = at(node, "contact", "wait")
    if wait is not None and contact.wait >= contact.closes:
        what = "the first message is due when the field period is over."
        yield fault(wait, Finding("SL426", what, "Wait less, or close later."))
