"""The assignment as it was executed: for the audit, the sample ratio and the search for leaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, func, select

from surveylab.store._crossing import crossing, factors_of
from surveylab.store.tables import assignment, sampled_case


@dataclass(frozen=True)
class FactorColumn:
    """What was assigned of one factor, case by case; arrays have shape (n,).

    ``chance`` holds the exact probability of the level that was assigned.
    """

    level: NDArray[np.str_]
    chance: tuple[Fraction, ...]
    algorithm: NDArray[np.str_]
    position: NDArray[np.int64]
    block: NDArray[np.str_]


@dataclass(frozen=True)
class StoredAssignments:
    """All cases of an experiment in the order of their units; arrays have shape (n,).

    ``probability`` is the inclusion probability, not a number for who arrived unlisted and was not sampled.
    """

    case: NDArray[np.int64]
    unit: NDArray[np.str_]
    probability: NDArray[np.float64]
    stratum: NDArray[np.str_]
    cluster: NDArray[np.str_]
    psu: NDArray[np.str_]
    block: NDArray[np.str_]
    factors: Mapping[str, FactorColumn]


@dataclass(frozen=True)
class Stray:
    """A case whose levels are no arm of the design; a factor that it lacks is not in ``levels``."""

    case: int
    unit: str
    levels: Mapping[str, str]


def assignments(conn: Connection, experiment_id: int) -> StoredAssignments:
    """Every stored assignment of an experiment, for a comparison with what the seed gives.

    A case that lacks a factor is left out of all: ``strays`` finds it.
    """
    names = ("id", "unit", "inclusion_probability", "stratum", "cluster", "psu", "block")
    source: Any = sampled_case
    columns: list[Any] = [sampled_case.c[name] for name in names]
    factors = factors_of(conn, experiment_id)
    for factor in factors:
        mine = assignment.alias()
        source = source.join(mine, and_(mine.c.case_id == sampled_case.c.id, mine.c.factor == factor))
        columns += [mine.c[name] for name in ("level", "numerator", "denominator", "algorithm", "position", "block")]
    query = select(*columns).select_from(source).where(sampled_case.c.experiment_id == experiment_id)
    rows = conn.execute(query.order_by(sampled_case.c.unit)).all()
    each: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(columns)
    case, unit, probability, stratum, cluster, psu, block = each[:7]
    return StoredAssignments(
        np.array(case, dtype=np.int64),
        np.array(unit, dtype=np.str_),
        np.array(probability, dtype=np.float64),
        np.array(stratum, dtype=np.str_),
        np.array(cluster, dtype=np.str_),
        np.array(psu, dtype=np.str_),
        np.array(block, dtype=np.str_),
        {factor: _factor(each[7 + 6 * i : 13 + 6 * i]) for i, factor in enumerate(factors)},
    )


def arm_counts(conn: Connection, experiment_id: int) -> tuple[tuple[dict[str, str], int], ...]:
    """Levels and cases of each combination that occurs, in the order of the levels."""
    cross = crossing(conn, experiment_id)
    counted = select(*cross.levels, func.count()).select_from(cross.rows).group_by(*cross.levels)
    found = ((cross.arm(row[:-1]), int(row[-1])) for row in conn.execute(counted) if row[-1])
    return tuple(sorted(found, key=lambda each: sorted(each[0].items())))


def cluster_sizes(conn: Connection, experiment_id: int) -> dict[frozenset[tuple[str, str]], tuple[int, ...]]:
    """The levels of each arm -> how many cases each of its clusters has; cases without one are not among them."""
    cross = crossing(conn, experiment_id)
    keys = [*cross.levels, cross.rows.c.cluster]
    counted = select(*keys, func.count()).select_from(cross.rows).where(cross.rows.c.cluster != "").group_by(*keys)
    found: dict[frozenset[tuple[str, str]], tuple[int, ...]] = {}
    for row in conn.execute(counted):
        levels = frozenset(cross.arm(row[:-2]).items())
        found[levels] = (*found.get(levels, ()), int(row[-1]))
    return found


def strays(conn: Connection, experiment_id: int, allowed: Iterable[Mapping[str, str]]) -> tuple[Stray, ...]:
    """The cases whose stored levels form none of the combinations that are allowed: leaks."""
    known = {frozenset(levels.items()) for levels in allowed}
    cross = crossing(conn, experiment_id)
    found: list[Stray] = []
    for levels, _ in arm_counts(conn, experiment_id):
        if frozenset(levels.items()) in known:
            continue
        same = (
            column.is_not_distinct_from(levels.get(factor))
            for factor, column in zip(cross.factors, cross.levels, strict=True)
        )
        query = select(cross.rows.c.id, cross.rows.c.unit).where(*same).order_by(cross.rows.c.unit)
        found += [Stray(row.id, row.unit, levels) for row in conn.execute(query)]
    return tuple(found)


def _factor(columns: list[tuple[Any, ...]]) -> FactorColumn:
    level, numerator, denominator, algorithm, position, block = columns
    exact: dict[tuple[str, str], Fraction] = {}
    for pair in set(zip(numerator, denominator, strict=True)):
        exact[pair] = Fraction(int(pair[0]), int(pair[1]))
    return FactorColumn(
        np.array(level, dtype=np.str_),
        tuple(exact[pair] for pair in zip(numerator, denominator, strict=True)),
        np.array(algorithm, dtype=np.str_),
        np.array(position, dtype=np.int64),
        np.array(block, dtype=np.str_),
    )
