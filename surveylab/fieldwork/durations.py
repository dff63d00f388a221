"""How long an experiment's interviews take: measured, and the same for everybody who is asked.

The figure is of all arms together: minutes of one's own arm would be a treatment of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from surveylab.outcomes.completion_time import IDLE_SECONDS
from surveylab.store import paradata
from surveylab.store.ledger import Ledger

LEAST = 20
"""Finished interviews from which a median is told."""
MOST = 500
"""The latest that it is taken from."""
FRESH = timedelta(minutes=10)
"""How long a figure is told before it is measured again: a landing page costs no query for it."""


@dataclass(frozen=True)
class _Figure:
    at: datetime
    minutes: int | None


class Durations:
    """The median minutes of the experiments of one ledger, each measured now and then."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._figures: dict[int, _Figure] = {}

    def minutes(self, experiment: int, now: datetime) -> int | None:
        """Half of the finished interviews of this version took so many minutes or less; None while they are few.

        As in ``completion_time``: the time on pages, ten minutes of each at most.
        """
        figure = self._figures.get(experiment)
        if figure is None or not figure.at <= now < figure.at + FRESH:
            figure = self._figures[experiment] = _Figure(now, self._measured(experiment))
        return figure.minutes

    def _measured(self, experiment: int) -> int | None:
        with self._ledger.read() as conn:
            finished = paradata.finished_page_seconds(conn, experiment, MOST)
        totals = [sum(min(page, IDLE_SECONDS) for page in pages.values()) for pages in finished]
        return max(1, ceil(median(totals) / 60)) if len(totals) >= LEAST else None
