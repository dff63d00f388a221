"""From the answers of one respondent to scores, and to what is told about them. Pure.

The formulas of a single rating are here too: outcomes and scores share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveylab.design.instrument import Instrument, Item
from surveylab.design.scores import Score
from surveylab.design.terms import Text, Value

PROMOTERS_FROM = 9
DETRACTORS_TO = 6
"""Reichheld (2003): promoters give 9 and 10, passives 7 and 8, detractors 0 to 6."""

Bounds = tuple[int, int]


@dataclass(frozen=True)
class Told:
    """What a respondent is told about one score; ``value`` is None where the answers do not suffice."""

    title: Text
    text: Text
    value: float | None
    digits: int


def promotion(rating: float) -> float:
    """100 for a promoter, 0 for a passive, -100 for a detractor: the mean is the Net Promoter Score."""
    return 100.0 * ((rating >= PROMOTERS_FROM) - (rating <= DETRACTORS_TO))


def in_top(rating: float, bounds: Bounds, boxes: int) -> bool:
    """Whether a rating is among so many of the highest points."""
    return rating > bounds[1] - boxes


def columns(instrument: Instrument, named: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that names stand for: a column for itself, a battery for all of its rows."""
    batteries = {item.id: item.columns for item in instrument.items if item.is_battery}
    return tuple(column for name in named for column in batteries.get(name, (name,)))


def bounds_of(item: Item) -> Bounds | None:
    """The lowest and the highest point of a rating, or of the rows of a battery; None where there are none."""
    if not item.is_battery or item.settings is None:
        return item.bounds
    points = item.settings.option_order()
    whole = all(point.removeprefix("-").isdecimal() for point in points)
    return (min(map(int, points)), max(map(int, points))) if whole else None


def gap(item: Item) -> int | None:
    """The lowest number between the bounds of a rating that no option stands for; None where there is none."""
    bounds = bounds_of(item)
    if bounds is None or item.settings is None:
        return None
    points = {int(code) for code in item.settings.option_order() if code not in item.unrated}
    return next((point for point in range(bounds[0], bounds[1] + 1) if points and point not in points), None)


def rated(item: Item) -> tuple[str, ...]:
    """The columns of an item that hold ratings: the rows of a battery, else the item; none where there are none."""
    if bounds_of(item) is None:
        return ()
    return item.columns if item.is_battery else (item.id,)


def value(score: Score, instrument: Instrument, known: Mapping[str, Value]) -> float | None:
    """The score of one respondent; None where an answer is missing that it needs.

    * ``nps``: ``promotion``, the rating's part in the Net Promoter Score.
    * ``top_box``, ``top_two_box``: 100 or 0, the part in a percentage.
    * ``mean``: sum of the answered items / their number, if at least ``fewest`` are answered.
    * ``sum``: over all items.
    * ``level``: the number of steps, from the first on, in which every item is at ``reached_from`` or
      above (staged maturity: Paulk, Curtis, Chrissis and Weber 1993). A missing answer only matters
      where it decides.

    A reversed item counts as low + high - rating.

    Args:
        score: what to compute.
        instrument: what was asked.
        known: the answers that stand, by column (``instrument.standing``).
    """
    scale = _scale(instrument)
    known = {column: known[column] for column in _given(instrument, known)}
    if score.rule == "level":
        return _level(score, instrument, scale, known)
    turned = frozenset(columns(instrument, score.reversed))
    every = columns(instrument, score.items)
    ratings = [_rating(column, scale[column], known, turned=column in turned) for column in every]
    given = [rating for rating in ratings if rating is not None]
    if len(given) < (score.fewest if score.fewest is not None and score.rule == "mean" else len(every)):
        return None
    if score.rule == "mean":
        return sum(given) / len(given)
    if score.rule == "nps":
        return promotion(given[0])
    if score.rule == "sum":
        return sum(given)
    return 100.0 * in_top(given[0], scale[every[0]], 1 if score.rule == "top_box" else 2)


def told(instrument: Instrument, known: Mapping[str, Value]) -> Iterator[Told]:
    """What a respondent is told at the end, score by score in the order of the file."""
    for score in instrument.scores.values():
        if score.without is None or score.title is None:
            continue
        own = value(score, instrument, known)
        band = score.band(own) if own is not None else None
        text = score.bands[band].text if band is not None else score.without
        if text is not None:
            yield Told(score.title, text, own, score.decimals)


def _scale(instrument: Instrument) -> dict[str, Bounds]:
    each = ((item, bounds_of(item)) for item in instrument.items)
    return {column: bounds for item, bounds in each if bounds for column in rated(item)}


def _given(instrument: Instrument, known: Mapping[str, Value]) -> Iterator[str]:
    """The columns whose answers are ratings."""
    for item in instrument.items:
        yield from (column for column in rated(item) if column in known and known[column] not in item.unrated)


def _rating(column: str, bounds: Bounds, known: Mapping[str, Value], *, turned: bool) -> float | None:
    given = known.get(column)
    if given is None:
        return None
    return bounds[0] + bounds[1] - float(given) if turned else float(given)


def _level(
    score: Score, instrument: Instrument, scale: Mapping[str, Bounds], known: Mapping[str, Value]
) -> float | None:
    turned = frozenset(columns(instrument, score.reversed))
    reached = 0
    for step in score.steps:
        every = columns(instrument, step)
        ratings = {column: _rating(column, scale[column], known, turned=column in turned) for column in every}
        wanted = {column: scale[column][1] if score.reached_from is None else score.reached_from for column in every}
        if any(rating is not None and rating < wanted[column] for column, rating in ratings.items()):
            return float(reached)
        if any(rating is None for rating in ratings.values()):
            return None
        reached += 1
    return float(reached)
