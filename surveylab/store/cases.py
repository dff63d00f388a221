"""Cases: the sampled units, each with its link and the levels that it was assigned.

A case and its assignments are written before anything is shown, in one transaction, and the
database refuses to change them afterwards. Who asks again gets what is stored.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import chain, repeat
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, bindparam, select

from surveylab.design.factors import Arm, marginals
from surveylab.design.terms import Value
from surveylab.errors import SurveylabError
from surveylab.store._bulk import CHUNK, indexed_behind, insert_rows, json_objects, loading, reserve, stored, told_apart
from surveylab.store._crossing import crossing
from surveylab.store._sql import insert
from surveylab.store.tables import allocation, assignment, event, experiment, resume_code, sampled_case


@dataclass(frozen=True)
class NewCases:
    """A sample with its assignment; all arrays have shape (n,).

    ``arm`` indexes the arms of the design, ``position`` is the case's place in the random
    order that assigned it, ``probability`` the inclusion probability. ``fields`` are what
    fills, rules and the analysis will read: a snapshot of the frame as it was. ``psu`` (primary sampling
    unit) is what the sample took as a whole, ``cluster`` what was assigned as a whole, else the same.
    """

    unit: NDArray[np.str_]
    probability: NDArray[np.float64]
    stratum: NDArray[np.str_]
    cluster: NDArray[np.str_]
    psu: NDArray[np.str_]
    block: NDArray[np.str_]
    arm: NDArray[np.intp]
    position: NDArray[np.intp]
    fields: Mapping[str, NDArray[Any]]
    chances: Sequence[tuple[Fraction, ...]] | None = None
    """The probability of every arm of the design at each case's turn; None where it was always the arm's own."""

    def slice(self, start: int, stop: int) -> NewCases:
        """The cases from ``start`` up to ``stop``."""
        apart = ("fields", "chances")
        arrays = {name: value[start:stop] for name, value in vars(self).items() if name not in apart}
        fields = {name: value[start:stop] for name, value in self.fields.items()}
        return NewCases(**arrays, fields=fields, chances=self.chances and self.chances[start:stop])


@dataclass(frozen=True)
class Arrival:
    """A person who came unlisted, as the sampling and the assignment have placed them."""

    unit: str
    fields: Mapping[str, Value]
    arm: Arm
    position: int = 0
    block: str = ""
    stratum: str = ""
    probability: float | None = None
    """Of inclusion, where a scheme sampled the arrivals; None where whoever came was taken."""
    surface: str = ""
    """Where the person came, for the event ``selected``: design.cases.KIOSK; "" for all else."""


@dataclass(frozen=True)
class Case:
    """A case on its way through the survey.

    ``experiment`` is the row of its design's version, ``drawn_at`` when that was drawn (None for an
    experiment that takes arrivals only) and ``paused_at`` since when it takes nobody (None: it does).
    ``resume_code`` is what a person who came by the open link types in to go on; None for all others.
    """

    id: int
    experiment: int
    slug: str
    unit: str
    token: str
    levels: Mapping[str, str]
    fields: Mapping[str, Value]
    drawn_at: datetime | None
    resume_code: str | None = None
    stratum: str = ""
    paused_at: datetime | None = None


def insert_sample(
    conn: Connection, experiment_id: int, cases: NewCases, arms: Sequence[Arm], *, algorithm: str, at: datetime
) -> None:
    """Write cases, their assignments and their event ``selected``.

    The probability that is stored with a level is its share over all arms of the design, with the
    probabilities that these had at the case's turn.

    Raises:
        SurveylabError: a unit is sampled twice. The transaction is to be given up then.
    """
    chances = _Chances(arms)
    try:
        with loading(conn), indexed_behind(conn, sampled_case, len(cases.unit)):
            for start in range(0, len(cases.unit), CHUNK):
                chunk = cases.slice(start, start + CHUNK)
                _insert_chunk(conn, experiment_id, chunk, chances, algorithm=algorithm, at=at)
    except conn.dialect.loaded_dbapi.IntegrityError as error:
        raise SurveylabError(
            "A unit of this sample is a case of the experiment already; a sample is drawn once. Nothing was stored."
        ) from error


def insert_arrival(
    conn: Connection, experiment_id: int, arrival: Arrival, arms: Sequence[Arm], *, algorithm: str, at: datetime
) -> Case:
    """Write one case that was not listed, or give back the one that stands there for its unit.

    Two simultaneous first requests of one person meet at the unique unit: the second waits,
    writes nothing, and both get the row and the levels of the first.
    """
    row = {"experiment_id": experiment_id, "unit": arrival.unit, "token": secrets.token_urlsafe(16)}
    row |= {"stratum": arrival.stratum, "cluster": "", "block": arrival.block, "fields": dict(arrival.fields)}
    row |= {"inclusion_probability": arrival.probability}
    case_id = conn.scalar(_ARRIVAL, row)
    if case_id is not None:
        chances = _Chances(arms)
        rows = [
            {"case_id": case_id, **chance, "algorithm": algorithm, "position": arrival.position, "block": arrival.block}
            for chance in map(chances.of, arrival.arm.levels)
        ]
        if rows:
            conn.execute(assignment.insert(), rows)
        conn.execute(event.insert().values(case_id=case_id, at=at, kind="selected", detail=arrival.surface))
    case = case_of_unit(conn, experiment_id, arrival.unit)
    assert case is not None
    return case


def case_of_unit(conn: Connection, experiment_id: int, unit: str) -> Case | None:
    """The case of a unit, in one query; None where it has none."""
    return _case(conn, _BY_UNIT, experiment=experiment_id, unit=unit)


def case_by_resume_code(conn: Connection, code: str) -> Case | None:
    """The case that a resume code belongs to, in one query; None where nobody has that code."""
    return _case(conn, _BY_RESUME_CODE, code=code)


def give_resume_code(conn: Connection, case_id: int, code: str) -> None:
    """Keep the code of a case; one that it has already stays."""
    conn.execute(_RESUME_CODE, {"case_id": case_id, "code": code})


@dataclass(frozen=True)
class Reached:
    """One time that a unit was contacted, or opted out: the event's kind and moment, and the experiment's slug."""

    slug: str
    kind: str
    at: datetime


def reached(conn: Connection, unit: str) -> tuple[Reached, ...]:
    """Every contact and opt-out of the cases under one id, in all experiments."""
    return tuple(Reached(*row) for row in conn.execute(_REACHED, {"unit": unit}))


def units_asked(conn: Connection, after: datetime, until: datetime, *, other_than: str) -> set[str]:
    """The units that were drawn for other experiments, or contacted by them, after one moment and until another."""
    happened = event.c.kind.in_(("selected", "sent")), event.c.at > after, event.c.at <= until
    source = event.join(sampled_case, sampled_case.c.id == event.c.case_id)
    source = source.join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    query = select(sampled_case.c.unit).select_from(source).where(experiment.c.slug != other_than, *happened)
    return set(conn.scalars(query.distinct()))


def units_before(conn: Connection, slug: str, version: int) -> set[str]:
    """The units with a case in an earlier version of an experiment."""
    source = sampled_case.join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    earlier = experiment.c.slug == slug, experiment.c.version < version
    return set(conn.scalars(select(sampled_case.c.unit).select_from(source).where(*earlier)))


def tokens(conn: Connection, experiment_id: int) -> Iterator[Case]:
    """Every case with its token and levels, in the order of the units."""
    cross = crossing(conn, experiment_id)
    source = cross.rows.join(sampled_case, sampled_case.c.id == cross.rows.c.id)
    named = (experiment.c[name] for name in ("slug", "drawn_at", "paused_at"))
    one = conn.execute(select(*named).where(experiment.c.id == experiment_id)).one()
    columns = (sampled_case.c[name] for name in ("id", "unit", "token", "fields", "stratum"))
    query = select(*cross.levels, *columns).select_from(source).order_by(sampled_case.c.unit)
    for row in conn.execute(query, execution_options={"yield_per": 10_000}):
        place = row.id, experiment_id, one.slug, row.unit, row.token
        yield Case(*place, cross.arm(row), row.fields, one.drawn_at, None, row.stratum, one.paused_at)


def drawn(conn: Connection, experiment_id: int) -> Iterator[tuple[int, str, frozenset[tuple[str, str]]]]:
    """Every case of an experiment with its unit and its levels, in the order of the cases."""
    cross = crossing(conn, experiment_id)
    query = select(*cross.levels, sampled_case.c.id, sampled_case.c.unit)
    query = query.select_from(cross.rows.join(sampled_case, sampled_case.c.id == cross.rows.c.id))
    known: dict[Any, frozenset[tuple[str, str]]] = {}
    for row in conn.execute(query.order_by(sampled_case.c.id), execution_options={"yield_per": 10_000}):
        if row[:-2] not in known:
            known[row[:-2]] = frozenset(cross.arm(row).items())
        yield row.id, row.unit, known[row[:-2]]


class _Chances:
    """What is stored with each level beside the case: its probability, exactly."""

    def __init__(self, arms: Sequence[Arm]) -> None:
        self.levels = [arm.levels for arm in arms]
        self._shares = marginals(arms)
        self._executed: dict[tuple[Fraction, ...], _Chances] = {}

    def executed(self, chances: tuple[Fraction, ...]) -> _Chances:
        """The same where the arms had these probabilities."""
        if chances not in self._executed:
            arms = [Arm(levels, chance) for levels, chance in zip(self.levels, chances, strict=True)]
            self._executed[chances] = _Chances(arms)
        return self._executed[chances]

    def of(self, pair: tuple[str, str]) -> dict[str, Any]:
        """The columns of an assignment to one level, as far as the design determines them."""
        share = self._shares[pair]
        return {
            "factor": pair[0],
            "level": pair[1],
            "probability": float(share),
            "numerator": str(share.numerator),
            "denominator": str(share.denominator),
        }


_ALLOCATION = ("case_id", "sequence", "numerator", "denominator")
_ASSIGNMENT = ("case_id", "position", "block", "factor", "level", "probability", "numerator", "denominator")


def _insert_chunk(
    conn: Connection, experiment_id: int, cases: NewCases, chances: _Chances, *, algorithm: str, at: datetime
) -> None:
    n = len(cases.unit)
    ids = reserve(conn, sampled_case, n)
    labels = {name: getattr(cases, name) for name in ("stratum", "cluster", "psu", "block")}
    probability = cases.probability.astype(object)
    probability[np.isnan(cases.probability)] = None
    apart, alike = told_apart({**labels, "inclusion_probability": probability})
    fields = json_objects(cases.fields) if cases.fields else repeat("{}", n)
    rows = zip(ids, cases.unit.tolist(), _tokens(n), fields, *apart.values(), strict=True)
    same = {"experiment_id": experiment_id, **alike}
    insert_rows(conn, sampled_case, ("id", "unit", "token", "fields", *apart), rows, same)
    insert_rows(conn, assignment, _ASSIGNMENT, _assignments(ids, cases, chances), {"algorithm": algorithm})
    if cases.chances is not None:
        turns = _allocations(ids, cases, cases.chances)
        insert_rows(conn, allocation, _ALLOCATION, turns, {"experiment_id": experiment_id})
    selected = {"at": stored(conn, event.c.at, at), "kind": "selected", "detail": ""}
    insert_rows(conn, event, ("case_id",), zip(ids), selected)


def _assignments(ids: list[int], cases: NewCases, chances: _Chances) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of the primary key: case by case, factor by factor."""
    places = list(zip(ids, cases.position.tolist(), cases.block.tolist(), strict=True))
    by_factor = []
    for pairs in sorted(zip(*chances.levels, strict=True)):  # the pairs of one factor, arm by arm
        if cases.chances is None:
            each = [tuple(chances.of(pair).values()) for pair in pairs]
            chosen = [each[arm] for arm in cases.arm.tolist()]
        else:
            turns = zip(cases.arm.tolist(), cases.chances, strict=True)
            chosen = [tuple(chances.executed(own).of(pairs[arm]).values()) for arm, own in turns]
        by_factor.append(map(add, places, chosen))
    return chain.from_iterable(zip(*by_factor, strict=True))


def _allocations(ids: list[int], cases: NewCases, chances: Sequence[tuple[Fraction, ...]]) -> Iterator[tuple[Any, ...]]:
    """Case by case its turn, and the probability that its arm had then."""
    for case, arm, turn, own in zip(ids, cases.arm.tolist(), cases.position.tolist(), chances, strict=True):
        yield case, turn, str(own[arm].numerator), str(own[arm].denominator)


def _tokens(n: int) -> list[str]:
    """``secrets.token_urlsafe(16)`` n times over, in one go: base64 of 128 random bits, unpadded.

    Two zero bytes behind every 16 make each token end on a character of its own; the last two
    of its 24 characters are zero bits and fall away.
    """
    raw = np.zeros((n, 18), dtype=np.uint8)
    raw[:, :16] = np.frombuffer(secrets.token_bytes(16 * n), dtype=np.uint8).reshape(n, 16)
    text = base64.urlsafe_b64encode(raw.tobytes()).decode()
    return [text[start : start + 22] for start in range(0, len(text), 24)]


_CASE_ROWS = (
    select(
        sampled_case.c.id,
        sampled_case.c.experiment_id,
        sampled_case.c.unit,
        sampled_case.c.token,
        sampled_case.c.fields,
        sampled_case.c.stratum,
        experiment.c.slug,
        experiment.c.drawn_at,
        experiment.c.paused_at,
        resume_code.c.code,
        assignment.c.factor,
        assignment.c.level,
    )
    .select_from(sampled_case)
    .join(experiment, experiment.c.id == sampled_case.c.experiment_id)
    .outerjoin(assignment, assignment.c.case_id == sampled_case.c.id)
    .outerjoin(resume_code, resume_code.c.case_id == sampled_case.c.id)
)


_BY_RESUME_CODE = _CASE_ROWS.where(resume_code.c.code == bindparam("code"))
_BY_UNIT = _CASE_ROWS.where(
    sampled_case.c.experiment_id == bindparam("experiment"), sampled_case.c.unit == bindparam("unit")
)
"""Built once: a statement that is built anew for each request costs as much as its execution."""

# Through the experiments, of which there are few: so each look-up is one in the index of the units.
_REACHED = (
    select(experiment.c.slug, event.c.kind, event.c.at)
    .select_from(experiment)
    .join(sampled_case, sampled_case.c.experiment_id == experiment.c.id)
    .join(event, event.c.case_id == sampled_case.c.id)
    .where(sampled_case.c.unit == bindparam("unit"), event.c.kind.in_(("sent", "opted_out")))
    .order_by(event.c.id)
)

_ARRIVAL = insert(
    sampled_case,
    ("experiment_id", "unit"),
    columns=("experiment_id", "unit", "token", "stratum", "cluster", "block", "inclusion_probability", "fields"),
    returning="id",
)

_RESUME_CODE = insert(resume_code, ("case_id",))


def _case(conn: Connection, query: Select[Any], **which: Any) -> Case | None:
    rows = conn.execute(query, which).all()
    if not rows:
        return None
    one = rows[0]
    levels = {row.factor: row.level for row in rows if row.factor is not None}
    place = one.id, one.experiment_id, one.slug, one.unit, one.token
    return Case(*place, levels, one.fields, one.drawn_at, one.code, one.stratum, one.paused_at)
