"""Blocked randomisation: within 1 in every cell and margin, remainders carried, probabilities exact."""

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from surveylab.assignment import Assigned, CaseView
from surveylab.assignment.blocked import ARRIVALS, Settings, arms_of_blocks, assign, needs
from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.errors import SurveylabError
from surveylab.randomness import stream

AT_Z_4 = 6.3e-5
"""The two-sided p of z = 4."""
GOLDEN = "0709b993e974e4114e4f7c166e2dee6dc69fa752ac1e231b465955051f116fbc"
"""SHA-256 of a stored result."""
UNEQUAL = [Arm((("f", name),), p) for name, p in zip("abc", map(Fraction, ("1/2", "1/3", "1/6")), strict=True)]
BY_HOUSE = Settings(("house",))


def cases(sizes: list[int]) -> CaseView:
    """Cases in houses of these sizes, so interleaved that no house stands together."""
    house = np.repeat(np.arange(len(sizes)), sizes)
    mixed = np.argsort(np.arange(len(house)) * 7_919 % 104_729, kind="stable")
    ids = np.array([f"u{place:06}" for place in range(len(house))], dtype=np.str_)
    return CaseView(ids, {"house": house[mixed]})


def equal(count: int) -> list[Arm]:
    """Arms of equal probability."""
    return [Arm((("f", str(place)),), Fraction(1, count)) for place in range(count)]


def table_of(assigned: Assigned, view: CaseView, arms: int) -> np.ndarray:
    """The house x arm table of counts."""
    table = np.zeros((int(view.fields["house"].max()) + 1, arms), dtype=int)
    np.add.at(table, (view.fields["house"], assigned.arm), 1)
    return table


def within_1(table: np.ndarray, sizes: list[int], parts: list[int], whole: int) -> None:
    """Every cell and every arm total is the floor or the ceiling of its target, rows are exact."""
    assert table.sum(axis=1).tolist() == sizes
    for size, row in zip([*sizes, sum(sizes)], [*table.tolist(), table.sum(axis=0).tolist()], strict=True):
        for count, part in zip(row, parts, strict=True):
            assert count in (size * part // whole, -(-size * part // whole))


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.lists(st.integers(1, 14), min_size=1, max_size=40),
    st.lists(st.integers(0, 9), min_size=1, max_size=7).filter(any),
    st.integers(0, 2**32),
)
def test_counts_are_within_1_everywhere(sizes: list[int], parts: list[int], seed: int) -> None:
    """Random block sizes and rational weights: cells, block sizes and arm totals all hold."""
    table = arms_of_blocks(np.array(sizes), parts, sum(parts), stream(str(seed)))
    within_1(table, sizes, parts, sum(parts))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=15),
    st.lists(st.integers(1, 10**25), min_size=2, max_size=5),
    st.integers(0, 2**32),
)
def test_denominators_beyond_a_word_are_exact_too(sizes: list[int], parts: list[int], seed: int) -> None:
    """Weights with denominators near 10^26 keep every bound."""
    table = arms_of_blocks(np.array(sizes), parts, sum(parts), stream(str(seed)))
    within_1(table, sizes, parts, sum(parts))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=12), st.integers(0, 2**32))
def test_cases_get_the_arms_of_their_block(sizes: list[int], seed: int) -> None:
    """The assigned arms, counted by block, are such a table; positions order each block."""
    view = cases(sizes)
    assigned = assign(view, UNEQUAL, BY_HOUSE, stream(str(seed)), "")
    within_1(table_of(assigned, view, 3), sizes, [3, 2, 1], 6)
    for house, size in enumerate(sizes):
        own = view.fields["house"] == house
        assert sorted(assigned.position[own].tolist()) == list(range(size))
        assert set(assigned.block[own].tolist()) == {f"house={house}"}


@pytest.mark.parametrize("sizes", [[1, 1, 1, 1, 1], [2, 2, 2, 3, 3], [1, 4, 7, 10, 3]])
def test_100_000_assignments_follow_the_declared_probabilities(sizes: list[int]) -> None:
    """A third of the 100,000 for each kind of small blocks: every case has the arms' own, at z = 4."""
    view, rng = cases(sizes), stream("blocked", str(sizes))
    draws = 100_000 // (3 * sum(sizes))
    drawn = np.array([assign(view, UNEQUAL, BY_HOUSE, rng, "").arm for _ in range(draws)])
    expected = [draws * float(arm.probability) for arm in UNEQUAL]
    for column in drawn.T:
        assert chisquare(np.bincount(column, minlength=3), expected).pvalue > AT_Z_4


def test_remainders_are_carried_across_households() -> None:
    """1,000 households of two in twelve arms: each arm gets 166 or 167 of them, not 166.7 give or take 12."""
    table = arms_of_blocks(np.full(1_000, 2), [1] * 12, 12, stream("households"))
    assert set(table.sum(axis=0).tolist()) <= {166, 167}
    assert table.max() == 1


def test_pairs_of_arms_meet_equally_often_in_households() -> None:
    """In 30,000 households of two, all 66 pairs of twelve arms are equally likely, at z = 4."""
    table = arms_of_blocks(np.full(30_000, 2), [1] * 12, 12, stream("pairs"))
    pairs = Counter(map(tuple, np.nonzero(table)[1].reshape(-1, 2).tolist()))
    counts = [pairs[pair] for pair in combinations(range(12), 2)]
    assert sum(counts) == 30_000
    assert chisquare(counts).pvalue > AT_Z_4


def test_the_order_within_a_block_is_uniform() -> None:
    """A block of 4 in arms a, a, b, c: the 12 arrangements, 12,000 draws, at z = 4."""
    arms = [Arm((("f", name),), p) for name, p in zip("abc", map(Fraction, ("1/2", "1/4", "1/4")), strict=True)]
    view, rng = cases([4, 2]), stream("within")
    own = view.fields["house"] == 0
    seen = Counter(tuple(assign(view, arms, BY_HOUSE, rng, "").arm[own].tolist()) for _ in range(12_000))
    assert len(seen) == 12
    assert chisquare(list(seen.values())).pvalue > AT_Z_4


def test_factors_are_independent_of_one_another_and_of_the_block_order() -> None:
    """2 x 3 full factorial: joint levels are products, and arms do not follow list or block, at z = 4."""
    channel = Factor("channel", (), (Level("email", (), Fraction(1, 2)), Level("sms", (), Fraction(1, 2))))
    shares = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    wording = Factor("wording", (), tuple(Level(n, (), p) for n, p in zip("abc", shares, strict=True)))
    arms, view, rng = full_factorial((channel, wording)), cases([3, 2, 4, 1]), stream("factorial")
    drawn = np.array([assign(view, arms, BY_HOUSE, rng, "").arm for _ in range(6_000)])
    for column in drawn.T:
        joint = np.bincount(column, minlength=6).reshape(2, 3)
        assert chisquare(joint.ravel(), 6_000 * np.outer([0.5, 0.5], [0.5, 0.25, 0.25]).ravel()).pvalue > AT_Z_4
        assert chi2_contingency(joint).pvalue > AT_Z_4
    assert chi2_contingency([np.bincount(column, minlength=6) for column in drawn.T]).pvalue > AT_Z_4
    for house in range(4):
        own = np.flatnonzero(view.fields["house"] == house)
        by_place = [np.bincount(drawn[:, case], minlength=6) for case in own]
        assert len(own) == 1 or chi2_contingency(by_place).pvalue > AT_Z_4


def test_crossed_blocks() -> None:
    """Two fields cross to blocks, each balanced by itself."""
    ids = np.array([f"{place:02}" for place in range(24)])
    view = CaseView(ids, {"region": np.tile(["n", "s"], 12), "age": np.repeat(["old", "young"], 12)})
    assigned = assign(view, equal(3), Settings(("region", "age")), stream("crossed"), "")
    for block in ("region=n,age=old", "region=s,age=young"):
        assert np.bincount(assigned.arm[assigned.block == block]).tolist() == [2, 2, 2]


def test_many_blocks_and_many_sizes_stay_whole() -> None:
    """5,000 blocks of 2 or 3 and 300 blocks of all sizes: bounds hold in every one."""
    within_1(arms_of_blocks(np.tile([2, 3], 2_500), [5, 3, 2, 1], 11, stream("a")), [2, 3] * 2_500, [5, 3, 2, 1], 11)
    sizes = list(range(1, 301))
    within_1(arms_of_blocks(np.array(sizes), [997, 3, 500], 1_500, stream("b")), sizes, [997, 3, 500], 1_500)


def test_no_cases_are_no_fault() -> None:
    """An empty list gives an empty assignment."""
    assigned = assign(cases([]), UNEQUAL, BY_HOUSE, stream("none"), "")
    assert assigned.arm.tolist() == assigned.block.tolist() == assigned.position.tolist() == []


def test_an_assignment_repeats_byte_for_byte() -> None:
    """The same seed gives these very bytes; a change of the algorithm is noticed here."""
    view = cases([2, 3, 5, 8, 13] * 20)
    one, other = (assign(view, UNEQUAL, BY_HOUSE, stream(seed), "") for seed in ("golden", "other"))
    stored = one.arm.astype("<i8").tobytes() + one.position.astype("<i8").tobytes()
    assert hashlib.sha256(stored).hexdigest() == GOLDEN
    assert one.arm.tolist() != other.arm.tolist()


def test_faults_of_the_blocks() -> None:
    """No field, a field that is not there, and a case without a value."""
    with pytest.raises(ValueError, match="blocks names no field"):
        Settings(())
    with pytest.raises(SurveylabError, match=r"'hous'\. Did you mean 'house'"):
        assign(cases([2]), UNEQUAL, Settings(("hous",)), stream("x"), "")
    lacking = CaseView(np.array(["a", "b"]), {"house": np.array(["x", None], dtype=object)})
    with pytest.raises(SurveylabError, match="'b' has no value of 'house'"):
        assign(lacking, UNEQUAL, BY_HOUSE, stream("x"), "")
    assert needs(BY_HOUSE) == ("house",)
    assert not ARRIVALS
