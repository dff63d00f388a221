"""Words and aliases: computed from the arms alone, they are those of the theory."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from surveylab.design.aliasing import Alias, Aliasing
from surveylab.design.designs import FractionOf, arms_of, described
from surveylab.design.factors import Arm, Factor, Level


def factors(*sizes):
    """Factors a, b, ... with so many levels, 0, 1, ..."""
    return tuple(
        Factor(name, (), tuple(Level(str(i), (), Fraction(1, size)) for i in range(size)))
        for name, size in zip("abcdefgh", sizes, strict=False)
    )


def arms(*rows):
    """Arms of the factors a, b, ... with probabilities behind a colon where they are not equal."""
    made = []
    for row in rows:
        levels, _, share = row.partition(":")
        made.append(Arm(tuple(zip("abcdefgh", levels, strict=False)), Fraction(share or Fraction(1, len(rows)))))
    return tuple(made)


def test_a_half_of_three_factors_aliases_each_with_the_product_of_the_others():
    """I = -ABC of the half with the reference arm: a = -bc, b = -ac, c = -ab."""
    aliasing = Aliasing(arms_of(factors(2, 2, 2), FractionOf(runs=4)))
    assert aliasing.words == {("a", "b", "c"): 1}
    assert aliasing.resolution == 3
    assert list(aliasing.aliases()) == [
        Alias(("a",), ("b", "c"), Fraction(1), -1),
        Alias(("b",), ("a", "c"), Fraction(1), -1),
        Alias(("c",), ("a", "b"), Fraction(1), -1),
    ]


def test_words_of_four_alias_pairs_with_pairs():
    """I = ABCD: ab with cd, ac with bd, ad with bc, all of them the same effect."""
    aliases = list(Aliasing(arms_of(factors(2, 2, 2, 2), FractionOf())).aliases())
    pairs = {frozenset((each.effect, each.other)) for each in aliases}
    assert pairs == {frozenset((("a", x), tuple(y for y in "bcd" if y != x))) for x in "bcd"}
    assert {(each.share, each.sign) for each in aliases} == {(Fraction(1), 1)}


def test_a_full_factorial_keeps_everything_apart_whatever_its_weights():
    """Unequal weights multiply; nothing is a word."""
    a, b = factors(2, 3)
    uneven = Factor("a", (), (replace(a.levels[0], weight=Fraction(1, 4)), replace(a.levels[1], weight=Fraction(3, 4))))
    aliasing = Aliasing(arms_of((uneven, b), "full"))
    assert aliasing.is_product
    assert aliasing.resolution is None
    assert list(aliasing.aliases()) == []


def test_the_share_is_the_squared_correlation():
    """Of a list with unequal weights, as NumPy computes it from the codes and the probabilities."""
    some = arms("00:1/2", "01:1/8", "10:1/8", "11:1/4")
    p = np.array([float(arm.probability) for arm in some])
    x, y = (np.array([float(arm.mapping[name]) for arm in some]) for name in "ab")
    covariance = np.cov(x, y, aweights=p, ddof=0)
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    (alias,) = Aliasing(some).aliases()
    assert (alias.effect, alias.other, alias.sign) == (("a",), ("b",), None)
    assert float(alias.share) == pytest.approx(correlation**2, rel=1e-12)


@pytest.mark.parametrize("rows", [("000", "011", "102", "110"), ("001", "012", "100", "111", "002", "112")])
def test_the_count_of_a_word_is_what_its_definition_sums_to(rows):
    """Over all pairs of arms, for every set of factors, with levels of unequal shares."""
    some = arms(*rows)
    aliasing = Aliasing(some)
    share = {
        (f, level): sum(arm.probability for arm in some if arm.mapping[f] == level)
        for f in "abc"
        for level in {arm.mapping[f] for arm in some}
    }
    for word in (("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")):
        total = Fraction(0)
        for r in some:
            for s in some:
                term = r.probability * s.probability
                for f in word:
                    term *= (r.mapping[f] == s.mapping[f]) / share[f, r.mapping[f]] - 1
                total += term
        assert aliasing.word(word) == total


def test_what_can_be_estimated_is_what_least_squares_can():
    """A contrast is estimable just when it is in the row space of intercept and main effects (NumPy's rank)."""
    generator = np.random.default_rng(3)
    seen = set()
    for _ in range(60):
        rows = {tuple(map(str, generator.integers(0, (3, 2, 2)))) for _ in range(generator.integers(3, 7))}
        some = arms(*("".join(row) for row in sorted(rows)))
        pairs = sorted({pair for arm in some for pair in arm.levels})
        matrix = np.array([[float(pair in arm.levels) for pair in pairs] for arm in some])
        for f, high, low in (("a", "2", "0"), ("b", "1", "0"), ("c", "1", "0")):
            there = (f, high) in pairs and (f, low) in pairs
            contrast = np.array([float(pair == (f, high)) - float(pair == (f, low)) for pair in pairs])
            rank = np.linalg.matrix_rank(matrix)
            expected = there and np.linalg.matrix_rank(np.vstack([matrix, contrast])) == rank
            assert Aliasing(some).estimates(f, (high, low)) == expected
            seen.add(expected)
    assert seen == {True, False}


def test_a_design_is_described_with_its_relation():
    """Names in the words, probabilities as fractions."""
    shown = described("trial", factors(2, 2, 2), FractionOf(generators=("c = a * b",)))
    assert shown.design == "fraction"
    assert shown.defining_relation == ("I = a * b * c",)
    assert {arm["probability"] for arm in shown.arms} == {"1/4"}
    assert shown.aliases[0] == {"effect": "a", "with": "b * c", "share": "1", "sign": 1}


@pytest.mark.parametrize(
    ("sizes", "design", "says"),
    [
        ((2, 2, 2), FractionOf(runs=3), "too few"),
        ((2, 2, 2), FractionOf(runs=8), "full"),
        ((3, 2, 2), FractionOf(runs=8), "shared equally among 3"),
        ((3, 2, 2), FractionOf(resolution=4), "two levels"),
        ((3, 2, 2), FractionOf(generators=("c = a * b",)), "two levels"),
        ((2, 2, 2), FractionOf(generators=("c = a + b",)), "no product"),
        ((2, 2, 2), FractionOf(generators=("c = a * x",)), "no factor"),
        ((2, 2, 2), FractionOf(generators=("c = a * c",)), "twice"),
        ((2, 2, 2, 2), FractionOf(generators=("c = a * b", "d = a * c")), "is generated"),
    ],
)
def test_a_fraction_that_cannot_be_is_refused_with_the_way_out(sizes, design, says):
    """The reason, and behind a semicolon what to do."""
    with pytest.raises(ValueError, match=f"{says}.*; |; .*{says}"):
        arms_of(factors(*sizes), design)


def test_twelve_runs_of_two_levels_are_an_array():
    """No regular fraction: main effects are apart, and each shares a ninth with products of two others."""
    shown = Aliasing(arms_of(factors(2, 2, 2, 2, 2), FractionOf(runs=12)))
    assert shown.resolution == 3
    assert {each.share for each in shown.aliases() if len(each.effect) == 1} == {Fraction(1, 9)}
