"""The one shape in which cases are counted: a row per case, a column per factor and per field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, select

from surveylab.crossing import written
from surveylab.store._sql import field_as_json
from surveylab.store.tables import assignment, sampled_case


@dataclass(frozen=True)
class Crossing:
    """Cases crossed with their assignments and with what makes their strata.

    ``rows`` has the columns id, unit, stratum, cluster, block, ``level_0`` ... and ``field_0`` ...
    """

    rows: Subquery
    factors: tuple[str, ...]
    fields: tuple[str, ...] | None

    @property
    def levels(self) -> list[ColumnElement[Any]]:
        """The columns of the levels, in the order of ``factors``; NULL where a case has none."""
        return [self.rows.c[f"level_{i}"] for i in range(len(self.factors))]

    @property
    def strata(self) -> list[ColumnElement[Any]]:
        """The columns that tell strata apart: of the fields, else the stratum of the sample."""
        if self.fields is None:
            return [self.rows.c.stratum]
        return [self.rows.c[f"field_{i}"] for i in range(len(self.fields))]

    def arm(self, row: Sequence[Any]) -> dict[str, str]:
        """Factor -> level from a row that begins with ``levels``; a level that is not there is left out."""
        return {factor: level for factor, level in zip(self.factors, row, strict=False) if level is not None}

    def stratum(self, row: Sequence[Any]) -> str:
        """The label of the stratum from a row that has ``strata`` right behind ``levels``."""
        if self.fields is None:
            return str(row[len(self.factors)])
        texts = row[len(self.factors) : len(self.factors) + len(self.fields)]
        return ",".join(f"{field}={written(json.loads(text))}" for field, text in zip(self.fields, texts, strict=True))


def crossing(conn: Connection, experiment_id: int, fields: Sequence[str] | None = None) -> Crossing:
    """Cross the cases of an experiment with its factors, and with fields of the frame if any are named."""
    factors = factors_of(conn, experiment_id)
    columns: list[Any] = [sampled_case.c[name] for name in ("id", "unit", "stratum", "cluster", "block")]
    source: Any = sampled_case
    for i, factor in enumerate(factors):
        mine = assignment.alias(f"assignment_{i}")
        source = source.outerjoin(mine, and_(mine.c.case_id == sampled_case.c.id, mine.c.factor == factor))
        columns.append(mine.c.level.label(f"level_{i}"))
    for i, name in enumerate(fields or ()):
        columns.append(field_as_json(conn, sampled_case.c.fields, name).label(f"field_{i}"))
    query = select(*columns).select_from(source).where(sampled_case.c.experiment_id == experiment_id)
    return Crossing(query.subquery("crossing"), factors, None if fields is None else tuple(fields))


def factors_of(conn: Connection, experiment_id: int) -> tuple[str, ...]:
    """The factors that any case of the experiment was assigned, in alphabetical order."""
    mine = select(sampled_case.c.id).where(sampled_case.c.experiment_id == experiment_id)
    names = select(assignment.c.factor).where(assignment.c.case_id.in_(mine)).distinct()
    return tuple(sorted(conn.scalars(names)))
