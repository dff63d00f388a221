"""What synthetic respondents enter for one item, whatever its type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from surveylab import registry, simulate
from surveylab.design.instrument import Item
from surveylab.words import Language

OPTIONS = {code: {"en": code} for code in ("a", "b", "c")}
POLES = {row: ({"en": "Slow"}, {"en": "Fast"}) for row in ("x", "y", "z")}
KINDS: dict[str, dict[str, Any]] = {
    "constant_sum": {"options": OPTIONS},
    "ranking": {"options": OPTIONS},
    "date": {},
    "semantic_differential": {"rows": POLES},
    "grid": {"options": OPTIONS, "rows": OPTIONS},
    "multiple": {"options": OPTIONS, "other": {"else": {"en": "Else"}}},
}


def item(kind: str, required: bool = False, **settings: Any) -> Item:
    """An item called ``q``."""
    return Item(
        "q", kind, {"en": "?"}, required=required, settings=registry.load("questions", kind).Settings(**settings)
    )


def person(number: int, blank: float = 0.5, **how: Any) -> simulate.Behaviour:
    """Somebody who leaves much blank."""
    rng = np.random.default_rng(number)
    known: dict[str, Any] = {"rating": None, "rated": frozenset(), **how}
    leaning = float(rng.standard_normal())
    return simulate.Behaviour(True, None, {}, straightlines=False, leaning=leaning, blank=blank, rng=rng, **known)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("required", [False, True])
def test_whatever_is_left_blank_the_form_takes_the_rest(kind: str, required: bool) -> None:
    """Half of a sum or of a date never goes in; a required item is never left blank; both kinds of people occur."""
    asked = item(kind, required, **KINDS[kind])
    answered = 0
    for number in range(60):
        sent = simulate.answer(asked, person(number))
        form = BaseForm(registry.load("questions", kind).fields(asked, Language("en")))
        form.process(MultiDict([(column, value) for column, values in sent.items() for value in values]))
        assert form.validate(), form.errors
        answered += bool(sent)
    assert answered == 60 if required else 5 < answered < 60


def test_rows_of_a_battery_are_left_blank_one_by_one() -> None:
    """Some people answer some rows; the amounts of a sum come all or none."""
    battery, amounts = (item(kind, **KINDS[kind]) for kind in ("semantic_differential", "constant_sum"))
    assert {len(simulate.answer(battery, person(number))) for number in range(60)} == {0, 1, 2, 3}
    assert {len(simulate.answer(amounts, person(number))) for number in range(60)} == {0, 3}


@pytest.mark.parametrize("kind", ["nps", "scale", "slider"])
def test_the_assumed_score_is_about_the_items_that_are_rated(kind: str) -> None:
    """On those ratings lie around it; any other item is answered by the leaning alone."""
    asked = item(kind, **({} if kind == "nps" else {"low": 0, "high": 10}))

    def mean(**how: Any) -> float:
        ratings = [simulate.answer(asked, person(number, blank=0.0, **how))["q"][0] for number in range(400)]
        return float(np.mean([int(rating) for rating in ratings]))

    assert abs(mean(rating=8.0, rated=frozenset({"q"})) - 7.9) < 0.4  # four standard errors of 2.2 / 20
    assert abs(mean(rating=8.0) - 5.0) < 0.7
