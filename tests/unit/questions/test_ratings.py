"""Ratings with points of their own: what they store, ask for, and refuse to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing
from surveylab.questions import ces, csat, nps, slider, smileys, stars, thumbs
from surveylab.words import LANGUAGES

Make = Callable[..., Item]
Answer = Callable[..., Any]
KINDS = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 5), "stars": (1, 5), "smileys": (1, 5), "thumbs": (0, 1)}


@pytest.mark.parametrize(("kind", "bounds"), KINDS.items(), ids=KINDS)
def test_every_point_is_a_number_and_nothing_else_is_taken(
    make: Make, answer: Answer, kind: str, bounds: tuple[int, int]
) -> None:
    """From the lowest to the highest point the number is stored; one further is refused."""
    item, (low, high) = make(kind), bounds
    assert item.settings.bounds() == bounds  # type: ignore[union-attr]
    assert [answer(item, str(point))[0]["q"] for point in range(low, high + 1)] == list(range(low, high + 1))
    for outside in (low - 1, high + 1):
        assert answer(item, str(outside)) == ({}, {"q": "Select from the answers shown"})


def test_a_required_rating_says_what_to_select(make: Make, answer: Answer) -> None:
    """Where points have words one selects an answer, where they have numbers a number."""
    assert answer(make("nps", required=True))[1] == {"q": "Select a number from 0 to 10"}
    assert answer(make("stars", required=True))[1] == {"q": "Select one answer"}


@pytest.mark.parametrize("settings", [nps, csat, ces, stars, smileys, thumbs])
def test_the_words_that_come_along_are_in_every_language(settings: Any) -> None:
    """Each label is written in each language of the messages, and no two points of a language share one."""
    labels = settings.Settings().labels
    assert all(tuple(label) == LANGUAGES for label in labels.values())
    for language in LANGUAGES:
        assert len({label[language] for label in labels.values()}) == len(labels)


def test_stars_are_counted_for_those_who_hear_them() -> None:
    """The third star is called by its place among five."""
    assert stars.Settings().labels["3"]["en"] == "3 of 5 stars"
    assert stars.Settings().labels["1"]["fr"] == "1 étoile sur 5"


def test_direction_turns_the_display_only() -> None:
    """Descending shows the highest point first; the bounds stay."""
    turned = nps.Settings(direction="descending")
    assert turned.option_order() == tuple(str(point) for point in range(10, -1, -1))
    assert turned.bounds() == (0, 10)


def test_thumbs_show_up_before_down() -> None:
    """Up is the first of the two."""
    assert thumbs.Settings().option_order() == ("1", "0")


def test_a_slider_takes_any_whole_number_between_its_ends(make: Make, answer: Answer) -> None:
    """What is typed need not be a stop of the line; beyond the ends, decimals and words are refused."""
    item = make("slider", low=-10, high=10, step=5)
    assert [answer(item, typed)[0]["q"] for typed in ("-10", "3", "10", " 4 ")] == [-10, 3, 10, 4]
    for typed in ("11", "2.5", "warm"):
        assert answer(item, typed) == ({}, {"q": "Enter a whole number between -10 and 10"})
    assert answer(item, "") == ({"q": Missing.NO_ANSWER}, {})


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: nps.Settings({"11": {"en": "x"}}), "label '11' is not on the scale; label whole numbers from 0 to 10"),
        (lambda: nps.Settings({"0": {"en": " "}}), "label '0' has no text"),
        (lambda: csat.Settings({"1": {"en": "x"}}), "labels leave out '2', '3', '4', '5'"),
        (lambda: slider.Settings(5, 5), "low 5 is not below high 5"),
        (lambda: slider.Settings(0, 100, 30), "step 30 does not lead from 0 to 100"),
        (lambda: slider.Settings(0, 100, 0), "step 0 does not lead"),
        (lambda: slider.Settings(labels={"50": {"en": "x"}}), "label '50' is no end of the line"),
        (lambda: slider.Settings(labels={"0": {}}), "label '0' has no text"),
    ],
)
def test_settings_that_cannot_work_are_refused(build: Callable[[], object], match: str) -> None:
    """Labels off the scale and lines that lead nowhere are refused when the file is read."""
    with pytest.raises(ValueError, match=match):
        build()
