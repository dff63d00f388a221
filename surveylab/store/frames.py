"""Frames: the lists of units that samples are drawn from, as they are now and as each snapshot had them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, or_, select

from surveylab.design.terms import Value
from surveylab.errors import SurveylabError
from surveylab.store._bulk import chunks
from surveylab.store.tables import frame as frame_table
from surveylab.store.tables import frame_unit, snapshot

_AT_ONCE = 1_000
"""Ids that go into one query."""


@dataclass(frozen=True)
class StoredFrame:
    """What is known of a snapshot of a frame without reading its units.

    ``id`` is the row of the frame and ``snapshot`` that of the snapshot, which is the frame's ``number``-th.
    ``types``: field -> integer, decimal, text, truth, date, "mixed" where its values differ in that, or
    "" where nobody knows. ``source`` is where it was loaded from.
    """

    id: int
    name: str
    snapshot: int
    number: int
    digest: str
    source: str
    loaded_at: datetime
    units: int
    types: Mapping[str, str]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of any unit."""
        return tuple(self.types)


def frame(conn: Connection, name: str) -> StoredFrame | None:
    """The newest snapshot of the frame of that name; None where it was never loaded."""
    return _one(conn, _FRAMES.where(frame_table.c.name == name, _NEWEST))


def frames(conn: Connection) -> tuple[StoredFrame, ...]:
    """The newest snapshot of every frame, in the order of the names."""
    rows = conn.execute(_FRAMES.where(_NEWEST).order_by(frame_table.c.name))
    return tuple(StoredFrame(**row._mapping) for row in rows)


def snapshot_of(conn: Connection, name: str, number: int) -> StoredFrame | None:
    """The snapshot of a frame with that number; None where there is none."""
    return _one(conn, _FRAMES.where(frame_table.c.name == name, snapshot.c.number == number))


def drawn_from(conn: Connection, snapshot_id: int | None) -> StoredFrame | None:
    """The snapshot in that row; None where there is none."""
    return _one(conn, _FRAMES.where(snapshot.c.id == snapshot_id))


def frame_at(frame_id: int, number: int) -> tuple[ColumnElement[bool], ...]:
    """The condition of the rows that a snapshot consists of."""
    ended = or_(frame_unit.c.valid_to.is_(None), frame_unit.c.valid_to > number)
    return frame_unit.c.frame_id == frame_id, frame_unit.c.valid_from <= number, ended


def units(
    conn: Connection, source: str | StoredFrame, fields: Sequence[str]
) -> tuple[NDArray[np.str_], dict[str, NDArray[Any]]]:
    """Every unit of a frame in the order of the ids by code point.

    Args:
        conn: the connection.
        source: a frame's name, which means its newest snapshot, or a snapshot.
        fields: those to read.

    Returns:
        The ids, shape (N,), and each field, shape (N,): text, integer, float or boolean where
        all units have that type, else objects with None where a unit lacks the field.

    Raises:
        SurveylabError: no such frame, or none of its units has such a field.
    """
    read = _known(conn, source, fields)
    query = select(frame_unit.c.unit, cast(frame_unit.c.fields, Text)).where(*frame_at(read.id, read.number))
    result = conn.execute(query.order_by(frame_unit.c.unit), execution_options={"yield_per": 20_000})
    ids: list[str] = []
    columns: dict[str, list[Any]] = {field: [] for field in fields}
    for rows in result.partitions():
        names, texts = zip(*rows, strict=True)
        ids.extend(names)
        objects = json.loads(f"[{','.join(texts)}]")  # one call for all: the parser is faster than the calls
        for field, column in columns.items():
            column.extend([each.get(field) for each in objects])
    return np.array(ids, dtype=np.str_), {field: _array(column) for field, column in columns.items()}


def unit_fields(conn: Connection, source: StoredFrame, unit_ids: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Unit -> fields, for those of the units that the snapshot has."""
    found = {}
    for some in chunks(unit_ids, _AT_ONCE):
        there = select(frame_unit).where(*frame_at(source.id, source.number), frame_unit.c.unit.in_(some))
        found.update({row.unit: row.fields for row in conn.execute(there)})
    return found


_FRAMES = select(
    frame_table.c.id,
    frame_table.c.name,
    snapshot.c.id.label("snapshot"),
    snapshot.c.number,
    snapshot.c.digest,
    snapshot.c.source,
    snapshot.c.loaded_at,
    snapshot.c.units,
    snapshot.c.fields.label("types"),
).join_from(frame_table, snapshot, snapshot.c.frame_id == frame_table.c.id)
_OF_FRAME = snapshot.alias()
_NEWEST = snapshot.c.number == (
    select(func.max(_OF_FRAME.c.number)).where(_OF_FRAME.c.frame_id == frame_table.c.id).scalar_subquery()
)


def _one(conn: Connection, query: Select[Any]) -> StoredFrame | None:
    row = conn.execute(query).first()
    return StoredFrame(**row._mapping) if row else None


def _known(conn: Connection, asked: str | StoredFrame, fields: Iterable[str]) -> StoredFrame:
    source = frame(conn, asked) if isinstance(asked, str) else asked
    if source is None:
        raise SurveylabError(f"No frame is called {asked!r}; load it with: surveylab frame load.")
    for field in fields:
        if field not in source.fields:
            near = get_close_matches(field, source.fields, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SurveylabError(
                f"The frame {source.name!r} has no field {field!r}.{hint} It has: {', '.join(source.fields)}."
            )
    return source


def _array(values: list[Any]) -> NDArray[Any]:
    """The narrowest array that keeps every value what it is."""
    kinds = set(map(type, values))
    if kinds in ({str}, {bool}, {float}):
        return np.array(values)
    if kinds == {int, float}:
        return np.array(values, dtype=np.float64)
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in (min(values), max(values))):
        return np.array(values, dtype=np.int64)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
