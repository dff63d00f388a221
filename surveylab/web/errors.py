"""Pages for what belongs to no survey: every error of HTTP, in words that say what to do."""

from __future__ import annotations

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from surveylab.errors import SurveylabError
from surveylab.templating import render
from surveylab.web import assets
from surveylab.web.desk import embedded

log = logging.getLogger(__name__)

WORDS = {
    400: ("This page could not be read", "Go back, reload the page, and send it once more."),
    403: ("This page is not open to you", "Open it on the machine that runs the survey."),
    404: (
        "Nothing is here",
        "Check the link in your message, and copy all of it: the end of a long link is easily lost.",
    ),
    405: ("This cannot be done here", "Go back and use the buttons of the page."),
    413: ("That is too much at once", "Go back, shorten what you wrote, and send it once more. Nothing was saved."),
    500: ("Something went wrong on our side", "Wait a minute and reload the page. What you sent before has been kept."),
    503: (
        "This survey cannot be opened now",
        "The fault is ours. Your link stays as it is; try it again later. What you sent before has been kept.",
    ),
}
"""Code -> heading, and what to do."""


def problem(code: int) -> Response:
    """The page of an error."""
    heading, advice = WORDS.get(code, WORDS[400 if code < 500 else 500])
    text = render(
        "survey/problem.html",
        language="en",
        assets=assets.addresses(),
        framed=embedded(),
        heading=heading,
        advice=advice,
    )
    return Response(text, code)


def register(app: Flask) -> None:
    """Answer every error of the application with its page; log what is our own fault."""

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Response:
        response = problem(error.code or 500)
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    @app.errorhandler(SurveylabError)
    def unusable(error: SurveylabError) -> Response:
        log.error("A survey cannot be shown: %s", error)
        return problem(ServiceUnavailable.code)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        log.error("A request failed", exc_info=error)
        return problem(InternalServerError.code)
