"""From stored sums to the cells of a model."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from surveylab.analysis.cells import cells_of, labels_by
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError

ARMS = tuple(Arm((("f", level),), Fraction(1, 2)) for level in "ab")


def table(*places: tuple[str, str, str, str]) -> pd.DataFrame:
    """Ten cases in each cell: level, stratum, block, cluster."""
    found = pd.DataFrame(places, columns=["f", "stratum", "block", "cluster"])
    return found.assign(cases=10, n=10.0, total=4.0, squares=4.0)


def test_a_group_that_is_anothers_second_name_is_dropped() -> None:
    """Blocks that are the strata go, blocks that cross them stay, and so does one with one label not."""
    same = table(("a", "s=1", "one", ""), ("b", "s=1", "one", ""), ("a", "s=2", "two", ""), ("b", "s=2", "two", ""))
    assert list(cells_of(same, ARMS, {}).groups) == ["stratum"]
    crossed = table(("a", "s=1", "one", ""), ("b", "s=1", "two", ""), ("a", "s=2", "two", ""), ("b", "s=2", "one", ""))
    assert list(cells_of(crossed, ARMS, {}).groups) == ["stratum", "block"]


def test_a_stratum_without_cases_leaves_its_share_to_the_others() -> None:
    """Nothing was told of it: the others keep their proportions."""
    found = cells_of(
        table(("a", "s=1", "", ""), ("b", "s=2", "", "")), ARMS, {"stratum": {"s=1": 0.6, "s=2": 0.2, "s=3": 0.2}}
    )
    assert found.shares["stratum"].tolist() == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize("shares", [{"s=1": 1.0}, {"s=1": 1.0, "s=2": 0.0}])
def test_cases_in_a_stratum_without_share_are_an_error(shares: dict[str, float]) -> None:
    """They would count for nothing in every mean."""
    with pytest.raises(SurveylabError, match="cases in s=2, which has no share"):
        cells_of(table(("a", "s=1", "", ""), ("b", "s=2", "", "")), ARMS, {"stratum": shares})


def test_values_of_a_stratum_may_hold_commas_and_equals_signs() -> None:
    """The fields tell where a value ends."""
    labels = ("city=Berlin, Mitte,age=old", "city=Berlin, Pankow,age=old", "city=a=b,age=young")
    assert list(labels_by("city", ("city", "age"), labels)) == ["Berlin, Mitte", "Berlin, Pankow", "a=b"]
    assert labels_by("age", ("city", "age"), labels) == {"old": list(labels[:2]), "young": [labels[2]]}
