"""An instrument: pages and items, and the way through them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol, Self, runtime_checkable

from surveylab.design.orders import Arrangement, Order
from surveylab.design.rules import Rule, evaluate
from surveylab.design.scores import Score
from surveylab.design.terms import Missing, Text, Value
from surveylab.design.theme import Theme
from surveylab.words import CATALOGUE

RESERVED_PAGES = frozenset({"stop", "thanks", "privacy", "unsubscribe"})
"""No page may have one of these ids: a respondent's link has pages of its own under them."""
RESERVED_ITEMS = frozenset({"unit", "arm", "stratum", "and", "or", "not", "in", "true", "false"})
"""No item may have one of these ids: they mean something else in rules. Nor may one begin with ``_``: so
begin the names of what a form sends beside the answers."""

Answers = Mapping[str, "Value | Missing"]
"""Column -> answer. The columns of an item are what its question type says."""


class ItemSettings(Protocol):
    """What every question type's ``Settings`` dataclass can tell about an item."""

    def columns(self, item: str) -> tuple[str, ...]:
        """The columns under which the answers of the item are stored; none for a note."""

    def option_order(self) -> tuple[str, ...]:
        """The codes of the options in the order displayed; empty where there are none."""


@runtime_checkable
class Rated(Protocol):
    """Settings of a question type whose answers may be ratings: whole numbers between two bounds."""

    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest rating; None where these options are none."""


@runtime_checkable
class Battery(Protocol):
    """Settings of a question type that rates several rows on one scale, each in a column of its own."""

    @property
    def rows(self) -> Mapping[str, Any]:
        """Name of a row -> what stands in it."""


@runtime_checkable
class Specifiable(Protocol):
    """Settings of a question type that may offer one more option, which asks what is meant and is no rating."""

    @property
    def other(self) -> Mapping[str, Text]:
        """Code -> text of that option; nothing where there is none."""


@runtime_checkable
class Declinable(Protocol):
    """Settings of a question type that may offer "don't know" and "prefer not to say"."""

    def reasons(self) -> Mapping[str, Text]:
        """Code -> text of the reasons that are offered, in the order displayed."""


@runtime_checkable
class Arrangeable(ItemSettings, Protocol):
    """Settings of a question type that shows options, rows or points in an order."""

    def arrangements(self) -> Mapping[str, Arrangement]:
        """What is put in order ("options", "rows", "points") -> its members and how."""

    def arranged(self, what: str, members: tuple[str, ...]) -> Self:
        """The same settings with one of these shown in that order."""


@dataclass(frozen=True)
class Validation:
    """What must not be, across items: the page is refused where the rule holds.

    A comparison with an answer that is not there is false, so a blank is refused only where the
    rule says ``missing(...)``.
    """

    error_if: Rule
    """A rule over the answers up to and on the page, and fields of the frame."""
    message: Text
    """What to do about it."""


@runtime_checkable
class Selectable(Protocol):
    """Settings of a question type whose answers, or those of its rows, are selected from what is displayed."""

    def selectable(self) -> Mapping[str, Text]:
        """Code -> words of what one can select, in the order displayed; ways to decline last."""


@runtime_checkable
class Closed(Protocol):
    """Settings of a question type whose answers are taken from a list."""

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """Column -> the answers that can be stored in it, by themselves or, of several, joined by spaces."""


@dataclass(frozen=True)
class Item:
    """One question. ``settings`` is the frozen dataclass that its question type declares."""

    id: str
    type: str
    text: Text
    hint: Text | None = None
    """Words under the question that help to answer it."""
    required: bool = False
    """Whether the page is refused without an answer."""
    applicable_if: Rule | None = None
    """Who is asked: a rule over earlier answers and fields of the frame."""
    validation: tuple[Validation, ...] = ()
    """What must not be, across items; the first that holds is told beside this one."""
    settings: ItemSettings | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns under which its answers are stored."""
        return self.settings.columns(self.id) if self.settings else ()

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text in the order of the file: the question, its hint, and what its settings say."""
        return tuple(_texts_of(self))

    @property
    def closed(self) -> Mapping[str, tuple[Value, ...]]:
        """Column -> the answers that can be stored in it; only columns whose answers are taken from a list."""
        settings: object = self.settings
        return settings.closed(self.id) if isinstance(settings, Closed) else {}

    @cached_property
    def displayed_options(self) -> tuple[str, ...]:
        """The codes of what can be selected in the order displayed, the ways to decline last."""
        settings: object = self.settings
        reasons = tuple(settings.reasons()) if isinstance(settings, Declinable) else ()
        return (*(self.settings.option_order() if self.settings else ()), *reasons)

    @property
    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest rating; None where its answers are no ratings."""
        settings: object = self.settings
        return settings.bounds() if isinstance(settings, Rated) else None

    @property
    def unrated(self) -> frozenset[str]:
        """The codes of options that are no ratings, whatever number they are."""
        settings: object = self.settings
        return frozenset(settings.other) if isinstance(settings, Specifiable) else frozenset()

    @property
    def is_battery(self) -> bool:
        """Whether it rates several rows on one scale."""
        return isinstance(self.settings, Battery)


@dataclass(frozen=True)
class Page:
    """What is asked together. An empty page is not shown."""

    id: str
    items: tuple[str, ...]
    """Ids of items, in the order asked."""
    title: Text | None = None
    applicable_if: Rule | None = None
    """Who is shown the page: a rule over earlier answers and fields of the frame."""
    order: Order = Order.FIXED
    """How the items are put in order."""
    pinned: tuple[str, ...] = ()
    """Items that keep their place."""
    screen_out_if: Rule | None = None
    """For whom the survey ends with this page: a rule over the answers up to and on it, and fields of the frame."""

    @property
    def arrangement(self) -> Arrangement:
        """Its items, and how they are put in order."""
        return Arrangement(self.items, self.order, self.pinned)


@dataclass(frozen=True)
class Section:
    """Pages that belong together."""

    id: str
    pages: tuple[str, ...]
    """Ids of pages, in the order shown."""
    title: Text | None = None
    """Stands above the heading of each of its pages."""
    applicable_if: Rule | None = None
    """Who is shown the section: a rule over earlier answers and fields of the frame."""
    order: Order = Order.FIXED
    """How the pages are put in order."""
    pinned: tuple[str, ...] = ()
    """Pages that keep their place."""

    @property
    def arrangement(self) -> Arrangement:
        """Its pages, and how they are put in order."""
        return Arrangement(self.pages, self.order, self.pinned)


@dataclass(frozen=True)
class ItemSets:
    """Planned missingness: sets of items of which each respondent is asked some, drawn by chance.

    An item of no set is asked in any case; one that stands in several sets is asked with each.
    """

    id: str
    sets: Mapping[str, tuple[str, ...]]
    """set: its items. What is common to all sets is in none."""
    ask: int = 1
    """How many of the sets each respondent is asked; every combination is equally likely."""
    weights: Mapping[str, Fraction] | None = None
    """set: share, where one is asked; decimals or fractions that sum to exactly 1, equal by default."""


@dataclass(frozen=True)
class Instrument:
    """Pages and items under a name and a version. ``languages[0]`` is the default."""

    name: str
    title: Text
    version: str
    languages: tuple[str, ...]
    introduction: Text
    """On the landing page: who asks, why, what happens to the data, and that taking part is a choice."""
    thanks: Text
    contact: Text
    """Whom a respondent may ask; in the same place on all pages (WCAG 3.2.6)."""
    pages: tuple[Page, ...]
    """In the order shown."""
    items: tuple[Item, ...]
    """The questions; a page asks them by their ids."""
    source: tuple[str, ...] = ()
    """Where the questions and their scoring come from: references, or that the wording is one's own."""
    scores: Mapping[str, Score] = field(default_factory=dict)
    """What the answers come to, by name: the official scoring of the source."""
    sections: tuple[Section, ...] = ()
    """Pages by sections, in the order shown. Where there are some, every page stands in one."""
    order: Order = Order.FIXED
    """How the sections are put in order; where there are none, how the pages are."""
    pinned: tuple[str, ...] = ()
    """Sections, or pages where there are no sections, that keep their place."""
    sets: tuple[ItemSets, ...] = ()
    """Planned missingness: which items each respondent is asked, drawn by chance."""
    duration: Text | None = None
    """On the landing page: how long it takes, until enough finished interviews have shown it."""
    privacy: Text | None = None
    """What the privacy page says beyond what it knows by itself: who is responsible, how long data are kept."""
    theme: Theme = field(default_factory=Theme)
    """Whose survey it is, and how its pages look."""
    words: Mapping[str, Text] = field(default_factory=lambda: CATALOGUE)
    """key: a word of the pages as this instrument says it, such as the button ``start``, or in a language that the
    pages do not speak."""

    def item(self, name: str) -> Item:
        """The item of that id. KeyError where there is none."""
        return self._items[name]

    def page(self, name: str) -> Page:
        """The page of that id. KeyError where there is none."""
        return self._pages[name]

    @cached_property
    def screens(self) -> tuple[Page, ...]:
        """The pages with which the survey may end, in the order shown."""
        return tuple(page for page in self.pages if page.screen_out_if is not None)

    def section(self, page: str) -> Section | None:
        """The section that a page stands in; None where there are none."""
        return self._sections.get(page)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the items on its pages, in the order shown."""
        return tuple(column for page in self.pages for item in page.items for column in self.item(item).columns)

    @cached_property
    def has_rules(self) -> bool:
        """Whether answers or fields of the frame decide what is asked."""
        parts: tuple[Section | Page | Item, ...] = (*self.sections, *self.pages, *self.items)
        return any(part.applicable_if is not None for part in parts)

    @cached_property
    def always(self) -> Mapping[str, tuple[Item, ...]]:
        """Page -> its items: those that are asked where there are no rules."""
        return {page.id: tuple(map(self.item, page.items)) for page in self.pages}

    @property
    def arrangement(self) -> Arrangement:
        """Its sections, or its pages where there are no sections, and how they are put in order."""
        return Arrangement(tuple(each.id for each in self.sections or self.pages), self.order, self.pinned)

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def _pages(self) -> Mapping[str, Page]:
        return {page.id: page for page in self.pages}

    @cached_property
    def _sections(self) -> Mapping[str, Section]:
        return {page: section for section in self.sections for page in section.pages}


def _texts_of(item: Item) -> Iterator[Text]:
    yield item.text
    if item.hint:
        yield item.hint
    settings: object = item.settings
    if is_dataclass(settings):
        for each in fields(settings):
            yield from _texts(getattr(settings, each.name))


def _texts(value: object) -> Iterator[Text]:
    if isinstance(value, Mapping):
        members = tuple(value.values())
        if members and all(isinstance(each, str) for each in members):
            yield value
        else:
            for each in members:
                yield from _texts(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)


def asked(instrument: Instrument, page: Page, known: Mapping[str, Value]) -> tuple[Item, ...]:
    """The items of a page that apply, given what is known (answers by column, unit.* fields)."""
    if not _shown(instrument, page, known):
        return ()
    return tuple(item for item in map(instrument.item, page.items) if _applies(item, known))


def standing(instrument: Instrument, answers: Answers, unit: Mapping[str, Value]) -> dict[str, Value]:
    """What rules and fills may name: ``unit.*``, and the answers that still stand.

    An answer stands while its item applies under the answers before it, in the order of the
    instrument. One that an edit of an earlier answer has ruled out stays in the ledger, steers
    nothing and counts for nothing.
    """
    known = known_from({}, unit)
    if not instrument.has_rules:
        return known | known_from({column: answers[column] for column in instrument.columns if column in answers}, {})
    for page in instrument.pages:
        for item in map(instrument.item, page.items):
            if _shown(instrument, page, known) and _applies(item, known):
                known |= known_from({column: answers[column] for column in item.columns if column in answers}, {})
    return known


def known_from(answers: Answers, unit: Mapping[str, Value]) -> dict[str, Value]:
    """What rules and fills may name: answers by column (a missing one is None) and ``unit.*``."""
    known: dict[str, Value] = {f"unit.{field}": value for field, value in unit.items()}
    known.update({column: None if isinstance(value, Missing) else value for column, value in answers.items()})
    return known


def _shown(instrument: Instrument, page: Page, known: Mapping[str, Value]) -> bool:
    section = instrument.section(page.id)
    return (section is None or _applies(section, known)) and _applies(page, known)


def _applies(part: Section | Page | Item, known: Mapping[str, Value]) -> bool:
    return part.applicable_if is None or evaluate(part.applicable_if, known)
