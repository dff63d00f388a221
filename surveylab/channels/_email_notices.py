"""What is heard of a message: a relay's JSON, a report of its delivery (RFC 3464), an automatic reply (RFC 3834).

All of it is signed by whoever posts it. A message that came by mail anybody can have written; so one counts only where
it names one of ours, whose id nobody knows but who got it and who carried it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import Any

from surveylab.channels import Notice, Post, _signed
from surveylab.errors import SurveylabError
from surveylab.mailboxes import UnusableError, email

_KINDS = {"delivered": "delivered", "bounced": "bounced", "complaint": "opted_out", "unsubscribed": "opted_out"}
"""Event of a relay -> kind of notice. A relay tells of more, such as bounces that may pass, which is of no interest."""
_BY = {"complaint": "complaint", "unsubscribed": ""}
_ACTIONS = {"failed": "bounced", "delivered": "delivered"}
"""Action of a report (RFC 3464, 2.3.3) -> kind of notice; delayed, relayed and expanded are on their way."""
_PASSING = re.compile(r"\s*(smtp;\s*)?(4\d\d[ -]|(4\d\d )?4\.\d{1,3}\.\d{1,3}\b)", re.IGNORECASE)
"""A reason that may pass (RFC 3463, 2: class 4; RFC 5321, 4.2.1)."""
_REPLIED = re.compile(r"\s*auto-replied(?![\w-])", re.IGNORECASE)
_ID = re.compile(r"<([^<>\s]+)>")


def notices(post: Post, secret: str) -> Sequence[Notice]:
    """What a signed request tells.

    Its Content-Type says of which kind it is: message/rfc822 for a message that came by mail, else JSON.

    Raises:
        ForgedError: its signature is missing, wrong or too old.
        SurveylabError: it cannot be read.
    """
    once = _signed.verified(post, secret)
    if post.headers.get("content-type", "").partition(";")[0].strip().lower() == "message/rfc822":
        return tuple(_mail(post.body, once))
    return tuple(_relay(_signed.document(post), once))


def _relay(told: Mapping[str, Any], once: str) -> Iterator[Notice]:
    event, detail = told.get("event"), told.get("detail") or ""
    if not isinstance(event, str) or not isinstance(detail, str):
        raise SurveylabError("The notice has no event, or its detail is no text.")
    kind = _KINDS.get(event)
    if kind is None or (kind == "bounced" and _PASSING.match(detail)):
        return
    name, written = told.get("message_id") or "", told.get("address") or ""
    if not isinstance(name, str) or not isinstance(written, str) or not (name or written):
        raise SurveylabError("The notice names neither a message_id nor an address.")
    try:
        address = email(written) if written else ""
    except UnusableError as error:
        raise SurveylabError(f"The address of the notice {error}.") from None
    own = told.get("id")
    said = _BY.get(event, _signed.line(detail))
    bare = name.strip().removeprefix("<").removesuffix(">")
    yield Notice(kind, own if isinstance(own, str) and own else once, bare, address, said, _signed.moment(told))


def _mail(body: bytes, once: str) -> Iterator[Notice]:
    mail = message_from_bytes(body, policy=compat32)
    own = _ids(mail, "message-id")
    once = own[0] if own else once
    if mail.get_content_type() == "multipart/report":
        yield from _report(mail, once)
    elif _REPLIED.match(_header(mail, "auto-submitted")):
        name = next((found[-1] for each in ("in-reply-to", "references") if (found := _ids(mail, each))), "")
        if name:
            yield Notice("out_of_office", once, name, at=_date(mail))


def _report(mail: Message, once: str) -> Iterator[Notice]:
    """Of each kind one notice at most, for a message of ours has one recipient."""
    parts = [part for part in mail.walk() if part is not mail]
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    name = _reported(parts)
    if status is None or not name:
        return
    blocks = status.get_payload()
    told: dict[str, str] = {}
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Message):
            continue
        kind = _ACTIONS.get(_header(block, "action").strip().lower())
        reason = " ".join(each for each in (_header(block, "status"), _header(block, "diagnostic-code")) if each)
        if kind is not None and not (kind == "bounced" and _PASSING.match(reason)):
            told.setdefault(kind, _signed.line(reason))
    for kind, detail in told.items():
        yield Notice(kind, once if len(told) == 1 else f"{once} {kind}", name, detail=detail, at=_date(mail))


def _reported(parts: Sequence[Message]) -> str:
    """The id of the message that a report is of: it, or its headers, come back with the report (RFC 3462)."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            found = _ids(inner[0], "message-id") if isinstance(inner, list) and isinstance(inner[0], Message) else []
        elif part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            found = _ids(message_from_bytes(payload if isinstance(payload, bytes) else b""), "message-id")
        else:
            continue
        if found:
            return found[0]
    return ""


def _ids(mail: Message, header: str) -> list[str]:
    return _ID.findall(_header(mail, header))


def _header(mail: Message, name: str) -> str:
    """A header as a text, whatever bytes it had in it."""
    return "".join(sign if sign.isprintable() else " " for sign in str(mail.get(name, "")))


def _date(mail: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(mail, "date"))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else None
