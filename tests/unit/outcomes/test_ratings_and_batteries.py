"""Which items are ratings and batteries is said by their settings, not by the names of their types."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from surveylab import registry
from surveylab.design.cases import Answer, CaseRecord
from surveylab.design.dispositions import share_answered
from surveylab.design.factors import Arm
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.design.terms import Missing, Value

WORDED = {str(point): {"en": f"Point {point}"} for point in (1, 2, 3)}
NAMED = {"yes": {"en": "Yes"}, "no": {"en": "No"}}
ROWS = {row: {"en": row} for row in ("a", "b", "c")}
POLES = {row: ({"en": "Slow"}, {"en": "Fast"}) for row in ROWS}
BOUNDS: list[tuple[str, dict[str, Any], tuple[int, int] | None]] = [
    ("scale", {"low": -2, "high": 2}, (-2, 2)),
    ("nps", {}, (0, 10)),
    ("csat", {}, (1, 5)),
    ("ces", {}, (1, 5)),
    ("stars", {}, (1, 5)),
    ("smileys", {}, (1, 5)),
    ("thumbs", {}, (0, 1)),
    ("slider", {"low": 10, "high": 90}, (10, 90)),
    ("single", {"options": WORDED}, (1, 3)),
    ("single", {"options": NAMED}, None),
    ("single", {"options": WORDED, "other": {"else": {"en": "Else"}}}, (1, 3)),
    ("single", {"options": WORDED, "other": {"9": {"en": "Else"}}}, (1, 3)),
    ("check", {"options": WORDED, "expected": "2"}, None),
    ("multiple", {"options": WORDED}, None),
    ("grid", {"options": WORDED, "rows": ROWS}, None),
    ("semantic_differential", {"rows": POLES}, None),
    ("number", {"low": 0, "high": 10}, None),
    ("note", {}, None),
]


def item(kind: str, **settings: Any) -> Item:
    """An item called ``q``."""
    return Item("q", kind, {"en": "?"}, settings=registry.load("questions", kind).Settings(**settings))


def record(asked: Item, answers: dict[str, Value | Missing]) -> CaseRecord:
    """A case that was asked one item."""
    text = {"en": "x"}
    instrument = Instrument("test", text, "1", ("en",), text, text, "nobody", (Page("one", ("q",)),), (asked,))
    kept = {column: Answer("q", column, value, 1) for column, value in answers.items()}
    arm = Arm((("wording", "plain"),), Fraction(1))
    return CaseRecord(1, arm, instrument, (), kept, {}, {}, complete_from=0.8, partial_from=0.5)


@pytest.mark.parametrize(("kind", "settings", "bounds"), BOUNDS, ids=str)
def test_an_item_is_a_rating_where_its_settings_say_so(
    kind: str, settings: dict[str, Any], bounds: tuple[int, int] | None
) -> None:
    """Its bounds are those of its points; the score takes it exactly then."""
    asked = item(kind, **settings)
    assert asked.bounds == bounds
    fault = registry.load("outcomes", "score").fault(record(asked, {}).instrument, "q")
    assert (fault is None) is (bounds is not None)


def test_the_score_and_the_top_box_read_new_ratings() -> None:
    """Five stars are a top box of 1, four a score of 4; an NPS item has its score; thumbs up are counted."""
    top_box, score, nps = (registry.load("outcomes", name) for name in ("top_box", "score", "nps"))
    assert top_box.compute(record(item("stars"), {"q": 5}), "q") == 1.0
    assert score.compute(record(item("csat"), {"q": 4}), "q") == 4.0
    assert nps.fault(record(item("nps"), {}).instrument, "q") is None
    assert nps.compute(record(item("nps"), {"q": 10}), "q") == 100.0
    assert top_box.compute(record(item("thumbs"), {"q": 0}), "q") == 0.0
    assert score.compute(record(item("nps", dont_know=True), {"q": Missing.DONT_KNOW}), "q") is None


@pytest.mark.parametrize("code", ["else", "9", "0"])
def test_the_other_option_is_no_rating(code: str) -> None:
    """Whatever its code: who chose it has rated nothing, and the highest point is that of the scale."""
    asked = item("single", options=WORDED, other={code: {"en": "Else"}})
    for name, low, high in (("top_box", 0.0, 1.0), ("top_two_box", 0.0, 1.0), ("score", 1.0, 3.0)):
        outcome = registry.load("outcomes", name)
        found = [outcome.compute(record(asked, {"q": each}), "q") for each in ("1", "3", code)]
        assert found == [low, high, None]


@pytest.mark.parametrize("codes", [("1", "3", "5"), ("-1", "1", "2")])
def test_top_boxes_are_refused_where_points_have_gaps(codes: tuple[str, ...]) -> None:
    """Which point is the second highest is not said by its number; the mean is as good as before."""
    asked = record(item("single", options={code: {"en": code} for code in codes}), {}).instrument
    assert registry.load("outcomes", "score").fault(asked, "q") is None
    for name in ("top_box", "top_two_box"):
        fault = registry.load("outcomes", name).fault(asked, "q")
        assert fault is not None
        assert "has none that is" in fault


@pytest.mark.parametrize(
    "asked", [item("grid", options=WORDED, rows=ROWS), item("semantic_differential", rows=POLES)], ids=str
)
def test_every_battery_can_be_straightlined(asked: Item) -> None:
    """Rows on one scale make a battery, whatever its type is called; a constant sum is none."""
    straightlining = registry.load("outcomes", "straightlining")
    assert asked.is_battery
    assert straightlining.compute(record(asked, dict.fromkeys(asked.columns, 2)), "q") == 1.0
    assert not item("constant_sum", options=ROWS).is_battery


def test_explicit_reasons_are_no_blanks() -> None:
    """Who does not know or refuses did not leave the question blank; what was not asked is not counted at all."""
    nonresponse = registry.load("outcomes", "item_nonresponse")
    asked = item("single", options=NAMED, other={"else": {"en": "Else"}}, dont_know=True, refuse=True)
    for reason, share in ((Missing.DONT_KNOW, 0.0), (Missing.REFUSED, 0.0), (Missing.NO_ANSWER, 1.0)):
        case = record(asked, {"q": reason, "q.other": Missing.NOT_ASKED})
        assert nonresponse.compute(case, "q") == share
    assert nonresponse.compute(record(asked, {"q": "else", "q.other": Missing.NO_ANSWER}), "q") == 0.5


def test_a_text_that_was_not_asked_for_is_not_missing() -> None:
    """Who chose another option than the other one has answered the whole item."""
    asked = item("single", options=NAMED, other={"else": {"en": "Else"}})
    assert share_answered(record(asked, {"q": "yes", "q.other": Missing.NOT_ASKED})) == 1.0
    assert share_answered(record(asked, {"q": "else", "q.other": Missing.NO_ANSWER})) == 0.5
