"""A plain shape for all other gateways: JSON both ways, a bearer token, and a key by which a message goes once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surveylab.channels import Notice, Outcome, Outgoing, Post, Receipt, SettingError, _signed
from surveylab.channels._sms_numbers import e164
from surveylab.channels._sms_sending import Answer, amount, by_status, count
from surveylab.channels._sms_settings import SmsSettings
from surveylab.channels._stop_words import is_stop
from surveylab.errors import SurveylabError

TAKES_KEYS = True

_KINDS = {"delivered": "delivered", "undelivered": "bounced"}


def request(own: SmsSettings, message: Outgoing) -> dict[str, Any]:
    """The message as one object to the address of the settings."""
    sent = {"to": message.address, "from": message.sender, "text": message.body, "key": message.key}
    headers = {"Authorization": f"Bearer {own.token}", "Idempotency-Key": message.key}
    return {"url": own.url, "json": sent, "headers": headers}


def receipt(own: SmsSettings, answer: Answer) -> Receipt | None:  # noqa: ARG001 - the shape's arguments
    """Sent by its id, else by the status."""
    told = answer.document
    if not 200 <= answer.status < 300:
        return by_status(answer)
    name = told.get("id")
    if not isinstance(name, str | int) or not str(name):
        return None
    return Receipt(Outcome.SENT, "", str(name), count(told.get("segments")), amount(told.get("cost")))


def notices(own: SmsSettings, post: Post) -> Sequence[Notice]:
    """What a signed object tells: of a message that went out, or a message that came in."""
    if not own.secret:
        raise SettingError("SURVEYLAB_SMS_SECRET is not set: without it no notice of the gateway can be verified.")
    once, told = _signed.verified(post, own.secret), _signed.document(post)
    state = told.get("state")
    if not isinstance(state, str):
        raise SurveylabError("The notice is no object with a state.")
    if state == "received":
        return _incoming(told, once)
    if state not in _KINDS:
        return ()
    name, detail = told.get("id"), told.get("detail", "")
    if not isinstance(name, str | int) or not str(name) or not isinstance(detail, str):
        raise SurveylabError("The notice names no message: its id is a text, and so is its detail where it has one.")
    line = _signed.line(detail)
    return (
        Notice(_KINDS[state], once, str(name), detail=line, at=_signed.moment(told), cost=amount(told.get("cost"))),
    )


def _incoming(told: Mapping[str, Any], once: str) -> Sequence[Notice]:
    sender, text = told.get("from"), told.get("text")
    if not isinstance(sender, str) or not isinstance(text, str):
        raise SurveylabError("The notice of a message that came in has no from or no text.")
    if not is_stop(text):
        return ()
    try:
        return (Notice("opted_out", once, address=e164(sender), detail="stop", at=_signed.moment(told)),)
    except ValueError as error:
        raise SurveylabError(f"The message that came in is from {error}.") from None
