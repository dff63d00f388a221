"""What the pages of one application share: the use cases, the forms and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import current_app, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from surveylab.fieldwork.arrival import Arrivals
from surveylab.fieldwork.interview import Interview
from surveylab.fieldwork.prompt import Prompts
from surveylab.fieldwork.reader import Reader
from surveylab.fieldwork.studies import Studies
from surveylab.settings import Settings
from surveylab.store.ledger import Ledger
from surveylab.web.clocks import Clock
from surveylab.web.forms import SHOWN_IN, Forms
from surveylab.web.stencils import Stencils

NAME = "surveylab"
EMBEDDED = "/w"
"""What the addresses of all pages begin with that may stand in a frame on another site."""
_FRAMED = f"{EMBEDDED}/"


@dataclass(frozen=True)
class Desk:
    """One per application, under ``app.extensions``."""

    settings: Settings
    ledger: Ledger
    studies: Studies
    interview: Interview
    arrivals: Arrivals
    forms: Forms
    clock: Clock
    prompts: Prompts
    stencils: Stencils


def desk() -> Desk:
    """The desk of the application that handles this request."""
    found: Desk = current_app.extensions[NAME]
    return found


def interview(chosen: str | None = None) -> Interview:
    """The use cases of respondents, as the person behind this request reads; ``chosen`` on the page itself."""
    return desk().interview.read_by(_reader(chosen))


def arrivals(chosen: str | None = None) -> Arrivals:
    """The use cases of open links, as the person behind this request reads; ``chosen`` on the page itself."""
    return desk().arrivals.read_by(_reader(chosen))


def prompts() -> Prompts:
    """The use cases of prompts, as the person behind this request reads."""
    return desk().prompts.read_by(_reader(None))


def _reader(chosen: str | None) -> Reader:
    shown = request.form.get(SHOWN_IN, "") if request.method == "POST" else ""
    return Reader(chosen or "", accepted(), shown)


def accepted() -> tuple[str, ...]:
    """The languages that the browser asks for, the most wanted first (RFC 9110, 12.5.4)."""
    return _accepted(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(1_000)  # browsers are many, and what they ask for is much the same
def _accepted(header: str) -> tuple[str, ...]:
    return tuple(tag for tag, quality in parse_accept_header(header, LanguageAccept) if quality > 0)


def now() -> datetime:
    """What time it is for this request."""
    return desk().clock(request)


def embedded() -> bool:
    """Whether this request is for a page in a frame on another site."""
    return has_request_context() and is_embedded(request.path)


def is_embedded(path: str) -> bool:
    """Whether what stands at a path is for a frame on another site."""
    return path.startswith(_FRAMED)


def read_by_somebody() -> bool:
    """Whether a person is behind this GET, as far as it says: not a HEAD, and not a prefetch."""
    environ = request.environ
    purpose = f"{environ.get('HTTP_SEC_PURPOSE', '')} {environ.get('HTTP_PURPOSE', '')}"
    return environ["REQUEST_METHOD"] != "HEAD" and "prefetch" not in purpose
