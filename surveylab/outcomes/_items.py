"""What outcomes ask of the items they read: ratings with bounds, batteries with rows."""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument, Item
from surveylab.design.terms import Missing


def rating_bounds(item: Item) -> tuple[int, int] | None:
    """Lowest and highest rating of an item; None where its answers are not whole numbers.

    A scale says its bounds; a single choice is a rating when every option code is a whole number.
    """
    settings = item.settings
    if item.type == "scale":
        return int(settings.low), int(settings.high)  # type: ignore[union-attr]
    codes = settings.option_order() if settings and item.type == "single" else ()
    if codes and all(code.lstrip("-").isdigit() for code in codes):
        return min(map(int, codes)), max(map(int, codes))
    return None


def rating_fault(instrument: Instrument, item: str | None) -> str | None:
    """Why an item is not a rating; None if it is."""
    if item is None:
        return "needs the item that holds the rating"
    try:
        found = instrument.item(item)
    except KeyError:
        return f"needs an item {item!r}, which the instrument {instrument.name!r} does not have"
    return None if rating_bounds(found) else f"needs a rating, and {item!r} is of type {found.type!r}"


def rating(record: CaseRecord, item: str | None) -> float | None:
    """The rating that a case gave; None where there is none."""
    answer = record.answers.get(item or "")
    return None if answer is None or isinstance(answer.value, Missing) else float(answer.value)  # type: ignore[arg-type]


def batteries(instrument: Instrument) -> tuple[Item, ...]:
    """The items that rate several rows on one scale."""
    return tuple(item for item in instrument.items if item.type == "grid")


def battery_of(instrument: Instrument, item: str | None) -> Item | None:
    """The named battery, or the only one when none is named."""
    found = [each for each in batteries(instrument) if item in (None, each.id)]
    return found[0] if len(found) == 1 else None
