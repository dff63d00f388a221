"""Requests that are signed with a shared secret, as Standard Webhooks 1.0 has it, with the standard library only.

Three headers go with a request: ``webhook-id``, the same for each repetition of it, ``webhook-timestamp`` in seconds
since 1970, and ``webhook-signature``: the HMAC-SHA256 (RFC 2104) of id, timestamp and body with full stops between,
as ``v1,<base64>``. Several signatures stand there while a secret is being changed, separated by spaces.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far the moment of a request may lie from now, either way."""
ID, AT, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64
_VERSION = "v1"


class SignatureError(Exception):
    """A request that was not signed with the secret, or too long ago. Its text is a sentence without the secret."""


def sign(secret: str, id: str, at: datetime, body: bytes) -> dict[str, str]:  # noqa: A002 - as the header is called
    """The three headers of a request.

    Raises:
        ValueError: the secret is none (``key``), or the id has a full stop in it, which parts the fields.
    """
    if not id or "." in id:
        raise ValueError(f"{id!r} is no id of a request: it is empty or has a full stop in it")
    moment = str(int(at.timestamp()))
    return {ID: id, AT: moment, SIGNATURE: f"{_VERSION},{_signature(key(secret), id, moment, body)}"}


def verified(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a request, once its signature is found to be right and its moment to be near ``now``.

    Whether the id was here before is for who stores it to say: within the tolerance a request can come again.

    Args:
        secret: ``whsec_`` and the base64 of the key.
        headers: the headers by their names in small letters.
        body: as it came, to the byte.
        now: when it came.

    Raises:
        SignatureError: it says what is missing or wrong.
        ValueError: the secret is none (``key``).
    """
    own = key(secret)
    missing = [name for name in (ID, AT, SIGNATURE) if not headers.get(name)]
    if missing:
        raise SignatureError(f"The request is not signed: it has no {missing[0]}.")
    id_, moment = headers[ID], headers[AT]
    if "." in id_ or not re.fullmatch("[0-9]{1,11}", moment):
        raise SignatureError(f"The request is not signed: {ID} or {AT} is none.")
    right = f"{_VERSION},{_signature(own, id_, moment, body)}".encode()
    if not any(hmac.compare_digest(right, each.encode()) for each in headers[SIGNATURE].split(" ")):
        raise SignatureError("The signature of the request is wrong.")
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise SignatureError("The request was signed more than five minutes from now.")
    return id_


def key(secret: str) -> bytes:
    """The key in a secret.

    Raises:
        ValueError: it is none. The text is the part of a sentence behind the name of the setting.
    """
    try:
        found = b64decode(secret.removeprefix(_PREFIX), validate=True) if secret.startswith(_PREFIX) else b""
    except binascii.Error:
        found = b""
    if not _LEAST <= len(found) <= _MOST:
        raise ValueError(f"is {_PREFIX} and the base64 of {_LEAST} to {_MOST} random bytes")
    return found


def _signature(own: bytes, id_: str, moment: str, body: bytes) -> str:
    signed = f"{id_}.{moment}.".encode() + body
    return b64encode(hmac.digest(own, signed, hashlib.sha256)).decode("ascii")
