"""What is heard of an email: from a relay, by a report of its delivery, or by an automatic reply."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveylab import signatures
from surveylab.channels import ForgedError, Notice, Post, SettingError, email
from surveylab.errors import SurveylabError

SECRET = "whsec_" + "QUJD" * 8
OTHER = "whsec_" + "QUJE" * 8
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WRITTEN = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def post(body: bytes, kind: str = "application/json", secret: str = SECRET, at: datetime = NOW) -> Post:
    """A signed request."""
    headers = {**signatures.sign(secret, "msg_1", at, body), "content-type": kind}
    return Post("https://survey.example.org/hooks/receipts/email", headers, body, NOW)


def told(**notice: Any) -> list[Notice]:
    """What a relay's notice tells."""
    return list(email.notices(post(json.dumps(notice).encode()), {"secret": SECRET}))


def mailed(text: str) -> list[Notice]:
    """What a message tells that came by mail."""
    body = text.replace("\n", "\r\n").encode()
    return list(email.notices(post(body, "message/rfc822; charset=utf-8"), {"secret": SECRET}))


@pytest.mark.parametrize(
    ("event", "kind", "detail"),
    [
        ("delivered", "delivered", "250 ok"),
        ("bounced", "bounced", "250 ok"),
        ("complaint", "opted_out", "complaint"),
        ("unsubscribed", "opted_out", ""),
    ],
)
def test_a_relay_tells_of_a_message(event: str, kind: str, detail: str) -> None:
    """By its id, with or without brackets, and when it happened."""
    notice = {"id": "evt_9", "event": event, "detail": "250\n ok", "at": "2026-03-02T08:30:00Z"}
    expected = Notice(kind, "evt_9", "k1@example.org", detail=detail, at=WRITTEN)
    assert told(**notice, message_id="<k1@example.org>") == [expected]
    assert told(**notice, message_id="k1@example.org") == [expected]


def test_a_relay_tells_of_an_address() -> None:
    """Spelled as it is stored; the id of the request is that of the notice where it has none of its own."""
    assert told(event="complaint", address="ann@Straße.example") == [
        Notice("opted_out", "msg_1", address="ann@xn--strae-oqa.example", detail="complaint")
    ]


@pytest.mark.parametrize("event", ["deferred", "soft_bounced", "opened", "clicked", "processed", ""])
def test_what_is_of_no_interest_is_nothing(event: str) -> None:
    """Neither what may pass, nor who has opened it: there is no such thing here."""
    assert told(event=event, message_id="k1@example.org") == []


@pytest.mark.parametrize(
    "detail", ["4.2.2 mailbox full", "452 4.2.2 mailbox full", "421 later", "smtp; 450-4.7.1 wait"]
)
def test_a_soft_bounce_is_no_bounce(detail: str) -> None:
    """Its reason is one that may pass, whatever the relay calls it."""
    assert told(event="bounced", message_id="k1@example.org", detail=detail) == []
    assert told(event="bounced", message_id="k1@example.org", detail=f"550 {detail}") != []


@pytest.mark.parametrize(
    "notice",
    [
        {"event": "bounced"},
        {"event": 1, "message_id": "k1@example.org"},
        {"message_id": "k1@example.org"},
        {"event": "bounced", "message_id": ["k1@example.org"]},
        {"event": "bounced", "message_id": "k1@example.org", "detail": 550},
        {"event": "bounced", "message_id": "k1@example.org", "at": "yesterday"},
        {"event": "bounced", "message_id": "k1@example.org", "at": "2026-03-02T08:30:00"},
        {"event": "bounced", "address": "nobody"},
    ],
)
def test_a_notice_that_cannot_be_read_says_why(notice: dict[str, Any]) -> None:
    """And nothing is taken from it."""
    with pytest.raises(SurveylabError, match="notice"):
        told(**notice)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_no_notice(body: bytes) -> None:
    """Whatever was posted."""
    with pytest.raises(SurveylabError, match="JSON"):
        email.notices(post(body), {"secret": SECRET})


@pytest.mark.parametrize("kind", ["application/json", "message/rfc822"])
def test_nobody_else_can_tell(kind: str) -> None:
    """With another secret, a changed body, no signature, or late, it is forged; without a secret nothing is taken."""
    body = b'{"event": "complaint", "address": "ann@example.org"}'
    good = post(body, kind)
    changed = Post(good.url, good.headers, body.replace(b"ann", b"bob"), NOW)
    bare = Post(good.url, {"content-type": kind}, body, NOW)
    for wrong in (post(body, kind, OTHER), changed, bare, post(body, kind, at=NOW - timedelta(minutes=6))):
        with pytest.raises(ForgedError):
            email.notices(wrong, {"secret": SECRET})
    with pytest.raises(SettingError, match="SURVEYLAB_EMAIL_SECRET"):
        email.notices(good, {})


REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: service@example.org
Subject: Undelivered
Date: Mon, 02 Mar 2026 08:30:00 +0000
Message-ID: <report1@mx.example.net>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered. <somebody@else.example>
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ann@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code}

--b
Content-Type: {kind}

Message-ID: {name}
Subject: Hello

--b--
"""


def report(action: str = "failed", status: str = "5.1.1", code: str = "550 no", **how: str) -> list[Notice]:
    """What a report of delivery tells."""
    parts = {"kind": "message/rfc822", "name": "<k1@example.org>", **how}
    return mailed(REPORT.format(action=action, status=status, code=code, **parts))


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/rfc822; charset=us-ascii"])
def test_a_report_of_failure_is_a_bounce(kind: str) -> None:
    """RFC 3464: of the message that comes back with it, or its headers."""
    expected = Notice("bounced", "report1@mx.example.net", "k1@example.org", detail="5.1.1 smtp; 550 no", at=WRITTEN)
    assert report(kind=kind) == [expected]
    assert [each.kind for each in report("Delivered", "2.0.0", "250 ok", kind=kind)] == ["delivered"]


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "", "anything"])
def test_what_is_on_its_way_is_nothing(action: str) -> None:
    """It may still arrive."""
    assert report(action, "4.4.1", "451 later") == []


def test_a_report_of_a_passing_reason_is_no_bounce() -> None:
    """A full mailbox is one that is there."""
    assert report("failed", "4.2.2", "452 4.2.2 full") == []


def test_a_report_of_no_message_of_ours_is_nothing() -> None:
    """Anybody can send one; only who got a message, or carried it, knows its id."""
    assert report(name="") == []
    assert report(kind="text/plain") == []


REPLY = """\
From: Ann <ann@example.org>
To: service@example.org
Subject: Out of office
Date: Mon, 02 Mar 2026 08:30:00 +0000
Message-ID: <reply1@mx.example.net>
{headers}

I am back on Monday. <other@example.org>
"""


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\nIn-Reply-To: <k1@example.org>",
        "auto-submitted: Auto-Replied (vacation); owner-email=x\nReferences: <first@example.org> <k1@example.org>",
        "Auto-Submitted: auto-replied\nIn-Reply-To: your mail\nReferences: <k1@example.org>",
    ],
)
def test_an_automatic_reply_says_that_somebody_is_away(headers: str) -> None:
    """RFC 3834: it answers the message that it names."""
    assert mailed(REPLY.format(headers=headers)) == [
        Notice("out_of_office", "reply1@mx.example.net", "k1@example.org", at=WRITTEN)
    ]


@pytest.mark.parametrize(
    "headers",
    [
        "In-Reply-To: <k1@example.org>",
        "Auto-Submitted: no\nIn-Reply-To: <k1@example.org>",
        "Auto-Submitted: auto-generated\nIn-Reply-To: <k1@example.org>",
        "Auto-Submitted: auto-replied-not\nIn-Reply-To: <k1@example.org>",
        "Auto-Submitted: auto-replied",
    ],
)
def test_what_a_person_writes_is_nothing(headers: str) -> None:
    """Nor is what a machine writes by itself, or to nobody knows what."""
    assert mailed(REPLY.format(headers=headers)) == []


def test_the_same_mail_is_the_same_notice() -> None:
    """By its own id, however often it is posted; without one, by that of the request."""
    assert report()[0].once == "report1@mx.example.net"
    text = REPORT.format(action="failed", status="5.0.0", code="x", kind="message/rfc822", name="<k1@example.org>")
    (notice,) = mailed(text.replace("Message-ID: <report1@mx.example.net>\n", ""))
    assert notice.once == "msg_1"


@given(st.binary(max_size=600), st.sampled_from(["action", "status", "name", "kind", "code"]), st.text(max_size=60))
@example(b"", "kind", "multipart/mixed; boundary=c")
@example(b"Auto-Submitted: auto-replied\nReferences: <\xff>\nDate: 99999999999999999999", "name", "<\0>")
def test_no_mail_breaks_the_channel(body: bytes, field: str, text: str) -> None:
    """Whatever comes by mail is a notice of what it names, or nothing; and of one line."""
    written = {"action": "failed", "status": "5.0.0", "code": "x", "kind": "message/rfc822", "name": "<k1@example.org>"}
    for mail in (body, REPORT.format(**{**written, field: text}).encode()):
        for notice in email.notices(post(mail, "message/rfc822"), {"secret": SECRET}):
            assert notice.provider_id
            assert (notice.provider_id + notice.detail + notice.once).isprintable()
