"""Prompts: an interview that is offered in an app or on a site, to people who are there, sampled at random.

Who is asked follows from the seed and an id of the person, so the browser can decide it and the
server decide it again. The case is written when the prompt is displayed, and no sooner: whoever
only asks for it, a scanner too, leaves no trace. Each person is asked once in an experiment, and in
all experiments together no more often than the ``cap`` of the contact allows; who opted out in one
is not asked by another.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from surveylab import randomness, registry
from surveylab.design.cases import IN_APP
from surveylab.design.experiment import Experiment
from surveylab.fieldwork.arrival import opens_to, placed
from surveylab.fieldwork.durations import Durations
from surveylab.fieldwork.exposure import LANDING_PLACE, met
from surveylab.fieldwork.pages import LANDING, Reception, Standing, SurveyView, Wording
from surveylab.fieldwork.quotas import is_over
from surveylab.fieldwork.reader import ANYBODY, Reader
from surveylab.fieldwork.studies import ArmPlan, Studies
from surveylab.store import cases, contacts, experiments, responses
from surveylab.store.cases import Arrival
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection, Ledger

EVERYBODY = "", 1 << 64
"""The key and the bound by which nobody is left out."""


@dataclass(frozen=True)
class Terms:
    """What a page needs to know in order to decide who is asked.

    ``key`` and ``bound``: a person is asked just when the hash of the key and the person's id is
    below the bound (sampling.bernoulli). ``title`` names the prompt.
    """

    title: str
    key: str
    bound: int


@dataclass(frozen=True)
class _Asked:
    """Somebody in the sample: the version of the experiment, the arm with its chance, and what it asks."""

    stored: StoredExperiment
    experiment: Experiment
    arrival: Arrival
    algorithm: str
    plan: ArmPlan


class Prompts:
    """The use cases of the prompts of one ledger."""

    def __init__(self, ledger: Ledger, studies: Studies, durations: Durations) -> None:
        self._ledger = ledger
        self._studies = studies
        self._durations = durations
        self._reader = ANYBODY

    def read_by(self, reader: Reader) -> Prompts:
        """The same for somebody who reads like this."""
        mine = copy(self)
        mine._reader = reader
        return mine

    def terms(self, slug: str, now: datetime) -> Terms | None:
        """By what a page decides; None where the experiment asks nobody in an app, or nobody now."""
        stored = self._running(slug, now)
        if stored is None:
            return None
        study = self._studies.study(stored.id)
        exp = study.experiment
        assert exp.measurement is not None  # _running has looked
        instrument = study.instruments[exp.measurement.instrument]
        words = Wording(exp.measurement.language or instrument.languages[0], instrument.languages[0])
        key, bound = EVERYBODY
        if exp.sampling is not None:
            scheme = registry.load("sampling", exp.sampling.scheme)
            key, bound = scheme.hashing(exp.sampling.settings, randomness.stream(exp.seed, "sampling"))
        return Terms(words(instrument.title), key, bound)

    def offer(self, slug: str, unit: str, now: datetime) -> Reception | None:
        """The survey as this person would be offered it, None where there is no prompt; nothing is recorded."""
        asked = self._asked(slug, unit, now)
        if asked is None:
            return None
        with self._ledger.read() as conn:
            if not _may_be_asked(conn, asked, now):
                return None
        instrument = asked.plan.instrument
        there = instrument.languages
        language = self._reader.language(asked.plan.language, there)
        words = Wording(language, there[0], own=instrument.words)
        survey = SurveyView("", instrument, words, asked.stored.slug, experiment=asked.stored.id)
        measured = asked.plan.measurement.duration == "measured"
        minutes = self._durations.minutes(asked.stored.id, now) if measured else None
        return Reception(Standing.INVITED, survey, minutes=minutes)

    def display(self, slug: str, unit: str, now: datetime) -> str | None:
        """The prompt is displayed: the case is written, with its exposures. Its token.

        None where there is no prompt for the person (any more): of two pages that display it at
        once one is told so.
        """
        asked = self._asked(slug, unit, now)
        if asked is None:
            return None
        exposures = met(asked.plan.meetings, LANDING_PLACE, (), ())
        with self._ledger.write() as conn:
            contacts.hold(conn, unit)
            if not _may_be_asked(conn, asked, now):
                return None
            case = cases.insert_arrival(
                conn, asked.stored.id, asked.arrival, asked.experiment.arms, algorithm=asked.algorithm, at=now
            )
            responses.append_event(conn, case.id, now, "sent", IN_APP, key=f"{case.id}:sent:0")
            responses.record_exposures(conn, case.id, exposures, LANDING, now)
        return case.token

    def _running(self, slug: str, now: datetime) -> StoredExperiment | None:
        with self._ledger.read() as conn:
            stored = experiments.experiment(conn, slug) if slug.isprintable() else None
        if stored is None or stored.paused_at is not None or (stored.closes_at is not None and now >= stored.closes_at):
            return None
        exp = self._studies.study(stored.id).experiment
        if exp.quotas:
            with self._ledger.read() as conn:
                if is_over(conn, stored.id, exp.quotas):
                    return None
        return stored if exp.measurement is not None and opens_to(exp, prompted=True) else None

    def _asked(self, slug: str, unit: str, now: datetime) -> _Asked | None:
        stored = self._running(slug, now)
        study = self._studies.study(stored.id) if stored else None
        found = placed(study, unit) if study else None
        if stored is None or study is None or found is None:
            return None
        arrival, algorithm = found
        return _Asked(
            stored, study.experiment, arrival, algorithm, self._studies.plan(stored.id, arrival.arm.mapping, unit)
        )


def _may_be_asked(conn: Connection, asked: _Asked, now: datetime) -> bool:
    """Whether a person was not asked in this experiment, is rested, below the cap, and did not opt out of any."""
    history = cases.reached(conn, asked.arrival.unit)
    if any(each.kind == "opted_out" or each.slug == asked.stored.slug for each in history):
        return False
    rest = asked.experiment.rest
    if rest is not None and any(each.kind == "sent" and each.at > now - rest for each in history):
        return False
    cap = asked.experiment.contact.cap
    return cap is None or sum(each.kind == "sent" and each.at > now - cap.per for each in history) < cap.contacts
