"""Beacons: what the script of a page tells of one display of it. Pure.

A beacon comes from a machine that is not ours. Nothing in it is believed that is not of the
right kind and within what the server's own clock allows; what is not is left out, without a word.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveylab.store.paradata import SLACK

MOST_BYTES = 16_384
"""Of a beacon. One of a page with fifty items is a quarter of it."""
MOST_PIXELS = 20_000
MOST_CHANGES = 10_000
PHONE_PIXELS = 600
"""A window that is touched and has a shorter side is a phone's."""


@dataclass(frozen=True)
class Telling:
    """A parsed beacon about one display of a page: ``visit`` names it, ``shown_at`` is when it was first shown."""

    page: str
    visit: str
    shown_at: datetime
    said: Mapping[str, Any]


def parsed(body: bytes) -> Mapping[str, Any]:
    """What a beacon says; empty where it is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):  # malformed, no UTF-8, a number of thousands of digits; nested too deeply
        return {}
    return said if isinstance(said, dict) else {}


def possible(said: Mapping[str, Any], items: Collection[str], seconds: float) -> dict[str, Any]:
    """What of a beacon can be true, in seconds, as the ledger keeps it; empty where nothing is left.

    Args:
        said: a parsed beacon, its times in milliseconds.
        items: the ids of the items that its page could show.
        seconds: since the page was first shown, by the server's clock. No time can be longer.
    """
    kept: dict[str, Any] = {}
    span = _seconds(said.get("open"), seconds)
    hidden = _seconds(said.get("hidden"), span) if span is not None else None
    if span is not None and hidden is not None:
        kept |= {"open": span, "hidden": min(hidden, span)}
    viewport, pointer = _viewport(said.get("viewport")), said.get("pointer")
    if viewport is not None:
        kept["viewport"] = list(viewport)
        if pointer in ("coarse", "fine"):
            kept["device"] = device(min(viewport), coarse=pointer == "coarse")
    told, most = _mapping(said.get("items")), seconds if span is None else span
    done = {item: _item(told[item], most) for item in items if item in told}
    if any(done.values()):
        kept["items"] = {item: each for item, each in done.items() if each}
    return kept


def device(shorter_side: int, *, coarse: bool) -> str:
    """The class of a device by its window's shorter side in CSS pixels and by what points: a finger is coarse."""
    if not coarse:
        return "computer"
    return "phone" if shorter_side < PHONE_PIXELS else "tablet"


def _item(told: object, seconds: float) -> dict[str, Any] | None:
    """What was done with one item; None where nothing of it can be true."""
    said = _mapping(told)
    changes = _count(said.get("changes"), MOST_CHANGES)
    edits = _count(said.get("edits"), changes) if changes is not None else None
    if changes is None or edits is None:
        return None
    focus, entered = (_seconds(said.get(name), seconds) for name in ("focus", "input"))
    return {"focus": focus, "input": entered, "changes": changes, "edits": edits, "pasted": said.get("pasted") is True}


def _seconds(milliseconds: object, most: float) -> float | None:
    if not isinstance(milliseconds, int | float) or isinstance(milliseconds, bool):
        return None
    return milliseconds / 1000 if 0 <= milliseconds <= 1000 * (most + SLACK) else None  # nor is NaN between them


def _count(said: object, most: int) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= most else None


def _viewport(said: object) -> tuple[int, int] | None:
    sides = [_count(side, MOST_PIXELS) for side in said] if isinstance(said, list) and len(said) == 2 else []
    width, height = sides if len(sides) == 2 else (None, None)
    return (width, height) if width and height else None


def _mapping(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}
