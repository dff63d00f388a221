"""The prompt in an app or on a site: a script that the site includes, and the pages in its frame.

The script decides, in the browser, whether the person is asked; nobody else makes a request. The
frame shows the offer, and a POST from within it, when it is displayed, writes the case. The site's
own scripts see neither the personal link nor an answer: the frame is of another origin and tells
them three things only, its height, that it is to be closed, and that the interview is finished.
So no response has to be readable from elsewhere (no CORS), and no cookie is needed.

Everything under /w may be framed by the origins of the settings, and nothing else may be framed at all. Without
such an origin there is nothing under /w.
"""

from __future__ import annotations

import json
import re

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from surveylab.web import assets, compression, present
from surveylab.web.desk import EMBEDDED, desk, now, prompts
from surveylab.web.forms import Place, sent_ticket

blueprint = Blueprint("embed", __name__, url_prefix=EMBEDDED)

_UNIT = re.compile(r"app-[0-9a-f]{32}", re.ASCII)
MINUTES = 5
"""For which a browser keeps the script: so long a closed survey may still be asked for, and is not offered."""


@blueprint.get("/<slug>.js")
def script(slug: str) -> AnyResponse:
    """What a site includes: the rules of one experiment, and the script that goes by them."""
    terms = desk().prompts.terms(slug, now())
    if terms is None:
        abort(404)
    says = {
        "slug": slug,
        "title": terms.title,
        "key": terms.key,
        "bound": str(terms.bound),
        "origins": desk().settings.embed_origins,
    }
    response = Response(f"({assets.embed()})({json.dumps(says)});\n", mimetype="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={60 * MINUTES}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    if response.status_code == 200:
        compression.negotiate(response)
    return response


@blueprint.get("/<slug>")
def offer(slug: str) -> AnyResponse:
    """The offer to one person, as the person's arm has it; 204, which shows nothing, where there is none."""
    unit = request.args.get("person", "")
    reception = prompts().offer(slug, unit, now()) if _UNIT.fullmatch(unit) else None
    return present.prompt(reception, _place(slug, unit), unit) if reception else Response(status=204)


@blueprint.post("/<slug>")
def happened(slug: str) -> AnyResponse:
    """The offer was displayed: the person is a case now, under this link. Or it was declined."""
    ticket, token = sent_ticket(request.form), request.form.get("token", "")
    if token:
        if not desk().forms.signer.genuine(Place(token, present.START), ticket):
            abort(400)
        desk().interview.dismiss(token, now())
        return Response(status=204)
    unit = request.form.get("person", "")
    if not desk().forms.signer.genuine(_place(slug, unit), ticket):
        abort(400)
    token = desk().prompts.display(slug, unit, now()) or ""
    if not token:
        return Response(status=204)
    start = desk().forms.signer.issue(Place(token, present.START), now())
    return jsonify(address=present.address(token), token=token, _visit=start.visit, _signature=start.signature)


def _place(slug: str, unit: str) -> Place:
    """What an offer is signed for: one person. No token is such an id, so no other form is."""
    return Place(unit, f"{EMBEDDED}/{slug}")
