"""What chance decided about the pages of a case: written when the interview starts, and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from surveylab.design.orders import ALGORITHM, Draw
from surveylab.store import cases
from surveylab.store.tables import event, presentation, sampled_case

Drawn = tuple[str, str, float, str]
"""Name, value, probability and algorithm of one draw."""


@dataclass(frozen=True)
class StoredPresentation:
    """The draws of a case that has started."""

    unit: str
    levels: Mapping[str, str]
    draws: frozenset[Drawn]


def as_stored(draw: Draw) -> Drawn:
    """A draw as it stands in the ledger."""
    return draw.name, draw.value, float(draw.probability), ALGORITHM


def draw_row(draw: Draw) -> dict[str, str | float]:
    """The columns of a draw beside its case."""
    return dict(zip(("name", "value", "probability", "algorithm"), as_stored(draw), strict=True))


def presentations(conn: Connection, experiment_id: int) -> Iterator[StoredPresentation]:
    """What every case that has started was shown by chance, in the order of the units."""
    mine = sampled_case.c.experiment_id == experiment_id
    begun = select(event.c.case_id).join(sampled_case, sampled_case.c.id == event.c.case_id)
    started = set(conn.scalars(begun.where(mine, event.c.kind == "started")))
    columns = (presentation.c[name] for name in ("case_id", "name", "value", "probability", "algorithm"))
    rows = select(*columns).join(sampled_case, sampled_case.c.id == presentation.c.case_id).where(mine)
    draws: dict[int, set[Drawn]] = defaultdict(set)
    for case, *drawn in conn.execute(rows):
        draws[case].add((drawn[0], drawn[1], drawn[2], drawn[3]))
    for each in cases.tokens(conn, experiment_id):
        if each.id in started or each.id in draws:
            yield StoredPresentation(each.unit, each.levels, frozenset(draws.get(each.id, ())))
