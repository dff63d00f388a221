"""What a request needs to know of a case, in one statement: who it is and how far the interview is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Text, bindparam, cast, select

from surveylab.store._driver import Statement
from surveylab.store._sql import json_rows
from surveylab.store.cases import Case
from surveylab.store.columns import moment
from surveylab.store.responses import InterviewState, parsed, state_columns, state_from
from surveylab.store.tables import assignment, experiment, resume_code, sampled_case


def sitting(conn: Connection, token: str) -> tuple[Case, InterviewState] | None:
    """The case behind a link with its state, both of one moment; None where nobody has that token."""
    rows = _BY_TOKEN.rows(conn, {"token": token})
    return _told(token, tuple(rows[0])) if rows else None


@lru_cache(maxsize=1_000)  # who sends a page has just been shown it
def _told(token: str, row: tuple[Any, ...]) -> tuple[Case, InterviewState]:
    number, experiment_id, slug, unit, drawn_at, code, stratum, paused_at, turn, *texts = row
    fields, levels, *state = parsed(texts)
    return Case(
        id=number,
        experiment=experiment_id,
        slug=slug,
        unit=unit,
        token=token,
        levels=dict(levels),
        fields=fields,
        drawn_at=None if drawn_at is None else moment(drawn_at),
        resume_code=code,
        stratum=stratum,
        paused_at=None if paused_at is None else moment(paused_at),
    ), state_from(turn, *state)


def _by_token(engine: str) -> Select[tuple[object, ...]]:
    mine = assignment.c.case_id == sampled_case.c.id
    turn, *state = state_columns(engine, sampled_case.c.id)
    return (
        select(
            sampled_case.c.id,
            sampled_case.c.experiment_id,
            experiment.c.slug,
            sampled_case.c.unit,
            experiment.c.drawn_at,
            resume_code.c.code,
            sampled_case.c.stratum,
            experiment.c.paused_at,
            turn,
            cast(sampled_case.c.fields, Text),
            json_rows(engine, mine, assignment.c.factor, assignment.c.level),
            *state,
        )
        .join(experiment, experiment.c.id == sampled_case.c.experiment_id)
        .outerjoin(resume_code, resume_code.c.case_id == sampled_case.c.id)
        .where(sampled_case.c.token == bindparam("token", type_=Text))
    )


_BY_TOKEN = Statement(_by_token)
