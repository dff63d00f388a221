"""One at a time: what an assignment that hangs on those before reads and writes, in the transaction of the case.

Whoever assigns such a case, or completes one that is counted, first calls ``hold``: all others wait
until the transaction ends. So each sees everybody before it and nobody else, on both engines, and the
ledger says who that was: ``sequence`` numbers the cases, and a completion is known to every case from
``after`` on. The tallies are only sums of it, kept so that nobody has to add it up again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection, func, select, text

from surveylab.chance.ratio import Executed
from surveylab.design.terms import Value
from surveylab.store._crossing import crossing
from surveylab.store._sql import insert, one_at_a_time
from surveylab.store.tables import allocation, completion, sampled_case, tally


@dataclass(frozen=True)
class Allocated:
    """A case in its sequence, with the probability that its arm had at its turn."""

    unit: str
    fields: Mapping[str, Value]
    sequence: int
    probability: Fraction


def hold(conn: Connection, experiment_id: int) -> None:
    """Keep all others who would assign or complete cases of an experiment waiting until the transaction ends."""
    one_at_a_time(conn, f"allocation {experiment_id}")


def following(conn: Connection, experiment_id: int) -> int:
    """The sequence of the next case: how many there are."""
    last = conn.scalar(select(func.max(allocation.c.sequence)).where(allocation.c.experiment_id == experiment_id))
    return 0 if last is None else int(last) + 1


def tallies(conn: Connection, experiment_id: int, margins: Sequence[str]) -> dict[str, dict[str, int]]:
    """Margin -> slot -> cases, of these margins."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    named = tally.c.experiment_id == experiment_id, tally.c.margin.in_(margins)
    for row in conn.execute(select(tally.c.margin, tally.c.slot, tally.c.cases).where(*named)):
        found[row.margin][row.slot] = row.cases
    return found


def record(  # noqa: PLR0917 - a row, and what it is counted in
    conn: Connection,
    experiment_id: int,
    case_id: int,
    sequence: int,
    probability: Fraction,
    tallied: Iterable[tuple[str, str]],
) -> None:
    """Write a case down as the next of its experiment, and count it."""
    exact = {"numerator": str(probability.numerator), "denominator": str(probability.denominator)}
    conn.execute(allocation.insert().values(case_id=case_id, experiment_id=experiment_id, sequence=sequence, **exact))
    for margin, slot in tallied:
        _count(conn, experiment_id, margin, slot)


def complete(conn: Connection, experiment_id: int, case_id: int, arm: str) -> None:
    """A case has completed, once: whoever is assigned from now on sees one more complete in its arm."""
    hold(conn, experiment_id)
    row = {"case_id": case_id, "experiment_id": experiment_id, "after": following(conn, experiment_id)}
    if conn.scalar(_COMPLETION, row) is not None:
        _count(conn, experiment_id, "", arm)


def history(conn: Connection, experiment_id: int) -> tuple[Allocated, ...]:
    """Every case that was assigned so, in its sequence."""
    names = (sampled_case.c.unit, sampled_case.c.fields, allocation.c.sequence)
    query = select(*names, allocation.c.numerator, allocation.c.denominator).join_from(allocation, sampled_case)
    rows = conn.execute(query.where(allocation.c.experiment_id == experiment_id).order_by(allocation.c.sequence))
    return tuple(
        Allocated(row.unit, row.fields, row.sequence, Fraction(int(row.numerator), int(row.denominator)))
        for row in rows
    )


def executed(conn: Connection, experiment_id: int) -> dict[frozenset[tuple[str, str]], Executed]:
    """The levels of each arm -> sums over its cases; empty where no assignment hung on those before."""
    cross = crossing(conn, experiment_id)
    source = cross.rows.join(allocation, allocation.c.case_id == cross.rows.c.id)
    exact = (allocation.c.numerator, allocation.c.denominator)
    rows = conn.execute(select(*cross.levels, *exact, func.count()).select_from(source).group_by(*cross.levels, *exact))
    found: dict[frozenset[tuple[str, str]], Executed] = {}
    for row in rows:
        levels, cases = frozenset(cross.arm(row[:-3]).items()), int(row[-1])
        inverse = int(row[-2]) / int(row[-3])
        one = found.get(levels, Executed(0, 0.0, 0.0))
        variance = one.variance + cases * (inverse - 1) * inverse
        found[levels] = Executed(one.cases + cases, one.inverse + cases * inverse, variance)
    return found


def completed(conn: Connection, experiment_id: int) -> tuple[tuple[str, int], ...]:
    """Unit and ``after`` of every complete that was counted, in the order of ``after``."""
    query = select(sampled_case.c.unit, completion.c.after).join_from(completion, sampled_case)
    rows = conn.execute(query.where(completion.c.experiment_id == experiment_id).order_by(completion.c.after))
    return tuple((row.unit, row.after) for row in rows)


def _count(conn: Connection, experiment_id: int, margin: str, slot: str) -> None:
    conn.execute(_ONE_MORE, {"experiment_id": experiment_id, "margin": margin, "slot": slot})


_COMPLETION = insert(completion, ("case_id",), returning="case_id")
_ONE_MORE = text(
    f"INSERT INTO {tally.name} (experiment_id, margin, slot, cases) VALUES (:experiment_id, :margin, :slot, 1) "  # noqa: S608 - names of ours
    f"ON CONFLICT (experiment_id, margin, slot) DO UPDATE SET cases = {tally.name}.cases + 1"
)
