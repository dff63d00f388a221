"""A kept connection to a gateway, over which each message goes once at most for each time that it is handed over."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx

from surveylab.channels import Notice, Outcome, Outgoing, Post, Receipt, UnreachableError
from surveylab.channels._pace import Pace
from surveylab.channels._segments import segments
from surveylab.channels._sms_numbers import e164, is_sender
from surveylab.channels._sms_settings import SmsSettings

CONNECTING, ANSWERING = 5.0, 15.0
"""Seconds that a connection may take to be made, and an answer to come whole."""
_MOST_BYTES = 64_000
_UNMADE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""What happens before a byte of the message has gone out."""
_HERE = "SURVEYLAB_SMS_"


@dataclass(frozen=True)
class Answer:
    """What a gateway answered. ``document`` is its JSON object; empty where it answered none, or not all of it."""

    status: int
    document: Mapping[str, Any]
    again_after: timedelta | None = None

    @property
    def code(self) -> int | None:
        """The number of its error; None where it tells none."""
        found = self.document.get("code")
        return found if isinstance(found, int) else None

    @property
    def detail(self) -> str:
        """One line of it: the message of its error, or its status."""
        told = (self.document.get(name) for name in ("message", "error", "detail"))
        words = next((each for each in told if isinstance(each, str) and each.strip()), "")
        return f"{self.code or self.status} {words}".strip()


class Shape(Protocol):
    """How a gateway is spoken to."""

    TAKES_KEYS: bool
    """Whether it knows a message that it has had already by its key, so that a second try sends nothing twice."""

    def request(self, own: SmsSettings, message: Outgoing) -> dict[str, Any]:
        """The arguments of ``httpx.Client.build_request``; ``message`` has its number in E.164, and its sender."""

    def receipt(self, own: SmsSettings, answer: Answer) -> Receipt | None:
        """What an answer says, ``parts`` 0 where it does not say how many; None where it does not say the outcome.

        Raises:
            UnreachableError: no other message would be accepted either.
        """

    def notices(self, own: SmsSettings, post: Post) -> Sequence[Notice]:
        """As the channel's own (``channels.Notified``)."""


class GatewaySender:
    """The open connection of the channel. Close it behind the batch."""

    def __init__(self, own: SmsSettings, shape: Shape) -> None:
        self._own, self._shape = own, shape
        self._pace = Pace(own.per_second)
        self._client = _client()
        self._last = ("", "")
        """The gateway's name of the last message that it accepted, and the key of that."""

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def send(self, message: Outgoing) -> Receipt:
        """Hand over one message; the contract says what comes back."""
        try:
            number = e164(message.address)
        except ValueError as error:
            return Receipt(Outcome.REFUSED, f"not sent: {error}")
        sender = message.sender or self._own.sender
        if not is_sender(sender):
            raise UnreachableError(
                f"The template names {sender!r} as the sender, from whom no text message can come; name a number, a "
                "short code or a name of up to eleven letters and figures, or nobody."
            )
        self._pace.wait()
        answer = self._exchange(self._shape.request(self._own, replace(message, address=number, sender=sender)))
        if answer is None:
            return self._lost("the gateway did not answer")
        found = self._shape.receipt(self._own, answer)
        if found is None:
            return self._lost(answer.detail, answer.again_after)
        if found.outcome is not Outcome.SENT:
            return replace(found, detail=_line(found.detail, number), parts=1)
        name, last, key = found.provider_id or "", *self._last
        if name == last and key != message.key:
            # It answered the last message twice: what else comes over this connection is behind by one.
            self._client.close()
            self._client = _client()
            return self._lost("the gateway answered with the name of another message")
        self._last = name, message.key
        parts = found.parts or segments(message.body)
        cost = self._own.price * parts if found.cost is None and self._own.price is not None else found.cost
        return replace(found, detail=_line(found.detail, number), parts=parts, cost=cost)

    def _lost(self, detail: str, again_after: timedelta | None = None) -> Receipt:
        """The receipt where nobody knows whether it was accepted; with a key it can be asked once more."""
        if self._shape.TAKES_KEYS:
            return Receipt(Outcome.DEFERRED, _line(detail), again_after=again_after)
        return Receipt(Outcome.UNCERTAIN, _line(detail))

    def _exchange(self, arguments: dict[str, Any]) -> Answer | None:
        """One request and its answer; None where the request went out, at least in part, and no status came back."""
        until = time.monotonic() + ANSWERING
        status, body, headers = 0, bytearray(), httpx.Headers()
        try:
            with self._client.stream("POST", **arguments) as response:
                status, headers = response.status_code, response.headers
                for some in response.iter_bytes():
                    body += some
                    if len(body) > _MOST_BYTES or time.monotonic() > until:
                        break
        except _UNMADE as error:
            raise UnreachableError(
                f"There is no connection to the gateway at {self._own.url} ({error or type(error).__name__}). "
                f"Check {_HERE}URL and the network; what was not sent is tried again."
            ) from error
        except httpx.RequestError:
            if not status:
                return None
        return Answer(status, _document(bytes(body)), _again_after(headers.get("retry-after", "")))


def _client() -> httpx.Client:
    patience = httpx.Timeout(ANSWERING, connect=CONNECTING, pool=CONNECTING)
    return httpx.Client(timeout=patience, follow_redirects=False, headers={"Accept": "application/json"})


def by_status(answer: Answer) -> Receipt | None:
    """What a status says where the document says nothing that is known better; None for 1xx, 2xx and 5xx.

    Raises:
        UnreachableError: it says that the settings are wrong, or the account is.
    """
    status = answer.status
    if status in (408, 409, 425, 429):
        return Receipt(Outcome.DEFERRED, answer.detail, again_after=answer.again_after)
    remedy = next((words for statuses, words in _REMEDIES.items() if status in statuses), None)
    if remedy:
        raise UnreachableError(f"The gateway accepts nothing ({_line(answer.detail)}). {remedy}")
    return Receipt(Outcome.REFUSED, answer.detail) if 400 <= status < 500 else None


_REMEDIES = {
    (401, 403, 407): f"Check {_HERE}ACCOUNT and {_HERE}TOKEN.",
    (402,): "Check the credit of the account.",
    (*range(300, 400), 404, 405): f"Check {_HERE}URL, {_HERE}GATEWAY and {_HERE}ACCOUNT.",
}


def amount(told: object) -> Decimal | None:
    """A price or a cost as a gateway tells it, without its sign (some tell what is taken off an account)."""
    try:
        found = Decimal(str(told))
    except InvalidOperation:
        return None
    return abs(found) if found.is_finite() else None


def count(told: object) -> int:
    """A number of segments as a gateway tells it; 0 where it tells none."""
    return int(str(told)) if re.fullmatch("[0-9]{1,4}", str(told)) else 0


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _again_after(text: str) -> timedelta | None:
    """Of Retry-After (RFC 9110, 10.2.3): seconds, or a date."""
    if re.fullmatch("[0-9]{1,6}", text):
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC))


def _line(text: str, number: str = "") -> str:
    """One line, without the number: it outlives the person's data."""
    line = " ".join(text.split())[:200]
    return line.replace(number, "…").replace(number[1:], "…") if number else line
