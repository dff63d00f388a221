"""Whether the scores of an instrument can be computed from its items, and what is told about them is whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from surveylab.design.instrument import Instrument
from surveylab.design.scores import Score
from surveylab.design.scoring import Bounds, bounds_of, columns, gap, rated
from surveylab.errors import Fault
from surveylab.spec.checking import fault
from surveylab.spec.document import Node, Scalar, at, members_of, text_of
from surveylab.spec.faults import Finding, offer

_TOP = ("top_box", "top_two_box")
_OF_ONE = ("nps", *_TOP)
_OF_LEVEL = "List them in `steps:`, the first step first."
MOST_DIGITS = 6


def score_faults(node: Node, instrument: Instrument, ids: Collection[str]) -> Iterator[Fault]:
    """The faults of all scores of an instrument; ``ids`` are its items, those at fault too."""
    scale = {
        column: bounds_of(item) if column in rated(item) else None
        for item in instrument.items
        for column in item.columns
    }
    there = {*scale, *(item.id for item in instrument.items if item.is_battery)}
    unsettled = set(ids) - {item.id for item in instrument.items if item.settings is not None}
    scores = at(node, "scores")
    for name, score in instrument.scores.items():
        place = at(scores, name)
        if scores is None or place is None:
            continue
        if name in ids:
            what = f"the score {name!r} has the name of an item."
            yield fault(scores, Finding("SL304", what, "Rename it.", (name,), key=True))
        unknown = [each for each in _written(place) if each.text not in there]
        strange = [each for each in unknown if each.text.partition(".")[0] not in unsettled]
        for each in strange:
            what = f"the score {name!r} names {each.text!r}, which no item stores."
            yield fault(each, Finding("SL305", what, offer(each.text, sorted(there), "columns")))
        found = None if unknown else _unsound(score, instrument, scale)
        if found:
            what, remedy = found
            yield fault(place, Finding("SL306", f"the score {name!r} {what}.", remedy))
        elif not unknown:
            lowest = _lowest(score, instrument, scale)
            yield from (fault(place, Finding("SL307", *each)) for each in _bands(name, score, lowest))


def _written(place: Node) -> Iterator[Scalar]:
    """The names of items in a score, where they stand."""
    lists = [at(place, "items"), at(place, "reversed"), *members_of(at(place, "steps"))]
    for each in lists:
        yield from (member for member in members_of(each) if isinstance(member, Scalar) and text_of(member))


def _unsound(score: Score, instrument: Instrument, scale: dict[str, Bounds | None]) -> tuple[str, str] | None:
    """Why a score cannot be computed, and what to do; None if it can."""
    every = columns(instrument, score.named)
    if score.rule == "level" and (score.items or not score.steps or not all(score.steps)):
        return "is a level and needs the items of each step", _OF_LEVEL
    if score.rule != "level" and (score.steps or score.reached_from is not None):
        return f"has steps, and the rule {score.rule} takes none", "List what is scored in `items:`."
    if not every or (score.rule in _OF_ONE and len(every) > 1):
        wanted = "one item" if score.rule in _OF_ONE else "at least one item"
        return f"has {len(every) or 'no'} items, and the rule {score.rule} takes {wanted}", "Correct `items:`."
    twice = next((column for column in every if every.count(column) > 1), None)
    if twice:
        return f"counts {twice!r} twice", "Name it once."
    unrated = next((column for column in every if scale[column] is None), None)
    if unrated:
        return f"needs ratings, and {unrated!r} is none", "Name items whose options are whole numbers."
    stray = set(columns(instrument, score.reversed)).difference(every)
    if stray:
        return f"reverses {min(stray)!r}, which it does not count", "Name it in `items:` too."
    lacks = next((gap(item) for item in instrument.items if every[0] in item.columns), None)
    if score.rule in _TOP and lacks is not None:
        what = f"counts the highest points, and {every[0]!r} has none that is {lacks}"
        return what, "Number the options one by one, without gaps."
    return _out_of_scale(score, every, [bounds for column in every if (bounds := scale[column])])


def _out_of_scale(score: Score, every: tuple[str, ...], bounds: list[Bounds]) -> tuple[str, str] | None:
    """What does not go with the points of the items, or with their number."""
    low, high = bounds[0]
    other = next((column for column, its in zip(every, bounds, strict=True) if its != bounds[0]), None)
    if score.rule != "sum" and other:
        return f"puts {other!r} together with items of other points", "Score items of one scale, or use the rule sum."
    if score.rule == "nps" and bounds[0] != (0, 10):
        return f"needs a rating from 0 to 10, and {every[0]!r} runs from {low} to {high}", "Ask it from 0 to 10."
    if score.rule == "top_two_box" and high - low < 2:
        return f"needs a rating of at least three points, and {every[0]!r} has two", "Use the rule top_box."
    if score.reached_from is not None and not low < score.reached_from <= high:
        return f"is reached from {score.reached_from}, and its points run from {low} to {high}", "Name a point above."
    if score.fewest is not None and (score.rule != "mean" or not 1 <= score.fewest <= len(every)):
        return f"takes {score.fewest} answers of {len(every)} items", "Use `fewest:` with a mean, up to all items."
    if score.digits is not None and not 0 <= score.digits <= MOST_DIGITS:
        return f"has {score.digits} decimals", f"Write 0 to {MOST_DIGITS}."
    return None


def _lowest(score: Score, instrument: Instrument, scale: dict[str, Bounds | None]) -> float:
    lows = [bounds[0] for column in columns(instrument, score.named) if (bounds := scale[column])]
    return {"nps": -100, "mean": lows[0], "sum": sum(lows)}.get(score.rule, 0)


def _bands(name: str, score: Score, lowest: float) -> Iterator[tuple[str, str]]:
    edges = [band.at_least for band in score.bands.values()]
    if any(first >= second for first, second in pairwise(edges)):
        yield f"the bands of the score {name!r} do not rise.", "Write the lowest band first."
    elif edges and edges[0] > lowest:
        what = f"no band of the score {name!r} holds its lowest value, {lowest:g}."
        yield what, f"Let the first band begin at {lowest:g}."
    texts = [band.text for band in score.bands.values()]
    parts = [*texts, score.without]
    if any(part is not None for part in parts) and (not texts or None in (*parts, score.title)):
        what = f"what respondents are told about the score {name!r} is not whole."
        yield what, "Write `title:`, a `text:` in each band, and `without:` for whose answers do not suffice."
