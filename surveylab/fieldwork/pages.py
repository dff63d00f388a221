"""What a respondent is shown, as values. Templates need nothing else, and nothing here is markup."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from surveylab.design import fills
from surveylab.design.aggregates import half_up
from surveylab.design.instrument import Instrument, Item
from surveylab.design.scores import OWN_SCORE
from surveylab.design.scoring import told
from surveylab.design.terms import IDENTITY, Text, Value
from surveylab.words import CATALOGUE, Language, Word

IDENTIFYING = frozenset(f"unit.{name}" for name in IDENTITY)
"""What a fill names to say who the person is."""

LANDING = ""
THANKS = "thanks"
"""The two places of an interview that are no page of its instrument."""


class Standing(StrEnum):
    """How the person behind a link stands towards the survey."""

    NOT_FOUND = "not_found"
    CLOSED = "closed"
    PAUSED = "paused"
    QUOTA_FULL = "quota_full"
    SCREENED_OUT = "screened_out"
    OPTED_OUT = "opted_out"
    SUBMITTED = "submitted"
    INVITED = "invited"
    STARTED = "started"


Person = Callable[[], Mapping[str, str]]
"""Gives the names and addresses of one person, by column; nothing where there are none (any more)."""


@dataclass(frozen=True)
class Wording:
    """Texts as this respondent reads them: in one language, with the fills filled.

    ``known`` gives what rules go by too, and ``person`` who the person is: both are asked when a text fills
    that in, and no sooner. ``own`` are the words of the pages, as the instrument
    says them.
    """

    language: str
    fallback: str
    known: Callable[[], Mapping[str, Value]] = dict
    person: Person = dict
    own: Mapping[str, Text] = field(default_factory=lambda: CATALOGUE)
    filled: set[str] = field(default_factory=set, compare=False)
    """The names that fills have looked up so far: where there are none, the texts are the same for everybody."""

    def __call__(self, text: Text, **values: object) -> str:
        """A text of the instrument with its fills filled, or a word of the pages with these values in its places."""
        if isinstance(text, Word):
            return self.spoken.say(text, **values)
        words = self.spoken.choose(text)
        if "{" not in words:
            return words
        names = {name for name, _, _ in fills.occurrences(words)}
        self.filled.update(names)
        known = self.known()
        if not IDENTIFYING.isdisjoint(names):
            known = {**known, **{f"unit.{name}": value for name, value in self.person().items()}}
        return fills.fill(words, known, self.spoken.isolated)

    @cached_property
    def spoken(self) -> Language:
        """The language, with the words that the instrument brings itself."""
        return Language(self.language, self.own, self.fallback)

    def with_score(self, value: float | None, digits: int) -> Wording:
        """The same words where a text may fill in the respondent's own score, as the language writes numbers."""
        if value is None:
            return self
        point = "." if self.language.partition("-")[0] in _POINT else ","
        spoken = f"{half_up(value, digits):.{digits}f}".replace(".", point)
        return replace(self, known=lambda: {**self.known(), OWN_SCORE: spoken})

    @property
    def anonymous(self) -> Wording:
        """The same words to nobody in particular: fills that say who the person is give their fallback."""
        return replace(self, person=dict)


_POINT = frozenset({"en", "ja", "ko", "th", "zh", "he", "hi"})
"""Languages that write a point before decimals; the others of the messages write a comma."""

_DASH = "- "
"""Begins a line that is a member of a list."""


@dataclass(frozen=True)
class Feedback:
    """What a respondent is told about one score, in the words of the survey. Lines after a dash are a list."""

    title: str
    text: str

    @property
    def parts(self) -> tuple[tuple[bool, tuple[str, ...]], ...]:
        """The lines in runs: whether they are a list, and their words."""
        lines = (line.strip() for line in self.text.splitlines() if line.strip())
        runs = groupby(lines, key=lambda line: line.startswith(_DASH))
        return tuple((listed, tuple(line.removeprefix(_DASH) for line in run)) for listed, run in runs)


@dataclass(frozen=True)
class SurveyView:
    """What all pages of one respondent's survey share; a text is filled when it is shown."""

    token: str
    instrument: Instrument
    words: Wording
    slug: str = ""
    """The experiment's name, as it stands in the open link."""
    resume_code: str | None = None
    """What the person types in to go on later, in groups; None for who has a personal link."""
    experiment: int = 0
    """The experiment's row, under which the logo of its frozen study stands; 0 before it is in the field."""
    chosen: str = ""
    """A language that was chosen on the landing page and is not written down yet: ways on carry it along."""
    arm: str = ""
    """The key of the arm that is asked so; "" for who has none yet."""

    @property
    def face(self) -> Hashable:
        """What the surveys of two respondents have in common that read the same, but for what is filled in."""
        own_code = self.resume_code is not None
        return self.experiment, self.arm, self.slug, self.chosen, self.language, own_code

    @property
    def title(self) -> str:
        """Of the survey."""
        return self.words(self.instrument.title)

    @property
    def asker(self) -> str | None:
        """Who asks, where the theme says it."""
        name = self.instrument.theme.name
        return self.words(name) if name else None

    @property
    def introduction(self) -> str:
        """On the landing page."""
        return self.words(self.instrument.introduction)

    @property
    def thanks(self) -> str:
        """At the end."""
        return self.words(self.instrument.thanks)

    @cached_property
    def feedback(self) -> tuple[Feedback, ...]:
        """What the answers that stand come to, where the instrument tells it; for who has finished."""
        return tuple(
            Feedback(self.words(each.title), self.words.with_score(each.value, each.digits)(each.text))
            for each in told(self.instrument, self.words.known())
        )

    @property
    def duration(self) -> str | None:
        """How long it takes, in the words of the instrument; None where it says nothing."""
        return self.words(self.instrument.duration) if self.instrument.duration else None

    @property
    def privacy(self) -> str | None:
        """What the privacy page says in the words of the instrument; None where it says nothing."""
        return self.words(self.instrument.privacy) if self.instrument.privacy else None

    @property
    def contact(self) -> str:
        """Whom a respondent may ask."""
        return self.words(self.instrument.contact)

    @property
    def language(self) -> str:
        """The language of the survey."""
        return self.words.language

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language that the survey can be read in."""
        return tuple(replace(self.words.spoken, tag=tag) for tag in self.instrument.languages)

    @cached_property
    def all_optional(self) -> bool:
        """Whether every question may be left blank."""
        return not any(item.required for item in self.instrument.items)


@dataclass(frozen=True)
class Reception:
    """A respondent at the door: ``survey`` is None where the link leads nowhere.

    ``had_started`` says whether there are answers to keep, ``minutes`` how many half of those who
    finished needed at most: None while too few have, or where the survey says it in its own words.
    """

    standing: Standing
    survey: SurveyView | None = None
    had_started: bool = False
    minutes: int | None = None


@dataclass(frozen=True)
class Notice:
    """What the privacy page of a survey tells.

    ``told`` says whether scripts tell how pages are answered, ``listed`` are the fields that were
    known of the person beforehand (None for who arrives unlisted), and ``closes_at`` until when
    answers are taken, where that is set. ``at_kiosk``: it is read at a screen for everybody;
    ``prompted``: the survey is offered in an app; ``offered``: messages offer answers to be selected.
    ``addresses_until`` and ``texts_until`` are when they are erased, where the experiment says so.
    """

    survey: SurveyView
    told: bool
    listed: tuple[str, ...] | None
    closes_at: datetime | None
    at_kiosk: bool = False
    prompted: bool = False
    offered: bool = False
    addresses_until: datetime | None = None
    texts_until: datetime | None = None

    @property
    def known_by_cookie(self) -> bool:
        """Whether the person is known again by what the open link leaves on the device."""
        elsewhere = self.at_kiosk or self.prompted
        return not elsewhere and (not self.survey.token or self.survey.resume_code is not None)


@dataclass(frozen=True)
class Elsewhere:
    """Another place of the same interview is the one to show: a page, LANDING or THANKS."""

    place: str


@dataclass(frozen=True)
class Question:
    """One item as it stands on a page; ``position`` counts from 1.

    ``optional`` marks it for the reader: only where other items of the survey are required.
    ``heading`` is true where the question is the heading of the page.
    """

    item: Item
    position: int
    text: str
    hint: str | None
    entered: Mapping[str, list[str]]
    optional: bool
    heading: bool
