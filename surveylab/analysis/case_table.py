"""The cases of a drawn experiment as a table: how each was drawn, its arm, what is known of it, and what it scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from surveylab import registry
from surveylab.design import scoring
from surveylab.design.cases import CaseRecord
from surveylab.design.experiment import Study
from surveylab.design.measures import measures
from surveylab.design.terms import Among
from surveylab.outcomes import response
from surveylab.store import assignments, histories
from surveylab.store.ledger import Connection

ARM, PROBABILITY, STRATUM, CLUSTER = "arm", "inclusion_probability", "stratum", "cluster"
"""Columns of every table beside ``responded``, ``ineligible``, ``unit.FIELD`` and ``score.NAME``."""


@dataclass(frozen=True, eq=False)
class CaseTable:
    """One row per sampled case.

    ``data``: ``arm`` (``Arm.key``), ``inclusion_probability``, ``stratum``, ``cluster``, ``responded`` (1 for a
    complete or partial interview), ``ineligible`` (1 where it turned out so), ``unit.FIELD`` for each field of the
    frame, and ``score.NAME`` for each of ``scores``, NaN without a value.
    """

    data: pd.DataFrame
    scores: tuple[str, ...]


def case_table(conn: Connection, study: Study, experiment: int) -> CaseTable:
    """The table of a version of an experiment, in the order of its cases.

    Scores are those that the instruments declare, and the measures of the experiment that are of an answer.
    """
    drawn = assignments.assignments(conn, experiment)
    place = {case: number for number, case in enumerate(drawn.case.tolist())}
    plans = {arm: study.plan(arm) for arm in study.experiment.arms}
    clusters = together(drawn.psu, drawn.cluster)
    rows: list[dict[str, object]] = []
    for chunk in histories.case_records(conn, experiment):
        for history in chunk:
            arm = study.experiment.arm_of(history.levels)
            record = histories.record_of(history, study.experiment, arm, plans[arm])
            number, responded = place[history.id], response.compute(record, None)
            row: dict[str, object] = {
                ARM: arm.key,
                PROBABILITY: drawn.probability[number],
                STRATUM: str(drawn.stratum[number]),
                CLUSTER: clusters[number],
                "responded": float(responded or 0.0),
                "ineligible": float(responded is None),
            }
            row |= {f"unit.{name}": value for name, value in history.fields.items()}
            if responded:
                row |= {f"score.{name}": value for name, value in _scored(record, study)}
            rows.append(row)
    data = pd.DataFrame(rows)
    scores = tuple(column.removeprefix("score.") for column in data.columns if column.startswith("score."))
    return CaseTable(data, scores)


def together(psu: NDArray[np.str_], cluster: NDArray[np.str_]) -> list[str]:
    """What variances are taken between: cases that were sampled or assigned as a whole are one cluster.

    Households that were assigned within sites that were sampled count by site, for a site's cases came
    together. Where neither lies within the other, all that hang together count as one.

    Args:
        psu: what was sampled as a whole, "" where each case was by itself; shape (n,).
        cluster: what was assigned as a whole, likewise.

    Returns:
        The label of each case's cluster, "" for a case by itself.
    """
    alone = (psu == "") & (cluster == "")
    n = len(psu)
    links = []
    for labels in (psu, cluster):
        there = np.flatnonzero(labels != "")
        _, first, inverse = np.unique(labels[there], return_index=True, return_inverse=True)
        links.append((there, there[first][inverse]))
    rows, columns = (np.concatenate(each) for each in zip(*links, strict=True))
    _, component = connected_components(coo_array((np.ones(len(rows)), (rows, columns)), shape=(n, n)), directed=False)
    return ["" if by_itself else str(part) for by_itself, part in zip(alone, component, strict=True)]


def _scored(record: CaseRecord, study: Study) -> Iterator[tuple[str, float | None]]:
    for name, score in record.instrument.scores.items():
        yield name, scoring.value(score, record.instrument, record.known)
    for each in measures(study.experiment):
        outcome = registry.load("outcomes", each.outcome)
        if outcome.AMONG is Among.ANSWERED:
            yield each.key, outcome.compute(record, each.item)
