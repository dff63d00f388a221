"""The open link, for people who were not listed beforehand.

GET shows the landing page and makes nobody a case. POST does: the person gets an arm by
hashed assignment and goes on under a personal link. A first-party cookie holds a random id,
so that who comes back is the same case; it is sent to this link only. On another device the
resume code, which stands below the questions, leads to the same case (``fieldwork.resume``
says why its tries are not counted).
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from surveylab.fieldwork.arrival import Arrived, Person
from surveylab.fieldwork.pages import Reception, Standing
from surveylab.fieldwork.resume import typed
from surveylab.web import present
from surveylab.web.desk import arrivals, desk, now
from surveylab.web.forms import LANGUAGE, Place, Ticket, sent_ticket
from surveylab.words import Word
from surveylab.words.codes import CODE_CHECK, CODE_ENTER, CODE_WHOLE

blueprint = Blueprint("arrive", __name__, url_prefix="/o")

COOKIE = "surveylab_arrival"
_PERSON = re.compile(r"(?P<row>[0-9]{1,18})\.(?P<unit>arrival-[0-9A-Za-z_-]{16,64})", re.ASCII)
YEAR = 365 * 24 * 3600
LONGEST = 100
"""Characters of a wrong code that are given back to be mended."""


@blueprint.get("/<slug>")
def landing(slug: str) -> AnyResponse:
    """The landing page, or how a person stands whom the cookie tells."""
    return _door(slug, arrivals(request.args.get("language")).door(slug, _known(), now()))


@blueprint.get("/<slug>/privacy")
def privacy(slug: str) -> AnyResponse:
    """What will be stored about who arrives here, and what not."""
    return present.privacy(arrivals(request.args.get("language")).notice(slug, now()))


@blueprint.post("/<slug>")
def arrive(slug: str) -> AnyResponse:
    """Become a case, or the case that one is already, and go on under the personal link."""
    ticket = sent_ticket(request.form)
    wanted = arrivals(request.form.get(LANGUAGE))
    if not desk().forms.signer.genuine(_place(slug), ticket):
        return _door(slug, wanted.door(slug, _known(), now()), forged=True)
    arrived = wanted.arrive(slug, _known() or _newcomer(ticket), now())
    if isinstance(arrived, Reception):
        return _door(slug, arrived)
    return _on_the_way(slug, arrived)


@blueprint.get("/<slug>/resume")
def ask_code(slug: str) -> AnyResponse:
    """The form for the code."""
    return _code_form(slug)


@blueprint.post("/<slug>/resume")
def resume(slug: str) -> AnyResponse:
    """Go on as the case that the code belongs to; the form again where there is none."""
    entered = request.form.get("code", "")
    if not desk().forms.signer.genuine(present.resume_place(slug), sent_ticket(request.form)):
        return _code_form(slug, entered, forged=True)
    code = typed(entered)
    arrived = arrivals(request.form.get(LANGUAGE)).resume(slug, code, now()) if code else None
    if arrived:
        return _on_the_way(slug, arrived)
    return _code_form(
        slug, entered, error=CODE_ENTER if not entered.strip() else CODE_WHOLE if code is None else CODE_CHECK
    )


def _code_form(slug: str, entered: str = "", *, error: Word | None = None, forged: bool = False) -> Response:
    wanted = request.form.get(LANGUAGE) if request.method == "POST" else request.args.get("language")
    reception = arrivals(wanted).door(slug, None, now())
    if reception.survey is None or reception.standing is not Standing.INVITED:
        return present.door(reception)
    return present.resume(reception.survey, entered=entered[:LONGEST], error=error, forged=forged)


def _on_the_way(slug: str, arrived: Arrived) -> AnyResponse:
    """To the personal link, with the cookie by which this browser is known again."""
    response = present.onwards(arrived.token, arrived.elsewhere)
    response.set_cookie(
        COOKIE,
        f"{arrived.person.experiment}.{arrived.person.unit}",
        max_age=YEAR,
        path=present.open_link(slug),
        secure=request.is_secure or desk().settings.base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


def _known() -> Person | None:
    """Who the cookie says; None where it says nobody."""
    known = _PERSON.fullmatch(request.cookies.get(COOKIE, ""))
    return Person(known["unit"], int(known["row"])) if known else None


def _newcomer(ticket: Ticket) -> Person:
    """Somebody new, with an id drawn when the page was shown.

    It stands in the signed visit, so that a double click is one person.
    """
    return Person(f"arrival-{ticket.visit.partition('-')[2]}")


def _door(slug: str, reception: Reception, *, forged: bool = False) -> Response:
    return present.door(reception, place=_place(slug), forged=forged)


def _place(slug: str) -> Place:
    """What the form of the open link is signed for: no token is empty, so no other form is."""
    return Place("", present.open_link(slug))
