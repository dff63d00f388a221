"""A message as it goes over the wire: headers and two versions of one text (RFC 5322, RFC 2045 to 2047, RFC 8058).

To build an ``EmailMessage`` takes longer than to send it. So the standard library writes what all messages of a sender
share, once, and what is of each person is filled in here; both ways parse to the same message.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64encode, encodebytes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache, lru_cache
from urllib.parse import quote

from jinja2 import Template

from surveylab.channels import Outgoing
from surveylab.mailboxes import UnusableError, controls, email
from surveylab.templating import environment
from surveylab.words import TAG, direction
from surveylab.words.language import base
from surveylab.words.pages import START

BOUNDARY = "=_surveylab"
"""Between the parts: neither encoding of a part can have this in it (RFC 2045, 6.7)."""
_WIDTH = 76
"""Signs in a line that has encoded words (RFC 2047, 2)."""
_BYTES_OF_WORD = 39
"""Of UTF-8 in one encoded word: with ``Subject: `` before it the line is not over its width."""
_BLANK = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Spaces, and what would end a line or a header."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'”»]")
_OF_URL = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True)
class Mailbox:
    """An address, and the name that is displayed in its place."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What is behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Origin:
    """Whom messages come from, and who gets the replies (None: who they come from)."""

    sender: Mailbox
    reply_to: Mailbox | None = None


def mailbox(text: str) -> Mailbox:
    """A mailbox from ``name@example.org`` or ``Name <name@example.org>``; quotation marks around the name are left out.

    Raises:
        UnusableError: it is none. Its text is the part of a sentence behind the value.
    """
    if controls(text):
        raise UnusableError("has a line break or another control character in it")
    name, opening, rest = text.strip().rpartition("<")
    if opening and not rest.endswith(">"):
        raise UnusableError("is no email address")
    address = email(rest.removesuffix(">") if opening else rest)
    if not address.isascii():
        raise UnusableError("has letters beyond ASCII before the @, which cannot be answered everywhere")
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(name, address)


@lru_cache(maxsize=1_000)
def origin_of(message_sender: str, origin: Origin) -> Origin:
    """Whom a message comes from, if its template says so.

    A template names a mailbox (``Ann <ann@example.org>``), which takes the place of that of the settings, or a name
    alone (``Customer service``), which stands before the address of the settings.

    Raises:
        UnusableError: it says neither.
    """
    written = message_sender.strip()
    if not written:
        return origin
    if "@" in written or "<" in written:
        return Origin(mailbox(written), origin.reply_to)
    if controls(written):
        raise UnusableError("has a line break or another control character in it")
    return Origin(Mailbox(written, origin.sender.address), origin.reply_to)


def message_id(key: str, domain: str) -> str:
    """The id of the message with this key, without its brackets: the same key gives the same one, another another."""
    return f"{quote(key, safe='').replace('.', '%2E')}@{domain}"


def one_line(text: str) -> str:
    """A text as a header has it: line breaks and other control characters are spaces, and none is at its ends."""
    return _BLANK.sub(" ", text).strip()


def written(message: Outgoing, origin: Origin, recipient: str, id: str, at: datetime) -> bytes:  # noqa: A002 - as the header
    """A message as bytes with lines that end with CRLF.

    Args:
        message: what is said, and in which language.
        origin: whom it comes from.
        recipient: the address, as ``mailboxes.email`` spells it.
        id: as ``message_id`` gives it.
        at: now, with its zone.
    """
    subject = one_line(message.subject)
    opt_out = ""
    if message.opt_out:
        address = quote(message.opt_out, safe=_OF_URL)
        opt_out = f"List-Unsubscribe: <{address}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    head = (
        f"To: {recipient}\r\nSubject: {unstructured(subject)}\r\nMessage-ID: <{id}>\r\nDate: {format_datetime(at)}\r\n"
        f"{opt_out}"
    )
    return b"".join(
        (
            head.encode(),
            _skeleton(origin, message.language),
            _part("plain", message.body),
            _part("html", html(message, subject)),
            f"--{BOUNDARY}--\r\n".encode(),
        )
    )


@lru_cache(maxsize=1_000)
def _skeleton(origin: Origin, language: str) -> bytes:
    """The headers that all messages of a sender in a language share, and the line that ends them."""
    shared = EmailMessage(policy=SMTP)
    # A machine wrote it (RFC 3834, 5), to many: what answers by itself had better not.
    shared["Auto-Submitted"] = "auto-generated"
    shared["Precedence"] = "bulk"
    if TAG.fullmatch(language):
        shared["Content-Language"] = language
    shared["MIME-Version"] = "1.0"
    shared["Content-Type"] = f'multipart/alternative; boundary="{BOUNDARY}"'
    boxes = f"From: {_box(origin.sender)}\r\n"
    if origin.reply_to is not None:
        boxes += f"Reply-To: {_box(origin.reply_to)}\r\n"
    return boxes.encode() + shared.as_bytes().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def _box(box: Mailbox) -> str:
    """A mailbox as the value of a header. The library loses some of the spaces of a name, so it is written here."""
    name, address = box.name, box.address
    if not name:
        return address
    if name.isascii() and len(name) < _WIDTH - len("Reply-To: ") and "=?" not in name:
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{quoted}"\r\n <{address}>'
    return f"{_encoded(name)}\r\n <{address}>"


def unstructured(text: str) -> str:
    """The value of a header in ASCII, folded: as it is where it can be, else as encoded words (RFC 2047).

    ``text`` is one line, as ``one_line`` gives it.
    """
    if text.isascii() and "=?" not in text:
        if len(text) < _WIDTH - len("Subject: "):
            return text
        words = text.split(" ")
        if all(0 < len(word) < _WIDTH - len("Subject: ") for word in words):
            return "\r\n ".join(_lines(words))
    return _encoded(text)


def _encoded(text: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(each).decode()}?=" for each in _pieces(text))


def _lines(words: list[str]) -> Iterator[str]:
    line, room = words[0], _WIDTH - len("Subject: ")
    for word in words[1:]:
        if len(line) + 1 + len(word) > room:
            yield line
            line, room = word, _WIDTH
        else:
            line += f" {word}"
    yield line


def _pieces(text: str) -> Iterator[bytes]:
    """UTF-8 in pieces that are short enough for an encoded word each; no letter is cut in two."""
    piece = b""
    for sign in text:
        more = sign.encode("utf-8", "replace")
        if len(piece) + len(more) > _BYTES_OF_WORD:
            yield piece
            piece = b""
        piece += more
    yield piece


def _part(subtype: str, text: str) -> bytes:
    """One version of the text as a part, in the shorter of two encodings that every server carries."""
    lines = _LINE_BREAK.sub("\r\n", text)
    data = (lines if lines.endswith("\r\n") else f"{lines}\r\n").encode("utf-8", "replace")
    encoding, encoded = "quoted-printable", binascii.b2a_qp(data)
    if len(encoded) * 3 > len(data) * 4 + 300:
        encoding, encoded = "base64", encodebytes(data).replace(b"\n", b"\r\n")
    head = (
        f'--{BOUNDARY}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + encoded + b"\r\n"


@dataclass(frozen=True)
class Piece:
    """A stretch of a line: a text, or an address where it leads to."""

    text: str
    is_address: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the text. ``is_button``: the personal link stands on it alone."""

    pieces: tuple[Piece, ...]
    is_button: bool = False


def html(message: Outgoing, subject: str) -> str:
    """The version of a message for programs that display HTML: the same text, its personal link as a button."""
    language = message.language if TAG.fullmatch(message.language) else ""
    label = START.get(base(language), message.link)
    return _template().render(
        subject=subject,
        paragraphs=list(_paragraphs(message.body, message.link)),
        link=message.link,
        label=label,
        language=language,
        direction=direction(language) if language else "auto",
    )


@cache
def _template() -> Template:
    return environment().get_template("channels/email.html")


def _paragraphs(text: str, link: str) -> Iterator[list[Line]]:
    """Lines that stand together; a button stands by itself."""
    together: list[Line] = []
    for written_line in _LINE_BREAK.split(text):
        line = written_line.strip()
        if together and (not line or line == link):
            yield together
            together = []
        if line and line == link:
            yield [Line((Piece(link, True),), is_button=True)]
        elif line:
            together.append(Line(tuple(_split(line))))
    if together:
        yield together


def _split(line: str) -> Iterator[Piece]:
    at = 0
    for found in _ADDRESS.finditer(line):
        if found.start() > at:
            yield Piece(line[at : found.start()])
        yield Piece(found.group(), True)
        at = found.end()
    if at < len(line):
        yield Piece(line[at:])
