"""The official scores of the instruments of an experiment, over everybody who started and by arm. Unweighted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from surveylab.analysis.drawn import as_drawn
from surveylab.design import aggregates, scoring
from surveylab.design.cases import CaseRecord
from surveylab.design.experiment import Plan, Study
from surveylab.design.factors import Arm
from surveylab.design.instrument import Instrument
from surveylab.design.results import Scored, Scores
from surveylab.design.scores import Score
from surveylab.design.terms import Missing
from surveylab.errors import SurveylabError
from surveylab.store import experiments, histories
from surveylab.store.ledger import Ledger

_Key = tuple[str, str, Arm | None]
"""Instrument, score, and the arm or None for all of them."""


@dataclass
class _Tally:
    """What is counted of one score."""

    score: Score
    values: Counter[float] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)


def official_scores(ledger: Ledger, study: Study) -> Scores:
    """The scores that the instruments declare, from the answers that stand in the ledger.

    Among those who started, each counted once and none weighted: a design that samples some strata
    more than others shifts the score towards them.

    Raises:
        SurveylabError: the experiment was not drawn, or with another design, or no instrument declares a score.
    """
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
        if found is None or study.experiment.data:
            raise SurveylabError(f"{study.experiment.slug} has no cases yet; run surveylab draw first.")
        study = as_drawn(found, study)
        plans = {arm: study.plan(arm) for arm in study.experiment.arms}
        tallies = _empty(plans)
        if not tallies:
            raise SurveylabError(
                f"No instrument of {study.experiment.slug} declares a score; add a section `scores` to its file."
            )
        for chunk in histories.case_records(conn, found.id):
            for history in chunk:
                arm = study.experiment.arm_of(history.levels)
                record = histories.record_of(history, study.experiment, arm, plans[arm])
                if record.had("started"):
                    _count(tallies, record)
    return Scores(
        experiment=study.experiment.slug,
        title=study.experiment.title,
        design_hash=study.digest,
        weighted=False,
        level=aggregates.LEVEL,
        sources={each.name: each.source for each in study.instruments.values()},
        scores=tuple(_scored(*key, tally) for key, tally in tallies.items()),
    )


def _empty(plans: dict[Arm, Plan]) -> dict[_Key, _Tally]:
    """A tally for each score over all arms, and then for each of its arms."""
    asked: dict[tuple[str, str], dict[Arm, Score]] = defaultdict(dict)
    for arm, plan in plans.items():
        if plan.instrument is not None:
            for name, score in plan.instrument.scores.items():
                asked[plan.instrument.name, name][arm] = score
    return {
        (*key, arm): _Tally(score)
        for key, by_arm in asked.items()
        for arm, score in [(None, next(iter(by_arm.values()))), *by_arm.items()]
    }


def _count(tallies: dict[_Key, _Tally], record: CaseRecord) -> None:
    for name, score in record.instrument.scores.items():
        value = scoring.value(score, record.instrument, record.known)
        for arm in (None, record.arm):
            tally = tallies[record.instrument.name, name, arm]
            if value is None:
                tally.missing[_reason(record, score, record.instrument)] += 1
            else:
                tally.values[value] += 1


def _reason(record: CaseRecord, score: Score, instrument: Instrument) -> Missing:
    """Why the first answer that a score lacks is not there."""
    reasons = (record.responses[column] for column in scoring.columns(instrument, score.named))
    return next(reason for reason in reasons if isinstance(reason, Missing))


def _scored(instrument: str, name: str, arm: Arm | None, tally: _Tally) -> Scored:
    found = aggregates.aggregate(tally.score, tally.values)
    return Scored(
        score=name,
        instrument=instrument,
        rule=tally.score.rule,
        within=dict(arm.levels) if arm else {},
        n=found.n if found else 0,
        value=found.value if found else None,
        standard_error=found.standard_error if found else None,
        interval=found.interval if found else None,
        bands=dict(_bands(tally)),
        missing={str(reason): tally.missing[reason] for reason in Missing if tally.missing[reason]},
    )


def _bands(tally: _Tally) -> Iterator[tuple[str, int]]:
    for name in tally.score.bands:
        yield name, sum(count for value, count in tally.values.items() if tally.score.band(value) == name)
