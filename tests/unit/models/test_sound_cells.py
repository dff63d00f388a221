"""Cells that no fit can use are refused with all reasons; sound ones have one canonical form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from surveylab import registry
from surveylab.errors import SurveylabError
from surveylab.models import Cells
from surveylab.models._cells import indicator, sound, standardised

Build = Callable[..., Cells]
N = [[10, 20, 30], [40, 50, 60]]


def checked(cells: Cells, family: str = "binary") -> Cells:
    """``sound`` with the family's module."""
    return sound(family, registry.load("models", family), cells)


def test_order_and_splitting_change_no_digit(by_region: Build) -> None:
    """Reversed cells, and a cell split in two, pool to exactly the same statistics."""
    whole = by_region(N, [[1, 2, 3], [4, 5, 6]])
    order = np.array([5, 3, 4, 0, 2, 1, 0])
    n, total = whole.n[order].copy(), whole.total[order].copy()
    n[[3, 6]], total[[3, 6]] = [7, 3], [0, 1]
    name, (labels, index) = next(iter(whole.groups.items()))
    split = replace(whole, arm=whole.arm[order], n=n, total=total, squares=total, groups={name: (labels, index[order])})
    for field in ("arm", "n", "total", "squares"):
        np.testing.assert_array_equal(getattr(checked(split), field), getattr(checked(whole), field))


def test_empty_cells_are_dropped(by_region: Build) -> None:
    """A cell without cases is not there any more."""
    assert len(checked(by_region([[0, 20, 30], [40, 50, 60]], [[0, 2, 3], [4, 5, 6]])).n) == 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"n": np.array([-1.0, 9, 9, 9, 9, 9])}, "negative number of cases"),
        ({"total": np.full(6, 99.0)}, "more successes than cases"),
        ({"total": np.full(6, -1.0)}, "fewer than no successes"),
        ({"n": np.array([0, 0, 0, 9.0, 9, 9]), "total": np.zeros(6)}, "No case in wording=plain"),
        ({"n": np.zeros(6), "total": np.zeros(6)}, "There is no case yet"),
        ({"n": np.array([0, 9.0, 9, 9, 9, 9])}, "without cases has a sum"),
        ({"n": np.array([np.nan, 9, 9, 9, 9, 9])}, "not a finite number"),
        ({"n": np.ones(5)}, "'n' must have one entry per cell"),
        ({"arm": np.array([0, 0, 0, 1, 1, 2])}, "index of arm must have one entry from 0 to 1"),
        ({"shares": {"region": np.array([0.5, 0.6, 0.2])}}, "with sum 1"),
        ({"shares": {"age": np.ones(1)}}, "'age', which is not a group"),
    ],
)
def test_each_fault_has_one_clear_message(by_region: Build, change: dict[str, Any], says: str) -> None:
    """What no fit can use is named, with what to do."""
    with pytest.raises(SurveylabError, match=says):
        checked(replace(by_region(N, [[1, 2, 3], [4, 5, 6]]), **change))


def test_all_faults_are_told_at_once(by_region: Build) -> None:
    """Two wrong columns are both named."""
    cells = replace(by_region(N, N), n=np.ones(5), total=np.ones(4))
    with pytest.raises(SurveylabError, match=r"'n' must.*'total' must"):
        checked(cells)


def test_a_single_arm_is_refused(by_region: Build) -> None:
    """Nothing is compared with one arm."""
    cells = by_region(N, N)
    with pytest.raises(SurveylabError, match="one arm only"):
        checked(replace(cells, arms=cells.arms[:1], arm=np.zeros(6, dtype=np.intp)))


def test_impossible_squares_are_refused(by_region: Build) -> None:
    """A sum of squares below total^2 / n cannot be."""
    with pytest.raises(SurveylabError, match="recompute the sums"):
        checked(by_region(N, N, [[9, 20, 30], [40, 50, 60]]), "continuous")


def test_standardised_statistics_are_those_of_standardised_values(by_region: Build) -> None:
    """Centre and sd from the statistics; the statistics of (value - centre) / sd recomputed from rows."""
    rng = np.random.default_rng(2)
    rows = [rng.normal(100 + 5 * k, 3, size=4 + k) for k in range(6)]
    sums = [[each.sum() for each in rows], [np.square(each).sum() for each in rows]]
    cells, unit = standardised("continuous", checked(by_region([len(each) for each in rows], *sums), "continuous"))
    arms = [np.concatenate(rows[:3]), np.concatenate(rows[3:])]
    within = sum(np.square(each - each.mean()).sum() for each in arms) / (sum(map(len, arms)) - 2)
    assert unit.centre == pytest.approx(np.concatenate(arms).mean())
    assert unit.sd == pytest.approx(np.sqrt(within))
    scaled = [(each - unit.centre) / unit.sd for each in rows]
    np.testing.assert_allclose(cells.total, [each.sum() for each in scaled], atol=1e-9)
    np.testing.assert_allclose(cells.squares, [np.square(each).sum() for each in scaled])


def test_values_that_do_not_vary_are_refused(by_region: Build) -> None:
    """Without variation there is no residual sd."""
    n = np.asarray(N, float)
    with pytest.raises(SurveylabError, match="do not vary"):
        standardised("continuous", checked(by_region(n, 7 * n, 49 * n), "continuous"))


def test_the_indicator_says_which_arm(by_region: Build) -> None:
    """One row per arm, ones at its cells."""
    np.testing.assert_array_equal(indicator(by_region(N, N)), [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
