"""Compute the outcomes of every case whose history has grown, and add the cells up anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from surveylab import registry
from surveylab.design.cases import CaseRecord
from surveylab.design.experiment import Plan, Study
from surveylab.design.factors import Arm
from surveylab.design.measures import Measure, measures
from surveylab.store import datasets, histories, runs
from surveylab.store.ledger import Connection, Ledger


def family_of(study: Study, measure: Measure) -> str:
    """The family of a measure: what its outcome says, or what the data section says of it."""
    for loaded in study.experiment.data.outcomes if study.experiment.data else ():
        if loaded.name == measure.outcome:
            return loaded.family
    return str(registry.load("outcomes", measure.outcome).FAMILY)


def better(study: Study, measure: Measure) -> int:
    """1 where more of the measure is better, -1 where less is; more, for outcomes of others."""
    if study.experiment.data:
        return 1
    declared = (instrument.scores.get(measure.item or "") for instrument in study.instruments.values())
    if any(score is not None and score.better == "lower" for score in declared):
        return -1
    return int(registry.load("outcomes", measure.outcome).BETTER)


def logged(study: Study, measure: Measure) -> bool:
    """Whether the cells of a measure hold sums of logarithms."""
    return bool(registry.load("models", family_of(study, measure)).LOGGED)


def measure_all(ledger: Ledger, study: Study, experiment: int) -> int:
    """Measure the cases that got an event since they were measured; how many did.

    ``experiment`` is the row of the running version. Every case is measured anew when the design,
    the measures or the version of an outcome's rule is not that of the last measurement, or
    when that one was cut short. Reading and computing hold no lock: respondents' pages are
    written in between.
    """
    wanted = measures(study.experiment)
    versions = {each.key: int(registry.load("outcomes", each.outcome).VERSION) for each in wanted}
    plans: dict[Arm, Plan] = {}
    count = 0
    with ledger.read() as conn:
        last = runs.latest(conn, experiment, "measurement")
        fresh = last is not None and (last.design_hash, last.result) == (study.digest, versions)
        for chunk in histories.case_records(conn, experiment, changed_only=fresh):
            rows: list[tuple[int, str, float | None, int]] = []
            for history in chunk:
                arm = study.experiment.arm_of(history.levels)
                if arm not in plans:
                    plans[arm] = study.plan(arm)
                rows += _measured(histories.record_of(history, study.experiment, arm, plans[arm]), wanted)
            with ledger.write() as writing:
                if not count:
                    _record(writing, study, experiment, {})  # until the cells are added up, nothing is measured
                histories.put_measures(writing, rows, {history.id: len(history.events) for history in chunk})
            count += len(chunk)
    if count or not fresh:
        with ledger.write() as conn:
            for each in wanted:
                datasets.refresh_cells(conn, experiment, each.key, study.experiment.strata, logged(study, each))
            _record(conn, study, experiment, versions)
    return count


def _record(conn: Connection, study: Study, experiment: int, versions: dict[str, int]) -> None:
    """Write down which rules the measures of an experiment follow: measure -> version of its outcome."""
    seen = datasets.data_hash(conn, experiment)
    runs.record(conn, experiment, "measurement", study.digest, seen, result=versions, at=datetime.now(UTC))


def _measured(record: CaseRecord, wanted: tuple[Measure, ...]) -> Iterator[tuple[int, str, float | None, int]]:
    for measure in wanted:
        outcome = registry.load("outcomes", measure.outcome)
        yield record.case, measure.key, outcome.compute(record, measure.item), outcome.VERSION
