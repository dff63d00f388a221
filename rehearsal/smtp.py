"""Mail servers on this machine that behave, and misbehave, in every phase of the dialogue (RFC 5321).

They are aiosmtpd, which is strict about the protocol; what goes wrong is put before what it does. ``accepted`` is what
people would have got; so a test compares it with what the channel said.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from enum import Enum
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "sender", "word for the server"


class Phase(Enum):
    """A place in the dialogue."""

    GREETING = "when the connection is made"
    HELLO = "at EHLO"
    LOGIN = "at AUTH"
    MAIL = "at MAIL FROM"
    RCPT = "at RCPT TO"
    DATA = "at DATA"
    CONTENT = "in the middle of the content"
    END = "behind the dot that ends the content"


class Doing(Enum):
    """What goes wrong there."""

    ANSWER = "an answer, in place of the usual one"
    CLOSE = "the connection is closed without an answer"
    HANG = "there is no answer, and the connection stays"
    GARBLE = "there is an answer that is none"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong once, and where. Behind the content a message is accepted unless ``answer`` refuses it."""

    at: Phase
    does: Doing = Doing.ANSWER
    answer: str = ""


def answering(at: Phase, answer: str) -> Trouble:
    """An answer such as ``450 4.2.1 try again later``; one that begins with 2 behind the content is none of trouble."""
    return Trouble(at, Doing.ANSWER, answer)


def closing(at: Phase) -> Trouble:
    """The connection is closed."""
    return Trouble(at, Doing.CLOSE)


def hanging(at: Phase) -> Trouble:
    """Nothing comes any more."""
    return Trouble(at, Doing.HANG)


def garbling(at: Phase) -> Trouble:
    """Something comes that is no answer."""
    return Trouble(at, Doing.GARBLE)


WELL = answering(Phase.END, "250 2.0.0 accepted")
"""A message that is accepted, in a list of troubles."""


@dataclass(frozen=True)
class Letter:
    """A message that was accepted, and the number of the connection over which it came."""

    sender: str
    recipient: str
    content: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        found = message_from_bytes(self.content, policy=SMTPUTF8)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailServer:
    """A server that runs, and what it has got."""

    host: str = "127.0.0.1"
    port: int = 0
    accepted: list[Letter] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    """User and password of each try to log in."""
    ahead: deque[Trouble] = field(default_factory=deque)
    """What goes wrong next: the first of them in its phase, then the one behind it."""
    decide: Callable[[Phase], Trouble | None] = lambda _: None
    """What goes wrong where nothing is ``ahead``; for rehearsals by chance."""

    @property
    def url(self) -> str:
        """Its address as the settings have it, without a login and without encryption."""
        return f"smtp://{self.host}:{self.port}?tls=none"

    def then(self, *troubles: Trouble) -> None:
        """What goes wrong next, one after the other."""
        self.ahead.extend(troubles)

    def trouble(self, phase: Phase) -> Trouble | None:
        """What goes wrong now."""
        if self.ahead:
            return self.ahead.popleft() if self.ahead[0].at is phase else None
        return self.decide(phase)

    def check(self, login: LoginPassword) -> bool:
        """Whether somebody is let in."""
        told = login.login.decode(), login.password.decode()
        self.logins.append(told)
        return told == (USER, PASSWORD)


class _Protocol(SMTP):
    """The dialogue of one connection, with what goes wrong in it."""

    def __init__(self, kept: MailServer, *, login: bool, **options: Any) -> None:
        super().__init__(self, auth_require_tls=not login, **options)
        self._kept, self._login = kept, login
        self._number = 0

    async def _handle_client(self) -> None:
        self._kept.connections += 1
        self._number = self._kept.connections
        if not await self._went_wrong(Phase.GREETING, closes=True):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._went_wrong(Phase.HELLO):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._went_wrong(Phase.LOGIN):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self._went_wrong(Phase.MAIL):
            return
        if self._login and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 authentication required")
        else:
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._went_wrong(Phase.RCPT):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._went_wrong(Phase.DATA):
            return
        trouble = self._kept.trouble(Phase.CONTENT)
        if trouble is None:
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.read(64)
        await self._do(trouble)
        self.hang_up()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002 - aiosmtpd's
        trouble = self._kept.trouble(Phase.END)
        answer = trouble.answer if trouble is not None and trouble.does is Doing.ANSWER else WELL.answer
        if answer.startswith("2"):
            content = envelope.original_content or b""
            letter = Letter(envelope.mail_from or "", envelope.rcpt_tos[0], content, self._number)
            self._kept.accepted.append(letter)
        if trouble is not None and trouble.does is not Doing.ANSWER:
            await self._do(trouble)
        return answer

    async def _went_wrong(self, phase: Phase, *, closes: bool = False) -> bool:
        trouble = self._kept.trouble(phase)
        if trouble is None:
            return False
        await self._do(trouble)
        if closes or trouble.answer.startswith("421"):
            self.hang_up()
        return True

    def hang_up(self) -> None:
        """Close the connection, if it is there still."""
        if self.transport is not None:
            self.transport.close()

    async def _do(self, trouble: Trouble) -> None:
        if trouble.does is Doing.HANG:
            await asyncio.Event().wait()
        elif trouble.does is Doing.CLOSE:
            self.hang_up()
        elif trouble.does is Doing.GARBLE:
            await self.push("what did you say?")
        else:
            await self.push(trouble.answer)


@contextmanager
def running(
    *, encryption: ssl.SSLContext | None = None, from_the_start: bool = False, login: bool = False, utf8: bool = True
) -> Iterator[MailServer]:
    """A server on a port of its own, for as long as the block runs.

    Args:
        encryption: with it STARTTLS is offered and asked for.
        from_the_start: encryption begins with the connection instead.
        login: only USER with PASSWORD may send.
        utf8: whether SMTPUTF8 is offered.
    """
    kept, loop = MailServer(), asyncio.new_event_loop()
    dialogues: list[_Protocol] = []

    def authenticate(*told: Any) -> AuthResult:
        return AuthResult(success=kept.check(told[-1]), handled=False)

    def protocol() -> _Protocol:
        made = _Protocol(
            kept,
            hostname="mail.example.org",
            enable_SMTPUTF8=utf8,
            tls_context=None if from_the_start else encryption,
            require_starttls=encryption is not None and not from_the_start,
            login=login,
            authenticator=authenticate if login else None,
            loop=loop,
        )
        dialogues.append(made)
        return made

    async def end() -> None:
        listening.close()
        for each in dialogues:
            each.hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, asyncio.sleep(0.01), return_exceptions=True)

    opened = loop.create_server(protocol, kept.host, 0, ssl=encryption if from_the_start else None)
    listening = loop.run_until_complete(opened)
    kept.port = listening.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever, name="mail server", daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(end())
        loop.close()
