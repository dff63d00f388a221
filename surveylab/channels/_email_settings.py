"""The settings of the channel ``email``, read at once and every fault of them told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from surveylab import signatures
from surveylab.channels import SettingError
from surveylab.channels._email_message import Origin, mailbox
from surveylab.channels._pace import is_rate
from surveylab.errors import hint
from surveylab.mailboxes import UnusableError

if TYPE_CHECKING:
    from surveylab.channels._smtp import Server

_PREFIX = "SURVEYLAB_EMAIL_"
_PORTS = {"smtp": 587, "smtps": 465}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]+")
_MUST = ("url", "from")
_HIDDEN = ("url", "secret")
_REPLY, _FINAL = 60.0, 600.0
"""Seconds that an answer is waited for, and that behind the end of a message (RFC 5321, 4.5.3.2.6)."""


@dataclass(frozen=True)
class EmailSettings:
    """A mail server, whom messages come from, and how fast they go.

    ``per_second`` is the most messages of one connection in a second, ``per_connection`` the most before a new one
    is made; None: as many as the server takes.
    """

    server: Server
    origin: Origin
    per_second: float | None
    per_connection: int | None


def read(settings: Mapping[str, str]) -> EmailSettings:
    """The settings from SURVEYLAB_EMAIL_URL and so on, handed over as ``{"url": ...}``.

    Raises:
        SettingError: a sentence for each that is missing or wrong; none has the password in it.
    """
    from surveylab.channels._smtp import Server  # late: pages and `--help` need no connection

    given = _given(settings)
    faults = _unknown(given)
    faults += [f"{_PREFIX}{name.upper()} is not set; {_WHAT[name]}." for name in _MUST if name not in given]
    faults += [
        f"{_PREFIX}{name.upper()} {'' if name in _HIDDEN else f'is {given[name]!r} and '}is not usable; {_WHAT[name]}."
        for name, is_right in _RIGHT.items()
        if name in given and not is_right(given[name])
    ]
    if faults:
        raise SettingError("\n".join(faults))
    url, sender = urlsplit(given["url"]), mailbox(given["from"])
    waits = float(given["timeout"]) if "timeout" in given else None
    return EmailSettings(
        server=Server(
            host=url.hostname or "",
            port=url.port or _PORTS[url.scheme],
            tls="smtps" if url.scheme == "smtps" else _tls(url.query),
            own_name=sender.domain,
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
            reply=waits or _REPLY,
            final=waits or _FINAL,
        ),
        origin=Origin(sender, mailbox(given["reply_to"]) if "reply_to" in given else None),
        per_second=float(given["per_second"]) if "per_second" in given else None,
        per_connection=int(given["per_connection"]) if "per_connection" in given else None,
    )


def secret(settings: Mapping[str, str]) -> str:
    """What notices are signed with.

    Raises:
        SettingError: there is none, or it is not usable.
    """
    found = _given(settings).get("secret", "")
    if not found or not _is_secret(found):
        raise SettingError(f"{_PREFIX}SECRET is {'not usable' if found else 'not set'}; {_WHAT['secret']}.")
    return found


def _given(settings: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in settings.items() if text.strip()}


def _unknown(given: Mapping[str, str]) -> list[str]:
    known = [f"{_PREFIX}{each.upper()}" for each in _WHAT]
    wrong = (f"{_PREFIX}{name.upper()}" for name in sorted(given.keys() - _WHAT.keys()))
    there = f" There are: {', '.join(known)}."
    return [f"{name} is no setting.{hint(name, known) or there}" for name in wrong]


def _tls(query: str) -> Literal["none", "starttls"]:
    return "none" if parse_qs(query).get("tls") == ["none"] else "starttls"


def _is_url(text: str) -> bool:
    """Whether it names a server. A password goes over an encrypted connection, or stays on this machine."""
    try:
        url = urlsplit(text)
        port, host = url.port, url.hostname or ""
    except ValueError:
        return False
    user, password = unquote(url.username or ""), unquote(url.password or "")
    plain = url.scheme == "smtp" and _tls(url.query) == "none"
    return (
        text.isascii()
        and text.isprintable()
        and url.scheme in _PORTS
        and _HOST.fullmatch(host) is not None
        and port != 0
        and url.path in ("", "/")
        and not url.fragment
        and (not url.query or (url.scheme == "smtp" and url.query in ("tls=starttls", "tls=none")))
        and (user + password).isascii()
        and (user + password).isprintable()
        and bool(user) == bool(password)
        and (not user or not plain or _is_here(host))
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_mailbox(text: str) -> bool:
    try:
        mailbox(text)
    except UnusableError:
        return False
    return True


def _is_secret(text: str) -> bool:
    try:
        signatures.key(text)
    except ValueError:
        return False
    return True


_RIGHT: Mapping[str, Callable[[str], bool]] = {
    "url": _is_url,
    "from": _is_mailbox,
    "reply_to": _is_mailbox,
    "per_second": is_rate,
    "per_connection": lambda text: re.fullmatch("[1-9][0-9]{0,5}", text) is not None,
    "timeout": lambda text: re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) is not None and float(text) > 0,
    "secret": _is_secret,
}
_WHAT = {
    "url": "it is the mail server, such as smtp://user:password@mail.example.org:587 (by STARTTLS), smtps://… "
    "(encrypted from the start) or smtp://127.0.0.1:25?tls=none; in user and password, ASCII both, signs such as @ "
    "and / are written %40 and %2F, and they do not go unencrypted to another machine",
    "from": "it is whom messages come from, such as Customer service <service@example.org>",
    "reply_to": "it is who gets the replies, such as Customer service <service@example.org>",
    "per_second": "it is the most messages in a second, such as 10 or 0.5",
    "per_connection": "it is the most messages on one connection, such as 100",
    "timeout": "it is how many seconds an answer of the server is waited for, such as 60",
    "secret": "it is what notices are signed with: whsec_ and the base64 of 24 to 64 random bytes",
}
