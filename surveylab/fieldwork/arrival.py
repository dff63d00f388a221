"""Arrivals: people who were not listed and come through an open link.

The arm follows from the seed and the person's id by hashed assignment, or from those who came before
(fieldwork.allocation). A person who comes back, or presses twice, is the same case in the same arm: the
stored row wins in any event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from surveylab import randomness, registry
from surveylab.assignment import CaseView
from surveylab.design.cases import IN_APP, KIOSK
from surveylab.design.experiment import Experiment, Study
from surveylab.fieldwork import resume
from surveylab.fieldwork.allocation import algorithm, one_by_one, seat
from surveylab.fieldwork.exposure import LANDING_PLACE
from surveylab.fieldwork.interview import NOBODY, Interview
from surveylab.fieldwork.pages import LANDING, Elsewhere, Notice, Reception, Standing, SurveyView, Wording
from surveylab.fieldwork.quotas import is_over
from surveylab.fieldwork.reach import as_version, may_ask
from surveylab.fieldwork.reader import ANYBODY, Reader
from surveylab.fieldwork.sitting import TAKING
from surveylab.fieldwork.studies import Studies
from surveylab.store import cases, experiments
from surveylab.store.cases import Arrival, Case
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Ledger


@dataclass(frozen=True)
class Person:
    """Somebody at an open link.

    ``unit`` is an id that says nothing about the person; ``experiment`` the version (its row) in
    which the person is a case, None for who was never here.
    """

    unit: str
    experiment: int | None = None


@dataclass(frozen=True)
class Kiosk:
    """The device at which somebody arrives. ``place`` is stored with the case, as the field of that name."""

    place: str = ""


@dataclass(frozen=True)
class Arrived:
    """A person as a case: who to know again, the link, and the place to begin at."""

    person: Person
    token: str
    elsewhere: Elsewhere


def opens_to(exp: Experiment, *, prompted: bool) -> bool:
    """Whether an experiment takes people who were not listed: by a prompt in an app, else by its open link.

    A listed sample is closed to others.
    """
    unlisted = exp.frame is None and registry.load("assignment", exp.assignment.scheme).ARRIVALS
    return unlisted and prompted == (exp.contact.channel == IN_APP)


def placed(study: Study, unit: str) -> tuple[Arrival, str] | None:
    """Somebody unlisted with the inclusion probability and the arm that the seed gives, and by which algorithm.

    None for who is not in the sample, or beyond the reach of the experiment.
    """
    exp = study.experiment
    if not may_ask(exp, unit):
        return None
    probability = None
    if exp.sampling is not None:
        sampling, settings = registry.load("sampling", exp.sampling.scheme), exp.sampling.settings
        if not sampling.chooser(settings, randomness.stream(exp.seed, "sampling"))(unit):
            return None
        probability = sampling.probability(settings)
    scheme = registry.load("assignment", exp.assignment.scheme)
    one = CaseView(np.array([unit], dtype=np.str_), {})
    assigned = scheme.assign(
        one, exp.arms, exp.assignment.settings, randomness.stream(exp.seed, "assignment"), exp.seed
    )
    arrival = Arrival(unit, {}, exp.arms[int(assigned.arm[0])], probability=probability)
    return arrival, algorithm(exp)


class Arrivals:
    """The use cases of the open links of one ledger."""

    def __init__(self, ledger: Ledger, studies: Studies, interview: Interview, reader: Reader = ANYBODY) -> None:
        self._ledger = ledger
        self._studies = studies
        self._interview = interview
        self._reader = reader

    def read_by(self, reader: Reader) -> Arrivals:
        """The same for somebody who reads like this."""
        return Arrivals(self._ledger, self._studies, self._interview.read_by(reader), reader)

    def door(self, slug: str, person: Person | None, now: datetime, *, at_kiosk: bool = False) -> Reception:
        """What stands behind an open link or at a kiosk, for who was here or for somebody new (None).

        Nothing is recorded. NOT_FOUND where no experiment of that name takes people who were not listed.
        """
        stored = self._stored(slug, person.experiment if person else None, at_kiosk=at_kiosk)
        return self._reception(stored, person, now) if stored else NOBODY

    def arrive(self, slug: str, person: Person, now: datetime, *, kiosk: Kiosk | None = None) -> Arrived | Reception:
        """The person's case, written now or before, and started; the door where there is none.

        A case stays in the version of the experiment in which it began. Where a factor is met
        on the landing page, which the open link shows without it, the case begins there. Who arrives
        at a kiosk leaves it behind, and gets no code to come back by.
        """
        stored = self._stored(slug, person.experiment, at_kiosk=kiosk is not None)
        if stored is None:
            return NOBODY
        reception = self._reception(stored, person, now)
        if reception.standing not in TAKING:
            return reception
        return self._begun(self._case(stored, person.unit, now, kiosk), now)

    def resume(self, slug: str, code: str, now: datetime) -> Arrived | None:
        """The case that a code (as ``resume.typed`` reads it) belongs to; None where there is none of this name."""
        with self._ledger.read() as conn:
            case = cases.case_by_resume_code(conn, code)
        return self._begun(case, now) if case is not None and case.slug == slug else None

    def _begun(self, case: Case, now: datetime) -> Arrived:
        plan = self._studies.plan(case.experiment, case.levels, case.unit)
        if any(meeting.at(LANDING_PLACE, ()) for meeting in plan.meetings):
            self._interview.choose(case.token, now)
            begin: Reception | Elsewhere = Elsewhere(LANDING)
        else:
            begin = self._interview.start(case.token, now)
        elsewhere = begin if isinstance(begin, Elsewhere) else Elsewhere(LANDING)
        return Arrived(Person(case.unit, case.experiment), case.token, elsewhere)

    def notice(self, slug: str, now: datetime, *, at_kiosk: bool = False) -> Notice | None:
        """What the privacy page of an open link, a prompt or a kiosk tells, before anybody has an arm.

        None where there is none. Where arms differ in what their pages tell, it speaks of those that
        tell most.
        """
        prompt = None if at_kiosk else self._stored(slug, None, at_kiosk=False, prompted=True)
        stored = prompt or self._stored(slug, None, at_kiosk=at_kiosk)
        reception = self._reception(stored, None, now) if stored else NOBODY
        if stored is None or reception.survey is None:
            return None
        study = self._studies.study(stored.id)
        asked = (study.plan(arm).measurement for arm in study.experiment.arms)
        told = any(measurement is not None and measurement.paradata == "full" for measurement in asked)
        return Notice(
            reception.survey,
            told=told,
            listed=None,
            closes_at=stored.closes_at,
            at_kiosk=at_kiosk,
            prompted=prompt is not None,
            addresses_until=study.experiment.retention.until("addresses", stored.closes_at),
            texts_until=study.experiment.retention.until("texts", stored.closes_at),
        )

    def _own(self, stored: StoredExperiment, person: Person | None, now: datetime) -> Reception | None:
        """How a person stands who is a case already; None for somebody new."""
        if person is None or person.experiment is None:
            return None
        with self._ledger.read() as conn:
            case = cases.case_of_unit(conn, stored.id, person.unit)
        return self._interview.standing(case.token, now) if case else None

    def _case(self, stored: StoredExperiment, unit: str, now: datetime, kiosk: Kiosk | None) -> Case:
        study = self._studies.study(stored.id)
        exp = study.experiment
        in_turn = one_by_one(exp) is not None
        found = (Arrival(unit, {}, exp.arms[0]), "") if in_turn else placed(study, unit)
        assert found is not None  # an open link samples nobody out
        arrival, how = found
        if kiosk is not None:
            arrival = replace(arrival, fields={"place": kiosk.place} if kiosk.place else {}, surface=KIOSK)
        with self._ledger.write() as conn:
            if in_turn:
                case = seat(conn, as_version(exp, stored.version), stored.id, arrival, now)
            else:
                case = cases.insert_arrival(conn, stored.id, arrival, exp.arms, algorithm=how, at=now)
            if kiosk is None:
                cases.give_resume_code(conn, case.id, resume.draw())
        return case

    def _stored(self, slug: str, row: int | None, *, at_kiosk: bool, prompted: bool = False) -> StoredExperiment | None:
        """The version in which a person began, else the running one, if it takes arrivals there.

        An experiment with an open link may be put on a kiosk too; one of kiosks has no open link.
        """
        with self._ledger.read() as conn:
            stored = experiments.experiment(conn, slug) if slug.isprintable() else None
        if stored is not None and row is not None:
            stored = self._version(row, stored)
        if stored is None:
            return None
        exp = self._studies.study(stored.id).experiment
        there = at_kiosk or exp.contact.channel != KIOSK
        return stored if there and opens_to(exp, prompted=prompted) else None

    def _reception(self, stored: StoredExperiment, person: Person | None, now: datetime) -> Reception:
        """The landing page as the file has it, with no level applied; the person's own end where there is one."""
        own = self._own(stored, person, now)
        if own and own.standing not in TAKING:
            return own
        study = self._studies.study(stored.id)
        measurement = study.experiment.measurement
        if measurement is None:
            return NOBODY
        instrument = study.instruments[measurement.instrument]
        there = instrument.languages
        language = own.survey.language if own and own.survey else self._reader.language(measurement.language, there)
        chosen = self._reader.chosen if self._reader.chosen == language else ""
        words = Wording(language, there[0], own=instrument.words)
        survey = SurveyView("", instrument, words, stored.slug, experiment=stored.id, chosen=chosen)
        standing = own.standing if own else self._standing(stored, study.experiment, now)
        had_started = own.had_started if own else False
        if standing is not Standing.INVITED or measurement.duration != "measured":
            return Reception(standing, survey, had_started)
        minutes = self._interview.durations.minutes(stored.id, now)
        return Reception(standing, survey, had_started, minutes=minutes)

    def _standing(self, stored: StoredExperiment, experiment: Experiment, now: datetime) -> Standing:
        """How somebody stands of whom nothing is known."""
        if stored.closes_at is not None and now >= stored.closes_at:
            return Standing.CLOSED
        if stored.paused_at is not None:
            return Standing.PAUSED
        if experiment.quotas:
            with self._ledger.read() as conn:
                if is_over(conn, stored.id, experiment.quotas):
                    return Standing.QUOTA_FULL
        return Standing.INVITED

    def _version(self, row: int, running: StoredExperiment) -> StoredExperiment:
        """The version in that row if it is one of the same experiment, else the running one."""
        try:
            with self._ledger.read() as conn:
                stored = experiments.experiment_by_id(conn, row)
        except KeyError:
            return running
        return stored if stored.slug == running.slug else running
