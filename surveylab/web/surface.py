"""Where the pages of an interview are shown: under the personal link, in an app, or at a kiosk.

The pages are the same on all, and so are the use cases behind them; only their addresses
begin differently.
"""

from __future__ import annotations

import re
from datetime import timedelta

from flask import g, has_request_context, request

from surveylab.web.desk import EMBEDDED, embedded

PERSONAL = "/r"
WAITED = "Surveylab-Waited"
"""Milliseconds that a form waited at a kiosk for a connection, by the clock of the kiosk."""


def root() -> str:
    """What the addresses of this request's interview begin with."""
    kiosk: str | None = g.get("kiosk") if has_request_context() else None
    if kiosk is not None:
        return kiosk_address(kiosk)
    return f"{EMBEDDED}{PERSONAL}" if embedded() else PERSONAL


def at_kiosk() -> bool:
    """Whether this request is for a page that is shown on the screen of a kiosk."""
    return has_request_context() and g.get("kiosk") is not None


def kiosk_address(slug: str) -> str:
    """The start screen of a kiosk."""
    return f"/k/{slug}"


def waited() -> timedelta:
    """How long the form of this request waited at a kiosk; nothing where it comes from elsewhere, or says no number."""
    text = request.headers.get(WAITED, "") if g.get("kiosk") is not None else ""
    return timedelta(milliseconds=int(text)) if re.fullmatch("[0-9]{1,12}", text) else timedelta()
