"""The dialogue with a mail server (RFC 5321), a phase at a time: whether anybody can have got a message is known.

Up to the dot that ends its content nobody has it; from then on only the server's answer says. ``smtplib.sendmail``
tells neither, so the phases are gone through here.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

from surveylab.channels import Outcome, UnreachableError

Tls = Literal["none", "starttls", "smtps"]

_END = b".\r\n"
_CLOSING = 421
"""The server takes no more on this connection (RFC 5321, 3.8)."""
_UNAUTHENTICATED = frozenset((530, 534, 535, 538))
"""It asks for other credentials (RFC 4954, 6), whatever it was told."""
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
"""What servers say to one that has not shown who it is, or that came to the wrong server."""
_FAREWELL = 5.0
"""Seconds for an answer that makes no difference any more."""
_MOST_OF_ANSWER = 200


@dataclass(frozen=True)
class Server:
    """Where messages go, and how.

    ``reply`` is how many seconds an answer is waited for, ``final`` that behind the end of a message, where giving up
    means not to know (RFC 5321, 4.5.3.2). ``own_name`` is what this side says that it is called.
    """

    host: str
    port: int
    tls: Tls
    own_name: str
    user: str = ""
    password: str = field(default="", repr=False)
    reply: float = 60.0
    final: float = 600.0

    @property
    def name(self) -> str:
        """Host and port, as an error tells them."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Envelope:
    """Between whom a message goes. ``utf8``: the address or a header has letters beyond ASCII (RFC 6531)."""

    sender: str
    recipient: str
    utf8: bool = False


Verdict = tuple[Outcome, str]
"""What became of a message, and one line of what the server said."""


@dataclass(frozen=True)
class _Answer:
    code: int
    text: str

    @property
    def line(self) -> str:
        return f"{self.code} {self.text}".strip() if self.code > 0 else self.text


class _LostError(Exception):
    """The connection ended, or the other side does not speak the protocol."""


class Dialogue:
    """One connection, used for one message after the other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self.carried = 0
        """Messages that this connection has taken on."""

    def open(self) -> None:
        """Connect, encrypt and show who we are, unless that was done.

        Raises:
            UnreachableError: what failed, and what to do.
        """
        if self._smtp is not None:
            return
        server = self._server
        try:
            self._smtp = _connected(server)
        except ssl.SSLError as error:
            raise UnreachableError(
                f"There is no encrypted connection to {server.name}: {_reason(error)}. Check the host and the port in "
                "SURVEYLAB_EMAIL_URL: smtps:// encrypts from the start, smtp:// by STARTTLS; for a certificate of an "
                "authority of your own, SSL_CERT_FILE names its file."
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            remedy = (
                "Check user and password in SURVEYLAB_EMAIL_URL; in an address, signs such as @ and / are %40, %2F."
            )
            if error.smtp_code < 500:
                remedy = "It may pass: try again later."
            raise UnreachableError(f"{server.name} does not let us in: {_said(error)}. {remedy}") from error
        except smtplib.SMTPNotSupportedError as error:
            what = "STARTTLS" if "STARTTLS" in str(error) else "a login"
            raise UnreachableError(
                f"{server.name} does not offer {what}. Check the port in SURVEYLAB_EMAIL_URL; without encryption it "
                "ends in ?tls=none, and without a login it has neither user nor password."
            ) from error
        except smtplib.SMTPResponseException as error:
            raise UnreachableError(
                f"{server.name} takes no messages now: {_said(error)}. Try again later, or ask the provider."
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise UnreachableError(
                f"{server.name} cannot be reached: {_reason(error)}. Check host and port in SURVEYLAB_EMAIL_URL, and "
                "that this machine may connect to them."
            ) from error
        self.carried = 0

    def close(self) -> None:
        """Take leave, if there is anybody to take leave of."""
        if self._smtp is None:
            return
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(_FAREWELL)
            self._smtp.docmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass
        self._drop()

    def offers(self, extension: str) -> bool:
        """Whether the server has an extension of SMTP, such as ``smtputf8``. UnreachableError as ``open``."""
        self.open()
        return self._smtp is not None and self._smtp.has_extn(extension)

    def transmit(self, envelope: Envelope, content: bytes) -> Verdict:
        """Send one message, once.

        Args:
            envelope: between whom.
            content: the message, its lines ended by CRLF; none is the end of the content, whatever stands in it.

        Raises:
            UnreachableError: nobody got it, and the server takes no other either.
        """
        try:
            refused = self._begin(envelope)
            if refused is not None:
                return refused
            return self._carry(envelope, content)
        except _LostError as error:
            self._drop()
            return Outcome.DEFERRED, f"before the message was sent: {error}"

    def _begin(self, envelope: Envelope) -> Verdict | None:
        """Name both sides, and be told to go ahead; else what became of the message."""
        of_person = Outcome.REFUSED if envelope.utf8 else None
        answer = self._mail(envelope)
        if answer.code // 100 != 2:
            return self._refusal(answer, envelope, of_person)
        answer = self._command(f"RCPT TO:<{envelope.recipient}>")
        if answer.code // 100 != 2:
            of_person = None if _RELAY.search(_masked(answer.text, envelope.recipient)) else Outcome.REFUSED
            return self._refusal(answer, envelope, of_person)
        answer = self._command("DATA")
        if answer.code != 354:
            return self._refusal(answer, envelope, Outcome.REFUSED)
        return None

    def _mail(self, envelope: Envelope) -> _Answer:
        """The answer to the first command of a message.

        A connection that was here before may have been closed meanwhile: there is a new one then, as nothing of this
        message has been sent.
        """
        was_open = self._smtp is not None
        self.open()
        assert self._smtp is not None
        self._smtp.command_encoding = "utf-8" if envelope.utf8 else "ascii"
        command = f"MAIL FROM:<{envelope.sender}>" + (" SMTPUTF8 BODY=8BITMIME" if envelope.utf8 else "")
        try:
            answer = self._command(command)
            if answer.code != _CLOSING or not was_open:
                return answer
        except _LostError:
            if not was_open:
                raise
        self._drop()
        return self._mail(envelope)

    def _refusal(self, answer: _Answer, envelope: Envelope, permanent: Outcome | None) -> Verdict:
        """What a refusal before the content means; ``permanent`` is what one for good means, None: we are at fault."""
        line = _masked(answer.line, envelope.recipient)
        kind = answer.code // 100
        if kind not in (4, 5):
            raise _LostError(f"the server answered {line!r}, which is no answer")
        if answer.code == _CLOSING:
            self._drop()
            raise UnreachableError(f"{self._server.name} takes no messages now: {line}. Try again later.")
        self._reset()
        if kind == 4:
            return Outcome.DEFERRED, line
        if permanent is None or answer.code in _UNAUTHENTICATED:
            raise UnreachableError(
                f"{self._server.name} takes no messages from {envelope.sender}: {line}. Check user and password in "
                "SURVEYLAB_EMAIL_URL, and have the provider confirm the address of SURVEYLAB_EMAIL_FROM."
            )
        return permanent, line

    def _carry(self, envelope: Envelope, content: bytes) -> Verdict:
        """Send the content; from the dot behind it on, only an answer says what became of it."""
        assert self._smtp is not None
        assert self._smtp.sock is not None
        self.carried += 1
        sent, whole = 0, memoryview(_quoted(content))
        try:
            while sent < len(whole):
                sent += self._smtp.sock.send(whole[sent:])
            self._smtp.sock.settimeout(self._server.final)
            answer = self._reply()
            self._smtp.sock.settimeout(self._server.reply)
        except (OSError, _LostError) as error:
            self._drop()
            if sent <= len(whole) - len(_END):
                return Outcome.DEFERRED, f"in the middle of the message: {_reason(error)}"
            return Outcome.UNCERTAIN, f"behind the message, without an answer: {_reason(error)}"
        line = _masked(answer.line, envelope.recipient)
        if answer.code == _CLOSING:
            self._drop()
            raise UnreachableError(f"{self._server.name} takes no messages now: {line}. Try again later.")
        outcome = {2: Outcome.SENT, 4: Outcome.DEFERRED, 5: Outcome.REFUSED}.get(answer.code // 100, Outcome.UNCERTAIN)
        if outcome is Outcome.UNCERTAIN:
            self._drop()
        return outcome, line

    def _command(self, command: str) -> _Answer:
        assert self._smtp is not None
        try:
            self._smtp.putcmd(command)
        except smtplib.SMTPException as error:
            raise _LostError(_reason(error)) from error
        return self._reply()

    def _reply(self) -> _Answer:
        assert self._smtp is not None
        try:
            code, text = self._smtp.getreply()
        except smtplib.SMTPException as error:
            raise _LostError(_reason(error)) from error
        return _Answer(code, _one_line(text.decode("utf-8", "replace")))

    def _reset(self) -> None:
        """Take back what was begun, so that the next message begins anew."""
        try:
            if self._command("RSET").code // 100 != 2:
                self._drop()
        except _LostError:
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _connected(server: Server) -> smtplib.SMTP:
    """A connection on which messages can be sent; the errors are those of smtplib, socket and ssl."""
    tls = None if server.tls == "none" else ssl.create_default_context()
    if server.tls == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=server.own_name, timeout=server.reply, context=tls
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, local_hostname=server.own_name, timeout=server.reply)
    try:
        assert smtp.sock is not None
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.tls == "starttls":
            smtp.starttls(context=tls)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _quoted(content: bytes) -> bytes:
    """The content as it is sent: no line of it is a dot alone (RFC 5321, 4.5.2), and one is behind it."""
    quoted = content.replace(b"\r\n.", b"\r\n..")
    if quoted.startswith(b"."):
        quoted = b"." + quoted
    return quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + _END


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return f"{error.smtp_code} {_one_line(text.decode('utf-8', 'replace') if isinstance(text, bytes) else str(text))}"


def _reason(error: Exception) -> str:
    return _one_line(str(error)).rstrip(".") or type(error).__name__


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_MOST_OF_ANSWER]


def _masked(line: str, address: str) -> str:
    """What a server said without the address: it is kept longer than the address may be."""
    if address.lower() not in line.lower():
        return line
    return re.sub(re.escape(address), "(the address)", line, flags=re.IGNORECASE)
