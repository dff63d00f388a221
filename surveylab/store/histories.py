"""The histories of whole experiments, from which measures are computed, and the measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from surveylab.design.cases import Answer, CaseRecord, Event
from surveylab.design.experiment import Experiment, Plan
from surveylab.design.factors import Arm
from surveylab.design.orders import Chance
from surveylab.design.presentation import presented
from surveylab.design.terms import Value
from surveylab.store._bulk import chunks
from surveylab.store._crossing import crossing
from surveylab.store._sql import among, insert
from surveylab.store.paradata import active_seconds, page_seconds
from surveylab.store.responses import ANSWERS, answer_from
from surveylab.store.tables import answer, assignment, event, experiment, measure, measured, sampled_case

Levels = frozenset[tuple[str, str]]
"""Pairs of factor and level; of an arm, as far as a case has them."""

_AT_ONCE = 1_000
"""Cases that are read together: six queries for each thousand."""


@dataclass(frozen=True)
class CaseHistory:
    """Everything that the ledger holds of one case.

    ``page_seconds``: page -> seconds from its first display to its first submission;
    ``active_seconds``: those of them in which it was in view, where that is known. ``drawn_at`` is when its
    version was drawn (None: it takes arrivals only), ``probability`` that of its inclusion (None: whoever came
    was taken).
    """

    id: int
    unit: str
    levels: Mapping[str, str]
    fields: Mapping[str, Value]
    events: tuple[Event, ...]
    answers: Mapping[str, Answer]
    page_seconds: Mapping[str, float]
    active_seconds: Mapping[str, float]
    stratum: str
    probability: float | None
    drawn_at: datetime | None


def case_records(conn: Connection, experiment_id: int, changed_only: bool = False) -> Iterator[list[CaseHistory]]:
    """The cases of an experiment in the order of their rows, up to a thousand at a time.

    Args:
        conn: any connection; what is written between two lists is seen by the later one.
        experiment_id: the version of the experiment.
        changed_only: leave out the cases that got no event since ``put_measures`` saw them.
    """
    mine = select(sampled_case.c.id).where(sampled_case.c.experiment_id == experiment_id)
    if changed_only:
        # Counts and not the last id: on PostgreSQL a lower id may be committed after a higher one.
        happened = select(func.count()).where(event.c.case_id == sampled_case.c.id).scalar_subquery()
        seen = select(measured.c.events).where(measured.c.case_id == sampled_case.c.id).scalar_subquery()
        mine = mine.where(happened != func.coalesce(seen, -1))
    ids = conn.scalars(mine.order_by(sampled_case.c.id)).all()
    return (_histories(conn, some) for some in chunks(ids, _AT_ONCE))


def record_of(
    history: CaseHistory, exp: Experiment, arm: Arm, plan: Plan, *, only_if_begun: bool = False
) -> CaseRecord:
    """A case as outcomes see it: its history, and what it was asked by its arm and by chance.

    What chance gave a case of the instrument is most of the work: with ``only_if_begun`` it is left out of cases that
    never began an interview, which is all the same to their disposition.
    """
    assert plan.instrument is not None
    assert plan.measurement is not None
    instrument = plan.instrument
    if not only_if_begun or any(event.kind in ("started", "submitted") for event in history.events):
        instrument = presented(instrument, Chance(exp.seed, history.unit)).instrument
    return CaseRecord(
        case=history.id,
        arm=arm,
        instrument=instrument,
        events=history.events,
        answers=history.answers,
        page_seconds=history.page_seconds,
        unit=history.fields,
        complete_from=plan.measurement.complete_from,
        partial_from=plan.measurement.partial_from,
        active_seconds=history.active_seconds,
        closes_at=history.drawn_at + plan.contact.closes if history.drawn_at else None,
        listed=exp.frame is not None,
        known_eligible=exp.frame is not None and exp.frame.eligibility == "known",
    )


def reached(conn: Connection, experiment_id: int) -> dict[Levels, dict[str, int]]:
    """The levels of each arm -> kind of event -> how many of its cases have one."""
    cross = crossing(conn, experiment_id)
    keys = [*cross.levels, event.c.kind]
    source = cross.rows.join(event, event.c.case_id == cross.rows.c.id)
    counted = select(*keys, func.count(event.c.case_id.distinct())).select_from(source).group_by(*keys)
    counts: dict[Levels, dict[str, int]] = defaultdict(dict)
    for *levels, kind, cases in conn.execute(counted):
        counts[frozenset(cross.arm(levels).items())][kind] = cases
    return dict(counts)


def put_measures(conn: Connection, rows: Iterable[tuple[int, str, float | None, int]], seen: Mapping[int, int]) -> None:
    """Store values of outcomes, in place of those of the same case and name.

    Args:
        conn: a connection that writes.
        rows: case, measure, value (None takes the case out of the denominator), version of the rule.
        seen: case -> number of events that its values were computed from; ``changed_only`` goes by it.
    """
    values = insert(measure, ("case_id", "name"), replacing=("value", "version"))
    for chunk in chunks(dict(zip(("case_id", "name", "value", "version"), row, strict=True)) for row in rows):
        conn.execute(values, chunk)
    marks = insert(measured, ("case_id",), replacing=("events",))
    for some in chunks({"case_id": case, "events": events} for case, events in seen.items()):
        conn.execute(marks, some)


def _histories(conn: Connection, ids: Sequence[int]) -> list[CaseHistory]:
    levels: dict[int, dict[str, str]] = defaultdict(dict)
    named = (assignment.c.case_id, assignment.c.factor, assignment.c.level)
    for case, factor, level in conn.execute(select(*named).where(among(conn, assignment.c.case_id, ids))):
        levels[case][factor] = level
    events: dict[int, list[Event]] = defaultdict(list)
    happened = select(event.c.case_id, event.c.at, event.c.kind, event.c.detail).where(
        among(conn, event.c.case_id, ids)
    )
    for case, *what in conn.execute(happened.order_by(event.c.id)):
        events[case].append(Event(*what))
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    given = ANSWERS.where(among(conn, answer.c.case_id, ids)).order_by(answer.c.position, answer.c.column_name)
    for each in conn.execute(given):
        answers[each.case_id][each.column_name] = answer_from(each)
    seconds, active = page_seconds(conn, ids), active_seconds(conn, ids)
    own = [sampled_case.c[name] for name in ("id", "unit", "fields", "stratum", "inclusion_probability")]
    mine = select(*own, experiment.c.drawn_at).join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    mine = mine.where(among(conn, sampled_case.c.id, ids))
    return [
        CaseHistory(
            row.id,
            row.unit,
            levels.get(row.id, {}),
            row.fields,
            tuple(events.get(row.id, ())),
            answers.get(row.id, {}),
            seconds.get(row.id, {}),
            active.get(row.id, {}),
            row.stratum,
            row.inclusion_probability,
            row.drawn_at,
        )
        for row in conn.execute(mine.order_by(sampled_case.c.id))
    ]
