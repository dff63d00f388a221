"""Where providers tell what became of messages: signed requests, and answers in plain words for whoever sets them up.

Nobody is known by a cookie here and no form is signed: a request counts by its signature alone, and one that comes
again changes nothing. So there is nothing that a page of another site could make a browser do.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from surveylab import registry
from surveylab.channels import ForgedError, Notified, Post, SettingError
from surveylab.errors import SurveylabError
from surveylab.fieldwork import notices
from surveylab.web.desk import desk, now

log = logging.getLogger(__name__)
blueprint = Blueprint("receipts", __name__, url_prefix="/hooks/receipts")

MOST_BYTES = 64_000
"""Of one request."""


@blueprint.post("/<channel>")
def receive(channel: str) -> Response:
    """Take what the provider of a channel tells."""
    module = registry.load("channels", channel) if channel in registry.names("channels") else None
    settings = desk().settings.channel(channel)
    if not isinstance(module, Notified) or not settings:
        return _said("No channel of this name is set up here that is told anything.", 404)
    request.max_content_length = MOST_BYTES
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _said(f"A notice has at most {MOST_BYTES} bytes.", 413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    post = Post(_address(), headers, body, now())
    try:
        found = module.notices(post, settings)
    except ForgedError as error:
        log.warning("A notice of the channel %s was refused: %s", channel, error)
        return _said(str(error), 403)
    except SettingError as error:
        log.error("Notices of the channel %s cannot be taken: %s", channel, error)  # noqa: TRY400 - no fault of the code
        return _said("The channel is not set up to be told anything; its log says why.", 503)
    except SurveylabError as error:
        log.warning("A notice of the channel %s cannot be read: %s", channel, error)
        return _said(str(error), 400)
    notices.take(desk().ledger, channel, found, post.at)
    return Response(status=204)


def _address() -> str:
    """The whole address that the provider asked for, by the settings: behind a proxy the request has another."""
    query = request.query_string.decode("latin-1")
    return f"{desk().settings.base_url}{request.path}{'?' if query else ''}{query}"


def _said(words: str, code: int) -> Response:
    return Response(f"{words}\n", code, mimetype="text/plain")
