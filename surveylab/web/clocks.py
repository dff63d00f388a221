"""What time it is for a request: the machine's own, or the one that a synthetic respondent carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Request
from werkzeug.exceptions import BadRequest

Clock = Callable[[Request], datetime]

HEADER = "X-Surveylab-Clock"
"""The time of a synthetic respondent, in ISO 8601 with its offset."""


def system(_: Request) -> datetime:
    """Now, in UTC. The only clock of an application that people answer."""
    return datetime.now(UTC)


def from_header(request: Request) -> datetime:
    """The time in the request's header, so that simulated months pass in seconds; without one, now.

    Only for applications that synthetic respondents answer: whoever sends the header sets the time.

    Raises:
        BadRequest: the header is not a time with an offset.
    """
    text = request.headers.get(HEADER)
    if text is None:
        return system(request)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"{HEADER} is no time in ISO 8601.") from error
    if at.tzinfo is None:
        raise BadRequest(f"{HEADER} has no offset; end it with +00:00.")
    return at.astimezone(UTC)
