"""Reaching into the design by path: reading, replacing, and the arms of a factorial."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.factors import (
    Arm,
    Factor,
    Level,
    children,
    full_factorial,
    marginals,
    under,
    value_at,
    with_values,
)


@dataclass(frozen=True)
class Ends:
    """Settings that make sense together only."""

    low: int = 0
    high: int = 10

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError("low is not below high")


@dataclass(frozen=True)
class Thing:
    """A member that is found by its id, with settings behind its own fields."""

    id: str
    text: Any = "?"
    settings: Any = field(default_factory=Ends)


@dataclass(frozen=True)
class Root:
    """What paths lead into."""

    things: tuple[Thing, ...]
    words: Any


def _root() -> Root:
    return Root((Thing("a", MappingProxyType({"en": "A"})), Thing("b")), MappingProxyType({"x": Thing("y")}))


VALUES = st.one_of(st.integers(-9, 9), st.text(max_size=3), st.tuples(st.integers()))
PATHS = ["things.a.text", "things.a.text.en", "things.b.settings", "words.x.text", "words.x", "things"]


@given(st.sampled_from(PATHS), VALUES)
def test_what_is_put_at_a_path_is_found_there_and_nothing_else_changes(path, value):
    """value_at after with_values gives the value; the root is never changed, and putting the old back restores it."""
    root, before = _root(), _root()
    changed = with_values(root, [(path, value)])
    assert value_at(changed, path) == value
    assert root == before
    assert with_values(changed, [(path, value_at(root, path))]) == root


@pytest.mark.parametrize(
    "path", ["nothing", "things.c", "things.a.txt", "things.a.text.de", "words.x.id.more", "things.0"]
)
def test_a_step_that_does_not_exist_is_a_key_error_that_names_it(path):
    """Neither reading nor replacing makes a field up."""
    step = path.rpartition(".")[2]
    with pytest.raises(KeyError, match=step):
        value_at(_root(), path)
    with pytest.raises(KeyError, match=step):
        with_values(_root(), [(path, 1)])


def test_fields_that_make_sense_together_are_set_together():
    """Each dataclass on the way is made once, so its own check sees all new values."""
    both = [("things.a.low", 20), ("things.a.high", 30), ("things.b.text", "B")]
    changed = with_values(_root(), both)
    assert [value_at(changed, path) for path, _ in both] == [20, 30, "B"]
    with pytest.raises(ValueError, match="not below"):
        with_values(_root(), [("things.a.low", 20)])


def test_no_change_gives_the_same_value():
    """An arm without levels gets the design as it is."""
    assert with_values(_root(), []) == _root()


def test_the_steps_that_lead_on_are_told():
    """Fields, keys, ids, and settings as if they were the fields of their owner."""
    assert list(children(_root())) == ["things", "words"]
    assert list(children(_root().things)) == ["a", "b"]
    assert list(children(_root().things[0])) == ["id", "text", "low", "high"]
    assert list(children("text")) == []


def test_a_factorial_has_every_combination_with_exact_probabilities():
    """The last factor moves fastest; probabilities multiply and sum to exactly 1."""
    thirds = tuple(Level(name, (), Fraction(1, 3)) for name in "abc")
    halves = (Level("x", (), Fraction(3, 10)), Level("y", (), Fraction(7, 10)))
    arms = full_factorial([Factor("first", (), thirds), Factor("second", (), halves)])
    assert [arm.key for arm in arms][:3] == ["first=a·second=x", "first=a·second=y", "first=b·second=x"]
    assert arms[0].mapping == {"first": "a", "second": "x"}
    assert sum(arm.probability for arm in arms) == 1
    assert marginals(arms)["first", "b"] == Fraction(1, 3)
    assert marginals(arms)["second", "y"] == Fraction(7, 10)


def test_a_factorial_of_nothing_is_one_arm():
    """Without factors everybody gets the same."""
    (arm,) = full_factorial([])
    assert (arm.key, arm.probability) == ("", 1)


def test_levels_are_found_by_name():
    """The names stand in the order of the file."""
    factor = Factor("f", (), (Level("b", (), Fraction(1, 2)), Level("a", (), Fraction(1, 2))))
    assert factor.level_names == ("b", "a")
    assert factor.level("a") is factor.levels[1]
    with pytest.raises(KeyError, match="c"):
        factor.level("c")


def test_what_the_arms_become_where_everybody_gets_one_level() -> None:
    """The other factor keeps its shares, in a combination that is no arm too; the same arms are added up."""
    pairs = (("a", "x"), ("a", "y"), ("b", "y"))
    arms = [
        Arm((("f", f), ("g", g)), share)
        for (f, g), share in zip(pairs, map(Fraction, ("1/2", "1/3", "1/6")), strict=True)
    ]
    one = under(arms, "f", "b")
    assert {arm.key: arm.probability for arm in one} == {"f=b·g=x": Fraction(1, 2), "f=b·g=y": Fraction(1, 2)}
