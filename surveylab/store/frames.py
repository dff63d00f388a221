"""Frames: the lists of units that samples are drawn from, and the people behind the units."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Text, cast, delete, select

from surveylab.design.terms import Value
from surveylab.errors import SurveylabError
from surveylab.store._bulk import chunks, insert_rows, loading
from surveylab.store.tables import frame as frame_table
from surveylab.store.tables import frame_unit, person

Unit = tuple[str, Mapping[str, Value], Mapping[str, str] | None]
"""Id, fields, and what identifies the person (names, addresses), which is kept apart; None: nobody."""

_AT_ONCE = 1_000
"""Ids that go into one query."""


@dataclass(frozen=True)
class StoredFrame:
    """What is known of a frame without reading its units. ``fields`` are those of any unit."""

    id: int
    name: str
    digest: str
    loaded_at: datetime
    units: int
    fields: tuple[str, ...]


def replace_frame(conn: Connection, name: str, digest: str, units: Iterable[Unit], at: datetime) -> StoredFrame:
    """Make these units the frame of that name; what it held before is gone, its people too.

    The units stream through: memory does not grow with their number.

    Raises:
        SurveylabError: an id comes twice. The transaction is to be given up then.
    """
    frame_id = _empty(conn, name, digest, at)
    fields: dict[str, None] = {}
    count = 0
    with loading(conn):
        for chunk in chunks(units):
            for _, values, _ in chunk:
                fields.update(dict.fromkeys(values))
            _insert(conn, name, frame_id, chunk)
            count += len(chunk)
    described = frame_table.update().where(frame_table.c.id == frame_id)
    conn.execute(described.values(units=count, fields=list(fields)))
    return StoredFrame(frame_id, name, digest, at, count, tuple(fields))


def frame(conn: Connection, name: str) -> StoredFrame | None:
    """The frame of that name; None where it was never loaded."""
    row = conn.execute(select(frame_table).where(frame_table.c.name == name)).first()
    return StoredFrame(**{**row._mapping, "fields": tuple(row.fields)}) if row else None


def units(conn: Connection, name: str, fields: Sequence[str]) -> tuple[NDArray[np.str_], dict[str, NDArray[Any]]]:
    """Every unit of a frame in the order of the ids by code point.

    Returns:
        The ids, shape (N,), and each field, shape (N,): text, integer, float or boolean where
        all units have that type, else objects with None where a unit lacks the field.

    Raises:
        SurveylabError: no such frame, or none of its units has such a field.
    """
    source = _known(conn, name, fields)
    query = select(frame_unit.c.unit, cast(frame_unit.c.fields, Text)).where(frame_unit.c.frame_id == source.id)
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


def unit_fields(conn: Connection, frame_id: int, unit_ids: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Unit -> fields, for those of the units that the frame has."""
    return {row.unit: row.fields for row in _of_units(conn, frame_unit, frame_id, unit_ids)}


def people(conn: Connection, frame_id: int, unit_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Unit -> names and addresses, for those of the units that have any."""
    return {row.unit: row.details for row in _of_units(conn, person, frame_id, unit_ids)}


def erase_person(conn: Connection, frame_id: int, unit: str) -> None:
    """Forget the names and addresses of a unit; its case, and with it every count, stays."""
    conn.execute(delete(person).where(person.c.frame_id == frame_id, person.c.unit == unit))


def _empty(conn: Connection, name: str, digest: str, at: datetime) -> int:
    before = frame(conn, name)
    if before is None:
        new = frame_table.insert().values(name=name, digest=digest, loaded_at=at, units=0, fields=[])
        return int(conn.execute(new.returning(frame_table.c.id)).scalar_one())
    for held in (frame_unit, person):
        conn.execute(delete(held).where(held.c.frame_id == before.id))
    conn.execute(frame_table.update().where(frame_table.c.id == before.id).values(digest=digest, loaded_at=at))
    return before.id


def _insert(conn: Connection, name: str, frame_id: int, chunk: list[Unit]) -> None:
    listed = ((frame_id, unit, json.dumps(fields)) for unit, fields, _ in chunk)
    known = ((frame_id, unit, json.dumps(details)) for unit, _, details in chunk if details)
    try:
        with conn.begin_nested():
            insert_rows(conn, frame_unit, ("frame_id", "unit", "fields"), listed)
            insert_rows(conn, person, ("frame_id", "unit", "details"), known)
    except conn.dialect.loaded_dbapi.IntegrityError as error:
        counts = Counter(unit for unit, _, _ in chunk)
        earlier = unit_fields(conn, frame_id, list(counts))
        twice = sorted({*earlier, *(unit for unit, count in counts.items() if count > 1)})
        raise SurveylabError(
            f"The frame {name!r} lists {', '.join(map(repr, twice[:5]))} more than once; "
            "give every unit an id of its own. Nothing was stored."
        ) from error


def _known(conn: Connection, name: str, fields: Iterable[str]) -> StoredFrame:
    source = frame(conn, name)
    if source is None:
        raise SurveylabError(f"No frame is called {name!r}; load it with: surveylab frame load.")
    for field in fields:
        if field not in source.fields:
            near = get_close_matches(field, source.fields, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SurveylabError(
                f"The frame {name!r} has no field {field!r}.{hint} It has: {', '.join(source.fields)}."
            )
    return source


def _of_units(conn: Connection, table: Any, frame_id: int, unit_ids: Sequence[str]) -> Iterator[Any]:
    for some in chunks(unit_ids, _AT_ONCE):
        yield from conn.execute(select(table).where(table.c.frame_id == frame_id, table.c.unit.in_(some)))


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
