"""An instrument: pages and items, and the way through them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from surveylab.design.rules import Rule, evaluate
from surveylab.design.scores import Score
from surveylab.design.terms import Missing, Text, Value

RESERVED_PAGES = frozenset({"stop", "thanks"})
"""No page may have one of these ids: a respondent's link has pages of its own under them."""
RESERVED_ITEMS = frozenset({"unit", "and", "or", "not", "in", "true", "false"})
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
    settings: ItemSettings | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns under which its answers are stored."""
        return self.settings.columns(self.id) if self.settings else ()

    @property
    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest rating; None where its answers are no ratings."""
        settings: object = self.settings
        return settings.bounds() if isinstance(settings, Rated) else None

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


@dataclass(frozen=True)
class Instrument:
    """Pages and items under a name and a version. ``languages[0]`` is the default."""

    name: str
    title: Text
    version: str
    languages: tuple[str, ...]
    introduction: Text
    """On the landing page: who asks, why, how long it takes, what happens to the data."""
    thanks: Text
    contact: str
    """Whom a respondent may ask; in the same place on all pages (WCAG 3.2.6)."""
    pages: tuple[Page, ...]
    """In the order shown."""
    items: tuple[Item, ...]
    """The questions; a page asks them by their ids."""
    source: tuple[str, ...] = ()
    """Where the questions and their scoring come from: references, or that the wording is one's own."""
    scores: Mapping[str, Score] = field(default_factory=dict)
    """What the answers come to, by name: the official scoring of the source."""

    def item(self, name: str) -> Item:
        """The item of that id. KeyError where there is none."""
        for item in self.items:
            if item.id == name:
                return item
        raise KeyError(name)

    def page(self, name: str) -> Page:
        """The page of that id. KeyError where there is none."""
        for page in self.pages:
            if page.id == name:
                return page
        raise KeyError(name)


def asked(instrument: Instrument, page: Page, known: Mapping[str, Value]) -> tuple[Item, ...]:
    """The items of a page that apply, given what is known (answers by column, unit.* fields)."""
    if not _applies(page, known):
        return ()
    return tuple(item for item in map(instrument.item, page.items) if _applies(item, known))


def standing(instrument: Instrument, answers: Answers, unit: Mapping[str, Value]) -> dict[str, Value]:
    """What rules and fills may name: ``unit.*``, and the answers that still stand.

    An answer stands while its item applies under the answers before it, in the order of the
    instrument. One that an edit of an earlier answer has ruled out stays in the ledger, steers
    nothing and counts for nothing.
    """
    known = known_from({}, unit)
    for page in instrument.pages:
        for item in map(instrument.item, page.items):
            if _applies(page, known) and _applies(item, known):
                known |= known_from({column: answers[column] for column in item.columns if column in answers}, {})
    return known


def known_from(answers: Answers, unit: Mapping[str, Value]) -> dict[str, Value]:
    """What rules and fills may name: answers by column (a missing one is None) and ``unit.*``."""
    known: dict[str, Value] = {f"unit.{field}": value for field, value in unit.items()}
    known.update({column: None if isinstance(value, Missing) else value for column, value in answers.items()})
    return known


def _applies(part: Page | Item, known: Mapping[str, Value]) -> bool:
    return part.applicable_if is None or evaluate(part.applicable_if, known)
