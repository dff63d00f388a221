"""Jobs in the background, on a queue of huey: what is due is sent each minute, what is kept too long goes each night.

The queue says only *that* something is to be done; what, stands in the ledger. So a queue that is lost loses nothing,
and a job that comes twice does nothing twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from surveylab.errors import SurveylabError
from surveylab.fieldwork import retention
from surveylab.fieldwork.worker import Worker, send_due
from surveylab.settings import Settings
from surveylab.store.ledger import Ledger

logger = logging.getLogger("surveylab.jobs")


def queue(url: str) -> Any:
    """The queue at an address: ``sqlite:///file``, ``postgresql://...`` or ``redis://...``.

    Raises:
        SurveylabError: it is none of these, or its library is not installed.
    """
    import huey  # the pages that respondents see need none of it

    kind, _, rest = url.partition("://")
    made: dict[str, Callable[[], Any]] = {
        "sqlite": lambda: huey.SqliteHuey("surveylab", filename=rest.removeprefix("/")),
        "postgresql": lambda: huey.PostgresHuey("surveylab", dsn=url),
        "redis": lambda: huey.RedisHuey("surveylab", url=url),
    }
    if kind not in made:
        raise SurveylabError(f"SURVEYLAB_JOBS_URL begins with {kind!r}; write sqlite:///, postgresql:// or redis://.")
    try:
        return made[kind]()
    except Exception as error:
        raise SurveylabError(f"The queue of jobs at {kind}:// cannot be used: {error}") from error


def work(ledger: Ledger, settings: Settings, clock: Callable[[], datetime], threads: int) -> None:
    """Run the jobs until SIGINT or SIGTERM; the message that is under way is settled first.

    Raises:
        SurveylabError: the queue cannot be used.
    """
    import huey

    jobs, under_way, stopping = queue(settings.jobs_url), threading.Lock(), threading.Event()

    @jobs.periodic_task(huey.crontab(minute="*"))  # type: ignore[untyped-decorator]
    def deliver() -> None:
        if not under_way.acquire(blocking=False):
            return  # the minute before still sends
        try:
            came = send_due(Worker(ledger, settings.base_url, clock, stopping), settings, _failed)
        finally:
            under_way.release()
        if came:
            logger.info("contacts: %s", ", ".join(f"{count:,} {state}" for state, count in sorted(came.items())))

    @jobs.periodic_task(huey.crontab(minute="17", hour="3"))  # type: ignore[untyped-decorator]
    def keep_no_longer() -> None:
        retention.carry_out(ledger, clock())

    deliver()
    # Neither signal waits for a job to end by itself, which may send for hours: it is told to stop, here.
    jobs.create_consumer(workers=threads, check_worker_health=False, shutdown_timeout=0).run()
    stopping.set()
    with under_way:
        pass


def _failed(channel: str, error: SurveylabError) -> None:
    logger.error("%s: %s", channel, error)
