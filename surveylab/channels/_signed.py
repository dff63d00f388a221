"""Notices that are signed with a shared secret (``signatures``), and the JSON in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from surveylab import signatures
from surveylab.channels import ForgedError, Post
from surveylab.errors import SurveylabError


def verified(post: Post, secret: str) -> str:
    """The id of a request that was signed with the secret; the same for each repetition of it. Else ForgedError."""
    try:
        return signatures.verified(secret, post.headers, post.body, post.at)
    except signatures.SignatureError as error:
        raise ForgedError(str(error)) from error


def document(post: Post) -> Mapping[str, Any]:
    """The JSON object that was posted. SurveylabError where it is none."""
    try:
        told = json.loads(post.body)
    except (ValueError, RecursionError):
        raise SurveylabError("The notice is no JSON.") from None
    if not isinstance(told, dict):
        raise SurveylabError("The notice is no object of JSON.")
    return told


def moment(told: Mapping[str, Any]) -> datetime | None:
    """When it happened, by its ``at``, where that is told. SurveylabError where it is no moment with its zone."""
    written = told.get("at")
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise SurveylabError("The at of the notice is no moment such as 2026-03-02T09:00:00Z.")
    return found


def line(text: str) -> str:
    """What a notice says, as one line of some length."""
    return " ".join(text.split())[:200]
