"""Fractions: as small as asked, balanced, and with the textbook's resolution."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import pytest

from surveylab.design.fractions import (
    Generator,
    array,
    containing_reference,
    defining_words,
    least_aberration,
    regular,
    smallest_orthogonal,
    smallest_regular,
)

# Box, Hunter and Hunter (2005), Statistics for Experimenters, table 6.22: factors, log2 of the arms, resolution.
TEXTBOOK = [
    *((3, 2, 3), (4, 3, 4), (5, 3, 3), (5, 4, 5), (6, 3, 3), (6, 4, 4), (6, 5, 6), (7, 3, 3), (7, 4, 4), (7, 5, 4)),
    *((7, 6, 7), (8, 4, 4), (8, 5, 4), (8, 6, 5), (9, 4, 3), (9, 5, 4), (10, 4, 3), (10, 5, 4), (11, 4, 3), (15, 4, 3)),
]


@pytest.mark.parametrize(("factors", "free", "resolution"), TEXTBOOK)
def test_a_regular_fraction_has_the_resolution_of_the_textbook(factors, free, resolution):
    """2^free different arms, the all-reference one among them, and no word shorter than it must be."""
    generators = least_aberration(factors, free)
    rows = regular(factors, generators)
    assert len(set(rows)) == 2**free
    assert (0,) * factors in rows
    assert min(map(len, defining_words(generators))) == resolution


def test_the_defining_relation_holds_in_every_arm():
    """The product of the codes of each word is its sign; a half with generator D = -A B C is the other half."""
    generators = (containing_reference(4, (0, 1, 2)), Generator(5, (1, 2, 3), -1))
    words = defining_words(generators)
    assert len(words) == 3
    for row in regular(6, generators):
        for word, sign in words.items():
            code = 1
            for factor in word:
                code *= 1 if row[factor] else -1
            assert code == sign


def test_the_smallest_fraction_of_a_resolution():
    """Resolution V of five factors takes 16 arms, IV of four 8; of three factors it is the full factorial."""
    assert len(smallest_regular(5, 5)) == 1
    assert len(smallest_regular(4, 4)) == 1
    assert smallest_regular(3, 4) == ()
    assert len(regular(7, smallest_regular(7, 3))) == 8


@pytest.mark.parametrize(
    ("levels", "runs"),
    [((3, 2, 2, 2), 12), ((3, 3, 3, 3), 9), ((4, 2, 2, 2, 2), 8), ((3, 3, 3, 2), 18), ((4, 4, 2, 2), 16)],
)
def test_mixed_levels_get_the_smallest_orthogonal_array(levels, runs):
    """Every pair of levels of every pair of factors is in equally many arms."""
    rows = smallest_orthogonal(levels)
    assert len(rows) == runs
    assert rows[0] == (0,) * len(levels)
    for one, other in combinations(range(len(levels)), 2):
        assert len(Counter((row[one], row[other]) for row in rows).values()) == levels[one] * levels[other]
        assert len(set(Counter((row[one], row[other]) for row in rows).values())) == 1


def test_without_a_smaller_array_it_is_the_full_factorial():
    """5 x 3 x 2 has pairs that need all 30 arms."""
    assert smallest_orthogonal((5, 3, 2)) == tuple(product(range(5), range(3), range(2)))


def test_an_array_that_cannot_be_orthogonal_is_balanced_and_the_same_every_time():
    """Six arms of 3 x 2 x 2 x 2: each level of a factor is in as many arms as the others."""
    levels = (3, 2, 2, 2)
    rows = array(levels, 6)
    assert rows == array.__wrapped__(levels, 6)
    for place, size in enumerate(levels):
        assert sorted(Counter(row[place] for row in rows).values()) == [6 // size] * size
