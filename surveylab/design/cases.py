"""A case as the ledger knows it: its events, its answers, its paradata. What outcomes are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from surveylab.design.factors import Arm
from surveylab.design.instrument import Instrument, asked, standing
from surveylab.design.terms import Missing, Value

STAGES = {
    "selected": "sampled",
    "sent": "sent",
    "opened": "opened",
    "started": "started",
    "submitted": "submitted",
    "screened_out": "screened out",
    "opted_out": "opted out",
}
"""Kind of event -> the stage of the flow that a case has reached with it, in the order of the flow."""


ENDS = frozenset({"submitted", "opted_out", "screened_out", "quota_full"})
"""The kinds of event behind which no page of the interview is taken, and no more places in quotas."""

_SENT = ("sent", "bounced")

IN_APP = "in_app"
"""The channel whose prompts are displayed at random to who is there: the detail of their event ``sent``."""
KIOSK = "kiosk"
"""The channel whose cases come to a screen by themselves: the detail of their event ``selected``."""


@dataclass(frozen=True, order=True)
class Event:
    """One thing that happened to a case. Events are appended, never edited.

    Kinds: selected, sent, delivered, opened, started, page (one accepted submission of a page),
    language (its detail is the one in which the person reads from then on),
    submitted, opted_out (its detail says by what, where it was no link: complaint, stop), bounced,
    screened_out (its detail is the page), quota_full (its detail names the quota), dismissed (a prompt
    in an app, by its button).

    What a receipt or a person may add: declined (said no to this survey, and not to all), out_of_office
    (an automatic reply for the whole field period), other_address (a reply from an address that was not
    sampled), wrong_person (who answered is not who was sampled), duplicate (of another case), fraud,
    not_eligible, deceased, unable (by health), no_language, no_literacy.

    The detail of ``sent``, of ``delivered`` and of ``bounced`` begins with the channel. In an app, to be sent is to be
    displayed. That of ``selected`` is kiosk for who came to one, and empty otherwise.
    """

    at: datetime
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Answer:
    """One answered or unanswered column of one item, with what was displayed."""

    item: str
    column: str
    value: Value | Missing
    position: int
    """Position of the item on its page as displayed, from 1."""
    option_order: tuple[str, ...] = ()
    text_hash: str = ""
    page_position: int | None = None
    """Position of the page in the interview as displayed, from 1; None where it was not kept."""
    row_position: int | None = None
    """Position of the column among those of its item as displayed, from 1: the row of a battery."""
    language: str | None = None
    """The language in which the item was shown; None where it was not kept."""


@dataclass(frozen=True)
class CaseRecord:
    """Everything about one case that an outcome may look at."""

    case: int
    arm: Arm
    instrument: Instrument
    events: tuple[Event, ...]
    answers: Mapping[str, Answer]
    """Column -> answer, displayed items only; also those that an edit of an earlier answer has ruled out."""
    page_seconds: Mapping[str, float]
    """Page -> seconds from its first display to its first accepted submission, by the server's clock."""
    unit: Mapping[str, Value]
    complete_from: float
    partial_from: float
    active_seconds: Mapping[str, float] = field(default_factory=dict)
    """Page -> seconds of its page_seconds in which it was in view, as its script told and the server's clock
    allows (methodology 2.2); a page of which nothing is known is not there."""
    closes_at: datetime | None = None
    """The end of the field period, exclusive; None where there is none."""
    listed: bool = True
    """Whether the unit stands on a frame; not, where whoever came was taken."""
    known_eligible: bool = False
    """Whether the frame proves that its units are eligible."""

    @cached_property
    def known(self) -> Mapping[str, Value]:
        """What rules may name: ``unit.*`` and the answers that still stand, as the pages go by it."""
        return standing(self.instrument, {column: each.value for column, each in self.answers.items()}, self.unit)

    @cached_property
    def standing(self) -> Mapping[str, Answer]:
        """The answers that still stand: what outcomes and dispositions count."""
        return {column: answer for column, answer in self.answers.items() if column in self.known}

    @cached_property
    def responses(self) -> Mapping[str, Value | Missing]:
        """Column -> the answer, or why there is none, for every column of every item of the instrument.

        What stands in the ledger comes first: a value, or the reason that the respondent gave. An
        item that was ruled out, is on no page of the arm or is of a set that was not drawn was not
        asked, and neither was one behind the page that screened the case out; one that applies and
        was never sent was not reached.
        """
        ahead = () if self.had("screened_out") else self.instrument.pages
        applying = {
            column for page in ahead for item in asked(self.instrument, page, self.known) for column in item.columns
        }
        absent = {
            column: Missing.NOT_REACHED if column in applying else Missing.NOT_ASKED
            for item in self.instrument.items
            for column in item.columns
        }
        return {**absent, **{column: answer.value for column, answer in self.standing.items()}}

    def had(self, kind: str) -> bool:
        """Whether an event of that kind is in the history."""
        return any(event.kind == kind for event in self.events)

    def within(self, kind: str) -> bool:
        """Whether an event of that kind happened in the field period."""
        return any(event.kind == kind and self.in_time(event) for event in self.events)

    def in_time(self, event: Event) -> bool:
        """Whether an event lies in the field period."""
        return self.closes_at is None or event.at < self.closes_at

    @property
    def undelivered(self) -> bool:
        """Whether what was sent came back on every channel; where a receipt names none, all of it did."""
        sent, back = ({event.detail.partition(" ")[0] for event in self.events if event.kind == kind} for kind in _SENT)
        return bool(back) and ("" in back or sent <= back)

    @property
    def prompted(self) -> bool:
        """Whether a prompt in an app was displayed to the person."""
        return any(event.kind == "sent" and event.detail == IN_APP for event in self.events)

    def first(self, kind: str) -> datetime | None:
        """When an event of that kind first happened."""
        return min((event.at for event in self.events if event.kind == kind), default=None)
