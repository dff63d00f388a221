"""Every assignment scheme in the folder keeps the contract of the folder."""

import re
from collections import Counter, defaultdict
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from surveylab import registry
from surveylab.assignment import Assigned, CaseView, Newcomer, OneByOne
from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.errors import SurveylabError
from surveylab.randomness import stream

SIZE, DRAWS = 11, 2_000
MANY, ROUNDS = 40, 2_500
"""Cases and seeds of the test over 100,000 assignments."""
EXAMPLES: dict[str, Any] = {"blocks": ("region",), "covariates": ("region",)}
"""What a field of Settings that has no default is set to here; a scheme with a new one adds it."""
CHOSEN: dict[str, dict[str, Any]] = {"cluster": {"cluster": "region"}, "permuted_blocks": {"blocks": ("region",)}}
"""Settings of a scheme that has no required one, and does nothing of interest without."""
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
    return module.Settings(
        **{name: EXAMPLES[name] for name in required}, **CHOSEN.get(module.__name__.rpartition(".")[2], {})
    )


def assigned(scheme: str, seed: str, view: CaseView | None = None, arms: list[Arm] = ARMS) -> Assigned:
    """One assignment by a scheme with its example settings."""
    module = registry.load("assignment", scheme)
    return module.assign(cases() if view is None else view, arms, an_example(module), stream(seed), seed)


def test_there_are_schemes() -> None:
    """The folder is found, so that the tests below are not empty."""
    there = {"balance_on_completes", "blocked", "cluster", "complete", "hashed", "minimisation", "permuted_blocks"}
    assert there <= set(registry.names("assignment"))


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
def test_100_000_assignments_have_the_probabilities_of_the_arms(scheme: str) -> None:
    """Two factors in one: each case gets every arm in its share, within z = 5 (240 comparisons, 1.4e-4 by chance).

    So the factors are independent of each other, and of where in the list a case stands; each level of
    the first factor has its share of each level of the second one, within z = 4.5.
    """
    place = np.arange(MANY)
    view = CaseView(np.array([f"unit-{each:03}" for each in place]), {"region": np.array(["s", "n", "w"])[place % 3]})
    shares = {"a": "1/2", "b": "1/2"}, {"x": "1/2", "y": "1/4", "z": "1/4"}
    factors = [
        Factor(name, (), tuple(Level(level, (), Fraction(share)) for level, share in levels.items()))
        for name, levels in zip("fg", shares, strict=True)
    ]
    arms = list(full_factorial(factors))
    seen = np.zeros((MANY, len(arms)))
    for draw in range(ROUNDS):
        seen[place, assigned(scheme, f"{scheme} many {draw}", view, arms).arm] += 1
    p = np.array([float(arm.probability) for arm in arms])
    assert np.abs((seen - ROUNDS * p) / np.sqrt(ROUNDS * p * (1 - p))).max() < 5
    total = seen.sum(axis=0)
    assert total.sum() == 100_000
    of_clusters = np.sqrt(MANY / 3) if scheme == "cluster" else 1.0  # three clusters are three draws, not forty
    assert np.abs((total - 100_000 * p) / np.sqrt(100_000 * p * (1 - p)) / of_clusters).max() < 4.5


@schemes
def test_executed_probabilities_are_a_distribution_in_which_the_arm_was_possible(scheme: str) -> None:
    """One for each case where a scheme tells them, adding to 1."""
    result = assigned(scheme, "chances")
    if result.chances is not None:
        assert len(result.chances) == SIZE
        assert all(sum(each) == 1 and min(each) >= 0 for each in result.chances)
        assert all(each[arm] > 0 for each, arm in zip(result.chances, result.arm.tolist(), strict=True))


in_turn = pytest.mark.parametrize(
    "scheme", [name for name in registry.names("assignment") if isinstance(registry.load("assignment", name), OneByOne)]
)


@in_turn
def test_one_after_another_gives_what_the_list_gives(scheme: str) -> None:
    """``place``, with tallies of those before, in the order in which ``assign`` took them."""
    module, view = registry.load("assignment", scheme), cases()
    settings, result = an_example(module), assigned(scheme, "turns")
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    turns = sorted(range(SIZE), key=lambda case: (result.position[case], result.block[case]))
    for sequence, case in enumerate(turns):
        fields = {name: values[case].item() for name, values in view.fields.items()}
        read = {margin: tallies[margin] for margin in module.margins(fields, settings)}
        one = module.place(Newcomer(str(view.ids[case]), fields, sequence), read, ARMS, settings, "turns")
        assert one.arm == result.arm[case]
        assert (one.block, one.position) == (result.block[case], result.position[case])
        assert one.chances == (result.chances[case] if result.chances is not None else None)
        assert {margin for margin, _ in one.tallied} <= set(read)
        for margin, slot in one.tallied:
            tallies[margin][slot] += 1


@schemes
def test_the_same_seed_assigns_the_same_arms(scheme: str) -> None:
    """Equal seeds give equal bytes; over five other seeds some assignment differs."""
    one, again = assigned(scheme, "seed"), assigned(scheme, "seed")
    for name in ("arm", "block", "position"):
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
    assert one.chances == again.chances
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
