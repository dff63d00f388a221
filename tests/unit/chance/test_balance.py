"""The balance table and its omnibus test, against independent computations and their distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from surveylab.chance.balance import balance
from surveylab.randomness import order, stream


def test_the_table_says_what_can_be_computed_by_hand() -> None:
    """Means, shares and differences in standard deviations; what is missing is a class of its own."""
    arms = ["a", "a", "b", "b"]
    found = balance(arms, {"age": [20, 30, 40, None], "region": ["n", "n", "s", "n"]})
    told = {(each.field, each.value, each.arm): each for each in found.differences}
    age = told["age", None, "a"]
    assert (age.mean, age.others) == (25, 35)
    assert age.smd == pytest.approx(-10 / np.std([20, 30, 40, 30], ddof=1))
    assert told["age", "missing", "b"].mean == 0.5
    assert told["region", "s", "b"].mean == 0.5
    assert told["region", "s", "b"].smd == -told["region", "s", "a"].smd


def test_one_class_in_two_arms_is_pearsons_test() -> None:
    """The statistic is the chi-square of the 2 x 2 table, up to the n - 1 of the covariance."""
    arms = ["a"] * 60 + ["b"] * 40
    region = ["n"] * 40 + ["s"] * 20 + ["n"] * 15 + ["s"] * 25
    table = np.array([[40, 20], [15, 25]])
    expected = np.outer(table.sum(1), table.sum(0)) / 100
    found = balance(arms, {"region": region})
    assert found.statistic == pytest.approx(chisquare(table.ravel(), expected.ravel()).statistic * 99 / 100)
    assert found.degrees == 1


def test_p_is_uniform_under_randomisation() -> None:
    """Three arms, a number, a class of three and a skewed number, 400 assignments: Kolmogorov-Smirnov above 1e-3."""
    rng = np.random.default_rng(4)
    n = 300
    fields = {
        "age": rng.normal(45, 15, n).tolist(),
        "region": rng.choice(["n", "s", "w"], n).tolist(),
        "spent": rng.exponential(20, n).tolist(),
    }
    arms = np.repeat(["a", "b", "c"], n // 3)
    values = []
    for seed in range(400):
        dealt = arms[order(stream("balance", str(seed)), n)].tolist()
        found = balance(dealt, fields)
        assert found.degrees == 8
        values.append(found.p)
    assert kstest(values, "uniform").pvalue > 1e-3


def test_an_arm_of_older_people_is_found_and_clusters_are_not_counted_as_persons() -> None:
    """Half a standard deviation among 400; the same as eight clusters of fifty that each have one value is nothing."""
    rng = np.random.default_rng(5)
    arms = ["a"] * 200 + ["b"] * 200
    age = np.concatenate([rng.normal(40, 10, 200), rng.normal(45, 10, 200)]).tolist()
    assert balance(arms, {"age": age}).p < 1e-4
    cluster = [f"c{number // 50}" for number in range(400)]
    of_cluster = np.repeat([40.0, 50, 35, 47, 44, 52, 39, 49], 50).tolist()
    assert balance(arms, {"age": of_cluster}).p < 1e-4
    together = balance(arms, {"age": of_cluster}, cluster)
    assert together.compared == 8
    assert together.p > 0.2


@pytest.mark.parametrize("n", [200, 2_000, 20_000])
def test_the_degrees_are_those_of_the_classes_however_many_cases(n: int) -> None:
    """A number and three regions are three directions; what is left of the fourth is rounding."""
    rng = np.random.default_rng(9)
    fields = {"age": rng.integers(16, 80, n).tolist(), "region": rng.choice(["n", "s", "w"], n).tolist()}
    assert balance(np.repeat(["a", "b", "c", "d"], n // 4).tolist(), fields).degrees == 9


def test_names_are_not_compared() -> None:
    """A text with more than twenty values is told as left out; nothing else is not compared."""
    found = balance(["a", "b"] * 15, {"code": [f"x{number}" for number in range(30)], "one": ["same"] * 30})
    assert found.left_out == ("code",)
    assert (found.differences, found.p) == ((), 1.0)
