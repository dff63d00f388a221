"""Respondents over loopback: ``python -m benchmarks._clients PORT CLIENTS`` answers the survey for each token it reads.

Each client is a thread with one connection that stays open, and speaks as little HTTP as will do: a
client that costs more than the server would hide what the server can do. Tokens come in as lines;
what was measured goes out as JSON: the seconds of each request, those of all together, and the errors.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from time import perf_counter
from urllib.parse import urlencode

from benchmarks._survey import PAGES, answers

PATIENCE = 30
"""Seconds after which a request has failed."""
_HIDDEN = re.compile(rb'type="hidden" name="([^"]+)" value="([^"]*)"')
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class Client:
    """One connection, and the seconds of each request over it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds: list[float] = []

    def walk(self, token: str) -> None:
        """One interview: open, start, four pages and their answers, thanks."""
        page = self._ask("GET", f"/r/{token}", 200)
        place = self._ask("POST", f"/r/{token}", 303, _hidden(page))
        for name in PAGES:
            page = self._ask("GET", place.decode(), 200)
            sent = {**_hidden(page), **answers(name, "It was all right, and I would come again.")}
            place = self._ask("POST", place.decode(), 303, sent)
        self._ask("GET", place.decode(), 200)

    def _ask(self, method: str, path: str, code: int, form: dict[str, str] | None = None) -> bytes:
        body = urlencode(form or {}).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", "User-Agent: Mozilla/5.0 (X11)"]
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        start = perf_counter()
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        head, content = self._answer()
        self.seconds.append(perf_counter() - start)
        if not head.startswith(b"HTTP/1.1 %d" % code):
            raise RuntimeError(f"{method} {path} gave {head[:40]!r}")
        found = _LOCATION.search(head)
        return found[1] if found else content

    def _answer(self) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, content = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        while length and len(content) < int(length[1]):
            content += self._more()
        return head, content

    def _more(self) -> bytes:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def _hidden(page: bytes) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}


def _work(port: int, tokens: Iterator[str], lock: threading.Lock, seconds: list[float], errors: list[str]) -> None:
    client = Client(port)
    while True:
        with lock:
            token = next(tokens, None)
        if token is None:
            break
        try:
            client.walk(token)
        except (OSError, RuntimeError) as error:
            errors.append(repr(error))
            seconds += client.seconds
            client = Client(port)
    seconds += client.seconds


def main() -> None:
    port, clients = map(int, sys.argv[1:])
    tokens, lock = iter(sys.stdin.read().split()), threading.Lock()
    seconds: list[float] = []
    errors: list[str] = []
    threads = [threading.Thread(target=_work, args=(port, tokens, lock, seconds, errors)) for _ in range(clients)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"seconds": seconds, "total": perf_counter() - start, "errors": errors}))


if __name__ == "__main__":
    main()
