"""Single and multiple choice, scales and grids: what is taken, and what is said instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing
from surveylab.questions import Person, grid, multiple, scale, single

Make = Callable[..., Item]
Answer = Callable[..., Any]
OPTIONS = {"phone": {"en": "By phone"}, "email": {"en": "By email"}, "none": {"en": "I did not contact you"}}
RATINGS = {"1": {"en": "Bad"}, "2": {"en": "Fair"}, "3": {"en": "Good"}}
ROWS = {"price": {"en": "The price", "de": "Der Preis"}, "speed": {"en": "The speed", "de": "Das Tempo"}}
UNKNOWN = {"q": "Select from the answers shown"}


def test_single_stores_the_code(make: Make, answer: Answer) -> None:
    """The answer is the code of the option, as text."""
    assert answer(make("single", options=RATINGS), "2") == ({"q": "2"}, {})


def test_single_refuses_a_code_that_was_not_shown(make: Make, answer: Answer) -> None:
    """A forged code is refused, and not repeated in the message."""
    assert answer(make("single", options=OPTIONS), "fax") == ({}, UNKNOWN)


def test_single_refuses_two_answers(make: Make, answer: Answer) -> None:
    """A name that was sent twice is refused, even with the same code."""
    assert answer(make("single", options=OPTIONS), "phone", "phone") == ({}, {"q": "Select only one answer"})


def test_required_says_what_to_select(make: Make, answer: Answer) -> None:
    """Each type names the answer that it asks for."""
    assert answer(make("single", required=True, options=OPTIONS))[1] == {"q": "Select one answer"}
    assert answer(make("multiple", required=True, options=OPTIONS))[1] == {"q": "Select at least one answer"}
    assert answer(make("scale", required=True, low=0, high=10))[1] == {"q": "Select a number from 0 to 10"}
    worded = make("scale", required=True, low=1, high=3, labels=RATINGS)
    assert answer(worded)[1] == {"q": "Select one answer"}


def test_multiple_joins_codes_in_the_order_of_the_options(make: Make, answer: Answer) -> None:
    """Whatever order a browser sends, what is stored has one order, and no code twice."""
    assert answer(make("multiple", options=OPTIONS), "email", "phone", "email") == ({"q": "phone email"}, {})


def test_multiple_keeps_exclusive_codes_apart(make: Make, answer: Answer) -> None:
    """An exclusive option alone is an answer; with another it is named in the message."""
    item = make("multiple", options=OPTIONS, exclusive=("none",))
    message = "Select only “I did not contact you”, or the other answers, not both"
    assert answer(item, "none") == ({"q": "none"}, {})
    assert answer(item, "phone", "none") == ({}, {"q": message})


def test_multiple_refuses_a_forged_code_among_others(make: Make, answer: Answer) -> None:
    """One unknown code spoils the answer; a code with a space cannot stand for two."""
    item = make("multiple", options=OPTIONS)
    assert answer(item, "phone", "fax") == ({}, UNKNOWN)
    assert answer(item, "phone email") == ({}, UNKNOWN)


def test_multiple_shows_each_code_again(make: Make) -> None:
    """Stored codes come apart where they were joined."""
    item = make("multiple", options=OPTIONS)
    assert multiple.entered(item, {"q": "phone none"}) == {"q": ["phone", "none"]}


def test_scale_stores_a_number(make: Make, answer: Answer) -> None:
    """The answer is a number in every direction of the scale; what is off the scale is refused."""
    for direction in ("ascending", "descending"):
        item = make("scale", low=-2, high=2, direction=direction)
        assert answer(item, "-2") == ({"q": -2}, {})
        assert answer(item, "3") == answer(item, "01") == answer(item, "1.0") == ({}, UNKNOWN)


def test_scale_direction_turns_the_display_only() -> None:
    """Descending shows the highest point first."""
    assert scale.Settings(0, 2).option_order() == ("0", "1", "2")
    assert scale.Settings(0, 2, direction="descending").option_order() == ("2", "1", "0")


def test_grid_stores_a_code_for_each_row(make: Make, answer: Answer) -> None:
    """Each row has its column; a row left blank is NO_ANSWER there and nowhere else."""
    item = make("grid", options=RATINGS, rows=ROWS)
    assert item.columns == ("q.price", "q.speed")
    assert answer(item, speed="3") == ({"q.price": Missing.NO_ANSWER, "q.speed": "3"}, {})


def test_grid_names_the_row_that_lacks_an_answer(make: Make, answer: Answer) -> None:
    """A required grid asks for each blank row by its text, in the language of the page."""
    item = make("grid", required=True, options=RATINGS, rows=ROWS)
    assert answer(item, price="1")[1] == {"q.speed": "Select one answer for “The speed”"}
    assert answer(item, price="1", language="de-AT")[1] == {"q.speed": "Wählen Sie eine Antwort für „Das Tempo“ aus"}


def test_row_text_is_never_read_as_a_format(make: Make, answer: Answer) -> None:
    """Braces in an author's text stand in the message as they are; a fill gives its fallback."""
    item = make("grid", required=True, options=RATINGS, rows={"odd": {"en": "{unit.city|The city} {0} {}"}})
    assert answer(item)[1] == {"q.odd": "Select one answer for “The city {0} {}”"}


def test_a_straightliner_rates_all_rows_alike(make: Make) -> None:
    """Straightlining gives one code in all rows, always; others vary around their leaning."""
    item = make("grid", options=RATINGS, rows={f"r{n}": {"en": "x"} for n in range(12)})

    def distinct(straightlines: bool) -> list[int]:
        rng = np.random.default_rng(11)
        people = [Person(float(rng.standard_normal()), straightlines) for _ in range(50)]
        return [len({codes[0] for codes in grid.simulate(item, person, rng).values()}) for person in people]

    assert set(distinct(True)) == {1}
    assert np.mean(distinct(False)) > 1.5


def test_ratings_follow_location_and_spread(make: Make) -> None:
    """A rating is clip(round(location + spread * leaning)); the mean comes back within sampling error."""
    item = make("scale", low=0, high=10)
    rng = np.random.default_rng(5)
    leanings = rng.standard_normal(4000)
    rated = [int(scale.simulate(item, Person(float(x), location=5.0, spread=1.5), rng)["q"][0]) for x in leanings]
    assert abs(np.mean(rated) - 5.0) < 3.29 * 1.53 / np.sqrt(4000)  # z of 0.001; the sd counts rounding in
    assert scale.simulate(item, Person(9.0, location=7.6, spread=2.0), rng) == {"q": ["10"]}


def test_leanings_spread_over_options_evenly(make: Make) -> None:
    """Without location, standard normal leanings make ordered options equally popular, in their order."""
    item = make("single", options=RATINGS)
    rng = np.random.default_rng(6)
    leanings = np.sort(rng.standard_normal(3000))
    codes = [single.simulate(item, Person(float(x)), rng)["q"][0] for x in leanings]
    assert codes == sorted(codes)
    counts = np.array([codes.count(code) for code in RATINGS])
    assert ((counts - 1000) ** 2 / 1000).sum() < 13.8  # chi-square, 2 df, p = 0.001


def test_multiple_is_chosen_more_often_by_those_who_lean_more(make: Make) -> None:
    """Every synthetic respondent selects something that the form takes, more of it with a higher leaning."""
    item = make("multiple", options=OPTIONS, exclusive=("none",))
    rng = np.random.default_rng(2)
    few, many = ([multiple.simulate(item, Person(x), rng)["q"] for _ in range(300)] for x in (-2.0, 2.0))
    assert sum("none" in codes for codes in few) > sum("none" in codes for codes in many)
    assert all(codes for codes in few + many)


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: single.Settings({}), "at least 2 options"),
        (lambda: single.Settings({"1": {"en": "x"}}), "at least 2 options"),
        (lambda: single.Settings(OPTIONS | {"by fax": {"en": "x"}}), "'by fax' cannot be stored"),
        (lambda: single.Settings(OPTIONS | {"": {"en": "x"}}), "'' cannot be stored"),
        (lambda: single.Settings(OPTIONS | {"x" * 65: {"en": "x"}}), "at most 64 characters"),
        (lambda: single.Settings(OPTIONS | {"fax": {"en": " "}}), "option 'fax' has no text"),
        (lambda: single.Settings(OPTIONS | {"fax": {}}), "option 'fax' has no text"),
        (lambda: multiple.Settings(OPTIONS, ("nothing",)), "exclusive 'nothing' is not an option; there are: phone"),
        (lambda: scale.Settings(5, 5), "low 5 is not below high 5"),
        (lambda: scale.Settings(0, 100), "101 points are too many"),
        (lambda: scale.Settings(0, 10, {"11": {"en": "x"}}), "label '11' is not on the scale"),
        (lambda: scale.Settings(0, 10, {"0": {"en": ""}}), "label '0' has no text"),
        (lambda: grid.Settings(RATINGS, {}), "at least one row"),
        (lambda: grid.Settings(RATINGS, {"the.price": {"en": "x"}}), "row 'the.price' cannot be stored"),
        (lambda: grid.Settings({}, ROWS), "at least 2 options"),
    ],
)
def test_settings_that_cannot_work_are_refused(build: Callable[[], object], match: str) -> None:
    """What contradicts itself, or cannot be stored or shown, is refused when the file is read."""
    with pytest.raises(ValueError, match=match):
        build()
