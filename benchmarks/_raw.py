"""The limit of the stack: a bare Flask application that stores what is sent and shows prepared pages.

It reads nothing, checks that something was entered, and writes event, answers and paradata of a page in
one transaction by the driver itself. ``python -m benchmarks._raw URL PORT PAGES`` serves it by granian,
as surveylab is served; PAGES is a JSON file, place -> document.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from flask import Flask, Response, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from benchmarks._survey import PAGES
from surveylab.web.server import threads

TABLES = (
    "CREATE TABLE IF NOT EXISTS event (token TEXT, page TEXT, at TEXT, visit TEXT, PRIMARY KEY (token, page, visit))",
    "CREATE TABLE IF NOT EXISTS answer (token TEXT, name TEXT, value TEXT, PRIMARY KEY (token, name))",
    "CREATE TABLE IF NOT EXISTS paradata (token TEXT, page TEXT, visit TEXT, at TEXT, device TEXT)",
)
_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_ANSWER = "INSERT INTO answer VALUES (?, ?, ?) ON CONFLICT (token, name) DO UPDATE SET value = excluded.value"
_PARADATA = "INSERT INTO paradata VALUES (?, ?, ?, ?, ?)"
_AT_ONCE = """
WITH e AS (INSERT INTO event VALUES (%(token)s, %(page)s, %(at)s, %(visit)s) ON CONFLICT DO NOTHING),
     p AS (INSERT INTO paradata VALUES (%(token)s, %(page)s, %(visit)s, %(at)s, %(device)s))
INSERT INTO answer
SELECT %(token)s, name, value FROM unnest(%(names)s::text[], %(values)s::text[]) AS sent (name, value)
ON CONFLICT (token, name) DO UPDATE SET value = excluded.value
"""

Store = Callable[[str, str, str, dict[str, str]], None]


def application(url: str, documents: str) -> Flask:
    """The application of one worker."""
    app = Flask("raw", static_folder=None)
    pages = {place: text.encode() for place, text in json.loads(Path(documents).read_text(encoding="utf-8")).items()}
    store = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
    after = dict(zip(("", *PAGES), (*PAGES, "thanks"), strict=True))

    @app.get("/r/<token>", defaults={"page": ""})
    @app.get("/r/<token>/<page>")
    def show(token: str, page: str) -> Response:  # noqa: ARG001
        return Response(pages[page], mimetype="text/html")

    @app.post("/r/<token>", defaults={"page": ""})
    @app.post("/r/<token>/<page>")
    def submit(token: str, page: str) -> Response:
        sent = request.form.to_dict()
        if page and not all(sent.values()):
            return Response(pages[page], 422)
        store(token, page, sent.get("_visit", ""), {name: value for name, value in sent.items() if name[0] != "_"})
        return Response(status=303, headers={"Location": f"/r/{token}/{after[page]}"})

    return app


def _sqlite(url: str) -> Store:
    mine = threading.local()

    def store(token: str, page: str, visit: str, sent: dict[str, str]) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
            mine.connection.execute("PRAGMA journal_mode = WAL")
            mine.connection.execute("PRAGMA synchronous = NORMAL")
        now = datetime.now(UTC).isoformat()
        execute = mine.connection.execute
        execute("BEGIN IMMEDIATE")
        execute(_EVENT, (token, page, now, visit))
        mine.connection.executemany(_ANSWER, [(token, name, value) for name, value in sent.items()])
        execute(_PARADATA, (token, page, visit, now, "computer"))
        execute("COMMIT")

    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        for table in TABLES:
            connection.execute(table)
    connection.close()
    return store


def _postgresql(url: str) -> Store:
    mine = threading.local()

    def store(token: str, page: str, visit: str, sent: dict[str, str]) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = psycopg.connect(url, autocommit=True)
        values = {"token": token, "page": page, "visit": visit, "device": "computer"}
        now = datetime.now(UTC).isoformat()
        mine.connection.execute(_AT_ONCE, {**values, "at": now, "names": list(sent), "values": list(sent.values())})

    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(table.encode())
    return store


if __name__ == "__main__":
    address, port, documents = sys.argv[1:]
    Granian(
        "benchmarks._raw:application",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads(address),
        websockets=False,
        log_level=LogLevels.warning,
    ).serve(target_loader=partial(application, address, documents), wrap_loader=False)
