"""Progress: how far the cases of an experiment are, by arm, and its quotas. Read from the ledger, changing nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from surveylab import registry
from surveylab.design.cases import STAGES
from surveylab.design.experiment import Experiment, Study
from surveylab.errors import SurveylabError
from surveylab.fieldwork.studies import Studies
from surveylab.store import experiments, histories, quotas
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.quotas import Tally


@dataclass(frozen=True)
class ArmFlow:
    """The cases of one arm: stage (design.cases.STAGES) -> how many of them got there."""

    levels: Mapping[str, str]
    cases: Mapping[str, int]


@dataclass(frozen=True)
class QuotaFlow:
    """One quota: its limit, and how far it is (``reserved`` as of now, ``turned_away`` in cases)."""

    name: str
    rule: str | None
    most: int
    counts: str
    confirmed: int
    reserved: int
    turned_away: int


@dataclass(frozen=True)
class Flow:
    """A version of an experiment and where its cases are; arms in the order of the design.

    ``unlisted`` says that the cases arrived by themselves, ``sampled`` that chance decided who of all is
    a case: response rates are for samples (AAPOR), all others have counts. ``loaded`` is the number of cases of data
    that were fielded elsewhere, ``problem`` why the documents of the version cannot be read: there
    are no arms then.
    """

    stored: StoredExperiment
    title: str
    factors: tuple[str, ...] = ()
    arms: tuple[ArmFlow, ...] = ()
    quotas: tuple[QuotaFlow, ...] = ()
    unlisted: bool = False
    loaded: int | None = None
    problem: str | None = None
    sampled: bool = True

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages to tell of: that of being screened out where somebody was."""
        screened = STAGES["screened_out"]
        return tuple(stage for stage in STAGES.values() if stage != screened or self.total[screened])

    @property
    def total(self) -> Mapping[str, int]:
        """The same counts over all arms."""
        return {stage: sum(arm.cases[stage] for arm in self.arms) for stage in STAGES.values()}


def flows(ledger: Ledger, studies: Studies, now: datetime) -> tuple[Flow, ...]:
    """The flow of the running version of every experiment, in the order of the slugs."""
    with ledger.read() as conn:
        stored = experiments.experiments(conn)
    return tuple(_flow(ledger, studies, each, now) for each in stored)


def versions(ledger: Ledger, studies: Studies, slug: str, now: datetime) -> tuple[Flow, ...]:
    """The flow of every version of one experiment, the running one first; cases stay in theirs."""
    with ledger.read() as conn:
        stored = experiments.versions(conn, slug) if slug.isprintable() else ()
    return tuple(_flow(ledger, studies, each, now) for each in stored)


def _flow(ledger: Ledger, studies: Studies, stored: StoredExperiment, now: datetime) -> Flow:
    try:
        study = studies.study(stored.id)
    except SurveylabError as error:
        return Flow(stored, stored.slug, problem=str(error))
    experiment = study.experiment
    with ledger.read() as conn:
        if experiment.data:
            return Flow(stored, experiment.title, loaded=_loaded(conn, stored.id))
        counts = histories.reached(conn, stored.id)
        tallies = quotas.tallies(conn, stored.id, now) if experiment.quotas else {}
    arms = (ArmFlow(arm.mapping, _stages(counts.get(frozenset(arm.levels), {}))) for arm in experiment.arms)
    factors = tuple(factor.name for factor in experiment.assignment.factors)
    return Flow(
        stored,
        experiment.title,
        factors,
        tuple(arms),
        tuple(_quotas(experiment, tallies)),
        unlisted=experiment.frame is None,
        sampled=sampled_by_chance(study),
    )


def sampled_by_chance(study: Study) -> bool:
    """Whether all arms are of probability samples."""
    exp = study.experiment
    every = [study.plan(arm).sampling for arm in exp.arms] if exp.sampled_by else [exp.sampling]
    return all(each is not None and registry.load("sampling", each.scheme).PROBABILITY for each in every)


def _quotas(experiment: Experiment, tallies: Mapping[str, Tally]) -> Iterator[QuotaFlow]:
    for name, quota in experiment.quotas.items():
        rule = quota.if_.text if quota.if_ else None
        tally = tallies.get(name, Tally())
        yield QuotaFlow(name, rule, quota.most, str(quota.counts), tally.confirmed, tally.reserved, tally.turned_away)


def _loaded(conn: Connection, experiment: int) -> int:
    from surveylab.store import datasets  # brings pandas, which no page of a survey needs

    return sum(cases for _, cases in datasets.cell_counts(conn, experiment))


def _stages(by_kind: Mapping[str, int]) -> Mapping[str, int]:
    return {stage: by_kind.get(kind, 0) for kind, stage in STAGES.items()}
