"""Streams repeat, orders are uniform, integers below a bound are exact."""

import hashlib
from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from surveylab import randomness
from surveylab.digests import digest, hasher, prefixed

AT_Z_4 = 6.3e-5
"""The two-sided p of z = 4."""
GOLDEN_WORDS = ["b8fd8685a032f829", "d356a36fd9a8bafa", "151122fe3b104c12"]
"""The first words of ``stream("seed", "stage")``."""


class Scripted:
    """A generator whose raw words are given."""

    def __init__(self, *words: int) -> None:
        self.left = list(words)
        self.bit_generator = self

    def random_raw(self, n: int) -> np.ndarray:
        """The next words of the script."""
        taken, self.left = self.left[:n], self.left[n:]
        return np.array(taken, dtype=np.uint64)


def test_the_digest_puts_the_length_in_bytes_before_each_field() -> None:
    """The digest is SHA-256 over length and UTF-8 of each field, so that shifted fields differ."""
    expected = hashlib.sha256(b"\0\0\0\0\0\0\0\x04Zo\xc3\xab\0\0\0\0\0\0\0\x01a").digest()
    assert digest("Zoë", "a") == expected
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") != digest("a", "")


def test_a_hasher_can_be_fed_further() -> None:
    """A copy of a prepared hasher that is fed a field equals the digest over all fields."""
    prepared = hasher("seed")
    copy = prepared.copy()
    copy.update(prefixed("unit"))
    assert copy.digest() == digest("seed", "unit")
    assert prepared.digest() == digest("seed")


def test_the_raw_stream_is_pinned() -> None:
    """The words of a stream are these on every machine and NumPy; a change asks for a new ALGORITHM."""
    drawn = randomness.words(randomness.stream("seed", "stage"), 3)
    assert randomness.ALGORITHM == "philox-sha256-1"
    assert [f"{word:016x}" for word in drawn.tolist()] == GOLDEN_WORDS


def test_an_order_is_that_of_the_whole_words() -> None:
    """Words that agree in their upper half, and equal words, come as a stable sort of all 64 bits has them."""
    script = [7 << 32 | 5, 1, 7 << 32 | 4, 7 << 32 | 5, 0, 9 << 48, 7 << 32 | 4]
    by_hand = np.argsort(np.array(script, dtype=np.uint64), kind="stable").tolist()
    assert by_hand == [4, 1, 2, 6, 0, 3, 5]
    assert randomness.order(Scripted(*script), 7).tolist() == by_hand  # type: ignore[arg-type]
    for some in range(1, 8):
        chosen = randomness.first(Scripted(*script), 7, some)  # type: ignore[arg-type]
        assert chosen.tolist() == sorted(by_hand[:some])


def test_a_long_order_is_that_of_a_stable_sort() -> None:
    """A hundred thousand words, a quarter of them repeated."""
    script = np.concatenate([randomness.words(randomness.stream("long"), 80_000)] * 2)[:100_000]
    expected = np.argsort(script, kind="stable")
    assert np.array_equal(randomness.order(Scripted(*script.tolist()), 100_000), expected)  # type: ignore[arg-type]


def test_streams_differ_by_seed_and_by_label() -> None:
    """Seed and labels each name another stream, and the same names the same one."""
    first = randomness.words(randomness.stream("a", "sampling"), 4).tolist()
    assert first == randomness.words(randomness.stream("a", "sampling"), 4).tolist()
    assert first != randomness.words(randomness.stream("b", "sampling"), 4).tolist()
    assert first != randomness.words(randomness.stream("a", "assignment"), 4).tolist()


def test_all_24_orders_of_four_are_equally_likely() -> None:
    """Chi-square of 48,000 shuffles over the 24 permutations of 4, at z = 4."""
    rng = randomness.stream("shuffle")
    seen = Counter(tuple(randomness.order(rng, 4).tolist()) for _ in range(48_000))
    assert chisquare([seen[each] for each in permutations(range(4))]).pvalue > AT_Z_4


def test_orders_within_groups_are_uniform_and_independent() -> None:
    """All 3! x 2! orders within two groups are equally likely (24,000 draws, z = 4), groups ascending."""
    rng, group = randomness.stream("groups"), np.array([1, 0, 1, 0, 1])
    seen = Counter(tuple(randomness.order_within(rng, group).tolist()) for _ in range(24_000))
    every = [(*a, *b) for a in permutations((1, 3)) for b in permutations((0, 2, 4))]
    assert set(seen) == set(every)
    assert chisquare([seen[each] for each in every]).pvalue > AT_Z_4


def test_an_order_is_the_stable_sort_of_the_words() -> None:
    """Equal words keep their places, and the fast sort gives what the stable one gives."""
    tied = [3, 1, 3, 1] * 50
    expected = np.argsort(np.array(tied), kind="stable").tolist()
    assert randomness.order(Scripted(*tied), 200).tolist() == expected
    drawn = randomness.words(randomness.stream("sort"), 5_000)
    expected = np.argsort(drawn, kind="stable").tolist()
    assert randomness.order(randomness.stream("sort"), 5_000).tolist() == expected


@pytest.mark.parametrize("groups", [3, 300, 70_000])
def test_an_order_within_groups_is_the_stable_sort_by_group_and_word(groups: int) -> None:
    """Whatever the width of the group numbers, the order is that of one lexsort."""
    group = np.arange(100_000) * 7_919 % groups
    drawn = randomness.words(randomness.stream("lex"), 100_000)
    expected = np.lexsort((drawn, group))
    assert np.array_equal(randomness.order_within(randomness.stream("lex"), group), expected)


def test_nothing_can_be_ordered() -> None:
    """No position gives no order."""
    assert randomness.order(randomness.stream("none"), 0).tolist() == []
    assert randomness.order_within(randomness.stream("none"), np.zeros(0, dtype=np.intp)).tolist() == []


@pytest.mark.parametrize("bound", [1, 3, 6])
def test_small_integers_are_uniform(bound: int) -> None:
    """12,000 integers below a bound fill it evenly, at z = 4, by both functions."""
    rng = randomness.stream("below", str(bound))
    one = np.bincount([randomness.below(rng, bound) for _ in range(12_000)], minlength=bound)
    each = np.bincount(randomness.each_below(rng, np.full(12_000, bound)), minlength=bound)
    assert len(one) == len(each) == bound
    assert chisquare(one).pvalue > AT_Z_4 or bound == 1
    assert chisquare(each).pvalue > AT_Z_4 or bound == 1


def test_a_bound_near_the_word_is_not_biased() -> None:
    """Below 3 x 2^61 a bare remainder would fill the thirds by 3/8, 3/8 and 2/8."""
    bound = 3 << 61
    rng = randomness.stream("bias")
    each = randomness.each_below(rng, np.full(12_000, bound))
    one = np.array([randomness.below(rng, bound) for _ in range(12_000)])
    assert chisquare(np.bincount(each // (1 << 61), minlength=3)).pvalue > AT_Z_4
    assert chisquare(np.bincount(one // (1 << 61), minlength=3)).pvalue > AT_Z_4


def test_words_above_the_last_multiple_are_drawn_again() -> None:
    """With bound 3 the largest word, 2^64 - 1, is the one that is refused; 2^64 - 2 is kept."""
    top = (1 << 64) - 1
    assert randomness.below(Scripted(top, 4), 3) == 1
    assert randomness.below(Scripted(top - 1, 4), 3) == (top - 1) % 3
    assert randomness.each_below(Scripted(top, top - 1, 4), np.array([3, 3])).tolist() == [1, (top - 1) % 3]


def test_bounds_beyond_one_word_are_uniform() -> None:
    """Below 3 x 2^70 the thirds are equally likely (6,000 draws, z = 4)."""
    rng = randomness.stream("wide")
    thirds = np.bincount([randomness.below(rng, 3 << 70) >> 70 for _ in range(6_000)], minlength=3)
    assert len(thirds) == 3
    assert chisquare(thirds).pvalue > AT_Z_4
