"""Experiments as they were registered: each change of a design is a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from surveylab.store._sql import one_at_a_time
from surveylab.store.tables import experiment as table


@dataclass(frozen=True)
class StoredExperiment:
    """One version of an experiment. ``id`` is the row that cases, cells and runs belong to.

    ``documents`` maps file names to texts: what ``spec`` reads the study back from.
    """

    id: int
    slug: str
    version: int
    digest: str
    documents: Mapping[str, str]
    seed: str
    frame_digest: str | None
    registered_at: datetime
    locked_at: datetime | None
    drawn_at: datetime | None
    closes_at: datetime | None
    paused_at: datetime | None
    snapshot_id: int | None


def register(
    conn: Connection, slug: str, digest: str, documents: Mapping[str, str], *, seed: str, at: datetime
) -> StoredExperiment:
    """Make a design the running version of its slug; the running one comes back when it is the same."""
    one_at_a_time(conn, f"experiment {slug}")
    running = experiment(conn, slug)
    if running is not None and running.digest == digest:
        return running
    conn.execute(
        table.insert().values(
            slug=slug,
            version=running.version + 1 if running else 1,
            digest=digest,
            documents=dict(documents),
            seed=seed,
            registered_at=at,
            paused_at=running.paused_at if running else None,
        )
    )
    stored = experiment(conn, slug)
    assert stored is not None
    return stored


def experiment(conn: Connection, slug: str) -> StoredExperiment | None:
    """The running version of a slug; None where it was never registered."""
    return next(iter(versions(conn, slug)), None)


def versions(conn: Connection, slug: str) -> tuple[StoredExperiment, ...]:
    """Every version of a slug, the running one first."""
    rows = conn.execute(select(table).where(table.c.slug == slug).order_by(table.c.version.desc()))
    return tuple(StoredExperiment(**row._mapping) for row in rows)


def experiment_by_id(conn: Connection, experiment_id: int) -> StoredExperiment:
    """One version by its row. KeyError where there is none."""
    row = conn.execute(select(table).where(table.c.id == experiment_id)).first()
    if row is None:
        raise KeyError(experiment_id)
    return StoredExperiment(**row._mapping)


def experiments(conn: Connection) -> tuple[StoredExperiment, ...]:
    """The running version of every slug, in the order of the slugs."""
    return tuple({row.slug: row for row in every_version(conn)}.values())


def every_version(conn: Connection) -> tuple[StoredExperiment, ...]:
    """All versions of all slugs, in the order of slugs and versions."""
    rows = conn.execute(select(table).order_by(table.c.slug, table.c.version))
    return tuple(StoredExperiment(**row._mapping) for row in rows)


def mark_locked(conn: Connection, experiment_id: int, at: datetime) -> None:
    """Write down when the design was locked; the first time stays."""
    conn.execute(update(table).where(table.c.id == experiment_id, table.c.locked_at.is_(None)).values(locked_at=at))


def mark_paused(conn: Connection, slug: str, at: datetime | None) -> None:
    """Write down since when the versions of a slug take nobody; None where they do (again)."""
    conn.execute(update(table).where(table.c.slug == slug).values(paused_at=at))


def mark_drawn(
    conn: Connection,
    experiment_id: int,
    at: datetime,
    closes_at: datetime | None,
    frame_digest: str | None,
    *,
    snapshot_id: int | None = None,
) -> None:
    """Write down when the sample was drawn, from which snapshot, and when the last arm ceases to take answers."""
    values = {"drawn_at": at, "closes_at": closes_at, "frame_digest": frame_digest, "snapshot_id": snapshot_id}
    conn.execute(update(table).where(table.c.id == experiment_id).values(**values))
