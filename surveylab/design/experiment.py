"""An experiment: model, inquiries, data strategy, answer strategy, decision (DeclareDesign's grammar)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Literal

from surveylab.design.designs import Design, arms_of
from surveylab.design.factors import Arm, Factor, steps, with_values
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.design.programme import Layer
from surveylab.design.rules import Rule
from surveylab.design.terms import Counts, Scale

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Frame:
    """The list of units that the sample is drawn from. ``eligible`` is a rule over its fields."""

    source: str
    unit: str = "unit"
    eligible: Rule | None = None
    eligibility: Literal["known", "unknown"] = "unknown"
    """Whether standing on it proves that a unit is eligible, as on a list of customers; then who is silent is a
    non-contact (AAPOR 2.20) and not of unknown eligibility (3.19)."""


@dataclass(frozen=True)
class Sampling:
    """Who is asked. ``settings`` is the frozen dataclass that the scheme declares."""

    scheme: str
    settings: Any


@dataclass(frozen=True)
class Assignment:
    """Who gets which arm, by which chance."""

    scheme: str
    settings: Any
    factors: tuple[Factor, ...]
    design: Design = "full"


@dataclass(frozen=True)
class Cap:
    """At most so many contacts to one person in any window of this length."""

    contacts: int
    per: timedelta


@dataclass(frozen=True)
class Reminder:
    """One more contact of a case that has not answered. In a file a reminder may be written as its ``after`` alone."""

    after: timedelta
    """How long after the first message of the case went out."""
    channel: str | None = None
    """By which it goes; by that of the first message where this says none."""
    message: str | None = None
    """Which message it is; that of the first contact where this says none."""


@dataclass(frozen=True)
class Contact:
    """How a case is contacted; any field may be varied by a factor."""

    channel: str = "link"
    send_at: time | None = time(9)
    """The hour of a message in the person's own time zone; at any hour, but for the quiet ones, where it is null."""
    wait: timedelta = timedelta()
    """How long after the draw, or after the touchpoint, the first message is due."""
    reminders: tuple[Reminder, ...] = ()
    """Who has not answered is reminded so long after the first message; each may have its own channel and message."""
    quiet_hours: tuple[time, time] = (time(21), time(8))
    """From when until when nobody is sent anything, in the person's own time zone; the same hour twice: never quiet."""
    days: Literal["all", "working"] = "all"
    """Whether messages also go out at weekends."""
    holidays: str | None = None
    """Whose public holidays are kept: a country (ISO 3166), such as DE, or a part of it, such as DE-BY."""
    time_zone: str = "UTC"
    """The time zone of whoever has none on the frame."""
    cap: Cap | None = None
    closes: timedelta = timedelta(days=21)
    """How long after the draw answers are taken."""
    message: str = "invitation"
    incentive: str = ""
    """What is offered for answering: the text that {incentive|} stands for in messages."""

    @property
    def steps(self) -> tuple[Reminder, ...]:
        """Every contact in its turn, the first one too, with its channel and its message."""
        first = Reminder(timedelta(), self.channel, self.message)
        again = (replace(each, channel=each.channel or self.channel) for each in self.reminders)
        return (first, *(replace(each, message=each.message or self.message) for each in again))


@dataclass(frozen=True)
class Message:
    """One message template of the experiment."""

    subject: str
    body: str
    sender: str = ""


@dataclass(frozen=True)
class Measurement:
    """What is asked, and which outcomes are computed for every case beside those of the inquiries."""

    instrument: str
    language: str | None = None
    outcomes: tuple[str, ...] = ()
    complete_from: float = 0.8
    """Share of the applicable items that makes a submitted case complete (AAPOR 1.1)."""
    partial_from: float = 0.5
    """Share of the applicable items that makes a case partial (AAPOR 1.2)."""
    paradata: Literal["full", "times"] = "full"
    """Whether the pages' script tells of focus, edits and visibility; ``times``: the server's times only."""
    progress: Literal["none", "page", "bar"] = "none"
    """What the pages of the questions say of how far one is: nothing, a page's number, or a bar."""
    duration: Literal["measured", "written"] = "measured"
    """How long it takes, on the landing page: by the finished interviews, or always in the instrument's words."""


@dataclass(frozen=True)
class Inquiry:
    """What one wants to know: the contrast of two levels of a factor in an outcome.

    ``contrast`` is (level, reference): a positive estimate means more under ``level``.
    ``by`` names a stratum field: one estimate for each of its values beside the overall one.
    """

    name: str
    outcome: str
    factor: str
    contrast: tuple[str, str]
    scale: Scale
    item: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Effect:
    """A prior on one level's shift against the reference level, on the scale of the linear predictor."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Priors:
    """Priors on the linear predictor (log odds; log seconds and raw values in units of their sd).

    ``main``, ``interactions``, ``heterogeneity`` (factor by stratum), ``groups`` (strata, blocks,
    clusters) are the half-normal scales of the standard deviations of each batch of effects.
    ``effects``: factor -> level -> a fixed normal prior of the shift against the first level.
    """

    intercept: Effect = Effect(0.0, 1.5)
    main: float = 0.5
    interactions: float = 0.25
    heterogeneity: float = 0.25
    groups: float = 0.5
    effects: Mapping[str, Mapping[str, Effect]] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True)
class Estimator:
    """How an inquiry is answered. ``model`` None means the family of the outcome."""

    model: str | None = None
    adjust: tuple[str, ...] = ()
    priors: Priors = Priors()


@dataclass(frozen=True)
class DecisionRule:
    """The rule, fixed in advance: ``adopt_if``, ``drop_if`` and ``guard`` are rules over P(inquiry ...)."""

    adopt_if: Rule
    drop_if: Rule | None = None
    guard: Rule | None = None
    otherwise: str = "continue"
    looks: timedelta | None = None


@dataclass(frozen=True)
class LoadedOutcome:
    """An outcome of data fielded elsewhere: one value per case, or a count of ``among`` per cell."""

    name: str
    family: str
    value: str | None = None
    count: str | None = None
    among: str | None = None


@dataclass(frozen=True)
class Data:
    """How the columns of a file of others map onto this experiment."""

    source: str | None
    factors: Mapping[str, str]
    outcomes: tuple[LoadedOutcome, ...]
    strata: tuple[str, ...] = ()
    cluster: str | None = None
    weight: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Quota:
    """At most so many respondents of one kind.

    A place is reserved once the rule is decided: at the start, or when the last page that asks
    what it names was sent. It is confirmed by the end of the survey. Who finds the quota full is
    thanked and asked nothing more (AAPOR 4.80). docs/decisions/0006-quotas-and-pauses.md has the reasons.
    """

    most: int
    """How many may have a place."""
    if_: Rule | None = None
    """Who needs a place: a rule over answers, unit.<field>, stratum and arm.<factor>; everybody without one."""
    counts: Counts = Counts.IN_PROGRESS
    """What makes it full: reserved and confirmed places (in_progress), or confirmed ones only (completes)."""
    expires: timedelta = timedelta(hours=2)
    """How long a reserved place is kept without a page being sent."""


@dataclass(frozen=True)
class Retention:
    """How long after the close of the experiment what identifies people is kept; None: until somebody erases it."""

    addresses: timedelta | None = None
    """Names and addresses of people whom no other experiment still needs, and codes to come back with."""
    texts: timedelta | None = None
    """Answers that can say who somebody is: texts in one's own words, and addresses that were asked for."""

    def until(self, what: Literal["addresses", "texts"], closes_at: datetime | None) -> datetime | None:
        """Until when something is kept that closes then; None: until somebody erases it, or nobody knows."""
        limit = self.addresses if what == "addresses" else self.texts
        return None if limit is None or closes_at is None else closes_at + limit


@dataclass(frozen=True)
class Experiment:
    """Everything that an experiment's file says."""

    slug: str
    title: str
    assignment: Assignment
    inquiries: tuple[Inquiry, ...]
    estimators: Mapping[str, Estimator]
    decision: DecisionRule | None
    frame: Frame | None
    sampling: Sampling | None
    contact: Contact
    measurement: Measurement | None
    messages: Mapping[str, Message]
    assumptions: Mapping[str, Mapping[str, float]]
    """Outcome -> {base: value, "factor.level": shift}; log odds shifts for shares, see simulate."""
    data: Data | None = None
    seed: str = ""
    """What every draw derives from; the slug where the file does not say."""
    quotas: Mapping[str, Quota] = field(default_factory=lambda: NOTHING)
    """How many respondents of which kind are wanted, by name."""
    layer: Layer | None = None
    """The part of a layer of experiments that exclude each other."""
    holdout: Fraction | None = None
    """The share of all people whom the programme never asks; the same in each of its experiments."""
    ramp: Fraction | None = None
    """The share of the people whom the experiment asks so far; who is in stays in when it is raised."""
    rest: timedelta | None = None
    """How long nobody is asked who was drawn or contacted for another experiment."""
    retention: Retention = Retention()
    """How long after the close what identifies people is kept."""

    def factor(self, name: str) -> Factor:
        """The factor of that name. KeyError where there is none."""
        for factor in self.assignment.factors:
            if factor.name == name:
                return factor
        raise KeyError(name)

    def inquiry(self, name: str) -> Inquiry:
        """The inquiry of that name. KeyError where there is none."""
        for inquiry in self.inquiries:
            if inquiry.name == name:
                return inquiry
        raise KeyError(name)

    def estimator(self, inquiry: str) -> Estimator:
        """The estimator of an inquiry, or the default one."""
        return self.estimators.get(inquiry, Estimator())

    @cached_property
    def strata(self) -> tuple[str, ...]:
        """The fields that form cells beside the arms: of strata, blocks and covariates, adjusted for, asked within."""
        named = [*getattr(self.sampling and self.sampling.settings, "strata", ())]
        named += self._strata_of_levels()
        named += getattr(self.assignment.settings, "blocks", ())
        named += getattr(self.assignment.settings, "covariates", ())
        named += self.data.strata if self.data else ()
        named += [field for inquiry in self.inquiries for field in self.estimator(inquiry.name).adjust]
        named += [inquiry.by for inquiry in self.inquiries if inquiry.by]
        return tuple(dict.fromkeys(named))

    def _strata_of_levels(self) -> list[str]:
        """The strata of the samples that the levels of factors draw."""
        sets = [pair for factor in self.assignment.factors for level in factor.levels for pair in level.sets]
        whole = [getattr(value.settings, "strata", ()) for path, value in sets if path == "sampling"]
        alone = [value for path, value in sets if path == "sampling.strata"]
        return [field for strata in (*whole, *alone) for field in strata]

    @cached_property
    def sampled_by(self) -> tuple[str, ...]:
        """The factors that vary the sampling: each combination of their levels is drawn from a part of the frame."""
        return tuple(
            factor.name
            for factor in self.assignment.factors
            if any(steps(path)[0] == "sampling" for path in factor.varies)
        )

    @property
    def assigns_clusters(self) -> bool:
        """Whether clusters are assigned as a whole, so that it is they that are counted, and not their cases."""
        return bool(
            getattr(self.assignment.settings, "cluster", None) or getattr(self.assignment.settings, "batch", None)
        )

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The arms of the design, in the order of the file."""
        return arms_of(self.assignment.factors, self.assignment.design)

    def arm_of(self, levels: Mapping[str, str]) -> Arm:
        """The arm with these levels (factor -> level). KeyError where the design has none."""
        wanted = tuple((factor.name, levels[factor.name]) for factor in self.assignment.factors)
        for arm in self.arms:
            if arm.levels == wanted:
                return arm
        raise KeyError(str(dict(levels)))


@dataclass(frozen=True)
class Plan:
    """What one arm gets: every field that a factor may vary, with its levels applied."""

    contact: Contact
    sampling: Sampling | None
    measurement: Measurement | None
    messages: Mapping[str, Message]
    instrument: Instrument | None
    items: tuple[Item, ...] = ()
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True)
class Study:
    """An experiment with the instruments that it names, and the hash of both files' content."""

    experiment: Experiment
    instruments: Mapping[str, Instrument]
    documents: Mapping[str, str]
    """File name -> text, as read; ``spec`` reads a study back from them."""
    digest: str
    folder: PurePath
    """Where the experiment's file stands; a data file beside it is named relative to it."""

    def plan(self, arm: Arm) -> Plan:
        """What the arm gets. Levels of ``measurement`` come first: they may name another instrument."""
        exp = self.experiment
        sets = [pair for name, level in arm.levels for pair in exp.factor(name).level(level).sets]
        first = [pair for pair in sets if pair[0].split(".")[0] == "measurement"]
        rest = [pair for pair in sets if pair[0].split(".")[0] != "measurement"]
        plan: Plan = with_values(Plan(exp.contact, exp.sampling, exp.measurement, exp.messages, None), first)
        if plan.measurement is not None:
            instrument = self.instruments[plan.measurement.instrument]
            plan = replace(plan, instrument=instrument, items=instrument.items, pages=instrument.pages)
        plan = with_values(plan, rest)
        if plan.instrument is None:
            return plan
        return replace(plan, instrument=replace(plan.instrument, items=plan.items, pages=plan.pages))
