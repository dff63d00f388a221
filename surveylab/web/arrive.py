"""The open link, for people who were not listed beforehand.

GET shows the landing page and makes nobody a case. POST does: the person gets an arm by
hashed assignment and goes on under a personal link. A first-party cookie holds a random id,
so that who comes back is the same case; it is sent to this link only.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from surveylab.fieldwork.arrival import Person
from surveylab.fieldwork.pages import Reception
from surveylab.web import present
from surveylab.web.desk import desk, now
from surveylab.web.forms import Place, Ticket, sent_ticket

blueprint = Blueprint("arrive", __name__, url_prefix="/o")

COOKIE = "surveylab_arrival"
_PERSON = re.compile(r"(?P<row>[0-9]{1,18})\.(?P<unit>arrival-[0-9A-Za-z_-]{16,64})", re.ASCII)
YEAR = 365 * 24 * 3600


@blueprint.get("/<slug>")
def landing(slug: str) -> AnyResponse:
    """The landing page, before anybody is a case."""
    return _door(slug, desk().arrivals.door(slug, now()))


@blueprint.post("/<slug>")
def arrive(slug: str) -> AnyResponse:
    """Become a case, or the case that one is already, and go on under the personal link."""
    ticket = sent_ticket(request.form)
    if not desk().forms.signer.genuine(_place(slug), ticket):
        return _door(slug, desk().arrivals.door(slug, now()), forged=True)
    arrived = desk().arrivals.arrive(slug, _person(ticket), now())
    if isinstance(arrived, Reception):
        return _door(slug, arrived)
    response = present.onwards(arrived.token, arrived.elsewhere)
    response.set_cookie(
        COOKIE,
        f"{arrived.person.experiment}.{arrived.person.unit}",
        max_age=YEAR,
        path=f"/o/{slug}",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _person(ticket: Ticket) -> Person:
    """Who is known by the cookie; else somebody new, with an id drawn when the page was shown.

    The id stands in the signed visit, so that a double click is one person.
    """
    known = _PERSON.fullmatch(request.cookies.get(COOKIE, ""))
    if known:
        return Person(known["unit"], int(known["row"]))
    return Person(f"arrival-{ticket.visit.partition('-')[2]}")


def _door(slug: str, reception: Reception, *, forged: bool = False) -> Response:
    return present.door(reception, place=_place(slug), forged=forged)


def _place(slug: str) -> Place:
    """What the form of the open link is signed for: no token is empty, so no other form is."""
    return Place("", f"/o/{slug}")
