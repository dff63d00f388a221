"""The frozen studies that interviews run on, read once per process and experiment row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, lru_cache

from surveylab import spec
from surveylab.design.experiment import Measurement, Quota, Retention, Study
from surveylab.design.factors import Arm, Factor
from surveylab.design.instrument import Instrument, Item
from surveylab.design.orders import Chance, Draw
from surveylab.design.presentation import presented
from surveylab.design.theme import Logo
from surveylab.digests import digest
from surveylab.errors import SurveylabError
from surveylab.fieldwork import preselection
from surveylab.fieldwork.allocation import counts_completes
from surveylab.fieldwork.exposure import Meeting, meetings
from surveylab.store import experiments
from surveylab.store.ledger import Ledger

MOST_SHOWN = 1_000
"""Plans of single cases that are kept: those of people who are answering now."""


@dataclass(frozen=True)
class ArmPlan:
    """What the cases of one arm are asked, and where they meet what the factors change.

    ``armed`` is the instrument with the levels of the arm; ``instrument`` is the same as one case is
    shown it, pages, items and options in the order of that case, and ``draws`` are what chance gave
    it. ``digest`` is the hash of the instrument's text in the frozen study: an answer names the
    questions that it belongs to, whatever becomes of the file.
    """

    arm: str
    original: Instrument
    armed: Instrument
    instrument: Instrument
    draws: tuple[Draw, ...]
    factors: tuple[Factor, ...]
    language: str | None
    digest: str
    closes: timedelta
    """How long after the draw answers are taken."""
    last_closes: timedelta
    """How long after the draw the last arm takes answers: from then on it counts how long something is kept."""
    retention: Retention
    """How long what identifies people is kept."""
    frame: str | None
    """The frame that the cases were drawn from."""
    measurement: Measurement
    """How the arm is asked."""
    quotas: Mapping[str, Quota]
    """How many respondents of which kind are wanted, by name."""
    offers: bool
    """Whether a message offers answers, which its links select."""
    completes_count: bool = False
    """Whether others are assigned by who has completed."""
    alike: dict[Hashable, object] = field(default_factory=dict, compare=False)
    """What has been worked out of the words of the arm and is the same for everybody (``PageView.alike``)."""

    def shown_to(self, chance: Chance) -> ArmPlan:
        """The plan of the case that has this chance."""
        if not self.draws:
            return self
        mine = presented(self.armed, chance)
        return replace(self, instrument=mine.instrument, draws=mine.draws)

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """Where the factors are met."""
        return meetings(self.factors, self.original, self.armed, self.instrument)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Page -> its place in the interview, from 1: the landing page is 0."""
        return {page.id: place for place, page in enumerate(self.instrument.pages, start=1)}

    @property
    def end(self) -> int:
        """The place of the thank-you page."""
        return len(self.instrument.pages) + 1

    @cached_property
    def items(self) -> Mapping[str, tuple[Item, ...]]:
        """Page -> all items that it could show to a case of the arm, as the arm has them."""
        return {page.id: tuple(map(self.armed.item, page.items)) for page in self.armed.pages}

    @cached_property
    def last(self) -> str:
        """The last page that can be shown; "" where there is none."""
        return next((page.id for page in reversed(self.instrument.pages) if page.items), "")


class Studies:
    """The studies of one ledger. A registered study never changes, so nothing here grows old."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._studies: dict[int, Study] = {}
        self._plans: dict[tuple[int, str], ArmPlan] = {}
        self._of_levels: dict[tuple[int, tuple[tuple[str, str], ...]], ArmPlan] = {}
        self._shown = lru_cache(MOST_SHOWN)(self._shown_to)

    def study(self, experiment: int) -> Study:
        """The study in a row of the experiments.

        Raises:
            KeyError: there is no such row.
            SurveylabError: its documents cannot be read (any more).
        """
        if experiment not in self._studies:
            with self._ledger.read() as conn:
                stored = experiments.experiment_by_id(conn, experiment)
            self._studies[experiment] = spec.read_documents(stored.documents, f"{stored.slug}.yaml", frozen=True)
        return self._studies[experiment]

    def plan(self, experiment: int, levels: Mapping[str, str], unit: str) -> ArmPlan:
        """What the case of a unit with these levels is asked, and in which order.

        Raises:
            SurveylabError: the documents of the experiment cannot be read, it asks nothing, or the
                levels are no arm of it; so nobody can be interviewed for it.
        """
        key = experiment, tuple(levels.items())
        plan = self._of_levels.get(key)
        if plan is None:
            plan = self._of_levels[key] = self._plan(experiment, levels)
        return self._shown(experiment, plan.arm, unit) if plan.draws else plan

    def _plan(self, experiment: int, levels: Mapping[str, str]) -> ArmPlan:
        """The plan of an arm as chance gave it to nobody."""
        study = self.study(experiment)
        try:
            arm = study.experiment.arm_of(levels)
        except KeyError as error:
            raise SurveylabError(f"{dict(levels)} is no arm of the experiment {study.experiment.slug!r}.") from error
        if (experiment, arm.key) not in self._plans:
            self._plans[experiment, arm.key] = arm_plan(study, arm)
        return self._plans[experiment, arm.key]

    def logo(self, experiment: int, digest: str) -> Logo | None:
        """The picture of that digest among the frozen documents of a study; None where there is none."""
        try:
            documents = self.study(experiment).documents
        except KeyError:
            return None
        pictures = (spec.logo_of(name, text) for name, text in documents.items() if not name.endswith(".yaml"))
        return next((each for each in pictures if isinstance(each, Logo) and each.digest == digest), None)

    def _shown_to(self, experiment: int, arm: str, unit: str) -> ArmPlan:
        chance = Chance(self.study(experiment).experiment.seed, unit)
        return self._plans[experiment, arm].shown_to(chance)


def arm_plan(study: Study, arm: Arm) -> ArmPlan:
    """What the cases of an arm are asked, in the order of the file or as chance gave it to nobody.

    Raises:
        SurveylabError: the experiment asks nothing.
    """
    plan = study.plan(arm)
    if plan.instrument is None or plan.measurement is None:
        raise SurveylabError(
            f"The experiment {study.experiment.slug!r} has no instrument; name one under measurement to interview."
        )
    nobody = presented(plan.instrument, Chance(study.experiment.seed, ""))
    return ArmPlan(
        arm=arm.key,
        original=study.instruments[plan.measurement.instrument],
        armed=plan.instrument,
        instrument=nobody.instrument,
        draws=nobody.draws,
        factors=study.experiment.assignment.factors,
        language=plan.measurement.language,
        digest=digest(study.documents[f"{plan.measurement.instrument}.yaml"]).hex(),
        closes=plan.contact.closes,
        last_closes=max(study.plan(each).contact.closes for each in study.experiment.arms),
        retention=study.experiment.retention,
        frame=study.experiment.frame.source if study.experiment.frame else None,
        measurement=plan.measurement,
        quotas=study.experiment.quotas,
        offers=any(preselection.offers(text) for each in plan.messages.values() for text in (each.subject, each.body)),
        completes_count=counts_completes(study.experiment),
    )
