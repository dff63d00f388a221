"""The production server: granian's WSGI workers, one application and one pool of connections in each."""

from __future__ import annotations

import gc
from functools import partial

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from surveylab.settings import Settings
from surveylab.web import clocks

THREADS = {"sqlite": 1, "postgresql": 3}
"""Per worker, by the engine. Python runs one at a time: more pay where they wait for a server, and cost where they
would hand each other the interpreter around each statement of SQLite (docs/decisions/0013)."""


def threads(database_url: str) -> int:
    """How many threads a worker has on the database of this address."""
    return THREADS["postgresql" if database_url.startswith("postgres") else "sqlite"]


def application(settings: Settings, synthetic: bool) -> Flask:
    """The application of one worker process; the ledger is opened here, after the fork."""
    from surveylab.web import create_app

    app = create_app(settings, clock=clocks.from_header if synthetic else None)
    gc.collect()
    gc.freeze()  # what is loaded stays, and is not looked through for garbage again and again
    return app


def serve(
    settings: Settings, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, *, synthetic: bool = False
) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished first.

    ``synthetic`` lets a request carry its own time (``web.clocks.from_header``): for simulated
    respondents on loopback, never for people.

    Raises:
        ValueError: ``synthetic`` on an address that others can reach.
    """
    if synthetic and host not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError(f"Synthetic respondents carry their own clock, so they are served on loopback, not on {host}.")
    server = Granian(
        "surveylab.web.server:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads(settings.database_url),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    server.serve(target_loader=partial(application, settings, synthetic), wrap_loader=False)
