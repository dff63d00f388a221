"""A message that is put together by hand is the one that the standard library would have built."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, compat32
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveylab.channels import Outgoing
from surveylab.channels import _email_message as mail
from surveylab.channels._email_message import Mailbox, Origin, mailbox, message_id, one_line, origin_of
from surveylab.mailboxes import UnusableError

LINK = "https://survey.example.org/r/abc"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ORIGIN = Origin(Mailbox("Customer service", "service@example.org"), Mailbox("", "answers@example.org"))
HEADERS = ("To", "Message-ID", "Date", "Reply-To", "Auto-Submitted", "Precedence")
OFFERED = ("List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "MIME-Version")


def outgoing(**how: Any) -> Outgoing:
    """A message to one person."""
    said = {"key": "k1", "unit": "u1", "address": "ann@example.org", "link": LINK, "opt_out": f"{LINK}/unsubscribe"}
    return Outgoing(**{**said, "subject": "Hello", "body": f"Hello\n\n{LINK}\n", "language": "en", **how})


def parsed(data: bytes) -> EmailMessage:
    """A message as a program reads it."""
    found = message_from_bytes(data, policy=SMTP)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def by_hand(message: Outgoing, origin: Origin = ORIGIN) -> bytes:
    """What goes over the wire."""
    name = message_id(message.key, origin.sender.domain)
    return mail.written(message, origin, message.address, name, NOW)


def by_the_library(message: Outgoing, origin: Origin = ORIGIN) -> EmailMessage:
    """The same message by ``EmailMessage``."""
    built = EmailMessage(policy=SMTP)
    built["To"] = message.address
    built["Message-ID"] = f"<{message_id(message.key, origin.sender.domain)}>"
    built["Date"] = NOW
    built["From"] = Address(origin.sender.name, addr_spec=origin.sender.address)
    if origin.reply_to is not None:
        built["Reply-To"] = Address(origin.reply_to.name, addr_spec=origin.reply_to.address)
    built["Auto-Submitted"], built["Precedence"] = "auto-generated", "bulk"
    built["List-Unsubscribe"] = f"<{message.opt_out}>"
    built["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built.set_content(message.body)
    built.add_alternative(mail.html(message, one_line(message.subject)), subtype="html")
    built["Content-Language"] = message.language
    return built


def texts(message: EmailMessage) -> list[tuple[str, str, str]]:
    """Type, encoding of letters and text of every part."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert all(isinstance(part, EmailMessage) for part in parts)
    return [
        (part.get_content_type(), str(part.get_content_charset()), re.sub(r"\r\n|\r", "\n", part.get_content()))
        for part in parts
    ]


def displayed(data: bytes) -> str:
    """The name in the header From, as RFC 2047 has it: the library's own reader folds some spaces of it."""
    raw = str(message_from_bytes(data, policy=compat32)["From"])
    phrase = re.sub(r"\r\n(?=[ ])", "", raw).rpartition("<")[0].strip()
    if phrase.startswith('"'):
        return re.sub(r"\\(.)", r"\1", phrase[1:-1])
    return str(make_header(decode_header(phrase)))


@given(st.text(), st.text(), st.text(max_size=40), st.text(min_size=1, max_size=200))
@example("=?utf-8?q?x?=", ".", "a, b", "x")
@example("x" * 300, "y" * 2_000, "Ü, <x@example.org>", "k.1/é")
@example(" ".join(["word"] * 60), "From here\n.\n..\n\n", '"', "0")
@example("ü" * 100, "-- \n--=_surveylab--\n", "", "k")
@example("a \u00a0\u2003b" * 30, "trailing \t\nspace ", "日本", "k")
@example("x", "x", "a\u00a0 \u00a0b" * 8, "k")
@example("x", "x", '=?utf-8?q?x?= \\ "', "k")
@example("ends with =", "=20=\r\n", "\\", "k")
def test_it_parses_to_what_the_library_would_have_built(subject: str, body: str, name: str, key: str) -> None:
    """Every header and both texts are the same, whatever is in them; only ASCII goes out, in lines of some length."""
    message = outgoing(subject=subject, body=body, key=key)
    origin = Origin(Mailbox(one_line(name), "service@example.org"), ORIGIN.reply_to)
    data = by_hand(message, origin)
    found, other = parsed(data), by_the_library(message, origin)
    assert found["Subject"] == one_line(subject)
    assert [each.addr_spec for each in found["From"].addresses] == [origin.sender.address]
    assert displayed(data) == origin.sender.name
    for header in (*HEADERS, *OFFERED):
        assert found.get_all(header) == other.get_all(header), header
    assert found.get_content_type() == other.get_content_type() == "multipart/alternative"
    assert texts(found) == texts(parsed(other.as_bytes()))
    assert data.isascii()
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))


@given(st.text())
def test_a_subject_is_one_header_whatever_is_in_it(subject: str) -> None:
    """A line break in a subject begins no header; no line of it is longer than RFC 2047 allows."""
    plain = parsed(by_hand(outgoing()))
    data = by_hand(outgoing(subject=f"{subject}\r\nBcc: everybody@example.org\n\nbody\0"))
    found = parsed(data)
    assert found.keys() == plain.keys()
    assert found["Subject"].endswith("Bcc: everybody@example.org body")
    folded = re.search(rb"Subject: (.*?)\r\n(?! )", data, re.DOTALL)
    assert folded is not None
    assert all(len(line) <= 78 for line in f"Subject: {folded[1].decode()}".split("\r\n"))


def test_the_headers_say_what_bulk_mail_has_to() -> None:
    """One click opts out (RFC 8058), and machines are told that a machine wrote it (RFC 3834)."""
    found = parsed(by_hand(outgoing(key="contact 7", language="de-AT")))
    assert found["List-Unsubscribe"] == f"<{LINK}/unsubscribe>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Message-ID"] == "<contact%207@example.org>"
    assert found["From"] == "Customer service <service@example.org>"
    assert found["Reply-To"] == "answers@example.org"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Content-Language"] == "de-AT"
    assert found["Date"].datetime == NOW


def test_what_is_not_known_is_no_header() -> None:
    """Without an address to opt out at, and in no language that is one, none is told; nor does one forge a header."""
    found = parsed(by_hand(outgoing(opt_out="", language="en\r\nBcc: x@example.org")))
    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "Bcc"}.isdisjoint(found.keys())
    forged = parsed(by_hand(outgoing(opt_out="https://x.example/>\r\nBcc: x@example.org")))
    assert forged["Bcc"] is None
    assert forged["List-Unsubscribe"] == "<https://x.example/%3E%0D%0ABcc:%20x@example.org>"


@given(st.text(), st.text())
def test_one_contact_has_one_message_id(key: str, other: str) -> None:
    """The same key gives the same id, another gives another; it is an id as RFC 5322 has it."""
    name = message_id(key, "example.org")
    assert re.fullmatch(r"[A-Za-z0-9_~%-]*@example\.org", name)
    assert (name == message_id(other, "example.org")) is (key == other)


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("service@example.org", "", "service@example.org"),
        ("<service@example.org>", "", "service@example.org"),
        (" Customer service  <service@Example.ORG> ", "Customer service", "service@example.org"),
        ('"Service, \\"fast\\"" <s@example.org>', 'Service, "fast"', "s@example.org"),
        ("Straße & Söhne <post@straße.de>", "Straße & Söhne", "post@xn--strae-oqa.de"),
        ("A <b> <c@example.org>", "A <b>", "c@example.org"),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(written: str, name: str, address: str) -> None:
    """As people write it; its domain in ASCII."""
    assert mailbox(written) == Mailbox(name, address)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "service",
        "Service <service>",
        "Service <s@example.org",
        "s@example.org>",
        "a@example.org, b@example.org",
        "Service\r\nBcc: x <s@example.org>",
        "s@example.org\n",
        "s\x00@example.org",
        "ü@example.org",
        "<>",
    ],
)
def test_what_is_no_mailbox_is_none(written: str) -> None:
    """A line break, two addresses, or none."""
    with pytest.raises(UnusableError):
        mailbox(written)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("", "Customer service <service@example.org>"),
        ("  ", "Customer service <service@example.org>"),
        ("Ann of service", "Ann of service <service@example.org>"),
        ("Zoë", "Zoë <service@example.org>"),
        ("ann@shop.example", "ann@shop.example"),
        ("Ann <ann@shop.example>", "Ann <ann@shop.example>"),
    ],
)
def test_a_template_says_whom_it_comes_from(sender: str, expected: str) -> None:
    """A name stands before the address of the settings, a mailbox in its place; replies go where they went."""
    found = parsed(by_hand(outgoing(), origin_of(sender, ORIGIN)))
    assert found["From"] == expected
    assert found["Reply-To"] == "answers@example.org"


@pytest.mark.parametrize("sender", ["Ann\nBcc: x@example.org", "Ann <ann>", "Ann\0", "a@b@example.org,"])
def test_a_template_forges_no_sender(sender: str) -> None:
    """What can be no header is none."""
    with pytest.raises(UnusableError):
        origin_of(sender, ORIGIN)


def test_the_link_is_a_button_in_its_language() -> None:
    """Where it stands alone; in a sentence it is a link, and so is any other address."""
    body = f"Guten Tag\n\n{LINK}\n\nOder {LINK}, bis Montag.\nAbmelden: {LINK}/stop."
    html = mail.html(outgoing(body=body, language="de-CH"), "Umfrage")
    assert re.findall(r'<a class="button" href="([^"]*)"[^>]*>([^<]*)</a>', html) == [(LINK, "Beginnen")]
    assert re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', html) == [(LINK, LINK), (f"{LINK}/stop", f"{LINK}/stop")]
    assert '<html lang="de-CH" dir="ltr">' in html
    assert "</a>, bis Montag.<br>Abmelden: <a " in html


def test_a_language_that_the_pages_do_not_speak_has_the_address_on_its_button() -> None:
    """A word in another language would be out of place."""
    assert f">{LINK}</a>" in mail.html(outgoing(language="it"), "Ciao")
    assert 'lang="ar" dir="rtl"' in mail.html(outgoing(language="ar"), "x")
    assert "lang=" not in mail.html(outgoing(language=""), "x")


@given(st.text())
def test_a_text_is_never_markup(body: str) -> None:
    """Whatever a person's name holds, it is displayed."""
    html = mail.html(outgoing(body=f"<img src=x onerror=y>{body}</div><script>"), "</title><b>")
    assert "<img" not in html
    assert "<script" not in html
    assert "<b>" not in html


def test_it_loads_nothing() -> None:
    """No picture, no style sheet, no script: nobody is told that it was opened."""
    html = mail.html(outgoing(), "Hello")
    assert not re.findall(r"(?:src|srcset|background)=|url\(|@import|<(?:img|link|script|iframe|object|form)", html)
    assert re.findall(r'href="([^"]*)"', html) == [LINK]
    assert '<meta name="color-scheme" content="light dark">' in html
