"""The shape of Twilio's interface of 2010-04-01, which others speak too: forms, basic authentication, no keys."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from surveylab.channels import ForgedError, Notice, Outcome, Outgoing, Post, Receipt, UnreachableError
from surveylab.channels._sms_numbers import e164, is_service
from surveylab.channels._sms_sending import Answer, amount, by_status, count
from surveylab.channels._sms_settings import SmsSettings
from surveylab.channels._stop_words import is_stop
from surveylab.errors import SurveylabError

TAKES_KEYS = False

_OPTED_OUT = 21610
_REFUSED = frozenset((21211, 21217, 21265, 21408, 21421, 21602, _OPTED_OUT, 21612, 21614, 21617, 21635))
"""Codes that stay with the number or the text: no such number, a landline, a country that is not allowed, no text."""
_DEFERRED = frozenset((14107, 20429, 20503, 21611, 63038))
"""Codes that pass, and say that the message was not taken: too many at once, unavailable, a full queue."""
_OF_SENDER = frozenset((21212, 21603, 21606, 21618, 21659, 21660, 21703, 21705, 21712))
"""Codes of a sender that is not one of the account's."""
_BOUNCED = ("undelivered", "failed")


def request(own: SmsSettings, message: Outgoing) -> dict[str, Any]:
    """A form to the messages of the account."""
    form = {"To": message.address, "Body": message.body}
    form["MessagingServiceSid" if is_service(message.sender) else "From"] = message.sender
    if own.status_url:
        form["StatusCallback"] = own.status_url
    url = f"{own.url}/2010-04-01/Accounts/{own.account}/Messages.json"
    return {"url": url, "data": form, "auth": (own.account, own.token)}


def receipt(own: SmsSettings, answer: Answer) -> Receipt | None:  # noqa: ARG001 - the shape's arguments
    """Sent by its sid, else by the code of the error, else by the status."""
    told, code = answer.document, answer.code
    if 200 <= answer.status < 300:
        name = told.get("sid")
        if not isinstance(name, str) or not name:
            return None
        parts, cost = count(told.get("num_segments")), amount(told.get("price"))
        return Receipt(Outcome.SENT, str(told.get("status") or ""), name, parts, cost)
    if code in _REFUSED:
        told_so = "the person has opted out: " if code == _OPTED_OUT else ""
        return Receipt(Outcome.REFUSED, told_so + answer.detail)
    if code in _DEFERRED:
        return Receipt(Outcome.DEFERRED, answer.detail, again_after=answer.again_after)
    if code in _OF_SENDER:
        raise UnreachableError(f"The gateway does not take the sender ({answer.detail}). Check SURVEYLAB_SMS_FROM.")
    return by_status(answer)


def notices(own: SmsSettings, post: Post) -> Sequence[Notice]:
    """What a form of the provider tells: of a message that went out, or a message that came in."""
    try:
        fields = parse_qsl(post.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        raise SurveylabError("The notice is no form in UTF-8.") from None
    addresses = {post.url, own.status_url or post.url}
    if not any(_is_signed(own.token, address, fields, post.headers) for address in sorted(addresses)):
        raise ForgedError(
            "The notice is not signed by the gateway for this address. Check SURVEYLAB_SMS_TOKEN, and that "
            "SURVEYLAB_BASE_URL or SURVEYLAB_SMS_STATUS_URL is the address that the gateway was told."
        )
    told = dict(fields)
    name = told.get("MessageSid") or told.get("SmsSid") or ""
    if not name:
        raise SurveylabError("The notice names no message: it has no MessageSid.")
    state = told.get("MessageStatus") or told.get("SmsStatus") or ""
    if state == "received":
        return _incoming(told, name)
    once, cost = f"{name} {state}", amount(told.get("Price"))
    if state == "delivered":
        return (Notice("delivered", once, name, cost=cost),)
    if state in _BOUNCED:
        code = told.get("ErrorCode", "")
        found = Notice("bounced", once, name, detail=f"{state} {code}".strip(), cost=cost)
        said_stop = _stopped(told.get("To", ""), f"{once} stop") if code == str(_OPTED_OUT) else ()
        return (found, *said_stop)
    return ()


def _incoming(told: dict[str, str], name: str) -> Sequence[Notice]:
    if told.get("OptOutType") == "STOP" or is_stop(told.get("Body", "")):
        return _stopped(told.get("From", ""), name)
    return ()


def _stopped(address: str, once: str) -> Sequence[Notice]:
    try:
        return (Notice("opted_out", once, address=e164(address), detail="stop"),)
    except ValueError:  # a short code or a name says nothing of a person
        return ()


def _is_signed(token: str, address: str, fields: Sequence[tuple[str, str]], headers: Any) -> bool:
    """Whether the signature is that of the address and the fields behind it, by their names, each value once."""
    text = address + "".join(name + value for name, value in sorted(set(fields)))
    own = b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1))
    return hmac.compare_digest(own, headers.get("x-twilio-signature", "").encode())
