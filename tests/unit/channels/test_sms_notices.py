"""What a gateway tells is believed where it has signed it, and read for what it says of people."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rehearsal.gateway import ACCOUNT, TOKEN, form_notice
from surveylab.channels import ForgedError, Notice, Post, SettingError, sms
from surveylab.errors import SurveylabError
from surveylab.signatures import sign

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://survey.example.org/hooks/receipts/sms"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
TWILIO = {
    "url": "https://api.twilio.com",
    "gateway": "twilio",
    "account": ACCOUNT,
    "token": TOKEN,
    "from": "+4915112345678",
}
PLAIN = {"url": "https://sms.example.org", "gateway": "json", "token": TOKEN, "from": "Survey", "secret": SECRET}


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers as the contract has them."""
    return {name.lower(): value for name, value in headers.items()}


def form(url: str = URL, token: str = TOKEN, **fields: str) -> Post:
    """A request of the shape of forms."""
    headers, body = form_notice(url, {"MessageSid": "SM1", **fields}, token)
    return Post(url, lowered(headers), body, NOW)


def document(said: Any, *, id: str = "n1", secret: str = SECRET, at: datetime = NOW) -> Post:  # noqa: A002
    """A request of the shape of JSON."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Post(URL, sign(secret, id, at, body), body, NOW)


def told(post: Post, **settings: str) -> Sequence[Notice]:
    """What the channel makes of a request."""
    own = TWILIO if "x-twilio-signature" in post.headers else PLAIN
    return sms.notices(post, {**own, **settings})


def test_the_signature_is_that_of_the_provider() -> None:
    """The example of its documentation: address and fields in the order of their names, HMAC-SHA1, base64."""
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    headers, body = form_notice("https://example.com/myapp.php?foo=1&bar=2", fields, "12345")
    assert headers["X-Twilio-Signature"] == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    post = Post("https://example.com/myapp.php?foo=1&bar=2", lowered(headers), body, NOW)
    with pytest.raises(SurveylabError, match="names no message"):
        sms.notices(post, {**TWILIO, "token": "12345"})


@pytest.mark.parametrize(
    ("fields", "notice"),
    [
        ({"MessageStatus": "delivered"}, Notice("delivered", "SM1 delivered", "SM1")),
        (
            {"MessageStatus": "delivered", "Price": "-0.0225"},
            Notice("delivered", "SM1 delivered", "SM1", cost=Decimal("0.0225")),
        ),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "30005"},
            Notice("bounced", "SM1 undelivered", "SM1", detail="undelivered 30005"),
        ),
        ({"MessageStatus": "failed"}, Notice("bounced", "SM1 failed", "SM1", detail="failed")),
        (
            {"SmsStatus": "received", "From": "+4915112345679", "Body": " Stop!"},
            Notice("opted_out", "SM1", address="+4915112345679", detail="stop"),
        ),
        (
            {"SmsStatus": "received", "From": "+4915112345679", "Body": "please, no", "OptOutType": "STOP"},
            Notice("opted_out", "SM1", address="+4915112345679", detail="stop"),
        ),
    ],
)
def test_forms_are_read(fields: dict[str, str], notice: Notice) -> None:
    """States of messages, and messages that came in."""
    assert list(told(form(**fields))) == [notice]


def test_a_message_that_was_stopped_before_says_who_had_opted_out() -> None:
    """The provider keeps a list of its own; who is on it is no longer asked by anybody here."""
    found = told(form(MessageStatus="failed", ErrorCode="21610", To="+4915112345679"))
    assert [(each.kind, each.address, each.detail) for each in found] == [
        ("bounced", "", "failed 21610"),
        ("opted_out", "+4915112345679", "stop"),
    ]
    assert len({each.once for each in found}) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageStatus": "sent"},
        {"MessageStatus": "queued"},
        {"SmsStatus": "received", "From": "+4915112345679", "Body": "9"},
        {"SmsStatus": "received", "From": "+4915112345679", "Body": ""},
        {"SmsStatus": "received", "From": "12345", "Body": "STOP"},
    ],
)
def test_what_says_nothing_of_people_is_passed_over(fields: dict[str, str]) -> None:
    """States on the way, other answers, and what short codes send."""
    assert list(told(form(**fields))) == []


@pytest.mark.parametrize(
    ("said", "notice"),
    [
        ({"state": "delivered", "id": "m1"}, Notice("delivered", "n1", "m1")),
        (
            {"state": "delivered", "id": 17, "at": "2026-03-02T08:59:30Z", "cost": "0.05"},
            Notice("delivered", "n1", "17", at=NOW - timedelta(seconds=30), cost=Decimal("0.05")),
        ),
        (
            {"state": "undelivered", "id": "m1", "detail": "no such\nsubscriber"},
            Notice("bounced", "n1", "m1", detail="no such subscriber"),
        ),
        (
            {"state": "received", "from": "+49 1511 2345679", "text": "ABMELDEN"},
            Notice("opted_out", "n1", address="+4915112345679", detail="stop"),
        ),
    ],
)
def test_documents_are_read(said: dict[str, Any], notice: Notice) -> None:
    """The same, with the id of the request to know a repetition by."""
    assert list(told(document(said))) == [notice]


def test_documents_that_say_nothing_of_people_are_passed_over() -> None:
    """States on the way, and other answers."""
    for said in ({"state": "sent", "id": "m1"}, {"state": "received", "from": "+4915112345679", "text": "9"}):
        assert list(told(document(said))) == []


@pytest.mark.parametrize(
    "said",
    [
        b"state=delivered",
        b"\xff",
        [],
        {},
        {"state": 1},
        {"state": "delivered"},
        {"state": "delivered", "id": ""},
        {"state": "delivered", "id": {}},
        {"state": "delivered", "id": "m1", "at": "yesterday"},
        {"state": "delivered", "id": "m1", "at": "2026-03-02T09:00:00"},
        {"state": "delivered", "id": "m1", "at": 5},
        {"state": "received", "text": "STOP"},
        {"state": "received", "from": "nobody", "text": "STOP"},
    ],
)
def test_a_document_that_cannot_be_read_is_said_to_be_none(said: Any) -> None:
    """It was signed, so whoever sets it up reads why."""
    with pytest.raises(SurveylabError) as raised:
        told(document(said))
    assert not isinstance(raised.value, ForgedError)


def test_a_form_that_cannot_be_read_is_said_to_be_none() -> None:
    """Not in UTF-8, or without a message."""
    with pytest.raises(SurveylabError, match="UTF-8"):
        told(replace(form(), body=b"Body=%ff"))
    with pytest.raises(SurveylabError, match="UTF-8"):
        told(replace(form(), body=b"\xff"))
    with pytest.raises(SurveylabError, match="no message"):
        told(form(MessageSid=""))


FORGERIES: dict[str, Callable[[], Post]] = {
    "form of another token": lambda: form(token="another"),
    "form for another address": lambda: replace(form(), url=URL + "?x=1"),
    "form without a signature": lambda: replace(form(), headers={"x-twilio-signature": ""}),
    "form with a signature of no ASCII": lambda: replace(form(), headers={"x-twilio-signature": "ü"}),
    "form with more in it": lambda: replace(form(), body=form().body + b"&MessageStatus=delivered"),
    "document of another secret": lambda: document({}, secret="whsec_" + base64.b64encode(bytes(32)).decode()),
    "document of an hour ago": lambda: document({}, at=NOW - timedelta(hours=1)),
    "document with more in it": lambda: replace(document({}), body=b"{} "),
    "document without a signature": lambda: replace(document({}), headers={}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_not_signed_is_not_read(name: str) -> None:
    """Whatever of it was changed, and by whoever has no secret."""
    with pytest.raises(ForgedError):
        told(FORGERIES[name]())


def test_the_address_may_be_the_one_that_the_gateway_was_told() -> None:
    """Behind a proxy the address of the settings for notices counts as well as that of the links."""
    public = "https://hooks.example.org/survey?from=sms"
    post = replace(form(url=public, MessageStatus="delivered"), url=URL)
    with pytest.raises(ForgedError, match="SURVEYLAB_SMS_STATUS_URL"):
        told(post)
    assert told(post, status_url=public)


def test_a_field_that_comes_twice_is_signed_twice() -> None:
    """Its values stand one behind the other, in order."""
    headers, _ = form_notice(URL, {"MessageSid": "SM1", "Z": "1Z2"})
    assert not told(Post(URL, lowered(headers), b"Z=2&MessageSid=SM1&Z=1", NOW))


def test_without_a_secret_no_notice_is_taken() -> None:
    """It is the setting that is at fault, and not the request."""
    with pytest.raises(SettingError, match="SURVEYLAB_SMS_SECRET"):
        told(document({"state": "delivered", "id": "m1"}), secret="")
    with pytest.raises(SettingError, match="SURVEYLAB_SMS_TOKEN"):
        told(form(MessageStatus="delivered"), token="")
