"""The kiosk: one screen that people come to one after the other.

The browser of a kiosk opens one address, the start screen, and stays there: its script
(templates/static/kiosk.js) fetches the pages of an interview and shows them in it. So there is
no history to go back in, and nothing of a person is left once the screen starts over. What is
fetched are the pages of the personal link, under ``/k/<slug>/<token>``, and they answer that
script only (``SENT``): opened as a page they give the start screen.

For the script, a POST is answered by 204 and the next address in a header, in place of a 303
which it could not read; so a form that is sent again behind the back of somebody who has left
shows no page to nobody. Every answer from here bears ``MARK``: an answer without it came from
something in between, and the script keeps what it sent and tries again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from surveylab import templating
from surveylab.fieldwork.arrival import Kiosk, Person
from surveylab.fieldwork.pages import Reception
from surveylab.web import assets, present, respond
from surveylab.web.desk import arrivals, desk, now
from surveylab.web.forms import Place, sent_ticket
from surveylab.web.surface import kiosk_address
from surveylab.words import ENGLISH

blueprint = Blueprint("kiosk", __name__, url_prefix="/k")

SENT = "Surveylab-Kiosk"
"""A header of the script's requests; no link and no form of another site can send it."""
MARK = "Surveylab-Kiosk"
"""The same header of every answer: the version of what the screen runs on."""
NEXT = "Surveylab-Next"

IDLE = 60
LEAST_IDLE, MOST_IDLE = 20, 600
PLACE = re.compile(r"[\w][\w .-]{0,59}")
PERSON = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Station:
    """What stands in the address of one kiosk, for the device and not for an arm.

    ``place`` is stored with its cases, as the field of that name. ``idle`` is the number of seconds
    without a touch after which the screen asks whether somebody is still there.
    """

    place: str = ""
    idle: int = IDLE
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Station:
        """What the address says, with everything that is wrong about it."""
        faults = [
            f"{name} means nothing here; place and idle do." for name in arguments if name not in ("place", "idle")
        ]
        place, idle = arguments.get("place", "").strip(), arguments.get("idle", str(IDLE))
        if place and not PLACE.fullmatch(place):
            faults.append("place takes up to 60 letters, figures, spaces, hyphens and full stops, such as place=lobby.")
        if not (re.fullmatch("[0-9]{1,4}", idle) and LEAST_IDLE <= int(idle) <= MOST_IDLE):
            faults.append(f"idle takes whole seconds from {LEAST_IDLE} to {MOST_IDLE}, such as idle={IDLE}.")
        return cls("", IDLE, tuple(faults)) if faults else cls(place, int(idle))


def register(app: Flask) -> None:
    """The start screen, and the pages of interviews under it."""
    app.register_blueprint(blueprint)
    app.register_blueprint(respond.blueprint, name="at_kiosk", url_prefix="/k/<slug>")


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker, by which the start screen opens without a connection."""
    text = (templating.folder() / "static" / "kiosk-worker.js").read_bytes()
    response = Response(text, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/<slug>")
def start_screen(slug: str) -> AnyResponse:
    """The start screen, whatever the survey's standing: who touches it is told."""
    station = Station.of(request.args)
    if station.faults:
        return _render("unusable", 400, language=ENGLISH, t=ENGLISH.say, faults=station.faults)
    reception = arrivals().door(slug, None, now(), at_kiosk=True)
    if reception.survey is None:
        return present.door(reception)
    return _render(
        "start",
        200,
        survey=reception.survey,
        language=reception.survey.words.spoken,
        t=reception.survey.words,
        ticket=desk().forms.signer.issue(_place(slug), now()),
        root=kiosk_address(slug),
        action=request.full_path.rstrip("?"),
        station=station,
        version=assets.kiosk_version(),
        assets=assets.kiosk_addresses_for(reception.survey),
    )


@blueprint.get("/<slug>/privacy")
def privacy(slug: str) -> Response:
    """What will be stored about who answers here, and what not, for the start screen to show."""
    return present.privacy(arrivals().notice(slug, now(), at_kiosk=True))


@blueprint.post("/<slug>")
def begin(slug: str) -> AnyResponse:
    """Somebody touches the screen: a new case, the same one when the request is sent again."""
    station, person, ticket = Station.of(request.args), request.form.get("person", ""), sent_ticket(request.form)
    signer, place = desk().forms.signer, _place(slug)
    if SENT not in request.headers:
        return redirect(kiosk_address(slug), 303)
    if station.faults or not PERSON.fullmatch(person) or not signer.genuine(place, ticket):
        faults = station.faults or ("This screen is out of date.",)
        return _render("unusable", 400, language=ENGLISH, t=ENGLISH.say, faults=faults)
    # Signed, so that nobody can choose an id that hashes to a wanted arm.
    unit = f"kiosk-{signer.signature(Place(person, place.form), ticket.visit)[:32]}"
    g.kiosk = slug
    arrived = arrivals().arrive(slug, Person(unit), now(), kiosk=Kiosk(station.place))
    if isinstance(arrived, Reception):
        return present.door(arrived)
    return present.onwards(arrived.token, arrived.elsewhere)


@respond.blueprint.url_value_preprocessor
def note_surface(_: str | None, values: dict[str, Any] | None) -> None:
    """Which kiosk a page is for; None for the personal link."""
    g.kiosk = (values or {}).pop("slug", None)


@respond.blueprint.before_request
def only_for_the_script() -> AnyResponse | None:
    """Who opens the address of a page at a kiosk gets the start screen. A beacon shows nothing, and has no headers."""
    if g.kiosk is None or SENT in request.headers or str(request.endpoint).endswith(".beacon"):
        return None
    return redirect(kiosk_address(g.kiosk), 303)


@respond.blueprint.after_request
@blueprint.after_request
def for_the_script(response: AnyResponse) -> AnyResponse:
    """Say where to go in a way that the script can read, and that the answer is ours."""
    if g.get("kiosk") is None and request.blueprint != blueprint.name:
        return response
    if request.method == "POST" and response.status_code == 303 and SENT in request.headers:
        response = Response(status=204, headers={NEXT: response.headers["Location"]})
    response.headers[MARK] = assets.kiosk_version()
    return response


def _place(slug: str) -> Place:
    """What the form of the start screen is signed for."""
    return Place("", kiosk_address(slug))


def _render(template: str, code: int, **values: object) -> Response:
    return Response(templating.render(f"kiosk/{template}.html", **{"assets": assets.kiosk_addresses(), **values}), code)
