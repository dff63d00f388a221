"""Exposure: where in an interview a respondent first meets what a factor changes.

Assigned and exposed are two things. The analysis goes by assignment; exposure says how
many cases ever met the difference, so it is recorded by the same rule in every arm:

* ``items.<id>.*`` on the page that shows the item;
* ``pages.<id>.*`` on that page, or on the next one shown where the level leaves it empty;
* ``instrument.sections.<id>.*`` on the first of its pages that is shown;
* ``measurement.progress`` and ``measurement.paradata`` on the first page of questions;
* the rest of ``measurement.*`` and of ``instrument.*``, and what has no page, on the landing page;
* ``contact``, ``messages`` and ``sampling`` act before the interview and are not met here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from surveylab.design.factors import Factor, steps
from surveylab.design.instrument import Instrument, Item

ELSEWHERE = ("contact", "messages", "sampling")
ON_PAGES = ("progress", "paradata")
"""The fields of ``measurement`` that change pages of questions only."""


@dataclass(frozen=True)
class Meeting:
    """One place where a factor is met.

    ``place`` counts the landing page as 0, the pages of the instrument from 1, and the
    thank-you page last. With ``onwards``, whatever is shown behind that place will do.
    ``item`` must be among the items shown, where there is one.
    """

    factor: str
    place: int
    onwards: bool = False
    item: str | None = None

    def at(self, place: int, items: Collection[str]) -> bool:
        """Whether the factor is met at a place that shows these items."""
        if self.onwards:
            return place > self.place
        return place == self.place and (self.item is None or self.item in items)


LANDING_PLACE = 0


def meetings(
    factors: Iterable[Factor], original: Instrument, armed: Instrument, shown: Instrument
) -> tuple[Meeting, ...]:
    """Every meeting of a case.

    Args:
        factors: those of the design.
        original: the instrument as the file has it.
        armed: the same with the levels of the arm.
        shown: the same in the order of the case, without the items that chance leaves out.
    """
    return tuple(
        meeting
        for factor in factors
        for path in factor.varies
        for meeting in _of_path(factor.name, steps(path), original, armed, shown)
    )


def met(plan: Iterable[Meeting], place: int, shown: Iterable[Item], already: Collection[str]) -> tuple[str, ...]:
    """The factors that are met for the first time at a place, each once, in their order."""
    items = {item.id for item in shown}
    new = (each.factor for each in plan if each.factor not in already and each.at(place, items))
    return tuple(dict.fromkeys(new))


def _of_path(
    factor: str, path: tuple[str, ...], original: Instrument, armed: Instrument, shown: Instrument
) -> Iterable[Meeting]:
    root, name = path[0], path[1] if len(path) > 1 else ""
    if root in ELSEWHERE:
        return
    if root == "measurement" and name in ON_PAGES:
        yield Meeting(factor, LANDING_PLACE, onwards=True)
        return
    places: Mapping[str, int] = {page.id: place for place, page in enumerate(shown.pages, start=1)}
    filled = {page.id for page in shown.pages if page.items}
    if root == "items":
        carriers = [page.id for page in shown.pages if name in page.items]
        # A manipulated condition may be what hides the item: then its page is the place.
        item = None if path[2:3] == ("applicable_if",) else name
        if carriers:
            yield from (Meeting(factor, places[page], item=item) for page in carriers)
            return
        if any(name in page.items for page in armed.pages):
            return  # the item is of a set that was not drawn for this case, whatever its arm
        homes = [page.id for page in original.pages if name in page.items and page.id in places]
    else:
        homes = _homes(root, path, shown)
    by_chance = {page.id for page in armed.pages if page.items} - filled
    if homes and by_chance.issuperset(homes):
        return  # nothing of them is of a set that was drawn for this case, whatever its arm
    homes = [page for page in homes if page not in by_chance]
    yield from (Meeting(factor, places[page], onwards=page not in filled) for page in homes)
    if not homes:
        yield Meeting(factor, LANDING_PLACE - 1, onwards=True)


def _homes(root: str, path: tuple[str, ...], shown: Instrument) -> list[str]:
    """The pages on which a factor over a page or a section is met."""
    if root == "instrument" and path[1:2] == ("sections",) and len(path) > 2:
        return [page for section in shown.sections if section.id == path[2] for page in section.pages]
    return [page.id for page in shown.pages if root == "pages" and page.id == path[1]]
