"""What an analysis reads: cells of sufficient statistics, and counts of cases.

The database adds up, and only sums leave it: what is fitted does not grow with the number of
respondents. A stratum is named as in ``crossing``: ``region=north,age=old``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Float, and_, delete, func, select

from surveylab.digests import digest
from surveylab.errors import SurveylabError
from surveylab.store._crossing import crossing
from surveylab.store._sql import canonical
from surveylab.store.tables import cell, event, measure, sampled_case

PLACE = ("stratum", "block", "cluster")
STATISTICS = ("cases", "n", "total", "squares")
"""The columns of ``cells`` behind those of the factors; no factor can bear such a name.

``cases`` have a value; ``n`` is their number too, or the effective one where they are
weighted; ``total`` and ``squares`` are the sums of the values and of their squares.
"""


def refresh_cells(
    conn: Connection, experiment_id: int, name: str, fields: Sequence[str] | None = None, logged: bool = False
) -> None:
    """Add the stored measures up by arm, stratum, block and cluster, and keep the cells.

    Args:
        conn: a connection that writes.
        experiment_id: the version of the experiment.
        name: the measure.
        fields: the frame fields that make the strata; those of the sample where none are named.
        logged: add up the natural logarithms of the values.

    Raises:
        SurveylabError: logarithms are asked for, and a value has none.
    """
    cross = crossing(conn, experiment_id, fields)
    source = cross.rows.join(measure, and_(measure.c.case_id == cross.rows.c.id, measure.c.name == name))
    valued = measure.c.value.is_not(None)
    if logged:
        bad = conn.scalar(select(func.count()).select_from(source).where(measure.c.value <= 0))
        if bad:
            raise SurveylabError(
                f"{bad} cases have a {name} of zero or less, which has no logarithm; "
                "use a model that takes none, or correct the outcome."
            )
    value: ColumnElement[float] = func.ln(measure.c.value, type_=Float) if logged else measure.c.value
    keys = [*cross.levels, *cross.strata, cross.rows.c.block, cross.rows.c.cluster]
    sums = func.count(), func.sum(value), func.sum(value * value)
    found = conn.execute(select(*keys, *sums).select_from(source).where(valued).group_by(*keys))
    rows = [
        (*row[: len(cross.factors)], cross.stratum(row), *row[-5:-3], row[-3], float(row[-3]), *row[-2:])
        for row in found
    ]
    put_cells(conn, experiment_id, name, pd.DataFrame(rows, columns=[*cross.factors, *PLACE, *STATISTICS]), logged)


def put_cells(conn: Connection, experiment_id: int, name: str, table: pd.DataFrame, logged: bool = False) -> None:
    """Store the cells of a measure in place of those it had.

    Args:
        conn: a connection that writes.
        experiment_id: the version of the experiment.
        name: the measure.
        table: a column per factor with the level, ``PLACE`` and ``STATISTICS``; what ``cells`` gives.
        logged: whether the sums are of natural logarithms.
    """
    conn.execute(delete(cell).where(*_mine(experiment_id, name, logged)))
    factors = [column for column in table.columns if column not in (*PLACE, *STATISTICS)]
    arms = (canonical(arm) for arm in table[factors].to_dict("records"))
    same = {"experiment_id": experiment_id, "measure": name, "logged": logged}
    numbers = table[[*PLACE, *STATISTICS]].to_dict("records")
    rows = [{**same, "arm": arm, **each} for arm, each in zip(arms, numbers, strict=True)]
    if rows:
        conn.execute(cell.insert(), rows)


def cells(conn: Connection, experiment_id: int, name: str, logged: bool = False) -> pd.DataFrame:
    """The cells of a measure, in the order of arm, stratum, block and cluster.

    Returns:
        A column per factor with the level, then ``PLACE`` and ``STATISTICS``; no row without data.
    """
    names = ("arm", *PLACE, *STATISTICS)
    found = conn.execute(select(*(cell.c[column] for column in names)).where(*_mine(experiment_id, name, logged)))
    rows = sorted(found, key=lambda row: tuple(row[:4]))
    arms = pd.DataFrame([json.loads(row.arm) for row in rows], index=range(len(rows)))
    rest = pd.DataFrame([tuple(row[1:]) for row in rows], columns=[*PLACE, *STATISTICS])
    types = {"cases": "int64", "n": "float64", "total": "float64", "squares": "float64"}
    return pd.concat([arms, rest.astype(types)], axis="columns")


def data_hash(conn: Connection, experiment_id: int) -> str:
    """SHA-256 over all cells of an experiment in one order: the data that an analysis has seen."""
    columns = [column for column in cell.columns if column.name not in ("id", "experiment_id")]
    rows = conn.execute(select(*columns).where(cell.c.experiment_id == experiment_id))
    return digest(*sorted(canonical(list(row)) for row in rows)).hex()


def cell_counts(conn: Connection, experiment_id: int) -> tuple[tuple[dict[str, str], int], ...]:
    """Levels and cases of each arm that has cells: the most that any measure has there."""
    cases = func.sum(cell.c.cases)
    query = select(cell.c.arm, cases).where(cell.c.experiment_id == experiment_id)
    most: dict[str, int] = {}
    for arm, count in conn.execute(query.group_by(cell.c.arm, cell.c.measure, cell.c.logged)):
        most[arm] = max(int(count), most.get(arm, 0))
    return tuple((json.loads(arm), count) for arm, count in sorted(most.items()))


def case_counts(conn: Connection, experiment_id: int, fields: Sequence[str] | None = None) -> pd.DataFrame:
    """All sampled cases, whether they answered or not: a column per factor, ``stratum`` and ``cases``."""
    cross = crossing(conn, experiment_id, fields)
    keys = [*cross.levels, *cross.strata]
    found = conn.execute(select(*keys, func.count()).select_from(cross.rows).group_by(*keys))
    rows = [(*row[: len(cross.factors)], cross.stratum(row), row[-1]) for row in found]
    return _table(rows, (*cross.factors, "stratum", "cases"))


def sampled(conn: Connection, experiment_id: int, name: str) -> pd.DataFrame:
    """All sampled cases in the order of their units, for estimates that the design of the sample makes.

    Columns: ``unit``, ``levels`` (factor -> level), ``stratum``, ``psu`` (what was sampled as a whole),
    ``probability`` (not a number where the sample is none of probability), ``fields`` (what the frame knew),
    ``value`` of the measure ``name`` (not a number where the case is not in its denominator), and ``contacts``:
    how often the case was sent something.
    """
    cross = crossing(conn, experiment_id)
    sent = select(event.c.case_id, func.count().label("contacts")).where(event.c.kind == "sent")
    contacts = sent.group_by(event.c.case_id).subquery()
    mine = and_(measure.c.case_id == cross.rows.c.id, measure.c.name == name)
    source = cross.rows.join(sampled_case, sampled_case.c.id == cross.rows.c.id).outerjoin(measure, mine)
    source = source.outerjoin(contacts, contacts.c.case_id == cross.rows.c.id)
    columns = [sampled_case.c[each] for each in ("unit", "stratum", "psu", "inclusion_probability", "fields")]
    query = select(*cross.levels, *columns, measure.c.value, func.coalesce(contacts.c.contacts, 0)).select_from(source)
    factors = len(cross.factors)
    rows = [(cross.arm(row), *row[factors:]) for row in conn.execute(query.order_by(sampled_case.c.unit))]
    names = ("levels", "unit", "stratum", "psu", "probability", "fields", "value", "contacts")
    found = pd.DataFrame(rows, columns=list(names))
    return found.astype({"probability": float, "value": float, "contacts": int})


def shares(conn: Connection, experiment_id: int, fields: Sequence[str] | None = None) -> dict[str, dict[str, float]]:
    """``stratum`` -> label -> its share of the eligible frame; empty where there are no strata.

    N_h is estimated by the sum of 1 / inclusion probability over the stratum's cases (Horvitz
    and Thompson 1952). It is exact where the sample was stratified by the same fields. A person
    who arrived unlisted stands for nobody else and counts as one.
    """
    cross = crossing(conn, experiment_id, fields)
    source = cross.rows.join(sampled_case, sampled_case.c.id == cross.rows.c.id)
    units = func.sum(1.0 / func.coalesce(sampled_case.c.inclusion_probability, 1.0))
    found = conn.execute(select(*cross.strata, units).select_from(source).group_by(*cross.strata))
    sizes = {cross.stratum((*cross.factors, *row)): float(row[-1]) for row in found}
    whole = sum(sizes.values())
    labels = sorted(sizes)
    return {"stratum": {label: sizes[label] / whole for label in labels}} if labels not in ([], [""]) else {}


def _mine(experiment_id: int, name: str, logged: bool) -> tuple[ColumnElement[bool], ...]:
    return cell.c.experiment_id == experiment_id, cell.c.measure == name, cell.c.logged == logged


def _table(rows: list[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(sorted(rows, key=lambda row: tuple(map(str, row))), columns=list(columns))
