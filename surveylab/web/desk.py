"""What the pages of one application share: the use cases, the forms and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, has_request_context, request

from surveylab.fieldwork.arrival import Arrivals
from surveylab.fieldwork.interview import Interview
from surveylab.fieldwork.prompt import Prompts
from surveylab.fieldwork.studies import Studies
from surveylab.settings import Settings
from surveylab.store.ledger import Ledger
from surveylab.web.clocks import Clock
from surveylab.web.forms import Forms
from surveylab.web.stencils import Stencils

NAME = "surveylab"
EMBEDDED = "/w"
"""What the addresses of all pages begin with that may stand in a frame on another site."""


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


def now() -> datetime:
    """What time it is for this request."""
    return desk().clock(request)


def embedded() -> bool:
    """Whether this request is for a page in a frame on another site."""
    return has_request_context() and request.path.startswith(f"{EMBEDDED}/")


def read_by_somebody() -> bool:
    """Whether a person is behind this GET, as far as it says: not a HEAD, and not a prefetch."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return request.method != "HEAD" and "prefetch" not in purpose
