"""One respondent at one moment: who it is, what the arm asks, and how far the interview is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import TypeVar, cast

from surveylab import registry
from surveylab.design.cases import IN_APP
from surveylab.design.instrument import Item, Page
from surveylab.fieldwork import preselection, resume
from surveylab.fieldwork.exposure import met
from surveylab.fieldwork.pages import Notice, Person, Question, Reception, Standing, SurveyView, Wording
from surveylab.fieldwork.passage import Passage, Way
from surveylab.fieldwork.quotas import Admission
from surveylab.fieldwork.reader import ANYBODY, Reader, settled
from surveylab.fieldwork.studies import ArmPlan
from surveylab.store.cases import Case
from surveylab.store.responses import InterviewState

Told = TypeVar("Told")

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

    @property
    def happened(self) -> frozenset[str]:
        """The kinds of event in the history."""
        return self.state.kinds

    @property
    def standing(self) -> Standing:
        """How the person stands towards the survey; a refusal outweighs all else."""
        happened = self.happened
        if "opted_out" in happened:
            return Standing.OPTED_OUT
        if "submitted" in happened:
            return Standing.SUBMITTED
        if "screened_out" in happened:
            return Standing.SCREENED_OUT
        if "quota_full" in happened:
            return Standing.QUOTA_FULL
        if self.case.drawn_at is not None and self.now >= self.case.drawn_at + self.plan.closes:
            return Standing.CLOSED
        if self.case.paused_at is not None:
            return Standing.PAUSED
        return Standing.STARTED if "started" in happened else Standing.INVITED

    @property
    def taking(self) -> Sitting:
        """The same, as if the survey were not paused: a page that was sent is taken all the same."""
        return self if self.case.paused_at is None else replace(self, case=replace(self.case, paused_at=None))

    @property
    def admission(self) -> Admission:
        """The case before the quotas of its experiment."""
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

    @cached_property
    def words(self) -> Wording:
        """Texts as this respondent reads them now."""
        instrument = self.plan.instrument
        fallback = instrument.languages[0]
        return Wording(self.language, fallback, lambda: self.passage.known, lambda: self._person, instrument.words)

    @cached_property
    def survey(self) -> SurveyView:
        """What all pages of this respondent share."""
        code = resume.shown(self.case.resume_code) if self.case.resume_code else None
        chosen = self.reader.chosen if self.reader.chosen == self.language != self.settled else ""
        row, slug = self.case.experiment, self.case.slug
        return SurveyView(self.case.token, self.plan.instrument, self.words, slug, code, row, chosen, self.plan.arm)

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
        drawn_at, kept = self.case.drawn_at, self.plan.retention
        closed = drawn_at + self.plan.last_closes if drawn_at else None
        return Notice(
            self.survey,
            told=self.told,
            listed=tuple(self.case.fields) if self.plan.frame else None,
            closes_at=drawn_at + self.plan.closes if drawn_at else None,
            prompted=any(event.kind == "sent" and event.detail == IN_APP for event in self.state.events),
            offered=self.plan.offers,
            addresses_until=kept.until("addresses", closed),
            texts_until=kept.until("texts", closed),
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
        return PageView(self, page, items, preselection.preselected(items, asked))


@dataclass(frozen=True)
class PageView:
    """One page for one respondent; what is not asked for is not worked out.

    ``here`` is the page as the instrument has it, ``asked`` are the items that apply on it.
    ``preselected``: column -> the code that the link selects; "" where it names one that is not there.
    ``begins``: the interview has not started: the page says what the landing page says, and to submit
    it is to start. ``minutes`` is how long the survey takes, where it begins here and that has been measured.
    """

    sitting: Sitting
    here: Page
    asked: tuple[Item, ...]
    preselected: Mapping[str, str]
    begins: bool = False
    minutes: int | None = None

    @property
    def page(self) -> str:
        """The id of the page."""
        return self.here.id

    @property
    def survey(self) -> SurveyView:
        """What all pages of this respondent share."""
        return self.sitting.survey

    @property
    def words(self) -> Wording:
        """Texts as this respondent reads them now."""
        return self.sitting.words

    @property
    def language(self) -> str:
        """The language that the page is shown in."""
        return self.sitting.language

    @property
    def settled(self) -> str:
        """The language that stands fixed for the respondent; the page may have been shown in another one before."""
        return self.sitting.settled or self.language

    @property
    def passage(self) -> Passage:
        """The way through the instrument under what is stored."""
        return self.sitting.passage

    @property
    def items(self) -> tuple[Item, ...]:
        """All items that the page could show, as the arm has them."""
        return self.sitting.plan.items[self.page]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The items that apply, as they stand on the page."""
        return tuple(map(self._question, self.asked, count(1)))

    @property
    def position(self) -> int:
        """Of the page among those that this respondent is shown, from 1."""
        return 1 + self.passage.pages.index(self.here)

    @property
    def section(self) -> str | None:
        """The title of the section that the page stands in."""
        section = self.sitting.plan.instrument.section(self.page)
        return self.words(section.title) if section and section.title else None

    @property
    def title(self) -> str | None:
        """Of the page. Without one its only question is the heading or, with several, the survey's title."""
        return self.words(self.here.title) if self.here.title else None

    @property
    def title_heads(self) -> bool:
        """Whether the survey's title is the heading."""
        return not self.here.title and not self._asks_alone

    @property
    def name(self) -> str:
        """What tells the page apart in a list of tabs."""
        first = next((question for question in self.questions if question.item.columns), self.questions[0])
        return self.title or first.text

    @cached_property
    def back(self) -> str | None:
        """The page that Back leads to; None on the first."""
        page = self.passage.before(self.here)
        return page.id if page else None

    @property
    def last(self) -> bool:
        """Whether no page can follow."""
        return self.page == self.sitting.plan.last

    @property
    def told(self) -> bool:
        """Whether the script of the page tells how it is answered."""
        return self.sitting.told

    @property
    def progress(self) -> str:
        """How the page says how far it is: as in ``measurement.progress``."""
        return self.sitting.plan.measurement.progress

    @cached_property
    def way(self) -> Way:
        """How far the page is."""
        return self.passage.way(self.here)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is entered on the page."""
        columns = (column for item in self.asked for column in item.columns)
        return not self.preselected and not any(column in self.passage.answers for column in columns)

    def alike(self, what: Hashable, compute: Callable[[Wording], Told]) -> Told:
        """What follows from the words of the arm: worked out once where it is the same for everybody.

        Args:
            what: its name, and what it depends on beside the arm and the language.
            compute: makes it of the words as this respondent reads them.
        """
        kept = self.sitting.plan.alike
        key = what, self.language
        if key in kept:
            return cast("Told", kept[key])
        words = replace(self.words, filled=set())
        made = compute(words)
        if not words.filled:
            kept[key] = made
        return made

    @property
    def _asks_alone(self) -> bool:
        """Whether the page is one question, which is then its heading."""
        return len(self.asked) == 1 and bool(self.asked[0].columns)

    def _question(self, item: Item, position: int) -> Question:
        return Question(
            item=item,
            position=position,
            text=self.words(item.text),
            hint=self.words(item.hint) if item.hint else None,
            entered={**_entered(item, self.passage), **_selected(item, self.preselected)},
            optional=not item.required and not self.survey.all_optional,
            heading=not self.here.title and self._asks_alone,
        )


def _selected(item: Item, ahead: Mapping[str, str]) -> Mapping[str, list[str]]:
    """What a link selects among the answers of an item, in the place of what is stored."""
    return {column: [ahead[column]] for column in item.columns if ahead.get(column)}


def _entered(item: Item, passage: Passage) -> Mapping[str, list[str]]:
    entered: Mapping[str, list[str]] = registry.load("questions", item.type).entered(item, passage.answers)
    return entered
