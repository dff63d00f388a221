"""Progress: how far the cases of an experiment are, by arm. Read from the ledger, changing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveylab.fieldwork.studies import Studies
from surveylab.store import experiments
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Ledger

STEPS = {
    "sampled": "selected",
    "sent": "sent",
    "opened": "opened",
    "started": "started",
    "submitted": "submitted",
    "opted out": "opted_out",
}
"""What is counted, in the order in which it happens -> the event that says so."""


@dataclass(frozen=True)
class ArmFlow:
    """The cases of one arm: step -> how many of them got there."""

    levels: Mapping[str, str]
    cases: Mapping[str, int]


@dataclass(frozen=True)
class Flow:
    """An experiment and where its cases are; arms in the order of the design."""

    stored: StoredExperiment
    title: str
    factors: tuple[str, ...]
    arms: tuple[ArmFlow, ...]

    @property
    def total(self) -> Mapping[str, int]:
        """The same counts over all arms."""
        return {step: sum(arm.cases[step] for arm in self.arms) for step in STEPS}


def flows(ledger: Ledger, studies: Studies) -> tuple[Flow, ...]:
    """The flow of the running version of every experiment, in the order of the slugs."""
    with ledger.read() as conn:
        stored = experiments.experiments(conn)
    return tuple(_flow(ledger, studies, each) for each in stored)


def flow(ledger: Ledger, studies: Studies, slug: str) -> Flow | None:
    """The flow of the running version of one experiment; None where there is none."""
    with ledger.read() as conn:
        stored = experiments.experiment(conn, slug) if slug.isprintable() else None
    return _flow(ledger, studies, stored) if stored else None


def _flow(ledger: Ledger, studies: Studies, stored: StoredExperiment) -> Flow:
    from surveylab.store import datasets  # brings pandas, which no respondent's page needs

    experiment = studies.study(stored.id).experiment
    with ledger.read() as conn:
        table = datasets.flow(conn, stored.id)
    counts: dict[frozenset[tuple[str, str]], dict[str, int]] = {}
    for row in table.to_dict("records"):
        kind, cases = str(row.pop("kind")), int(row.pop("cases"))
        counts.setdefault(frozenset((str(factor), str(level)) for factor, level in row.items()), {})[kind] = cases
    arms = (ArmFlow(arm.mapping, _steps(counts.get(frozenset(arm.levels), {}))) for arm in experiment.arms)
    factors = tuple(factor.name for factor in experiment.assignment.factors)
    return Flow(stored, experiment.title, factors, tuple(arms))


def _steps(by_kind: Mapping[str, int]) -> Mapping[str, int]:
    return {step: by_kind.get(kind, 0) for step, kind in STEPS.items()}
