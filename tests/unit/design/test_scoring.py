"""Scores of one respondent, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from surveylab import registry
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.design.scores import Band, Score
from surveylab.design.scoring import bounds_of, columns, told, value

WORDS = {"en": "x"}
FIVE = {str(point): WORDS for point in range(1, 6)}


def item(name: str, kind: str, **settings: Any) -> Item:
    """An item of a type."""
    return Item(name, kind, WORDS, settings=registry.load("questions", kind).Settings(**settings))


ITEMS = (
    item("recommend", "nps"),
    item("satisfied", "csat"),
    item("helpful", "thumbs"),
    item("easy", "scale", low=1, high=5),
    item("drivers", "grid", options=FIVE, rows=dict.fromkeys(("quality", "price", "speed"), WORDS)),
    item("image", "semantic_differential", rows={"tone": (WORDS, WORDS)}, points=7),
    item("named", "grid", options={"lo": WORDS, "hi": WORDS}, rows={"a": WORDS}),
    item("effort", "single", options=FIVE, other={"9": WORDS}),
    item("why", "long_text"),
)


def asked(**scores: Score) -> Instrument:
    """An instrument with these scores."""
    pages = (Page("one", tuple(each.id for each in ITEMS)),)
    return Instrument("test", WORDS, "1", ("en",), WORDS, WORDS, "nobody", pages, ITEMS, scores=scores)


@pytest.mark.parametrize(
    ("score", "answers", "expected"),
    [
        *((Score("nps", ("recommend",)), {"recommend": n}, -100.0) for n in range(7)),
        *((Score("nps", ("recommend",)), {"recommend": n}, 0.0) for n in (7, 8)),
        *((Score("nps", ("recommend",)), {"recommend": n}, 100.0) for n in (9, 10)),
        *((Score("top_two_box", ("satisfied",)), {"satisfied": n}, 100.0 * (n >= 4)) for n in range(1, 6)),
        *((Score("top_box", ("satisfied",)), {"satisfied": n}, 100.0 * (n == 5)) for n in range(1, 6)),
        (Score("top_box", ("helpful",)), {"helpful": 1}, 100.0),
        (Score("top_box", ("helpful",)), {"helpful": 0}, 0.0),
        (Score("mean", ("drivers",)), {"drivers.quality": "5", "drivers.price": "2", "drivers.speed": "2"}, 3.0),
        (Score("mean", ("drivers",)), {"drivers.quality": "5", "drivers.price": "2"}, None),
        (Score("mean", ("drivers",), fewest=2), {"drivers.quality": "5", "drivers.price": "2"}, 3.5),
        (Score("mean", ("drivers",), fewest=2), {"drivers.quality": "5", "drivers.price": None}, None),
        (Score("mean", ("easy", "satisfied"), reversed=("easy",)), {"easy": 1, "satisfied": 4}, 4.5),
        (Score("sum", ("easy", "recommend"), reversed=("easy",)), {"easy": 2, "recommend": 7}, 11.0),
        (Score("sum", ("easy", "recommend"), fewest=1), {"easy": 2}, None),
        (Score("top_two_box", ("effort",)), {"effort": "4"}, 100.0),
        (Score("top_box", ("effort",)), {"effort": "9", "effort.other": "7"}, None),
        (Score("mean", ("easy", "effort"), fewest=1), {"easy": 2, "effort": "9"}, 2.0),
        (Score("nps", ("recommend",)), {}, None),
    ],
    ids=str,
)
def test_a_score_is_what_its_formula_gives_by_hand(score, answers, expected):
    """Each rule on each kind of rating; a reversed item counts as low + high - rating; what lacks gives no score."""
    assert value(score, asked(), answers) == expected


LEVEL = Score("level", steps=(("drivers.quality",), ("drivers.price", "drivers.speed"), ("easy",)), reached_from=4)


@pytest.mark.parametrize(
    ("quality", "price", "speed", "easy", "expected"),
    [
        ("3", "5", "5", 5, 0.0),
        ("4", "3", "5", 5, 1.0),
        ("4", "5", "4", 3, 2.0),
        ("4", "5", "4", 4, 3.0),
        (None, "5", "5", 5, None),
        ("4", None, "5", 5, None),
        ("4", None, "1", 5, 1.0),
        ("1", None, None, None, 0.0),
        ("4", "4", "4", None, None),
    ],
)
def test_a_level_counts_the_steps_from_the_first_on(quality, price, speed, easy, expected):
    """A later step counts for nothing without the earlier; a missing answer only matters where it decides."""
    given = {"drivers.quality": quality, "drivers.price": price, "drivers.speed": speed, "easy": easy}
    assert value(LEVEL, asked(), given) == expected


def test_a_level_without_a_threshold_wants_the_highest_point():
    """And a reversed item is in place at its lowest."""
    plain = Score("level", steps=(("easy",),))
    turned = Score("level", steps=(("easy",),), reversed=("easy",))
    assert [value(plain, asked(), {"easy": n}) for n in (1, 4, 5)] == [0, 0, 1]
    assert [value(turned, asked(), {"easy": n}) for n in (1, 2, 5)] == [1, 0, 0]


def test_a_battery_stands_for_its_rows_and_has_bounds_where_its_options_are_whole_numbers():
    """A grid of codes, a semantic differential, a grid of words, and what is no rating at all."""
    assert columns(asked(), ("drivers", "easy")) == ("drivers.quality", "drivers.price", "drivers.speed", "easy")
    found = {each.id: bounds_of(each) for each in ITEMS}
    assert found == {
        "recommend": (0, 10),
        "satisfied": (1, 5),
        "helpful": (0, 1),
        "easy": (1, 5),
        "drivers": (1, 5),
        "image": (1, 7),
        "named": None,
        "effort": (1, 5),
        "why": None,
    }


BANDS = {"low": Band(1, {"en": "Low"}), "middle": Band(2.5, {"en": "Middle"}), "high": Band(4, {"en": "High"})}


@pytest.mark.parametrize(
    ("easy", "satisfied", "text", "own"),
    [(1, 1, "Low", 1.0), (2, 3, "Middle", 2.5), (4, 3, "Middle", 3.5), (4, 4, "High", 4.0), (4, None, "None", None)],
)
def test_a_respondent_is_told_the_text_of_the_band(easy, satisfied, text, own):
    """A band begins with its edge; whose answers do not suffice is told so; scores without words are not told."""
    mean = Score("mean", ("easy", "satisfied"), bands=BANDS, title={"en": "Ease"}, without={"en": "None"})
    silent = Score("nps", ("recommend",), bands={"all": Band(-100)})
    (only,) = told(asked(silent=silent, ease=mean), {"easy": easy, "satisfied": satisfied, "recommend": 9})
    assert (only.title, only.text, only.value, only.digits) == ({"en": "Ease"}, {"en": text}, own, 1)


def test_decimals_are_those_of_the_file_or_of_the_rule():
    """A mean is read with one decimal, what is counted with none."""
    decimals = [Score("mean").decimals, Score("level").decimals, Score("mean", digits=2).decimals]
    assert decimals == [1, 0, 2]
