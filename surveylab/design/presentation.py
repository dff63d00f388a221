"""What one case is shown: an instrument with everything decided that chance decides. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeGuard

from surveylab.design.instrument import Arrangeable, Instrument, Item, Page
from surveylab.design.orders import Arrangement, Chance, Draw, Order, arranged, chosen


@dataclass(frozen=True)
class Presentation:
    """An instrument as one case is shown it, and the draws that made it so."""

    instrument: Instrument
    draws: tuple[Draw, ...]


def presented(instrument: Instrument, chance: Chance) -> Presentation:
    """The instrument with item sets, sections, pages, items and what is in them drawn for one case.

    Pages stand in the order shown, with their items in the order shown; an item of a set that was
    not drawn is on no page. Everything else is as it was.
    """
    drawing = _Drawing(chance)
    left_out = frozenset(drawing.left_out(instrument))
    pages = tuple(drawing.page(instrument.page(name), left_out) for name in drawing.pages(instrument))
    items = tuple(drawing.item(item) for item in instrument.items)
    return Presentation(replace(instrument, pages=pages, items=items), tuple(drawing.draws))


class _Drawing:
    """The draws of one case, in the order in which they are made."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.draws: list[Draw] = []

    def left_out(self, instrument: Instrument) -> Iterator[str]:
        """The items of the sets that were not drawn and of none that was."""
        for group in instrument.sets:
            kept, draw = chosen(f"sets.{group.id}", tuple(group.sets), group.ask, group.weights or {}, self._chance)
            self.draws.append(draw)
            asked = {item for name in kept for item in group.sets[name]}
            yield from (item for items in group.sets.values() for item in items if item not in asked)

    def pages(self, instrument: Instrument) -> Iterator[str]:
        """The ids of all pages in the order shown."""
        top = self._arranged("sections" if instrument.sections else "pages", instrument.arrangement)
        if not instrument.sections:
            yield from top
        sections = {section.id: section for section in instrument.sections}
        for name in top if sections else ():
            yield from self._arranged(f"pages.{name}", sections[name].arrangement)

    def page(self, page: Page, left_out: frozenset[str]) -> Page:
        """A page with its items in the order shown."""
        items = self._arranged(f"items.{page.id}", page.arrangement)
        return replace(page, items=tuple(item for item in items if item not in left_out))

    def item(self, item: Item) -> Item:
        """An item with what it shows in the order shown."""
        settings = item.settings
        for what, arrangement in _arrangements(item).items():
            members = self._arranged(f"{what}.{item.id}", arrangement)
            if arrangement.order is not Order.FIXED and _arrangeable(settings):
                settings = settings.arranged(what, members)
        return item if settings is item.settings else replace(item, settings=settings)

    def _arranged(self, name: str, arrangement: Arrangement) -> tuple[str, ...]:
        members, draw = arranged(name, arrangement, self._chance)
        if draw is not None:
            self.draws.append(draw)
        return members


def _arrangements(item: Item) -> dict[str, Arrangement]:
    settings = item.settings
    return dict(settings.arrangements()) if _arrangeable(settings) else {}


def _arrangeable(settings: object) -> TypeGuard[Arrangeable]:
    kind: Any = type(settings)
    return _of_arrangeable(kind)


@cache
def _of_arrangeable(kind: type) -> bool:
    """Asked once for each question type: a protocol takes 20 microseconds to answer, for each item of every case."""
    return issubclass(kind, Arrangeable)
