"""One respondent at one moment: who it is, what the arm asks, and how far the interview is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from surveylab import registry
from surveylab.design.cases import IN_APP
from surveylab.design.instrument import Item, Page
from surveylab.fieldwork import preselection, resume
from surveylab.fieldwork.exposure import met
from surveylab.fieldwork.pages import Notice, PageView, Person, Question, Reception, Standing, SurveyView, Wording
from surveylab.fieldwork.passage import Passage
from surveylab.fieldwork.quotas import Admission
from surveylab.fieldwork.reader import ANYBODY, Reader, settled
from surveylab.fieldwork.studies import ArmPlan
from surveylab.store.cases import Case
from surveylab.store.responses import InterviewState

TAKING = (Standing.INVITED, Standing.STARTED)
"""The standings in which answers are taken."""


@dataclass(frozen=True)
class Sitting:
    """A case with its plan and its state, as read at ``now``.

    ``person`` reads who it is; ``reader`` is what the request says about the language of the person.
    """

    case: Case
    plan: ArmPlan
    state: InterviewState
    now: datetime
    person: Person = dict
    reader: Reader = ANYBODY

    @cached_property
    def happened(self) -> frozenset[str]:
        """The kinds of event in the history."""
        return frozenset(event.kind for event in self.state.events)

    @property
    def standing(self) -> Standing:
        """How the person stands towards the survey; a refusal outweighs all else."""
        if "opted_out" in self.happened:
            return Standing.OPTED_OUT
        if "submitted" in self.happened:
            return Standing.SUBMITTED
        if "screened_out" in self.happened:
            return Standing.SCREENED_OUT
        if "quota_full" in self.happened:
            return Standing.QUOTA_FULL
        if self.case.drawn_at is not None and self.now >= self.case.drawn_at + self.plan.closes:
            return Standing.CLOSED
        if self.case.paused_at is not None:
            return Standing.PAUSED
        return Standing.STARTED if "started" in self.happened else Standing.INVITED

    @property
    def taking(self) -> Sitting:
        """The same, as if the survey were not paused: a page that was sent is taken all the same."""
        return replace(self, case=replace(self.case, paused_at=None))

    @property
    def admission(self) -> Admission:
        """The case when its turn comes, before the quotas of its experiment."""
        return Admission(self.case, self.plan.quotas, self.plan.arm if self.plan.completes_count else "")

    @cached_property
    def _person(self) -> Mapping[str, str]:
        return self.person()

    @cached_property
    def passage(self) -> Passage:
        """The way through the instrument under what is stored."""
        begun = Passage(self.plan.instrument, {}, self.case.fields, frozenset())
        return begun.under(self.state.answers, self.state.events)

    @cached_property
    def settled(self) -> str | None:
        """The language that stands fixed for this respondent: the first one at the latest when the interview starts."""
        there = self.plan.instrument.languages
        fixed = settled(self.state.events, self.plan.language, self.case.fields, there)
        return fixed or (there[0] if "started" in self.happened else None)

    @cached_property
    def language(self) -> str:
        """The language in which this respondent reads now."""
        there = self.plan.instrument.languages
        return self.reader.shown if self.reader.shown in there else self.reader.language(self.settled, there)

    @property
    def choices(self) -> int:
        """How often a language was written down."""
        return sum(event.kind == "language" for event in self.state.events)

    @cached_property
    def words(self) -> Wording:
        """Texts as this respondent reads them now."""
        instrument = self.plan.instrument
        fallback = instrument.languages[0]
        return Wording(self.language, fallback, self.passage.known, lambda: self._person, instrument.words)

    @cached_property
    def survey(self) -> SurveyView:
        """What all pages of this respondent share."""
        code = resume.shown(self.case.resume_code) if self.case.resume_code else None
        chosen = self.reader.chosen if self.reader.chosen == self.language != self.settled else ""
        row, slug = self.case.experiment, self.case.slug
        return SurveyView(self.case.token, self.plan.instrument, self.words, slug, code, row, chosen)

    @property
    def reception(self) -> Reception:
        """The respondent at the door."""
        return Reception(self.standing, self.survey, "started" in self.happened)

    @property
    def told(self) -> bool:
        """Whether the scripts of the pages tell how they are answered."""
        return self.plan.measurement.paradata == "full"

    @property
    def notice(self) -> Notice:
        """What the privacy page tells this respondent."""
        return Notice(
            self.survey,
            told=self.told,
            listed=tuple(self.case.fields) if self.plan.frame else None,
            closes_at=self.case.drawn_at + self.plan.closes if self.case.drawn_at else None,
            prompted=any(event.kind == "sent" and event.detail == IN_APP for event in self.state.events),
            offered=self.plan.offers,
        )

    def meets(self, page: Page) -> tuple[str, ...]:
        """The factors that are met for the first time where this page is shown."""
        place = self.plan.places[page.id]
        return met(self.plan.meetings, place, self.passage.items(page), self.state.exposures)

    def meets_at(self, place: int) -> tuple[str, ...]:
        """The factors that are met for the first time at a place that shows no item."""
        return met(self.plan.meetings, place, (), self.state.exposures)

    def view(self, page: Page, asked: preselection.Asked = preselection.NOTHING) -> PageView:
        """The page as this respondent is shown it, with the answers that the link asks for selected."""
        items = self.passage.items(page)
        title = self.words(page.title) if page.title else None
        section = self.plan.instrument.section(page.id)
        alone = title is None and _asks_alone(items)
        ahead = preselection.preselected(items, asked)
        questions = tuple(self._question(item, n, ahead, heading=alone) for n, item in enumerate(items, start=1))
        back = self.passage.before(page)
        return PageView(
            case=self.case.id,
            experiment=self.case.experiment,
            arm=self.plan.arm,
            instrument=self.plan.digest,
            survey=self.survey,
            page=page.id,
            position=1 + self.passage.pages.index(page),
            section=self.words(section.title) if section and section.title else None,
            name=title or next((q.text for q in questions if q.item.columns), questions[0].text),
            title=title,
            title_heads=title is None and not alone,
            items=self.plan.items[page.id],
            questions=questions,
            back=back.id if back else None,
            last=page.id == self.plan.last,
            words=self.words,
            passage=self.passage,
            settled=self.settled or self.language,
            met_at_end=self.meets_at(self.plan.end),
            told=self.told,
            progress=self.plan.measurement.progress,
            admission=self.admission,
            preselected=ahead,
        )

    def _question(self, item: Item, position: int, ahead: Mapping[str, str], *, heading: bool) -> Question:
        return Question(
            item=item,
            position=position,
            text=self.words(item.text),
            hint=self.words(item.hint) if item.hint else None,
            entered={**_entered(item, self.passage), **_selected(item, ahead)},
            optional=not item.required and not self.survey.all_optional,
            heading=heading,
        )


def _asks_alone(items: tuple[Item, ...]) -> bool:
    """Whether a page is one question, which is then its heading."""
    return len(items) == 1 and bool(items[0].columns)


def _selected(item: Item, ahead: Mapping[str, str]) -> Mapping[str, list[str]]:
    """What a link selects among the answers of an item, in the place of what is stored."""
    return {column: [ahead[column]] for column in item.columns if ahead.get(column)}


def _entered(item: Item, passage: Passage) -> Mapping[str, list[str]]:
    entered: Mapping[str, list[str]] = registry.load("questions", item.type).entered(item, passage.answers)
    return entered
