"""Pause: nobody is contacted or started and no page is shown for a while; what people send is still kept."""

from __future__ import annotations

from datetime import datetime

from surveylab.errors import SurveylabError
from surveylab.store import contacts, experiments, log, quotas
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection, Ledger


def pause(ledger: Ledger, slug: str, now: datetime) -> None:
    """Take nobody in any version of an experiment from now on.

    Raises:
        SurveylabError: it is not in the field, or paused already.
    """
    with ledger.write() as conn:
        running = _versions(conn, slug)[0]
        if running.paused_at is not None:
            raise SurveylabError(f"{slug} is paused already; surveylab resume {slug} opens it again.")
        experiments.mark_paused(conn, slug, now)
        log.record(conn, now, "pause", {"experiment": slug})


def resume(ledger: Ledger, slug: str, now: datetime) -> None:
    """Take people again. Reservations that stood when the pause began are kept for as much longer as it took.

    Raises:
        SurveylabError: it is not in the field, or not paused.
    """
    with ledger.write() as conn:
        for version in _versions(conn, slug):
            if version.paused_at is None:
                raise SurveylabError(f"{slug} is not paused; it takes answers.")
            quotas.wait(conn, version.id)
            quotas.extend(conn, version.id, version.paused_at, now - version.paused_at)
        experiments.mark_paused(conn, slug, None)
        contacts.release(conn, slug)
        log.record(conn, now, "resume", {"experiment": slug})


def _versions(conn: Connection, slug: str) -> tuple[StoredExperiment, ...]:
    """The versions of an experiment that was drawn or opened, the running one first."""
    found = experiments.versions(conn, slug) if slug.isprintable() else ()
    if not any(version.drawn_at for version in found):
        raise SurveylabError(f"{slug} is not in the field; run surveylab draw first.")
    return found
