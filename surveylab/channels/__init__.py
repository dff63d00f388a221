"""Channels, a file each: how a message reaches a person, and what is heard of it afterwards.

A channel knows nothing of cases, arms and plans: it is given messages that are ready to go, and says what became of
each. When which contact is due, and that none goes twice, is the business of ``fieldwork.worker``.

Its settings are environment variables that begin with its name: those of ``sms`` are SURVEYLAB_SMS_URL and so on; it is
handed them as ``{"url": ...}`` (``settings.Settings.channel``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from surveylab.errors import SurveylabError


@dataclass(frozen=True)
class Outgoing:
    """One message to one person, ready to go.

    ``address`` is the attribute of the person that the channel delivers to; empty where it has none. ``link`` is the
    personal address of the survey and stands in the body already; ``opt_out`` is where a POST opts the person out
    (RFC 8058). ``key`` is the same for every try of one contact, and no other contact has it: what a provider
    that takes idempotency keys is given, and what a message id is made of.
    """

    key: str
    unit: str
    address: str
    link: str
    opt_out: str
    subject: str
    body: str
    sender: str = ""
    """Who it comes from, as the message template says; empty: as the channel is set up."""
    language: str = ""
    """Of the text, as a tag of BCP 47."""


class Outcome(StrEnum):
    """What became of one try to send a message."""

    SENT = "sent"
    """It was accepted."""
    DEFERRED = "deferred"
    """It was not accepted, for a reason that may pass; nobody got it."""
    REFUSED = "refused"
    """It was not accepted, for a reason that stays, such as an address that does not exist; nobody got it."""
    UNCERTAIN = "uncertain"
    """It may have been accepted: the answer never came. It must not be sent again by itself."""


@dataclass(frozen=True)
class Receipt:
    """What became of one message.

    ``detail`` is one line of what was answered; ``provider_id`` is how later notices name the message; ``parts`` is in
    how many it was sent (segments of an SMS); ``cost`` is in the currency of the channel's settings, None where it is
    not known; ``again_after`` is how long the provider asks to be left alone.
    """

    outcome: Outcome
    detail: str = ""
    provider_id: str | None = None
    parts: int = 1
    cost: Decimal | None = None
    again_after: timedelta | None = None


class UnreachableError(SurveylabError):
    """Nothing was sent, and nothing can be now: no connection, wrong credentials. It says what to do."""


class SettingError(SurveylabError):
    """A setting of a channel is missing or wrong; a sentence for each, which names it and says what to write."""


class Sender(Protocol):
    """An open connection of a channel."""

    def send(self, message: Outgoing) -> Receipt:
        """Hand over one message.

        Raises:
            UnreachableError: this message was not accepted, and no other would be. Any other exception says that
                nobody knows, as ``Outcome.UNCERTAIN`` does.
        """


@dataclass(frozen=True)
class Post:
    """A request by which a provider tells something, and when it came.

    ``url`` is its whole address as the provider signed it; the names of its ``headers`` are in small letters.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True)
class Notice:
    """What a provider tells of a message, or of an address.

    ``kind`` is delivered, bounced, opted_out, out_of_office or other_address (``design.cases.Event``); ``once`` is the
    same for each repetition of one notice. It is of the message that has this ``provider_id``; where that is empty, of
    all who are reached under ``address``.
    """

    kind: str
    once: str
    provider_id: str = ""
    address: str = ""
    detail: str = ""
    at: datetime | None = None
    cost: Decimal | None = None


class ForgedError(SurveylabError):
    """A notice that its provider did not sign, or that is sent once more by somebody else."""


@runtime_checkable
class Contract(Protocol):
    """What a channel is."""

    BY: Literal["worker", "hand", "arrival"]
    """Who carries the messages: a worker when they are due, a person with a file of them, or nobody: the people meet
    the survey by themselves."""


@runtime_checkable
class Delivering(Contract, Protocol):
    """A channel by which messages go out."""

    ADDRESS: str | None
    """The attribute of a person (``store.people.Person``) that it delivers to; None where it needs none."""

    def connect(self, settings: Mapping[str, str], target: str) -> AbstractContextManager[Sender]:
        """Open a connection, which is kept for a batch. ``target`` is the file of a channel that is carried by hand.

        Raises:
            SettingError: a setting is missing or wrong.
            UnreachableError: there is no connection now.
        """


@runtime_checkable
class Notified(Contract, Protocol):
    """A channel whose provider tells what became of messages."""

    def notices(self, post: Post, settings: Mapping[str, str]) -> Sequence[Notice]:
        """What a request of the provider tells; nothing where it is of no interest.

        Raises:
            ForgedError: its signature is missing, wrong or too old.
            SettingError: a setting is missing or wrong, so that nothing can be verified.
            SurveylabError: it cannot be read; it says why.
        """
