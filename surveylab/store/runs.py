"""Runs: what a measurement, an analysis or a decision said, with the hashes of the design and data it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from surveylab.store.tables import run as table


@dataclass(frozen=True)
class Run:
    """One run; ``kind`` is load, measurement, diagnosis, analysis or decision, ``result`` plain JSON."""

    id: int
    experiment_id: int
    kind: str
    at: datetime
    design_hash: str
    data_hash: str
    result: Mapping[str, Any]


def record(
    conn: Connection,
    experiment_id: int,
    kind: str,
    design_hash: str,
    data_hash: str,
    *,
    result: Mapping[str, Any],
    at: datetime,
) -> int:
    """Keep a run. Returns its id."""
    row = {"experiment_id": experiment_id, "kind": kind, "design_hash": design_hash, "data_hash": data_hash}
    new = table.insert().values(**row, result=dict(result), at=at)
    return int(conn.execute(new.returning(table.c.id)).scalar_one())


def latest(
    conn: Connection, experiment_id: int, kind: str, design_hash: str | None = None, data_hash: str | None = None
) -> Run | None:
    """The last run of a kind, on this design and on these data where they are named; None without one."""
    mine = [table.c.experiment_id == experiment_id, table.c.kind == kind]
    if design_hash is not None:
        mine.append(table.c.design_hash == design_hash)
    if data_hash is not None:
        mine.append(table.c.data_hash == data_hash)
    row = conn.execute(select(table).where(*mine).order_by(table.c.id.desc()).limit(1)).first()
    return Run(**row._mapping) if row else None


def all_of(conn: Connection, experiment_id: int, kind: str) -> tuple[Run, ...]:
    """The runs of a kind, oldest first."""
    mine = select(table).where(table.c.experiment_id == experiment_id, table.c.kind == kind).order_by(table.c.id)
    return tuple(Run(**row._mapping) for row in conn.execute(mine))
