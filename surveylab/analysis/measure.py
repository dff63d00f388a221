"""Compute the outcomes of every case whose history has grown, and add the cells up anew."""

from __future__ import annotations

from collections.abc import Iterator

from surveylab import registry
from surveylab.design.cases import CaseRecord
from surveylab.design.experiment import Plan, Study
from surveylab.design.factors import Arm
from surveylab.design.measures import Measure, measures
from surveylab.store import datasets, histories
from surveylab.store.ledger import Ledger


def family_of(study: Study, measure: Measure) -> str:
    """The family of a measure: what its outcome says, or what the data section says of it."""
    for loaded in study.experiment.data.outcomes if study.experiment.data else ():
        if loaded.name == measure.outcome:
            return loaded.family
    return str(registry.load("outcomes", measure.outcome).FAMILY)


def better(study: Study, measure: Measure) -> int:
    """1 where more of the measure is better, -1 where less is; more, for outcomes of others."""
    return 1 if study.experiment.data else int(registry.load("outcomes", measure.outcome).BETTER)


def logged(study: Study, measure: Measure) -> bool:
    """Whether the cells of a measure hold sums of logarithms."""
    return bool(registry.load("models", family_of(study, measure)).LOGGED)


def measure_all(ledger: Ledger, study: Study, experiment: int) -> int:
    """Measure the cases that got an event since they were measured; how many did.

    ``experiment`` is the row of the running version. A measure that the ledger does not know
    yet is computed for every case.
    """
    wanted = measures(study.experiment)
    plans: dict[Arm, Plan] = {}
    count = 0
    with ledger.write() as conn:
        known = {
            each.key for each in wanted if not datasets.cells(conn, experiment, each.key, logged(study, each)).empty
        }
        for chunk in histories.case_records(conn, experiment, changed_only=len(known) == len(wanted)):
            rows: list[tuple[int, str, float | None, int]] = []
            for history in chunk:
                arm = study.experiment.arm_of(history.levels)
                if arm not in plans:
                    plans[arm] = study.plan(arm)
                rows += _measured(record_of(history, arm, plans[arm]), wanted)
            histories.put_measures(conn, rows, {history.id: len(history.events) for history in chunk})
            count += len(chunk)
        for each in wanted if count else ():
            datasets.refresh_cells(conn, experiment, each.key, study.experiment.strata, logged(study, each))
    return count


def _measured(record: CaseRecord, wanted: tuple[Measure, ...]) -> Iterator[tuple[int, str, float | None, int]]:
    for measure in wanted:
        outcome = registry.load("outcomes", measure.outcome)
        yield record.case, measure.key, outcome.compute(record, measure.item), outcome.VERSION


def record_of(history: histories.CaseHistory, arm: Arm, plan: Plan) -> CaseRecord:
    """A case as outcomes see it: its history, and what its arm was asked."""
    assert plan.instrument is not None
    assert plan.measurement is not None
    return CaseRecord(
        case=history.id,
        arm=arm,
        instrument=plan.instrument,
        events=history.events,
        answers=history.answers,
        page_seconds=history.page_seconds,
        unit=history.fields,
        complete_from=plan.measurement.complete_from,
        partial_from=plan.measurement.partial_from,
    )
