"""Orders: every draw has the probability that is written beside it, and depends on nothing but its own name."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations
from math import sqrt

import pytest

from surveylab.design.orders import Arrangement, Chance, Order, arranged, chosen, williams

ABCD = ("a", "b", "c", "d")
UNITS = 12_000
Z = 4.5
"""A share is off by more than this many standard errors in fewer than 1 of 100,000 runs; the seed is fixed."""


def drawn(order, pinned=(), members=ABCD, name="options.q"):
    """What comes out for many units, and the probability that each says."""
    counts, said = Counter(), {}
    for unit in range(UNITS):
        shown, draw = arranged(name, Arrangement(members, order, pinned), Chance("seed", f"u{unit}"))
        counts[shown] += 1
        said[shown] = draw.probability if draw else Fraction(1)
    return counts, said


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("pinned", [(), ("c",), ("a", "d")])
def test_each_sequence_comes_out_as_often_as_it_says(order, pinned):
    """Counts agree with the stated probabilities, which sum to 1 over what comes out."""
    counts, said = drawn(order, pinned)
    assert sum(said.values()) == 1
    for shown, count in counts.items():
        share = float(said[shown])
        assert abs(count - UNITS * share) <= Z * sqrt(UNITS * share * (1 - share)), (shown, count)


@pytest.mark.parametrize("order", list(Order))
def test_what_is_pinned_keeps_its_place(order):
    """A pinned member stands where the file has it, in every sequence."""
    counts, _ = drawn(order, ("b", "d"))
    assert all(shown[1] == "b" and shown[3] == "d" for shown in counts)


def test_a_random_order_is_any_permutation():
    """All 24 orders of four members come out (respondents.md 2 j)."""
    assert set(drawn(Order.RANDOM)[0]) == set(permutations(ABCD))


@pytest.mark.parametrize("n", range(2, 12))
def test_a_williams_square_is_balanced(n):
    """Each member is equally often in each place, and equally often directly behind each other one."""
    rows = williams(n)
    assert len(rows) == (n if n % 2 == 0 else 2 * n)
    places = Counter((place, member) for row in rows for place, member in enumerate(row))
    behind = Counter(pair for row in rows for pair in pairwise(row))
    assert len(places) == n * n
    assert len(set(places.values())) == 1
    assert len(behind) == n * (n - 1)
    assert len(set(behind.values())) == 1


def test_draws_with_different_names_are_independent():
    """Two items with the same options are in unrelated orders."""
    pairs = Counter(
        (
            arranged("options.q", Arrangement(ABCD, Order.FLIP), Chance("s", f"u{unit}"))[0],
            arranged("options.r", Arrangement(ABCD, Order.FLIP), Chance("s", f"u{unit}"))[0],
        )
        for unit in range(UNITS)
    )
    assert len(pairs) == 4
    assert all(abs(count - UNITS / 4) <= Z * sqrt(UNITS * 3 / 16) for count in pairs.values())


def test_draws_are_read_from_the_hash_that_is_documented():
    """SHA-256 over label, seed, unit and name: the same on every machine, and anybody can compute it."""

    def hashed(*fields):
        parts = ("surveylab.presentation", "seed", "unit", *fields)
        data = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
        return hashlib.sha256(data).digest()

    chance = Chance("seed", "unit")
    assert arranged("pages", Arrangement(ABCD, Order.RANDOM), chance)[0] == ("d", "b", "c", "a")
    for name in ("pages", "items.one", "options.two"):
        number = int.from_bytes(hashed(name), "big")
        expected = tuple(sorted(ABCD, key=lambda member, name=name: hashed(name, member)))
        assert arranged(name, Arrangement(ABCD, Order.RANDOM), chance)[0] == expected
        assert arranged(name, Arrangement(ABCD, Order.ROTATE), chance)[0] == (ABCD * 2)[number % 4 :][:4]
        assert arranged(name, Arrangement(ABCD, Order.FLIP), chance)[0] == ABCD[:: -1 if number % 2 else 1]


def test_a_set_is_drawn_by_its_weight():
    """One of three sets with shares of one half, a third and a sixth."""
    weights = {"a": Fraction(1, 2), "b": Fraction(1, 3), "c": Fraction(1, 6)}
    counts = Counter()
    for unit in range(UNITS):
        (kept,), draw = chosen("sets.s", ("a", "b", "c"), 1, weights, Chance("seed", f"u{unit}"))
        assert draw.probability == weights[kept]
        counts[kept] += 1
    for name, share in weights.items():
        assert abs(counts[name] - UNITS * share) <= Z * sqrt(UNITS * share * (1 - share))


def test_several_sets_are_drawn_together():
    """Two of three: each pair a third of the time, in the order of the file."""
    counts = Counter(chosen("sets.s", ("a", "b", "c"), 2, {}, Chance("seed", f"u{u}"))[0] for u in range(UNITS))
    assert set(counts) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert all(abs(count - UNITS / 3) <= Z * sqrt(UNITS * 2 / 9) for count in counts.values())


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("pinned", [(), ("a",), ("d",), ("b", "c")])
def test_precedes_is_what_can_come_out(order, pinned):
    """One member is said to precede another only where it does in every sequence that comes out."""
    arrangement = Arrangement(ABCD, order, pinned)
    counts, _ = drawn(order, pinned)
    for first, second in permutations(ABCD, 2):
        always = all(shown.index(first) < shown.index(second) for shown in counts)
        assert not arrangement.precedes(first, second) or always
    if order in (Order.FIXED, Order.REVERSED, Order.RANDOM):
        for first, second in permutations(ABCD, 2):
            always = all(shown.index(first) < shown.index(second) for shown in counts)
            assert arrangement.precedes(first, second) == always
