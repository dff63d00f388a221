"""Forms: what is read from a page that was sent, and the proof that the page came from here.

Fields are compiled once per (experiment row, arm, page, language) and only bound to a
request; building them for each would cost as much as the rest of the request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import ValidationError

from surveylab import registry
from surveylab.fieldwork.pages import PageView

VISIT = "_visit"
SIGNATURE = "_signature"
TRAP = "_website"
"""A field that people neither see nor hear: a program fills it in."""
SHOWN_IN = "_shown_in"
LANGUAGE = "_language"
"""Names of what a form sends beside the answers: the language in which a page was shown, and one that is wanted."""

Fields = Mapping[str, "UnboundField[Any]"]


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
        parts = (part.encode("utf-8", "surrogatepass") for part in signed)
        message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def genuine(self, place: Place, ticket: Ticket) -> bool:
        """Whether the ticket was issued here for this form; compared in constant time."""
        expected = self.signature(place, ticket.visit).encode("ascii")
        return hmac.compare_digest(expected, ticket.signature.encode("utf-8", "surrogatepass"))


def sent_ticket(data: MultiDict[str, str]) -> Ticket:
    """The ticket that came with a form; empty where it lacks one."""
    return Ticket(data.get(VISIT, ""), data.get(SIGNATURE, ""))


class PageSignature(CSRF):  # type: ignore[misc]  # WTForms ships no types
    """WTForms' hook against forged forms: the signature over respondent, page and visit."""

    def setup_form(self, form: BaseForm) -> list[tuple[str, UnboundField[Any]]]:
        """Remember what the form is signed for, and add the hidden field."""
        self.meta: PageMeta = form.meta
        fields: list[tuple[str, UnboundField[Any]]] = super().setup_form(form)
        return fields

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:  # noqa: ARG002  # WTForms' hook
        """The signature that the form has to carry."""
        return self.meta.signer.signature(self.meta.place, self.meta.visit)

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:  # noqa: ARG002  # WTForms' hook
        """ValidationError where the signature is another one, or none."""
        if not self.meta.signer.genuine(self.meta.place, Ticket(self.meta.visit, field.data or "")):
            raise ValidationError("This form was not rendered for this page and visit.")


class PageMeta(DefaultMeta):  # type: ignore[misc]  # WTForms ships no types
    """How the form of a page behaves: signed, and its messages are the question types' own."""

    csrf = True
    csrf_class = PageSignature
    csrf_field_name = SIGNATURE

    def __init__(self, signer: Signer, place: Place, visit: str) -> None:
        self.signer = signer
        self.place = place
        self.visit = visit


class PageForm(BaseForm):  # type: ignore[misc]  # WTForms ships no types
    """The form of one page, bound to what one respondent sent, and validated.

    ``forged``: not rendered here for this page of this respondent. ``values``: column -> validated
    value. ``faults``: column -> what to do about it, in the order of the page.
    """

    def __init__(self, fields: Fields, sent: MultiDict[str, str], meta: PageMeta) -> None:
        super().__init__(fields, meta=meta)
        self.process(sent)
        self.validate()
        faults: dict[str, list[str]] = self.errors
        self.forged = SIGNATURE in faults
        self.values = {column: self[column].data for column in fields}
        self.entered: dict[str, list[str]] = {column: self[column].raw_data for column in fields}
        self.faults = {column: faults[column][0] for column in fields if column in faults}


def place(view: PageView) -> Place:
    """What the form of a page is signed for."""
    return Place(view.survey.token, view.page, view.language)


class Forms:
    """The compiled forms of an application."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self._compiled: dict[tuple[int, str, str, str], Mapping[str, Fields]] = {}

    def bind(self, view: PageView, sent: MultiDict[str, str]) -> PageForm:
        """The form of the questions on a page, with what was sent."""
        by_item = self._fields(view)
        fields = {column: field for question in view.questions for column, field in by_item[question.item.id].items()}
        return PageForm(fields, sent, PageMeta(self.signer, place(view), sent.get(VISIT, "")))

    def _fields(self, view: PageView) -> Mapping[str, Fields]:
        key = (view.experiment, view.arm, view.page, view.language)
        if key not in self._compiled:
            self._compiled[key] = {
                item.id: registry.load("questions", item.type).fields(item, view.words.spoken) for item in view.items
            }
        return self._compiled[key]
