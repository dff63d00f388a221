"""What the pages served, by the hashes of the texts that answers carry, and what was known of cases before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from surveylab.design.terms import Value
from surveylab.store._crossing import crossing
from surveylab.store.tables import answer, sampled_case

Text = tuple[str, str, str]
"""Item, language, and the hash of its text."""


@dataclass(frozen=True)
class Served:
    """How many cases with these levels were shown an item in this text."""

    levels: Mapping[str, str]
    text: Text
    cases: int


@dataclass(frozen=True)
class Known:
    """What was known of a case before it was assigned, and what it was assigned with."""

    levels: Mapping[str, str]
    cluster: str
    fields: Mapping[str, Value]


def served(conn: Connection, experiment_id: int) -> tuple[Served, ...]:
    """Every text that an answer carries, by the levels of the cases."""
    cross = crossing(conn, experiment_id)
    text = (answer.c.item, answer.c.language, answer.c.text_hash)
    source = cross.rows.join(answer, answer.c.case_id == cross.rows.c.id)
    query = select(*cross.levels, *text, func.count(answer.c.case_id.distinct())).select_from(source)
    kept = query.where(answer.c.language.is_not(None)).group_by(*cross.levels, *text)
    return tuple(Served(cross.arm(row[:-4]), (row[-4], row[-3], row[-2]), int(row[-1])) for row in conn.execute(kept))


def cases_served(
    conn: Connection, experiment_id: int, items: Set[str]
) -> Iterator[tuple[int, Mapping[str, str], Text]]:
    """Case, levels and text of every answer to some items, case by case."""
    cross = crossing(conn, experiment_id)
    text = (answer.c.item, answer.c.language, answer.c.text_hash)
    source = cross.rows.join(answer, answer.c.case_id == cross.rows.c.id)
    query = select(*cross.levels, cross.rows.c.id, *text).distinct().select_from(source)
    kept = query.where(answer.c.item.in_(sorted(items)), answer.c.language.is_not(None)).order_by(cross.rows.c.id)
    for row in conn.execute(kept):
        yield row[-4], cross.arm(row[:-4]), (row[-3], row[-2], row[-1])


def known_before(conn: Connection, experiment_id: int) -> Iterator[Known]:
    """The levels, the cluster and the fields of every case, in the order of the units."""
    cross = crossing(conn, experiment_id)
    source = cross.rows.join(sampled_case, sampled_case.c.id == cross.rows.c.id)
    query = select(*cross.levels, sampled_case.c.cluster, sampled_case.c.fields).select_from(source)
    for row in conn.execute(query.order_by(sampled_case.c.unit), execution_options={"yield_per": 10_000}):
        yield Known(cross.arm(row[:-2]), row[-2], row[-1])
