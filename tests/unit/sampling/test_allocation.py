"""Allocation: proportional to a measure, within bounds, rounded by largest remainder."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from surveylab.sampling._allocation import allocate, bounded, largest_remainder


def test_proportions_that_are_whole_stay() -> None:
    """1,000 units shared by 60, 30 and 10 percent."""
    assert allocate([600.0, 300.0, 100.0], [600, 300, 100], 100, 1) == [60, 30, 10]


def test_ties_go_to_the_first_stratum() -> None:
    """Four equal strata and six units: remainders are equal, so stratum order settles."""
    assert allocate([5.0] * 4, [5] * 4, 6, 1) == [2, 2, 1, 1]
    assert largest_remainder([Fraction(1, 3)] * 3) == [1, 0, 0]


def test_the_largest_remainder_is_rounded_up() -> None:
    """Of 1.2, 1.5 and 1.3 the middle one gets the unit that is left."""
    assert largest_remainder([Fraction(12, 10), Fraction(15, 10), Fraction(13, 10)]) == [1, 2, 1]


def test_overflow_is_shared_again_step_by_step() -> None:
    """Cochran 1977, 5.8: the first stratum is taken whole, which makes the second overflow in turn.

    100 units by 90:8:2 would be 90, 8, 2. The first holds 20, so 80 go to the others as 64
    and 16; the second holds 50, so the third gets 30.
    """
    assert allocate([90.0, 8.0, 2.0], [20, 50, 900], 100, 0) == [20, 50, 30]


def test_every_stratum_gets_the_minimum() -> None:
    """A tiny stratum gets 2 where its share is 0.1, and not more than the 1 unit it has."""
    assert allocate([10.0, 990.0], [10, 990], 10, 2) == [2, 8]
    assert allocate([1.0, 999.0], [1, 999], 10, 2) == [1, 9]


def test_the_minimum_gives_way_where_n_does_not_reach() -> None:
    """Three units for four strata: the minimum falls to 0; nine for four: to 2."""
    assert allocate([4.0, 3.0, 2.0, 1.0], [9, 9, 9, 9], 3, 1) == [1, 1, 1, 0]
    assert allocate([100.0, 1.0, 1.0, 1.0], [9, 9, 9, 9], 9, 5) == [3, 2, 2, 2]


def test_units_left_without_a_measure_go_by_size() -> None:
    """Once the strata with a measure are full, the others share what is left by their sizes."""
    assert allocate([1.0, 0.0, 0.0], [10, 20, 40], 16, 0) == [10, 2, 4]


sizes_and_measures = st.lists(
    st.tuples(st.integers(1, 60), st.one_of(st.just(0.0), st.floats(0.001, 1e6))), min_size=1, max_size=12
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(sizes_and_measures, st.integers(1, 400), st.integers(0, 5))
def test_bounds_and_total_always_hold(strata: list[tuple[int, float]], n: int, minimum: int) -> None:
    """Whatever the strata: the total is n, no stratum is over its size or under the minimum that fits."""
    sizes = [size for size, _ in strata]
    n = min(n, sum(sizes))
    taken = allocate([measure for _, measure in strata], sizes, n, minimum)
    least = min(minimum, n // len(sizes))
    assert sum(taken) == n
    assert all(min(least, size) <= got <= size for got, size in zip(taken, sizes, strict=True))


@settings(deadline=None, derandomize=True, max_examples=200)
@given(sizes_and_measures, st.integers(1, 400))
def test_strata_between_their_bounds_share_in_proportion(strata: list[tuple[int, float]], n: int) -> None:
    """The optimum: one rate for all strata that are at no bound; at the upper bound the rate is lower."""
    upper = [size for size, _ in strata]
    measure = [Fraction(value or 1.0) for _, value in strata]
    lower = [min(1, size) for size in upper]
    n = max(len(upper), min(n, sum(upper)))
    shares = bounded(measure, lower, upper, n)
    assert sum(shares) == n
    rates = [share / value for share, value in zip(shares, measure, strict=True)]
    inner = {rate for rate, share, up, low in zip(rates, shares, upper, lower, strict=True) if low < share < up}
    assert len(inner) <= 1
    for rate in inner:
        for own, share, up, low in zip(rates, shares, upper, lower, strict=True):
            assert share < up or low == up or own <= rate
            assert share > low or low == up or own >= rate
