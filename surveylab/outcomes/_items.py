"""What outcomes ask of the items they read: ratings with bounds, batteries with rows."""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument, Item
from surveylab.design.scoring import gap
from surveylab.design.terms import Missing


def rating_fault(instrument: Instrument, item: str | None) -> str | None:
    """Why an item is not a rating; None if it is."""
    if item is None:
        return "needs the item that holds the rating"
    try:
        found = instrument.item(item)
    except KeyError:
        return f"needs an item {item!r}, which the instrument {instrument.name!r} does not have"
    return None if found.bounds else f"needs a rating, and {item!r} is of type {found.type!r}"


def top_fault(instrument: Instrument, item: str | None) -> str | None:
    """Why the highest points of an item cannot be counted; None if they can."""
    what = rating_fault(instrument, item)
    if what or item is None:
        return what
    lacks = gap(instrument.item(item))
    if lacks is None:
        return None
    return f"needs a rating whose points are numbered one by one, and {item!r} has none that is {lacks}"


def rating(record: CaseRecord, item: str | None) -> float | None:
    """The rating that a case gave; None where there is none."""
    answer = record.standing.get(item or "")
    if answer is None or isinstance(answer.value, Missing):
        return None
    unrated = record.instrument.item(answer.item).unrated
    return None if answer.value in unrated else float(answer.value)  # type: ignore[arg-type]


def batteries(instrument: Instrument) -> tuple[Item, ...]:
    """The items that rate several rows on one scale."""
    return tuple(item for item in instrument.items if item.is_battery)


def battery_of(instrument: Instrument, item: str | None) -> Item | None:
    """The named battery, or the only one when none is named."""
    found = [each for each in batteries(instrument) if item in (None, each.id)]
    return found[0] if len(found) == 1 else None
