"""Systematic sampling: every start by hand, a fractional interval, the order as implicit strata."""

from collections import Counter

import numpy as np
import pytest

from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView
from surveylab.sampling.systematic import Settings, draw, joint


def frame(n: int, **fields: object) -> FrameView:
    """Units in the order of their ids, with these fields."""
    ids = np.array([f"u{each:04}" for each in range(n)])
    return FrameView(ids, {name: np.asarray(values) for name, values in fields.items()})


def test_a_whole_interval_takes_every_third() -> None:
    """Nine units, three drawn: the three samples there are, a third of 3,000 draws each (z = 4)."""
    rng = stream("thirds")
    seen = Counter(tuple(draw(frame(9), Settings(3), rng).positions.tolist()) for _ in range(3_000))
    assert set(seen) == {(0, 3, 6), (1, 4, 7), (2, 5, 8)}
    assert all(abs(count - 1_000) <= 4 * np.sqrt(3_000 * (1 / 3) * (2 / 3)) for count in seen.values())


def test_a_fractional_interval_by_hand() -> None:
    """Two of five: in steps of 5 the starts 0..4 reach halves 0-5, 1-6, 2-7, 3-8, 4-9: units 02, 03, 13, 14, 24."""
    rng = stream("five")
    seen = {tuple(draw(frame(5), Settings(2), rng).positions.tolist()) for _ in range(200)}
    assert seen == {(0, 2), (0, 3), (1, 3), (1, 4), (2, 4)}
    pairs = joint(frame(5), Settings(2), np.arange(5)) * 5
    by_hand = [[2, 0, 1, 1, 0], [0, 2, 0, 1, 1], [1, 0, 2, 0, 1], [1, 1, 0, 2, 0], [0, 1, 1, 0, 2]]
    np.testing.assert_allclose(pairs, by_hand, atol=1e-15)


def test_the_order_is_an_implicit_stratification() -> None:
    """Sorted by region, a sample of 10 has each region's share of 10, rounded down or up, in every draw."""
    region = np.array(["c", "a", "b", "a"] * 25)
    units, rng = frame(100, region=region), stream("implicit")
    for _ in range(200):
        counts = Counter(region[draw(units, Settings(10, ("region",)), rng).positions].tolist())
        assert counts["a"] == 5
        assert {counts["b"], counts["c"]} <= {2, 3}


def test_sorting_by_two_fields_and_then_by_id() -> None:
    """Neighbours of the sorted list are never drawn together while n is at most half of N."""
    units = frame(6, region=["b", "a", "b", "a", "b", "a"], age=[2, 2, 1.5, 1, 1, 1])
    pairs = joint(units, Settings(3, ("region", "age")), np.arange(6))
    listed = [3, 5, 1, 4, 2, 0]
    by_place = pairs[np.ix_(listed, listed)]
    np.testing.assert_allclose(by_place, np.array([[0.5, 0, 0.5], [0, 0.5, 0]] * 3)[:, [0, 1, 0, 1, 0, 1]])


def test_everybody_is_drawn_where_n_is_all() -> None:
    """A census, with probability 1."""
    sample = draw(frame(4), Settings(4), stream("all"))
    assert sample.positions.tolist() == [0, 1, 2, 3]
    assert sample.probability.tolist() == [1.0] * 4
    assert np.all(joint(frame(4), Settings(4), np.arange(4)) == 1)


@pytest.mark.parametrize(
    ("n", "sort", "message"),
    [
        (9, (), "asks for 9 units and the frame has 8"),
        (2, ("regoin",), "no unit has a field 'regoin'. Did you mean 'region'?"),
        (2, ("age",), "Unit 'u0003' has no value of 'age'"),
    ],
)
def test_refusals(n: int, sort: tuple[str, ...], message: str) -> None:
    """Too many units, an unknown field and a missing value are told by name."""
    units = frame(8, region=["a"] * 8, age=np.array([1, 2, 3, None, 5, 6, 7, 8], dtype=object))
    with pytest.raises(SurveylabError) as caught:
        draw(units, Settings(n, sort), stream("bad"))
    assert message.lower() in str(caught.value).lower()
