"""Retention: what an experiment keeps for a time only is erased when that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from surveylab.fieldwork.identity import identifying_columns
from surveylab.fieldwork.studies import Studies
from surveylab.store import erasure, experiments, log, suppressions
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection, Ledger

LIMITS: tuple[Literal["addresses", "texts"], ...] = ("addresses", "texts")


@dataclass(frozen=True)
class Kept:
    """One limit of one version of an experiment: ``what`` is kept (addresses, texts) and until when.

    ``due`` is whether that is over, and ``erased`` what went now: people and codes to come back with, or answers.
    """

    experiment: str
    version: int
    what: str
    until: datetime
    due: bool
    erased: int


def carry_out(ledger: Ledger, now: datetime, *, rehearsal: bool = False) -> tuple[Kept, ...]:
    """Erase what is due in all drawn experiments, each version in a transaction; a ``rehearsal`` undoes it.

    Addresses go of people who are in no experiment that keeps them still; with them the codes by which people come
    back to the version. Answers go by ``identity.identifying_columns``. Running it again erases nothing twice.
    """
    studies = Studies(ledger)
    with ledger.read() as conn:
        drawn = [row for row in experiments.every_version(conn) if row.drawn_at is not None]
    limits = {row.id: studies.study(row.id).experiment.retention for row in drawn}
    needing = [row.id for row in drawn if not _over(limits[row.id].until("addresses", row.closes_at), now)]
    found: list[Kept] = []
    for row in drawn:
        for what in LIMITS:
            until = limits[row.id].until(what, row.closes_at)
            if until is None:
                continue
            due, erased = _over(until, now), 0
            if due:
                with ledger.rehearse() if rehearsal else ledger.write() as conn, erasure.overwriting(conn):
                    if what == "texts":
                        columns = identifying_columns(studies.study(row.id))
                        erased = erasure.erase_answers_of_all(conn, row.id, columns)
                    else:
                        erased = _erase_addresses(conn, row, needing)
                    if erased:
                        detail = {"experiment": row.slug, "version": row.version, what: erased}
                        log.record(conn, now, "retention", detail)
            found.append(Kept(row.slug, row.version, what, until, due, erased))
    if not rehearsal and any(each.erased for each in found):
        ledger.checkpoint()
    return tuple(found)


def _erase_addresses(conn: Connection, row: StoredExperiment, needing: list[int]) -> int:
    """Erase people and codes of one version; an opt-out stays known by the hash of its addresses."""
    erasure.hold_frames(conn)
    people, opted_out = erasure.erase_people(conn, row.id, needing)
    suppressions.suppress(conn, opted_out)
    return people + erasure.erase_resume_codes(conn, row.id)


def _over(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
