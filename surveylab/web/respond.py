"""The respondent's pages, under the personal link.

A GET shows and a HEAD asks; only a POST starts, submits or opts out, and is answered by 303
to the page that comes next. So links that scanners follow and browsers prefetch do nothing.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from surveylab.fieldwork import beacons
from surveylab.fieldwork.beacons import Telling
from surveylab.fieldwork.pages import LANDING, Elsewhere, Reception, Standing
from surveylab.fieldwork.preselection import NOTHING, Asked, paradata
from surveylab.fieldwork.reading import read
from surveylab.fieldwork.signals import signals
from surveylab.fieldwork.sitting import PageView
from surveylab.store.steps import Paradata
from surveylab.web import present
from surveylab.web.desk import desk, interview, now, read_by_somebody
from surveylab.web.forms import LANGUAGE, SHOWN_IN, SIGNATURE, TRAP, VISIT, Place, Ticket, sent_ticket
from surveylab.web.surface import waited

blueprint = Blueprint("respond", __name__, url_prefix="/r")


@blueprint.get("/<token>")
def landing(token: str) -> Response:
    """Who asks, why, and what happens to the answers; a button starts or continues."""
    return present.door(interview(_wanted()).open(token, now(), record=read_by_somebody()))


@blueprint.post("/<token>")
def start(token: str) -> Response:
    """Start, or continue: to the first page that is open."""
    if not _genuine(token, present.START):
        return present.door(interview(_wanted()).standing(token, now()), forged=True)
    return _answer(token, interview(_wanted()).start(token, now()))


@blueprint.get("/<token>/thanks")
def thanks(token: str) -> Response:
    """The end, for who got there."""
    received = interview().thanks(token, now())
    if isinstance(received, Reception) and received.standing is Standing.SUBMITTED and received.survey:
        return present.thanks(received.survey)
    return _answer(token, received)


@blueprint.get("/<token>/stop")
def stop(token: str) -> Response:
    """Ask once more before somebody is taken out; this does nothing by itself."""
    return _stop(token, forged=False)


@blueprint.post("/<token>/stop")
def opt_out(token: str) -> Response:
    """Take the respondent out, whatever happened before."""
    if not _genuine(token, present.STOP):
        return _stop(token, forged=True)
    received = interview(_wanted()).opt_out(token, now())
    return present.onwards(token, Elsewhere(LANDING)) if received.survey else present.door(received)


@blueprint.get("/<token>/privacy")
def privacy(token: str) -> Response:
    """What is stored about a respondent of this survey, and what is not."""
    return present.privacy(interview(_wanted()).notice(token, now()))


@blueprint.get("/<token>/unsubscribe")
def unsubscribe(token: str) -> Response:
    """The address of a message's List-Unsubscribe header, opened by a person or a scanner: as ``stop``."""
    return _stop(token, forged=False)


@blueprint.post("/<token>/unsubscribe")
def one_click(token: str) -> Response:
    """Take the respondent out at once: RFC 8058, section 3.1.

    The program of the mail box sends this body and no cookie, so there is no signature; the
    token that only the message holds stands in its place. A POST of anything else is asked once more.
    """
    if request.form.get("List-Unsubscribe") != "One-Click":
        return _stop(token, forged=True)
    received = interview().opt_out(token, now())
    return present.stopped(received.survey) if received.survey else present.door(received)


@blueprint.get("/<token>/<page>")
def show(token: str, page: str) -> Response:
    """One page of the instrument, or the way to the one that is open."""
    view = interview().view(token, page, now(), _asked(), record=read_by_somebody())
    return present.question(view) if isinstance(view, PageView) else _answer(token, view)


@blueprint.post("/<token>/<page>")
def submit(token: str, page: str) -> Response:
    """Answers to one page: stored and on to the next, or back with what to do about them.

    With another language wanted, the page again as it was filled in, and nothing of it stored.
    """
    at, asked, sent, mine = now(), _asked(), request.form, interview()
    view = mine.view(token, page, at, asked, record=False, sent=True)
    if not isinstance(view, PageView):
        return _answer(token, view)
    form = desk().forms.read(view, sent)
    if form.forged:
        return present.question_unsigned(view, form)
    ticket = sent_ticket(sent)
    if LANGUAGE in sent:
        other = mine.switch(token, page, sent[LANGUAGE], at, asked)
        if not isinstance(other, PageView):
            return _answer(token, other)
        return present.question_switched(other, form, ticket.shown_at)
    if view.begins:  # the page was opened by an answer in a message: to submit it is to start as well
        received = mine.start(token, at, sent=True)
        begun = received if isinstance(received, Reception) else mine.view(token, page, at, asked, sent=True)
        if not isinstance(begun, PageView):
            return _answer(token, begun)
        view = begun
    reading = read(view, form.values, form.faults)
    if reading.faults and view.language != view.settled:  # another one was chosen elsewhere while it was filled in
        chosen = mine.switch(token, page, view.settled, at, asked)
        if not isinstance(chosen, PageView):
            return _answer(token, chosen)
        view, form = chosen, desk().forms.read(chosen, sent)
        reading = read(view, form.values, form.faults)
    if reading.faults:
        return present.question_again(view, form, reading.faults, ticket.shown_at)
    shown_at, held = ticket.shown_at, waited()
    signs = signals(view, (at - held - shown_at).total_seconds(), trapped=bool(sent.get(TRAP)))
    detail = {**({"signals": list(signs)} if signs else {}), **paradata(view.preselected, form.entered)}
    how = Paradata(shown_at, device(request.headers.get("User-Agent", "")), detail, held)
    return present.onwards(token, mine.submit(view, reading, ticket.visit, how, at))


@blueprint.post("/<token>/<page>/beacon")
def beacon(token: str, page: str) -> Response:
    """What the script of a page tells of one display of it. Nobody waits for the answer, and it is always 204."""
    said = beacons.parsed(_small_body())
    ticket = Ticket(str(said.get(VISIT, "")), str(said.get(SIGNATURE, "")))
    if desk().forms.signer.genuine(Place(token, page, str(said.get(SHOWN_IN, ""))), ticket):
        desk().interview.hear(token, Telling(page, ticket.visit, ticket.shown_at, said), now())
    return Response(status=204)


def device(agent: str) -> str:
    """The class of the device, as coarsely as every browser tells it: phone, tablet or computer."""
    if not agent:
        return "unknown"
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "computer"


def _small_body() -> bytes:
    """What was sent; nothing where it is more than a beacon can be."""
    request.max_content_length = beacons.MOST_BYTES
    try:
        return request.get_data(cache=False)
    except HTTPException:  # too much, or the connection broke off
        return b""


def _asked() -> Asked:
    """The answers that the address asks for."""
    return request.args.to_dict(flat=False) if request.query_string else NOTHING


def _answer(token: str, received: Reception | Elsewhere) -> Response:
    return present.onwards(token, received) if isinstance(received, Elsewhere) else present.door(received)


def _stop(token: str, *, forged: bool) -> Response:
    reception = interview(_wanted()).standing(token, now())
    if reception.survey is None or reception.standing is Standing.OPTED_OUT:
        return present.door(reception)
    return present.stop(reception.survey, forged=forged)


def _wanted() -> str | None:
    """The language that is asked for beside the page: by a link of the landing page, or by what it led to."""
    return request.args.get("language") if request.method in ("GET", "HEAD") else request.form.get(LANGUAGE)


def _genuine(token: str, form: str) -> bool:
    return desk().forms.signer.genuine(Place(token, form), sent_ticket(request.form))
