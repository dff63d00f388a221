"""The interview: what a respondent may see, and what becomes of what is sent.

Each use case reads the case by its token, decides, and writes one step of it or nothing. A step
is written only while nothing else has happened to the case; where something has, the use case
decides once more, by what is stored then. Nothing here knows HTTP or HTML: values go in, values
come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from surveylab.design.cases import ENDS
from surveylab.fieldwork import beacons
from surveylab.fieldwork.beacons import Telling
from surveylab.fieldwork.durations import Durations
from surveylab.fieldwork.exposure import LANDING_PLACE
from surveylab.fieldwork.pages import LANDING, THANKS, Elsewhere, Notice, Reception, Standing
from surveylab.fieldwork.preselection import NOTHING, Asked, preselected
from surveylab.fieldwork.reader import ANYBODY, Reader
from surveylab.fieldwork.reading import Reading
from surveylab.fieldwork.sitting import TAKING, PageView, Sitting
from surveylab.fieldwork.studies import Studies
from surveylab.fieldwork.turns import Decide, entrance, happening, key_of, nothing_is_full, once, submission
from surveylab.store import frames, paradata, people, sittings, steps
from surveylab.store.ledger import Ledger
from surveylab.store.steps import NewEvent, Paradata, Step

NOBODY = Reception(Standing.NOT_FOUND)


class Interview:
    """The use cases of the respondents of one ledger, as one reader asks for them."""

    def __init__(
        self, ledger: Ledger, studies: Studies, reader: Reader = ANYBODY, durations: Durations | None = None
    ) -> None:
        self._ledger = ledger
        self._studies = studies
        self._reader = reader
        self.durations = durations or Durations(ledger)

    def read_by(self, reader: Reader) -> Interview:
        """The same for somebody who reads like this."""
        return Interview(self._ledger, self._studies, reader, self.durations)

    def open(self, token: str, now: datetime, *, record: bool = True) -> Reception:
        """A respondent follows the link: the event ``opened``, once. Nothing starts.

        ``record`` is False where nobody reads: a HEAD request, a prefetch.
        """
        sitting = self._sitting(token, now)
        if sitting is None:
            return NOBODY
        self._record_opened(sitting, record=record and sitting.standing in TAKING)
        return self._received(sitting)

    def start(self, token: str, now: datetime, *, sent: bool = False) -> Reception | Elsewhere:
        """A respondent presses Start or Continue: the event ``started``, once; then the first open page.

        ``sent`` says that it is done by sending the first page, which is taken even while the survey is paused.
        """
        sitting = self._sitting(token, now)
        if sitting is None:
            return NOBODY
        if sent:
            sitting = sitting.taking
        if sitting.standing not in TAKING:
            return sitting.reception
        self._settle(sitting)
        return self._in_turn(sitting, partial(entrance, sitting), now)

    def view(
        self,
        token: str,
        page: str,
        now: datetime,
        asked: Asked = NOTHING,
        *,
        record: bool = True,
        sent: bool = False,
    ) -> Reception | Elsewhere | PageView:
        """A page, if it may be shown now: an earlier one, or the first that is open.

        The first showing of what a factor changes is recorded, unless ``record`` is False. ``sent``
        says that the page came back filled in: it is taken even while the survey is paused. Before
        the start it is the first page, to whom ``asked`` for an answer on it: then no more is
        recorded than at the door, because a program that checks links would ask as well.
        """
        sitting = self._sitting(token, now)
        if sitting is None:
            return NOBODY
        if sent:
            sitting = sitting.taking
        if sitting.standing is Standing.SUBMITTED:
            return Elsewhere(THANKS)
        if sitting.standing is Standing.INVITED:
            first = sitting.passage.furthest
            if first is None or first.id != page or not preselected(sitting.passage.items(first), asked):
                return Elsewhere(LANDING)
            self._record_opened(sitting, record=record)
            return replace(sitting.view(first, asked), begins=True, minutes=self._received(sitting).minutes)
        if sitting.standing is not Standing.STARTED:
            return sitting.reception
        wanted = sitting.passage.reachable(page)
        if wanted is None:
            furthest = sitting.passage.furthest
            return Elsewhere(furthest.id if furthest else LANDING)
        if record:
            self._happen(sitting, [], sitting.meets(wanted), wanted.id)
        return sitting.view(wanted, asked)

    def switch(
        self, token: str, page: str, language: str, now: datetime, asked: Asked = NOTHING
    ) -> Reception | Elsewhere | PageView:
        """A respondent wants to read a page in another language: the event ``language``, and nothing else.

        A language that the instrument has not changes nothing.
        """
        sitting = self._sitting(token, now)
        if sitting is not None and sitting.taking.standing in TAKING:
            self._settle(replace(sitting, reader=Reader(language)))
        mine = self.read_by(replace(self._reader, shown=""))
        return mine.view(token, page, now, asked, record=False, sent=True)

    def choose(self, token: str, now: datetime) -> None:
        """Write down the language that the reader has chosen, where nothing starts yet."""
        sitting = self._sitting(token, now)
        if sitting is not None and sitting.survey.chosen:
            self._settle(sitting)

    def submit(self, view: PageView, reading: Reading, visit: str, how: Paradata, now: datetime) -> Elsewhere:
        """Store a page without faults, and say where to go next.

        Answers, paradata and events are one step. A visit that was submitted before with the same
        answers changes nothing and leads to the same next place. Where a page screens the case out or a
        quota is full, the page is stored and the interview is over.
        """
        decide = partial(submission, view, reading, visit=visit, how=how, now=now)
        return self._in_turn(view.sitting, decide, now)

    def thanks(self, token: str, now: datetime) -> Reception | Elsewhere:
        """The end, for who got there; the others are led to where they are."""
        sitting = self._sitting(token, now)
        if sitting is None:
            return NOBODY
        if sitting.standing is Standing.SUBMITTED or sitting.standing not in TAKING:
            return sitting.reception
        page = sitting.passage.furthest if sitting.standing is Standing.STARTED else None
        return Elsewhere(page.id if page else LANDING)

    def standing(self, token: str, now: datetime) -> Reception:
        """The respondent at the door; nothing is recorded."""
        sitting = self._sitting(token, now)
        return self._received(sitting) if sitting else NOBODY

    def notice(self, token: str, now: datetime) -> Notice | None:
        """What the privacy page tells a respondent; None where the link leads nowhere. Nothing is recorded."""
        sitting = self._sitting(token, now)
        return sitting.notice if sitting else None

    def hear(self, token: str, telling: Telling, now: datetime) -> None:
        """Keep what the script of a page tells of one display of it, as far as it can be true; once.

        Nothing is kept where the survey takes the server's times only, and of who wants to be left alone.
        """
        sitting = self._sitting(token, now)
        if sitting is None or not sitting.told or sitting.standing is Standing.OPTED_OUT:
            return
        items = [item.id for item in sitting.plan.items.get(telling.page, ())]
        seconds = (now - telling.shown_at).total_seconds()
        detail = beacons.possible(telling.said, items, seconds)
        if detail:
            display = sitting.case.id, telling.page, telling.visit
            with self._ledger.write() as conn:
                paradata.record_beacon(conn, *display, detail, shown_at=telling.shown_at, at=now)

    def opt_out(self, token: str, now: datetime) -> Reception:
        """A respondent asks to be left alone: the event ``opted_out``, once, whatever happened before."""
        sitting = self._sitting(token, now)
        if sitting is None:
            return NOBODY
        if sitting.survey.chosen:
            self._settle(sitting)
        self._happen(sitting, [once(sitting.case.id, "opted_out")], unless=frozenset())
        return replace(sitting.reception, standing=Standing.OPTED_OUT)

    def dismiss(self, token: str, now: datetime) -> None:
        """A respondent declines the prompt that offers the interview: the event ``dismissed``, once, before a start."""
        sitting = self._sitting(token, now)
        if sitting is not None:
            self._happen(sitting, [once(sitting.case.id, "dismissed")], unless=ENDS | {"started"})

    def _record_opened(self, sitting: Sitting, *, record: bool) -> None:
        """The event ``opened``, once, and what is met at the door; nothing where nobody reads."""
        if record:
            self._happen(sitting, [once(sitting.case.id, "opened")], sitting.meets_at(LANDING_PLACE), LANDING)

    def _received(self, sitting: Sitting) -> Reception:
        """The respondent at the door, told how long it takes where that has been measured."""
        reception = sitting.reception
        if reception.standing is not Standing.INVITED or sitting.plan.measurement.duration != "measured":
            return reception
        return replace(reception, minutes=self.durations.minutes(sitting.case.experiment, sitting.now))

    def _in_turn(self, sitting: Sitting, decide: Decide, now: datetime) -> Elsewhere:
        """Decide by what was read and write it, if nothing has happened to the case since; else decide in its turn.

        Where what happens to others decides as well, it is always in turn.
        """
        gate = sitting.admission
        if not gate.shared:
            place, step = decide(sitting.state, nothing_is_full)
            if step is None or self._advanced(step):
                return Elsewhere(place)
        with self._ledger.write() as conn:
            full = partial(gate.full, conn, now=now)
            place, step = decide(gate.take(conn), full)
            if step is not None:
                written = steps.advance(conn, step)
                assert written, "nobody else moves a turn on that is taken"
                gate.settle(conn, {event.kind for event in step.events}, now)
        return Elsewhere(place)

    def _advanced(self, step: Step) -> bool:
        with self._ledger.step() as conn:
            return steps.advance(conn, step)

    def _sitting(self, token: str, now: datetime) -> Sitting | None:
        if not (token.isascii() and token.isprintable()):
            return None  # no token looks like that, and PostgreSQL takes no NUL even in a question
        with self._ledger.glance() as conn:
            found = sittings.sitting(conn, token)
        if found is None:
            return None
        case, state = found
        plan = self._studies.plan(case.experiment, case.levels, case.unit)
        return Sitting(case, plan, state, now, lambda: self._person(plan.frame, case.unit), self._reader)

    def _person(self, frame: str | None, unit: str) -> Mapping[str, str]:
        """Who a unit is, as the frame says it now."""
        with self._ledger.read() as conn:
            source = frames.frame(conn, frame) if frame else None
            return people.people(conn, source.id, [unit]).get(unit, {}) if source else {}

    def _settle(self, sitting: Sitting) -> None:
        """Write down the language of a respondent, where it does not stand fixed by itself.

        Of simultaneous choices one counts: the key is that of the next one.
        """
        if sitting.language == (sitting.settled or sitting.plan.instrument.languages[0]):
            return
        choices = sum(event.kind == "language" for event in sitting.state.events)
        chosen = NewEvent("language", sitting.language, key_of(sitting.case.id, f"language:{choices}"))
        self._happen(sitting, [chosen])

    def _happen(
        self,
        sitting: Sitting,
        events: Sequence[NewEvent],
        met: Sequence[str] = (),
        place: str = "",
        *,
        unless: frozenset[str] = ENDS,
    ) -> None:
        """Write events and exposures that are new to this case, unless one of these has happened to it."""
        if not events and not met:
            return
        decide = partial(happening, sitting, events, met=met, place=place, unless=unless)
        self._in_turn(sitting, decide, sitting.now)
