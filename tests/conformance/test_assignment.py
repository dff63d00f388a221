"""Every assignment scheme in the folder keeps the contract of the folder."""

import re
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from surveylab import registry
from surveylab.assignment import Assigned, CaseView
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.randomness import stream

SIZE, DRAWS = 11, 2_000
EXAMPLES: dict[str, Any] = {"blocks": ("region",)}
"""What a field of Settings that has no default is set to here; a scheme with a new one adds it."""
ARMS = [Arm((("f", name),), p) for name, p in zip("abc", map(Fraction, ("1/2", "1/3", "1/6")), strict=True)]

schemes = pytest.mark.parametrize("scheme", registry.names("assignment"))


def cases() -> CaseView:
    """Cases with a field to block by."""
    place = np.arange(SIZE)
    return CaseView(np.array([f"unit-{each:03}" for each in place]), {"region": np.array(["s", "n", "n"])[place % 3]})


def an_example(module: Any) -> Any:
    """Settings of a scheme with every required field set."""
    required = [
        field.name for field in fields(module.Settings) if field.default is MISSING and field.default_factory is MISSING
    ]
    return module.Settings(**{name: EXAMPLES[name] for name in required})


def assigned(scheme: str, seed: str, view: CaseView | None = None, arms: list[Arm] = ARMS) -> Assigned:
    """One assignment by a scheme with its example settings."""
    module = registry.load("assignment", scheme)
    return module.assign(cases() if view is None else view, arms, an_example(module), stream(seed), seed)


def test_there_are_schemes() -> None:
    """The folder is found, so that the tests below are not empty."""
    assert {"blocked", "complete", "hashed"} <= set(registry.names("assignment"))


@schemes
def test_the_contract(scheme: str) -> None:
    """The module has what the Protocol asks for, a source, and frozen Settings; it names fields it needs."""
    module = registry.load("assignment", scheme)
    assert re.search(r"\b(1[89]|20)\d\d\b", module.__doc__), "the docstring names its source with a year"
    assert is_dataclass(module.Settings)
    assert module.Settings.__dataclass_params__.frozen
    assert module.Settings.__doc__
    assert isinstance(module.ARRIVALS, bool)
    assert set(module.needs(an_example(module))) <= set(cases().fields)


@schemes
def test_every_case_is_assigned(scheme: str) -> None:
    """Each case has one of the arms, and its place is its own within its block."""
    result = assigned(scheme, "shape")
    assert result.arm.shape == result.block.shape == result.position.shape == (SIZE,)
    assert set(result.arm.tolist()) <= {0, 1, 2}
    assert result.arm.dtype == result.position.dtype == np.intp
    assert result.block.dtype.kind == "U"
    for block in set(result.block.tolist()):
        own = result.position[result.block == block]
        assert sorted(own.tolist()) == list(range(len(own)))


@schemes
def test_the_executed_probability_is_the_arms_own(scheme: str) -> None:
    """Over 2,000 seeds each case gets each arm in its share of them, within z = 4.5."""
    seen = np.zeros((SIZE, len(ARMS)))
    for draw in range(DRAWS):
        seen[np.arange(SIZE), assigned(scheme, f"{scheme} {draw}").arm] += 1
    p = np.array([float(arm.probability) for arm in ARMS])
    assert np.abs((seen - DRAWS * p) / np.sqrt(DRAWS * p * (1 - p))).max() < 4.5


@schemes
def test_the_same_seed_assigns_the_same_arms(scheme: str) -> None:
    """Equal seeds give equal bytes; over five other seeds some assignment differs."""
    one, again = assigned(scheme, "seed"), assigned(scheme, "seed")
    for name in ("arm", "block", "position"):
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
    assert any(assigned(scheme, f"other {number}").arm.tolist() != one.arm.tolist() for number in range(5))


@schemes
def test_the_cases_are_not_touched(scheme: str) -> None:
    """A scheme reads arrays that cannot be written, and assigns the same from them."""
    view = cases()
    for array in (view.ids, *view.fields.values()):
        array.flags.writeable = False
    assert assigned(scheme, "locked", view).arm.tolist() == assigned(scheme, "locked").arm.tolist()


@schemes
def test_probabilities_that_are_no_distribution_are_refused(scheme: str) -> None:
    """Arms that add to 5/6 assign nobody."""
    with pytest.raises(SurveylabError, match="add to exactly 1"):
        assigned(scheme, "seed", arms=ARMS[:2])


@schemes
def test_one_arm_takes_everybody(scheme: str) -> None:
    """A design of one arm of probability 1 is a design."""
    assert set(assigned(scheme, "one", arms=[Arm((), Fraction(1))]).arm.tolist()) == {0}
