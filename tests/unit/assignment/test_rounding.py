"""Unbiased rounding: floor or ceiling, margins kept, and the mean exact by complete enumeration."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from surveylab.assignment import _rounding
from surveylab.randomness import stream

Table = tuple[tuple[int, ...], ...]


class Every:
    """Takes the place of ``below``: follows one branch of chance, and counts how likely it is."""

    def __init__(self, path: list[int]) -> None:
        self.path, self.bounds = path, []

    def __call__(self, rng: object, bound: int) -> int:
        """The next choice of the path, the first one beyond its end."""
        self.bounds.append(bound)
        if len(self.bounds) > len(self.path):
            self.path.append(0)
        return self.path[len(self.bounds) - 1]


def enumerated(run: Callable[[Every], Table]) -> Iterator[tuple[Table, Fraction]]:
    """Every outcome of ``run`` with its probability, by walking the whole tree of choices."""
    path: list[int] = []
    while True:
        chance = Every(path)
        table = run(chance)
        probability = Fraction(1)
        for bound in chance.bounds:
            probability /= bound
        yield table, probability
        while path and path[-1] == chance.bounds[len(path) - 1] - 1:
            path.pop()
        if not path:
            return
        path[-1] += 1


def test_systematic_rounding_is_exact_over_all_starts() -> None:
    """The mean over the W starts is the target; each count and each running sum is floor or ceiling."""
    parts, whole = [3, 0, 10, 7, 4], 6
    every = [
        _rounding.systematic(np.array([parts]), np.array([whole]), np.array([start]))[0].tolist()
        for start in range(whole)
    ]
    assert np.sum(every, axis=0).tolist() == parts
    for rounded in every:
        assert sum(rounded) == sum(parts) // whole
        for got, part in zip(np.cumsum(rounded), np.cumsum(parts), strict=True):
            assert got in (part // whole, -(-part // whole))


def test_counts_are_exact_for_denominators_beyond_a_word() -> None:
    """A million cases over 10^30: floor or ceiling of the exact target, and the sum is exact."""
    whole = 10**30
    parts = [whole // 3, whole // 7, whole - whole // 3 - whole // 7]
    n = 1_000_000
    found = _rounding.counts([n * part for part in parts], whole, stream("big")).tolist()
    assert sum(found) == n
    assert all(got in (n * part // whole, -(-n * part // whole)) for got, part in zip(found, parts, strict=True))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([[1, 1, 2]], 4),
        ([[1, 2, 0], [2, 2, 2]], 3),
        ([[1, 1, 1], [1, 1, 1], [2, 2, 2]], 3),
        ([[1, 3], [2, 2], [3, 1]], 4),
        ([[0, 0], [0, 0]], 5),
    ],
)
def test_controlled_rounding_is_exact_over_all_choices(
    parts: list[list[int]], whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enumerating every choice: each mean is part/W, each margin floor or ceiling."""
    means: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    certain = Fraction(0)

    def run(chance: Every) -> Table:
        monkeypatch.setattr(_rounding, "below", chance)
        return tuple(map(tuple, _rounding.controlled([list(row) for row in parts], whole, stream("order"))))

    for table, probability in enumerated(run):
        certain += probability
        assert [sum(row) * whole for row in table] == [sum(row) for row in parts]
        for got, column in zip(map(sum, zip(*table, strict=True)), zip(*parts, strict=True), strict=True):
            assert got in (sum(column) // whole, -(-sum(column) // whole))
        for row, arm in product(range(len(parts)), range(len(parts[0]))):
            assert table[row][arm] in (0, 1)
            means[row, arm] += probability * table[row][arm]
    assert certain == 1
    assert means == {
        (row, arm): Fraction(parts[row][arm], whole) for row, arm in product(range(len(parts)), range(len(parts[0])))
    }


@pytest.mark.parametrize(("totals", "rows"), [([3, 2, 1, 4], 5), ([2, 2, 2], 3), ([1, 1, 1, 1], 2), ([4, 0], 4)])
def test_spreading_is_exact_over_all_starts(totals: list[int], rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enumerating every start of every halving: the mean of each cell is total/rows, sums are kept."""
    mean = np.full((rows, len(totals)), Fraction(0))
    certain = Fraction(0)

    def run(chance: Every) -> Table:
        monkeypatch.setattr(
            _rounding, "each_below", lambda rng, bounds: np.array([chance(rng, int(bound)) for bound in bounds])
        )
        return tuple(map(tuple, _rounding.spread(np.array([totals]), np.array([rows]), stream("spread")).tolist()))

    for table, probability in enumerated(run):
        cells = np.array(table)
        certain += probability
        assert set(cells.ravel().tolist()) <= {0, 1}
        assert cells.sum(axis=0).tolist() == totals
        assert set(cells.sum(axis=1).tolist()) == {sum(totals) // rows}
        mean = mean + cells * probability
    assert certain == 1
    assert np.array_equal(mean, np.tile([Fraction(total, rows) for total in totals], (rows, 1)))


def test_groups_are_spread_apart_from_one_another() -> None:
    """Two groups keep their own totals, in their own rows."""
    totals, rows = np.array([[3, 2, 1], [1, 1, 2]]), np.array([6, 2])
    cells = _rounding.spread(totals, rows, stream("groups"))
    assert cells.shape == (8, 3)
    assert cells[:6].sum(axis=0).tolist() == [3, 2, 1]
    assert cells[6:].sum(axis=0).tolist() == [1, 1, 2]
    assert cells.sum(axis=1).tolist() == [1] * 6 + [2] * 2
