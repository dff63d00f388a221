"""Ranking, constant sum and semantic differential: answers whose parts hang together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing
from surveylab.questions import Person, constant_sum, ranking, semantic_differential

Make = Callable[..., Item]
Answer = Callable[..., Any]
OPTIONS = {"price": {"en": "The price", "de": "Der Preis"}, "speed": {"en": "The speed"}, "care": {"en": "The care"}}
POLES = {"speed": ({"en": "Slow"}, {"en": "Fast"}), "tone": ({"en": "Distant"}, {"en": "Friendly"})}


def test_a_ranking_is_stored_in_the_order_of_ranks(make: Make, answer: Answer) -> None:
    """Whatever order the lists are sent in, the first rank stands first."""
    item = make("ranking", options=OPTIONS)
    for sent in permutations(("2 price", "3 speed", "1 care")):
        assert answer(item, *sent) == ({"q": "care price speed"}, {})


def test_each_rank_is_given_once(make: Make, answer: Answer) -> None:
    """A rank given twice, one left out, an option ranked twice: the message names the rank to change."""
    item = make("ranking", options=OPTIONS)
    assert answer(item, "1 price", "1 speed", "2 care") == ({}, {"q": "Give rank 1 to one answer only"})
    assert answer(item, "1 price", "", "3 care") == ({}, {"q": "Give rank 2 to one of the answers"})
    assert answer(item, "1 price", "2 price", "3 care") == ({}, {"q": "Give each rank from 1 to 3 to one answer"})
    assert answer(item, "1 price", "4 care") == ({}, {"q": "Select from the answers shown"})


def test_a_partial_ranking_takes_the_top_ranks_only(make: Make, answer: Answer) -> None:
    """With ``top: 2`` two options are ranked, no fewer and no more."""
    item = make("ranking", options=OPTIONS, top=2, required=True)
    assert answer(item, "2 price", "", "1 care") == ({"q": "care price"}, {})
    assert answer(item, "1 price", "", "")[1] == {"q": "Give rank 2 to one of the answers"}
    assert answer(item, "3 price")[1] == {"q": "Select from the answers shown"}
    assert answer(item, "", "", "")[1] == {"q": "Give each rank from 1 to 2 to one answer"}


def test_a_stored_ranking_is_shown_option_by_option(make: Make) -> None:
    """Each option gets its rank back, in the order of the options."""
    item = make("ranking", options=OPTIONS, top=2)
    assert ranking.entered(item, {"q": "care price"}) == {"q": ["2 price", "1 care"]}


def test_simulated_rankings_differ_and_favour_what_is_listed_first(make: Make) -> None:
    """Every order occurs; the first option comes first most often. Straightliners keep the order of the list."""
    item = make("ranking", options=OPTIONS)
    rng = np.random.default_rng(4)
    orders = [tuple(sorted(ranking.simulate(item, Person(0.0), rng)["q"])) for _ in range(600)]
    assert len(set(orders)) == 6
    first = [order[0].split()[1] for order in orders]
    assert first.count("price") > first.count("care")
    straight = ranking.simulate(item, Person(0.0, straightlines=True), rng)
    assert straight == {"q": ["1 price", "2 speed", "3 care"]}


def test_amounts_that_add_up_are_stored(make: Make, answer: Answer) -> None:
    """A blank beside amounts is 0; thousands may be set apart."""
    item = make("constant_sum", options=OPTIONS, total=2000)
    stored = {"q.price": 1500, "q.speed": 500, "q.care": 0}
    assert answer(item, price="1,500", speed=" 500 ") == (stored, {})


def test_amounts_that_do_not_add_up_say_what_they_are_and_have_to_be(make: Make, answer: Answer) -> None:
    """One message, at the first option, with both sums; a fault in one amount comes before the sum."""
    item = make("constant_sum", options=OPTIONS)
    wrong = "Change the amounts so that they add up to 100. They add up to 90 now."
    assert answer(item, price="40", speed="50") == ({}, {"q.price": wrong})
    assert answer(item, speed="90")[1] == {"q.price": wrong}
    amount = "Enter a whole number from 0 to 100 for “The speed”"
    for typed in ("many", "101", "-1", "2.5"):
        assert answer(item, price="40", speed=typed) == ({}, {"q.speed": amount})


def test_a_constant_sum_may_be_left_blank_as_a_whole(make: Make, answer: Answer) -> None:
    """Nothing at all is NO_ANSWER everywhere; all zeros are a wrong sum."""
    item = make("constant_sum", options=OPTIONS)
    assert set(answer(item)[0].values()) == {Missing.NO_ANSWER}
    assert "They add up to 0 now." in answer(item, price="0")[1]["q.price"]


def test_simulated_amounts_add_up(make: Make) -> None:
    """Rounding never misses the total, however small it is."""
    rng = np.random.default_rng(8)
    for total in (1, 7, 100):
        item = make("constant_sum", options=OPTIONS, total=total)
        for straightlines in (False, True):
            given = constant_sum.simulate(item, Person(0.2, straightlines), rng)
            assert sum(int(amounts[0]) for amounts in given.values()) == total


def test_a_differential_stores_the_point_of_each_row(make: Make, answer: Answer) -> None:
    """1 is at the left pole; a row is named by both of its poles."""
    item = make("semantic_differential", rows=POLES, required=True)
    assert item.columns == ("q.speed", "q.tone")
    assert answer(item, speed="1", tone="7") == ({"q.speed": 1, "q.tone": 7}, {})
    assert answer(item, speed="1")[1] == {"q.tone": "Select one answer for “Distant – Friendly”"}
    assert answer(item, speed="8", tone="1")[1] == {"q.speed": "Select from the answers shown"}


def test_a_straightliner_rates_all_rows_of_a_differential_alike(make: Make) -> None:
    """The same point in all rows, whatever chance says."""
    item = make("semantic_differential", rows={f"r{n}": POLES["tone"] for n in range(12)})
    given = semantic_differential.simulate(item, Person(0.3, straightlines=True), np.random.default_rng(3))
    assert len({points[0] for points in given.values()}) == 1


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: ranking.Settings(OPTIONS, top=4), "top 4 does not fit 3 options"),
        (lambda: ranking.Settings(OPTIONS, top=0), "top 0 does not fit"),
        (lambda: ranking.Settings({}), "at least 2 options"),
        (lambda: constant_sum.Settings(OPTIONS, total=0), "total 0 cannot be shared out"),
        (lambda: constant_sum.Settings(OPTIONS | {"1": {"en": "x"}}), "row '1' cannot be stored"),
        (lambda: semantic_differential.Settings({}), "at least one row"),
        (lambda: semantic_differential.Settings({"a": ({"en": "x"}, {"en": ""})}), "row 'a' has no text"),
        (lambda: semantic_differential.Settings(POLES, points=2), "points 2 cannot be shown; write 3 to 11"),
    ],
)
def test_settings_that_cannot_work_are_refused(build: Callable[[], object], match: str) -> None:
    """What cannot be ranked, shared out or placed is refused when the file is read."""
    with pytest.raises(ValueError, match=match):
        build()
