"""From what a use case says to a page with its code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response

from surveylab.fieldwork.pages import Elsewhere, Notice, Reception, Standing, SurveyView
from surveylab.fieldwork.sitting import PageView
from surveylab.templating import render
from surveylab.web import assets
from surveylab.web.desk import desk, embedded, now
from surveylab.web.errors import problem
from surveylab.web.forms import Filled, Place, Ticket
from surveylab.web.forms import place as page_place
from surveylab.web.surface import PERSONAL, root
from surveylab.words import Word

START = "/start"
STOP = "/stop"
"""The forms that are no page. A page's id has no slash, so none can be taken for another."""

RESUME = "/resume"

DOORS = {
    Standing.INVITED: ("landing", 200),
    Standing.STARTED: ("landing", 200),
    Standing.SUBMITTED: ("answered", 200),
    Standing.CLOSED: ("closed", 410),
    Standing.PAUSED: ("paused", 503),
    Standing.QUOTA_FULL: ("full", 410),
    Standing.SCREENED_OUT: ("screened", 410),
    Standing.OPTED_OUT: ("stopped", 410),
}
"""What stands at the link of a respondent, and with which code.

410 where the link never opens the survey again for this person. A pause is 503 with Retry-After: the
link will work again, so nobody may remember that it is gone, nor take the page for the survey.
"""

PAUSE_SECONDS = 3600
"""When a program may ask again; how long a pause lasts is not known."""


def open_link(slug: str, place: str = "") -> str:
    """Where people come who were not listed, or a place behind it."""
    return f"/o/{slug}{place}"


def address(token: str, place: str = "") -> str:
    """Where a place of an interview is: a page, the thank-you page, or the landing page."""
    return f"{root()}/{token}/{place}" if place else f"{root()}/{token}"


def onwards(token: str, elsewhere: Elsewhere) -> Response:
    """See other: what a POST is answered with, and a page that is not there to be shown."""
    return Response(status=303, headers={"Location": address(token, elsewhere.place)})


def door(reception: Reception, *, place: Place | None = None, forged: bool = False) -> Response:
    """The landing page, or why there is none. ``place`` is the open link, for who has no own."""
    survey = reception.survey
    if survey is None:
        return problem(404)
    template, code = DOORS[reception.standing]
    if template != "landing":
        response = _plain(survey, template, code, started=reception.had_started)
        if code == 503:
            response.headers["Retry-After"] = str(PAUSE_SECONDS)
        return response
    return _form(
        survey,
        "landing",
        place or Place(survey.token, START),
        forged=forged,
        started=reception.had_started,
        minutes=reception.minutes,
        go_on_at=open_link(survey.slug, RESUME) + _carried(survey) if place else None,
    )


def resume(survey: SurveyView, *, entered: str = "", error: Word | None = None, forged: bool = False) -> Response:
    """The form for a resume code, or the form with what was entered and what to do about it."""
    place = resume_place(survey.slug)
    more = {
        "entered": entered,
        "error": error and survey.words(error),
        "survey_address": open_link(survey.slug) + _carried(survey),
    }
    return _form(survey, "resume", place, forged=forged, code=422 if error else 200, **more)


def resume_place(slug: str) -> Place:
    """What the form for a resume code is signed for."""
    return Place("", open_link(slug, RESUME))


def prompt(reception: Reception, place: Place, unit: str) -> Response:
    """The landing page as it is offered to somebody in an app, before the person is a case."""
    assert reception.survey is not None
    return _plain(
        reception.survey,
        "prompt",
        200,
        forged=False,
        started=False,
        minutes=reception.minutes,
        go_on_at=None,
        ticket=desk().forms.signer.issue(place, now()),
        action=place.form,
        unit=unit,
    )


def thanks(survey: SurveyView) -> Response:
    """The end of an interview."""
    return _plain(survey, "thanks", 200)


def privacy(notice: Notice | None) -> Response:
    """What is stored and what is not."""
    return _plain(notice.survey, "privacy", 200, own=True, notice=notice) if notice else problem(404)


def stopped(survey: SurveyView) -> Response:
    """Taken out at once, as the program of a mail box asked: it wants to hear that it was done."""
    return _plain(survey, DOORS[Standing.OPTED_OUT][0], 200)


def stop(survey: SurveyView, *, forged: bool = False) -> Response:
    """The question before somebody is taken out."""
    return _form(survey, "stop", Place(survey.token, STOP), forged=forged)


def question(view: PageView) -> Response:
    """A page of the instrument, with what was answered on it before."""
    return _question(view, 200)


def question_again(view: PageView, form: Filled, errors: Mapping[str, str], shown: datetime) -> Response:
    """A page with what was entered and what to do about it; its time runs on from ``shown``."""
    return _question(view, 422, form.entered, errors, shown)


def question_unsigned(view: PageView, form: Filled) -> Response:
    """A page with what was entered, to be sent once more: its form was not from here."""
    return _question(view, 400, form.entered)


def question_switched(view: PageView, form: Filled, shown: datetime) -> Response:
    """A page in another language, with what was entered, judged by nobody; its time runs on from ``shown``."""
    return _question(view, 200, form.entered, None, shown)


def _question(
    view: PageView,
    code: int,
    entered: Mapping[str, list[str]] | None = None,
    errors: Mapping[str, str] | None = None,
    shown: datetime | None = None,
) -> Response:
    ticket = desk().forms.signer.issue(page_place(view), shown or now())
    again = {"entered_again": entered, "errors": errors or {}, "forged": code == 400}
    resume_at, files = _resume_at(view.survey), assets.addresses_for(view.survey)
    plain = partial(page_text, view, ticket, files, resume_at=resume_at, **again)
    if code != 200 or entered is not None:
        return Response(plain(), code)
    around = root(), resume_at, files, embedded()
    return Response(desk().stencils.page(view, ticket.visit, ticket.signature, plain, around=around))


def page_text(view: PageView, ticket: Ticket, files: assets.Addresses, **values: object) -> str:
    """The text of a page of the instrument; ``files`` are what it loads."""
    return render(
        "survey/page.html",
        **{"resume_at": None, "entered_again": None, "errors": {}, "forged": False, **values},
        survey=view.survey,
        language=view.words.spoken,
        address=address(view.survey.token),
        home=_home(view.survey),
        carried="",
        assets=files,
        may_stop=True,
        framed=embedded(),
        page=view,
        query=f"?{urlencode(view.preselected)}" if view.preselected else "",
        title_heads=view.title_heads,
        t=view.words,
        ticket=ticket,
    )


def _form(survey: SurveyView, template: str, place: Place, *, forged: bool, code: int = 200, **values: Any) -> Response:
    return _plain(
        survey,
        template,
        400 if forged else code,
        **values,
        may_stop=place.form == START,
        forged=forged,
        ticket=desk().forms.signer.issue(place, now()),
        action=place.form if not place.token else address(place.token),
    )


def _plain(
    survey: SurveyView,
    template: str,
    code: int,
    *,
    own: bool = False,
    ticket: Ticket | None = None,
    action: str = "",
    **values: Any,
) -> Response:
    """A page around the instrument; ``own`` says that it tells a respondent of things that others are not told."""
    files, resume_at = assets.addresses_for(survey), _resume_at(survey)
    more = {"ticket": ticket, "action": action, "resume_at": resume_at}
    render_plainly = partial(plain_text, survey, template, files, **more, **values)
    if own or survey.feedback or not survey.token:
        return Response(render_plainly(), code)
    varying = (ticket.visit, ticket.signature) if ticket else ()
    around = template, root(), embedded(), files, resume_at, *values.items()
    return Response(desk().stencils.text(survey, varying, render_plainly, around=around), code)


def plain_text(survey: SurveyView, template: str, files: assets.Addresses, **values: object) -> str:
    """The text of a page around the instrument: landing, thanks, and the ends."""
    return render(
        f"survey/{template}.html",
        **{"may_stop": False, "title_heads": False, "resume_at": None, **values},
        survey=survey,
        language=survey.words.spoken,
        t=survey.words,
        address=address(survey.token),
        home=_home(survey),
        carried=_carried(survey),
        assets=files,
        framed=embedded(),
    )


def _home(survey: SurveyView) -> str:
    """The link by which one comes to the survey, outside of any frame: one's own, or the open one."""
    return f"{PERSONAL}/{survey.token}" if survey.token else open_link(survey.slug)


def _carried(survey: SurveyView) -> str:
    """What carries a language along that is not written down yet."""
    return f"?language={survey.chosen}" if survey.chosen else ""


def _resume_at(survey: SurveyView) -> str | None:
    """The address that is typed in together with the code, for who has one; as short as it can be read."""
    if survey.resume_code is None:
        return None
    return desk().settings.base_url.partition("://")[2] + open_link(survey.slug, RESUME)
