"""An instrument: pages and items, and the way through them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from surveylab.design.rules import Rule, evaluate
from surveylab.design.terms import Missing, Text, Value

Answers = Mapping[str, "Value | Missing"]
"""Column -> answer. The columns of an item are what its question type says."""


class ItemSettings(Protocol):
    """What every question type's ``Settings`` dataclass can tell about an item."""

    def columns(self, item: str) -> tuple[str, ...]:
        """The columns under which the answers of the item are stored; none for a note."""

    def option_order(self) -> tuple[str, ...]:
        """The codes of the options in the order displayed; empty where there are none."""


@dataclass(frozen=True)
class Item:
    """One question. ``settings`` is the frozen dataclass that its question type declares."""

    id: str
    type: str
    text: Text
    hint: Text | None = None
    required: bool = False
    applicable_if: Rule | None = None
    settings: ItemSettings | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns under which its answers are stored."""
        return self.settings.columns(self.id) if self.settings else ()


@dataclass(frozen=True)
class Page:
    """What is asked together. An empty page is not shown."""

    id: str
    items: tuple[str, ...]
    title: Text | None = None
    applicable_if: Rule | None = None


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
    items: tuple[Item, ...]

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
    if page.applicable_if is not None and not evaluate(page.applicable_if, known):
        return ()
    items = (instrument.item(name) for name in page.items)
    return tuple(item for item in items if item.applicable_if is None or evaluate(item.applicable_if, known))


def route(instrument: Instrument, known: Mapping[str, Value]) -> Iterator[Page]:
    """The pages that apply under what is known, in order (design.md 4, step 2)."""
    return (page for page in instrument.pages if asked(instrument, page, known))


def page_after(instrument: Instrument, page: str, known: Mapping[str, Value]) -> Page | None:
    """The next page that applies after ``page``; None behind the last."""
    names = [each.id for each in instrument.pages]
    behind = set(names[names.index(page) + 1 :])
    return next((each for each in route(instrument, known) if each.id in behind), None)


def page_before(instrument: Instrument, page: str, known: Mapping[str, Value]) -> Page | None:
    """The applicable page before ``page``; None at the first."""
    names = [each.id for each in instrument.pages]
    ahead = set(names[: names.index(page)])
    return next((each for each in reversed(list(route(instrument, known))) if each.id in ahead), None)


def known_from(answers: Answers, unit: Mapping[str, Value]) -> dict[str, Value]:
    """What rules and fills may name: answers by column (a missing one is None) and ``unit.*``."""
    known: dict[str, Value] = {f"unit.{field}": value for field, value in unit.items()}
    known.update({column: None if isinstance(value, Missing) else value for column, value in answers.items()})
    return known
