"""Schemes whose next assignment hangs on those before: what each of them is for, and what it executes."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.assignment import CaseView, Newcomer, balance_on_completes, complete, minimisation, permuted_blocks
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.randomness import stream

HALVES = [Arm((("f", name),), Fraction(1, 2)) for name in "ab"]
THIRD = [Arm((("f", "a"),), Fraction(1, 3)), Arm((("f", "b"),), Fraction(2, 3))]


def view(n: int, **fields: list[str]) -> CaseView:
    """So many cases; a field's values are repeated."""
    return CaseView(
        np.array([f"u{number:05}" for number in range(n)]),
        {name: np.array([values[number % len(values)] for number in range(n)]) for name, values in fields.items()},
    )


def test_permuted_blocks_are_balanced_at_every_moment() -> None:
    """Behind each slot of a stratum the arms are at most half of the largest block apart, and 0 behind a block."""
    settings = permuted_blocks.Settings(("region",), (2, 4))
    result = permuted_blocks.assign(view(400, region=["n", "s", "s"]), HALVES, settings, stream("x"), "blocks")
    for stratum in ("region=n", "region=s"):
        own = np.argsort(result.position[result.block == stratum])
        lead = np.cumsum(np.where(result.arm[result.block == stratum][own] == 0, 1, -1))
        assert np.abs(lead).max() <= 2
        assert (lead == 0).sum() > len(lead) / 4


def test_the_default_block_holds_every_arm_in_its_share() -> None:
    """One to two: blocks of three or six, so every third slot ends with whole shares or can."""
    result = permuted_blocks.assign(view(3_000), THIRD, permuted_blocks.Settings(), stream("x"), "default")
    assert abs(int((result.arm == 0).sum()) - 1_000) <= 2
    ones = np.cumsum(result.arm == 0)
    assert all(abs(3 * ones[slot] - (slot + 1)) <= 6 for slot in range(2, 3_000, 3))


def test_the_next_slot_cannot_be_told_from_the_last_ones() -> None:
    """Of slots with a balance of one, the next restores it in less than all cases: block sizes are random."""
    settings = permuted_blocks.Settings((), (2, 4, 6))
    result = permuted_blocks.assign(view(6_000), HALVES, settings, stream("x"), "guess")
    lead = np.cumsum(np.where(result.arm == 0, 1, -1))
    behind = np.flatnonzero(np.abs(lead[:-1]) == 1)
    restored = (np.abs(lead[behind + 1]) == 0).mean()
    assert 0.5 < restored < 0.9


def test_minimisation_balances_each_covariate_better_than_chance() -> None:
    """200 cases, 2 x 3 x 5 cells: the largest difference in any margin is smaller than under complete randomisation."""
    fields = {"region": ["n", "s"], "age": ["1", "2", "3"], "size": ["1", "2", "3", "4", "5"]}
    many = view(200, **fields)

    def worst(arm: np.ndarray) -> int:
        sign = np.where(arm == 0, 1, -1)
        return max(abs(int(sign[many.fields[name] == value].sum())) for name in fields for value in fields[name])

    settings = minimisation.Settings(tuple(fields))
    pairs = [
        (
            worst(minimisation.assign(many, HALVES, settings, stream(str(seed)), str(seed)).arm),
            worst(complete.assign(many, HALVES, complete.Settings(), stream(str(seed)), str(seed)).arm),
        )
        for seed in range(20)
    ]
    minimised, by_chance = np.mean(pairs, axis=0)
    assert minimised < 6 < by_chance


def test_minimisation_executes_what_it_says() -> None:
    """With one case in a, 20,000 newcomers get b with 4/5, within z = 4: the stored probability."""
    settings = minimisation.Settings(("region",))
    tallies = {"": {"0": 1}, "region=n": {"0": 1}}
    placed = [
        minimisation.place(Newcomer("u", {"region": "n"}, 1), tallies, HALVES, settings, str(seed))
        for seed in range(20_000)
    ]
    assert {one.chances for one in placed} == {(Fraction(1, 5), Fraction(4, 5))}
    share = sum(one.arm for one in placed) / 20_000
    assert abs(share - 0.8) / np.sqrt(0.16 / 20_000) < 4


def test_copies_keep_unequal_arms_in_their_ratio() -> None:
    """One to two: three copies. With the first one ahead, half of the preference goes to each of b's copies."""
    one = minimisation.place(
        Newcomer("u", {"region": "n"}, 1), {"": {"0": 1}}, THIRD, minimisation.Settings(("region",)), "seed"
    )
    assert one.chances == (Fraction(2, 15), Fraction(13, 15))
    odd = [Arm((), Fraction(1, 1009)), Arm((), Fraction(1008, 1009))]
    with pytest.raises(SurveylabError, match="1,009 copies"):
        minimisation.place(Newcomer("u", {}, 0), {}, odd, minimisation.Settings(("region",)), "seed")


@given(st.lists(st.integers(0, 400), min_size=2, max_size=2), st.integers(0, 4))
def test_who_lacks_completes_is_favoured(completes: list[int], strength: int) -> None:
    """A distribution; above the floor; the arm with fewer completes for its share has more than its own."""
    settings = balance_on_completes.Settings(strength)
    a, b = balance_on_completes.chances_of(THIRD, completes, settings)
    assert a + b == 1
    assert a >= Fraction(1, 3) * settings.floor - Fraction(1, 10**6)
    deficit = 2 * completes[0] - completes[1]
    if strength == 0 or deficit == 0:
        assert abs(a - Fraction(1, 3)) <= Fraction(1, 10**6)
    elif deficit < 0:
        assert a >= Fraction(1, 3)
    else:
        assert a <= Fraction(1, 3)


def test_the_rule_is_that_of_hu_and_zhang() -> None:
    """P (p / x)^2 over its sum, with one case added in proportion: by hand for 3 and 1 completes of two halves."""
    settings = balance_on_completes.Settings(floor=Fraction(1, 1_000_000))
    a, b = balance_on_completes.chances_of(HALVES, [3, 1], settings)
    pull = (1 / 3.5**2, 1 / 1.5**2)
    assert float(a) == pytest.approx(pull[0] / sum(pull), abs=2e-6)
    assert a + b == 1


def test_completes_come_closer_than_by_chance() -> None:
    """Arms that respond with 0.2 and 0.4: with equal arms 200 of 300 completes are in one, balanced about half."""
    settings, rng = balance_on_completes.Settings(), np.random.default_rng(7)
    done: Counter[str] = Counter()
    sequence = 0
    while done.total() < 300:
        tallies = {"": {HALVES[arm].key: done["ab"[arm]] for arm in (0, 1)}}
        one = balance_on_completes.place(Newcomer("u", {}, sequence), tallies, HALVES, settings, "simulated")
        sequence += 1
        done["ab"[one.arm]] += int(rng.random() < (0.2, 0.4)[one.arm])
    assert 115 < done["a"] < 150


def test_executed_probabilities_weight_the_arms_back() -> None:
    """Sum of 1 / probability over the cases of an arm is their number: Horvitz and Thompson (1952), within z = 4."""
    settings, rng = balance_on_completes.Settings(), np.random.default_rng(8)
    done: Counter[str] = Counter()
    weighed, variance = np.zeros(2), np.zeros(2)
    for sequence in range(4_000):
        tallies = {"": {HALVES[arm].key: done["ab"[arm]] for arm in (0, 1)}}
        one = balance_on_completes.place(Newcomer("u", {}, sequence), tallies, HALVES, settings, "weights")
        assert one.chances is not None
        weighed[one.arm] += 1 / float(one.chances[one.arm])
        variance += [1 / float(chance) - 1 for chance in one.chances]
        done["ab"[one.arm]] += int(rng.random() < (0.2, 0.4)[one.arm])
    assert (np.abs(weighed - 4_000) / np.sqrt(variance) < 4).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: permuted_blocks.Settings((), (1, 4)), "sizes"),
        (lambda: minimisation.Settings(()), "covariates"),
        (lambda: minimisation.Settings(("a",), Fraction(1)), "preference"),
        (lambda: balance_on_completes.Settings(11), "strength"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, says) -> None:
    """The message names the key that is at fault."""
    with pytest.raises(ValueError, match=says):
        make()


def test_all_orders_of_a_block_are_equally_likely() -> None:
    """6 orders of two and two, 12,000 blocks, chi-square of 5 degrees below 25.7 (p = 1e-4)."""
    settings = permuted_blocks.Settings((), (4,))
    result = permuted_blocks.assign(view(48_000), HALVES, settings, stream("x"), "orders")
    orders = Counter(map(tuple, result.arm.reshape(-1, 4).tolist()))
    assert set(orders) == {each for each in product((0, 1), repeat=4) if sum(each) == 2}
    assert sum((count - 2_000) ** 2 / 2_000 for count in orders.values()) < 25.7
