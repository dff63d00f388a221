"""Forms: what is read from a page that was sent, and the proof that the page came from here.

Fields are compiled once per (experiment row, arm, page, language), and forms are used again.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from surveylab import registry
from surveylab.fieldwork.sitting import PageView

VISIT = "_visit"
SIGNATURE = "_signature"
TRAP = "_website"
"""A field that people neither see nor hear: a program fills it in."""
SHOWN_IN = "_shown_in"
LANGUAGE = "_language"
"""Names of what a form sends beside the answers: the language in which a page was shown, and one that is wanted."""

MOST_IDLE = 8
"""Forms of one kind that are kept: as many as threads may read at once."""

Fields = Mapping[str, "UnboundField[Any]"]
Kind = tuple[int, str, str, str]
"""Row of the experiment, arm, page and language: what a form reads the same for."""


@dataclass(frozen=True)
class Ticket:
    """One rendering of one form: ``visit`` identifies it, ``signature`` proves that it was rendered here."""

    visit: str
    signature: str

    @property
    def shown_at(self) -> datetime:
        """When the form of a genuine ticket was first shown."""
        return datetime.fromtimestamp(int(self.visit.partition("-")[0], 16) / 1000, UTC)


@dataclass(frozen=True)
class Place:
    """What a form is signed for: one form of one respondent, and for a page the language that it was shown in."""

    token: str
    form: str
    language: str = ""


class Signer:
    """Issues tickets and knows them again.

    A ticket has no time limit: nobody is hurried, and what was typed yesterday still counts.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode("utf-8")

    def issue(self, place: Place, shown: datetime) -> Ticket:
        """A new ticket.

        Its visit begins with the time at which the form was first shown: so that time survives
        an error, nobody else can set it, and showing a page writes nothing.
        """
        visit = f"{int(shown.timestamp() * 1000):x}-{secrets.token_urlsafe(12)}"
        return Ticket(visit, self.signature(place, visit))

    def signature(self, place: Place, visit: str) -> str:
        """HMAC-SHA256 over respondent, form, language and visit, each behind its length."""
        signed = (place.token, place.form, place.language, visit)
        parts = [part.encode("utf-8", "surrogatepass") for part in signed]
        message = b"".join([len(part).to_bytes(8, "big") + part for part in parts])
        return hmac.digest(self._secret, message, "sha256").hex()

    def genuine(self, place: Place, ticket: Ticket) -> bool:
        """Whether the ticket was issued here for this form; compared in constant time."""
        expected = self.signature(place, ticket.visit).encode("ascii")
        return hmac.compare_digest(expected, ticket.signature.encode("utf-8", "surrogatepass"))


def sent_ticket(data: MultiDict[str, str]) -> Ticket:
    """The ticket that came with a form; empty where it lacks one."""
    return Ticket(data.get(VISIT, ""), data.get(SIGNATURE, ""))


@dataclass(frozen=True)
class Filled:
    """What one respondent sent from a page, validated.

    ``forged``: the form was not rendered here for this page of this respondent. ``values``: column ->
    validated value. ``entered``: column -> what was typed. ``faults``: column -> what to do about it, in the
    order of the page.
    """

    forged: bool
    values: Mapping[str, Any]
    entered: Mapping[str, list[str]]
    faults: Mapping[str, str]


def place(view: PageView) -> Place:
    """What the form of a page is signed for."""
    return Place(view.sitting.case.token, view.page, view.language)


class Forms:
    """The forms of an application.

    WTForms binds the fields of a form anew for each request, which costs as much as all that is done with
    them. So a form that has been read is kept for the next page of its kind; ``process`` leaves nothing of
    what it held.
    """

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self._compiled: dict[Kind, Mapping[str, Fields]] = {}
        self._idle: dict[Hashable, list[BaseForm]] = {}

    def read(self, view: PageView, sent: MultiDict[str, str]) -> Filled:
        """What was sent from a page, validated by the fields of the questions on it.

        Threads may read at once: each has a form to itself.
        """
        case, asked = view.sitting.case, tuple([item.id for item in view.asked])
        kind = (case.experiment, view.sitting.plan.arm, view.page, view.language)
        idle = self._idle.setdefault((kind, asked), [])
        try:
            form = idle.pop()
        except IndexError:
            by_item = self._fields(view, kind)
            form = BaseForm({column: field for item in asked for column, field in by_item[item].items()})
        form.process(sent)
        form.validate()
        columns = list(form)
        filled = Filled(
            forged=not self.signer.genuine(place(view), sent_ticket(sent)),
            values={column.name: column.data for column in columns},
            entered={column.name: column.raw_data for column in columns},
            faults={column.name: column.errors[0] for column in columns if column.errors},
        )
        if len(idle) < MOST_IDLE:
            idle.append(form)
        return filled

    def _fields(self, view: PageView, kind: Kind) -> Mapping[str, Fields]:
        if kind not in self._compiled:
            self._compiled[kind] = {
                item.id: registry.load("questions", item.type).fields(item, view.words.spoken) for item in view.items
            }
        return self._compiled[kind]
