"""A gateway of text messages: an HTTP server of the standard library that does what gateways do, good and bad.

It speaks both shapes that the channel ``sms`` knows: a form to ``/2010-04-01/Accounts/<account>/Messages.json``, and
JSON with an idempotency key to any other address. What it has accepted a person would have got; so a test compares
``accepted`` with what the channel said.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "token of the gateway"

Answer = tuple[int, str, dict[str, str]]
"""Status, body and headers."""


class Behaviour(Enum):
    """What it does with one request, which it has read to its end."""

    ACCEPT = "accepts and answers"
    SLOW = "accepts, and answers when nobody waits any more"
    DROP = "accepts, and closes the connection without an answer"
    HALF = "accepts, and closes the connection in the middle of the answer"
    FAIL_AFTER = "accepts, and answers 500"
    TWICE = "accepts once, and answers twice on the same connection"
    GARBLED = "accepts, and answers with something else than a document"
    FAIL = "answers 500, and accepts nothing"
    UNAVAILABLE = "says in a document that it is unavailable, and accepts nothing"
    LIMIT = "answers 429, and accepts nothing"
    MOVED = "answers with another address, and accepts nothing"


_ACCEPTING = frozenset(
    (
        Behaviour.ACCEPT,
        Behaviour.SLOW,
        Behaviour.DROP,
        Behaviour.HALF,
        Behaviour.FAIL_AFTER,
        Behaviour.TWICE,
        Behaviour.GARBLED,
    )
)
_LIMITED = {"Retry-After": "7"}


@dataclass(frozen=True)
class Accepted:
    """A message that a person gets."""

    id: str
    to: str
    sender: str
    text: str
    key: str = ""
    callback: str = ""


@dataclass
class Gateway:
    """A gateway that runs, and what has happened to it."""

    url: str = ""
    accepted: list[Accepted] = field(default_factory=list)
    requests: int = 0
    """Those that came whole, whatever became of them."""
    connections: int = 0
    refusing: dict[str, int] = field(default_factory=dict)
    """Number -> code of the error with which messages to it are refused."""
    segments: int | None = None
    """What it says of the segments of a message; None: nothing yet."""
    price: str | None = None
    """What it says of the price of a message, in the spelling of its shape; None: nothing yet."""
    over: threading.Event = field(default_factory=threading.Event)
    _next: deque[Behaviour] = field(default_factory=deque)
    _by_key: dict[str, Accepted] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def then(self, *behaviours: Behaviour) -> None:
        """What it does with the next requests, one after the other; with those behind them it accepts."""
        self._next.extend(behaviours)

    def next(self) -> Behaviour:
        """What it does with this request."""
        with self._lock:
            self.requests += 1
            return self._next.popleft() if self._next else Behaviour.ACCEPT

    def accept(self, to: str, sender: str, text: str, key: str = "", callback: str = "") -> Accepted:
        """Take a message; the one that is there where its key was here before."""
        with self._lock:
            there = self._by_key.get(key) if key else None
            if there is not None:
                return there
            message = Accepted(f"SM{len(self.accepted):032x}", to, sender, text, key, callback)
            self.accepted.append(message)
            self._by_key[key] = message
            return message


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gateway: Gateway

    def setup(self) -> None:
        super().setup()
        self.gateway.connections += 1

    def do_POST(self) -> None:
        """Read the request whole, decide, and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        behaviour = self.gateway.next()
        is_form = self.path.startswith("/2010-04-01/")
        answer = self._form(body, behaviour) if is_form else self._json(body, behaviour)
        if behaviour is Behaviour.SLOW:
            self.gateway.over.wait(30)
        if behaviour in (Behaviour.SLOW, Behaviour.DROP):
            self.close_connection = True
            return
        written = _written(answer)
        if behaviour is Behaviour.HALF:
            self.close_connection = True
            written = written[: len(written) // 2]
        self.wfile.write(written * 2 if behaviour is Behaviour.TWICE else written)

    def _form(self, body: bytes, behaviour: Behaviour) -> Answer:
        own = "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers["Authorization"] != own:
            return _error(401, 20003, "Authenticate")
        if self.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return _error(404, 20404, "The requested resource was not found")
        if behaviour not in _ACCEPTING:
            return _unaccepted(behaviour)
        form = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
        to, sender = form["To"], form.get("From") or form["MessagingServiceSid"]
        if to in self.gateway.refusing:
            return _error(400, self.gateway.refusing[to], f"Messages to {to} are not sent")
        message = self.gateway.accept(to, sender, form["Body"], callback=form.get("StatusCallback", ""))
        said = {
            "sid": message.id,
            "status": "queued",
            "to": message.to,
            "num_segments": str(self.gateway.segments or 0),
            "price": self.gateway.price,
        }
        return _accepted(behaviour, 201, said)

    def _json(self, body: bytes, behaviour: Behaviour) -> Answer:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, '{"error": "who are you?"}', {}
        if behaviour not in _ACCEPTING:
            return _unaccepted(behaviour)
        sent = json.loads(body)
        assert sent["key"] == self.headers["Idempotency-Key"]
        if sent["to"] in self.gateway.refusing:
            return 422, json.dumps({"error": f"{sent['to']}: no such number"}), {}
        message = self.gateway.accept(sent["to"], sent["from"], sent["text"], sent["key"])
        said = {"id": message.id, "segments": self.gateway.segments, "cost": self.gateway.price}
        return _accepted(behaviour, 200, {name: value for name, value in said.items() if value is not None})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the standard library calls it
        """Say nothing."""


@contextmanager
def running() -> Iterator[Gateway]:
    """A gateway on a free port of this machine, until the end of the block."""
    gateway = Gateway()
    handler = type("Handler", (_Handler,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def form_notice(url: str, fields: Mapping[str, str], token: str = TOKEN) -> tuple[dict[str, str], bytes]:
    """Headers and body by which it tells ``url`` something in the shape of forms, signed with the token."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    signature = b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return headers, urlencode(fields).encode()


def _accepted(behaviour: Behaviour, status: int, said: Mapping[str, Any]) -> Answer:
    if behaviour is Behaviour.FAIL_AFTER:
        return 500, "<h1>Something went wrong</h1>", {}
    if behaviour is Behaviour.GARBLED:
        return status, "<h1>Thank you</h1>", {}
    return status, json.dumps(said), {}


def _unaccepted(behaviour: Behaviour) -> Answer:
    if behaviour is Behaviour.LIMIT:
        status, body, _ = _error(429, 20429, "Too many requests")
        return status, body, _LIMITED
    if behaviour is Behaviour.MOVED:
        return 308, "", {"Location": "/elsewhere"}
    if behaviour is Behaviour.UNAVAILABLE:
        return _error(503, 20503, "Service unavailable")
    return 500, "<h1>Something went wrong</h1>", {}


def _error(status: int, code: int, message: str) -> Answer:
    return status, json.dumps({"code": code, "message": message, "status": status}), {}


def _written(answer: Answer) -> bytes:
    status, body, headers = answer
    lines = [f"HTTP/1.1 {status} Answer", *(f"{name}: {value}" for name, value in headers.items())]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}", "", body]
    return "\r\n".join(lines).encode()
