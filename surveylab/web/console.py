"""The console: what is in the field and how far it is, by arm. It reads and changes nothing.

It is for the people who run the survey and has no accounts yet, so it answers requests from
this machine only: a request from elsewhere, through a proxy, or under another host name gets
403. ``SURVEYLAB_CONSOLE=open`` opens it to whoever can reach the server; set it only where
something in front asks for a password.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request

from surveylab.errors import SurveylabError
from surveylab.fieldwork import progress
from surveylab.templating import render
from surveylab.web import assets
from surveylab.web.desk import desk, now
from surveylab.web.preview import document
from surveylab.words import ENGLISH

blueprint = Blueprint("console", __name__, url_prefix="/console")

LOCAL = ("127.0.0.1", "localhost", "::1")
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
"""A proxy on this machine makes everybody look local; it says so in one of these."""


@blueprint.before_request
def on_this_machine() -> None:
    """403 for requests from elsewhere, unless the console was opened to them."""
    if desk().settings.console_open:
        return
    local = _is_loopback(request.remote_addr) and _hostname(request.host) in LOCAL
    if not local or any(name in request.headers for name in PROXIED):
        abort(403)


@blueprint.get("")
def experiments() -> Response:
    """Every experiment of the ledger, with its counts by arm."""
    return _page("experiments", flows=progress.flows(desk().ledger, desk().studies, now()))


@blueprint.get("/<slug>")
def experiment(slug: str) -> Response:
    """The flow of the cases of one experiment, by arm, in each of its versions."""
    flows = progress.versions(desk().ledger, desk().studies, slug, now())
    if not flows:
        abort(404)
    return _page("experiment", flows=flows)


@blueprint.get("/<slug>/preview")
def preview(slug: str) -> Response:
    """Every page in every arm of the running version, with what differs."""
    flows = progress.versions(desk().ledger, desk().studies, slug, now())
    if not flows:
        abort(404)
    study = desk().studies.study(flows[0].stored.id)
    try:
        text = document(study, request.args.get("language"), back=f"/console/{slug}")
    except SurveylabError:
        abort(404)  # it asks nothing here, or not in that language
    return Response(text)


def _page(template: str, **values: object) -> Response:
    text = render(
        f"console/{template}.html",
        language=ENGLISH,
        t=ENGLISH.say,
        assets=assets.addresses(),
        **values,
    )
    return Response(text)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_loopback(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
