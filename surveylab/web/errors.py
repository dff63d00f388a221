"""Pages for what belongs to no survey: every error of HTTP, in words that say what to do."""

from __future__ import annotations

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from surveylab.errors import SurveylabError
from surveylab.templating import render
from surveylab.web import assets
from surveylab.web.desk import accepted, embedded
from surveylab.words import LANGUAGES, Language, best
from surveylab.words.problems import PROBLEMS

log = logging.getLogger(__name__)


def problem(code: int) -> Response:
    """The page of an error, in the language that the browser asks for where the pages speak it."""
    language = Language(best(accepted(), LANGUAGES) or LANGUAGES[0])
    heading, advice = PROBLEMS.get(code, PROBLEMS[400 if code < 500 else 500])
    text = render(
        "survey/problem.html",
        language=language,
        t=language.say,
        assets=assets.addresses(),
        framed=embedded(),
        heading=language.say(heading),
        advice=language.say(advice),
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
