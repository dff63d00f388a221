"""What one case is shown: sets, sections, pages, items and options in the order of that case."""

from __future__ import annotations

from collections import Counter

import pytest

from surveylab.design.orders import Chance
from surveylab.design.presentation import presented
from surveylab.spec.instruments import read_instrument
from surveylab.spec.parsing import parse

TEXT = """
format: 1
title: Orders
version: "1"
languages: [en]
introduction: Welcome.
thanks: Thanks.
contact: help@example.org
order: random
sections:
  - {id: s, pages: [p, q], order: flip}
  - {id: t, pages: [r]}
pages:
  - {id: p, items: [a, b, c], order: random, pinned: [c]}
  - {id: q, items: [d, e]}
  - {id: r, items: [f, g]}
items:
  - {id: a, type: single, text: A?, options: {1: x, 2: y, 3: z}, order: random, pinned: ["3"]}
  - {id: b, type: grid, text: B?, options: {1: x, 2: y}, rows: {k: K, l: L, m: M}, row_order: random, order: flip}
  - {id: c, type: scale, text: C?, low: 1, high: 5, direction: random}
  - {id: d, type: multiple, text: D?, options: {1: x, 2: y, none: None}, exclusive: [none], order: random}
  - {id: e, type: ranking, text: E?, options: {1: x, 2: y, 3: z}, order: rotate}
  - {id: f, type: semantic_differential, text: F?, rows: {u: [Slow, Fast], v: [Cold, Warm]}, row_order: random}
  - {id: g, type: constant_sum, text: G?, options: {u: One, v: Two, w: Three}, order: latin}
sets:
  - {id: planned, sets: {one: [d], two: [e], three: [d, e]}}
"""


@pytest.fixture(scope="module")
def instrument():
    """Chance decides about everything in it."""
    node, faults = parse(TEXT, "orders.yaml")
    reading = read_instrument(node)
    assert not faults
    assert not reading.faults
    return reading.instrument


def shown(instrument, unit):
    """What a unit is shown."""
    return presented(instrument, Chance("seed", f"u{unit}"))


def test_everything_is_still_there_in_some_order(instrument):
    """Pages are those of the file, and what is not of a set that was not drawn is asked."""
    for unit in range(200):
        mine = shown(instrument, unit).instrument
        assert sorted(page.id for page in mine.pages) == ["p", "q", "r"]
        items = [item for page in mine.pages for item in page.items]
        kept = set(next(draw.value for draw in shown(instrument, unit).draws if draw.name == "sets.planned").split())
        wanted = {"one": {"d"}, "two": {"e"}, "three": {"d", "e"}}[kept.pop()]
        assert set(items) == {"a", "b", "c", "f", "g"} | wanted
        assert len(items) == len(set(items))


def test_what_is_pinned_or_fixed_stays(instrument):
    """Pinned items and options keep their place; pages of one section stay together."""
    for unit in range(100):
        mine = shown(instrument, unit).instrument
        assert mine.page("p").items[2] == "c"
        assert mine.item("a").settings.option_order()[2] == "3"
        assert mine.item("d").settings.option_order()[2] == "none"
        pages = [page.id for page in mine.pages]
        assert abs(pages.index("p") - pages.index("q")) == 1


def test_every_draw_is_told_with_its_name(instrument):
    """A draw for each thing that chance decides, and none for what it does not."""
    names = {draw.name for draw in shown(instrument, 1).draws}
    everything = {"sets.planned", "sections", "pages.s", "items.p", "options.a", "rows.b", "options.b", "points.c"}
    assert names == everything | {"options.d", "options.e", "rows.f", "options.g"}


def test_draws_agree_with_what_is_shown(instrument):
    """The value of a draw is the order in which its members stand."""
    for unit in range(50):
        mine = shown(instrument, unit)
        by_name = {draw.name: draw.value.split() for draw in mine.draws}
        item = mine.instrument.item
        assert by_name["options.a"] == list(item("a").settings.option_order())
        assert by_name["rows.b"] == list(item("b").settings.rows)
        assert by_name["points.c"] == list(item("c").settings.option_order())
        assert by_name["items.p"] == list(mine.instrument.page("p").items)
        pages = [page.id for page in mine.instrument.pages]
        assert by_name["sections"] == (["s", "t"] if pages[2] == "r" else ["t", "s"])


def test_codes_and_columns_do_not_depend_on_the_order(instrument):
    """The same columns and codes are stored in any order."""
    for unit in range(30):
        mine = shown(instrument, unit).instrument
        for item in mine.items:
            assert sorted(item.columns) == sorted(instrument.item(item.id).columns)
            assert sorted(item.settings.option_order()) == sorted(instrument.item(item.id).settings.option_order())


def test_an_instrument_without_chance_has_no_draws(instrument):
    """Reversed orders and fixed ones are no draws, and are shown to everybody."""
    node, _ = parse(
        TEXT.replace("random", "fixed")
        .replace("flip", "reversed")
        .replace("rotate", "fixed")
        .replace("latin", "fixed")
        .replace("direction: fixed", "direction: ascending")
        .split("sets:")[0],
        "orders.yaml",
    )
    still = read_instrument(node).instrument
    mine = presented(still, Chance("seed", "anybody"))
    assert mine.draws == ()
    assert [page.id for page in mine.instrument.pages] == ["q", "p", "r"]
    assert mine.instrument.item("b").settings.option_order() == ("2", "1")


def test_scales_are_turned_for_half_of_the_cases(instrument):
    """A random direction is one of the two, and settled for the case."""
    directions = Counter(shown(instrument, unit).instrument.item("c").settings.direction for unit in range(400))
    assert set(directions) == {"ascending", "descending"}
    assert abs(directions["ascending"] - 200) < 4.5 * 10
