"""No trimmed weight is above its limit, and what was cut off is not lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveylab.errors import SurveylabError
from surveylab.weighting import Design, Rake, ResponseClasses, Trim


def test_by_hand_in_equal_parts() -> None:
    """10 is cut to 5, and each of the other five gets 1."""
    design = Design(pd.DataFrame({"w": [1.0, 1, 1, 1, 1, 10]}), "w")
    done = design.adjust(Trim("given", limit=5))
    assert done.weights.tolist() == [2.0] * 5 + [5.0]
    spread = done.adjustments[0].report
    assert spread["maximum"].tolist() == [10, 5]
    assert spread["above_limit"].tolist() == [1, 0]
    assert spread["deff"].tolist() == pytest.approx([6 * 105 / 225, 6 * 45 / 225])


def test_by_hand_in_proportion_and_to_nobody() -> None:
    """Weights 1, 3, 8 with a limit of 6: the 2 go one to three, or are lost."""
    design = Design(pd.DataFrame({"w": [1.0, 3, 8]}), "w")
    assert design.adjust(Trim("given", limit=6, redistribute="proportional")).weights.tolist() == [1.5, 4.5, 6]
    assert design.adjust(Trim("given", limit=6, redistribute=None)).weights.tolist() == [1, 3, 6]


def test_who_comes_over_the_limit_by_redistribution_is_cut_too() -> None:
    """1, 5, 12 with a limit of 7: 5 go two and a half each, 7.5 is cut, and its half goes to the last."""
    design = Design(pd.DataFrame({"w": [1.0, 5, 12]}), "w")
    assert design.adjust(Trim("given", limit=7)).weights.tolist() == pytest.approx([4, 7, 7])


def test_limits_follow_their_rules() -> None:
    """Median 3 + 6 (4 - 2), five times the mean, and multiples that are given."""
    w = np.array([1.0, 2, 3, 4, 100])
    assert Trim().of(w) == pytest.approx(3 + 6 * 2)
    assert Trim("mean").of(w) == pytest.approx(5 * 22)
    assert Trim("mean", k=2).of(w) == pytest.approx(44)
    assert Trim("median_iqr", k=1).of(np.append(w, 0)) == pytest.approx(5)


def test_nonrespondents_get_nothing(people: pd.DataFrame) -> None:
    """A weight of zero stays zero, and the sum stays the sum."""
    before = Design(people, "w").adjust(ResponseClasses("answered", ["region", "age"]))
    after = before.adjust(Trim("mean", 1.5))
    assert ((after.weights == 0) == (before.weights == 0)).all()
    assert after.weights.sum() == pytest.approx(before.weights.sum(), rel=1e-12)
    assert after.weights.max() <= 1.5 * before.weights[before.weights > 0].mean() * (1 + 1e-9)
    assert after.spread.deff < before.spread.deff


def test_margins_hold_where_trimming_calibrates_again(
    people: pd.DataFrame, margins: dict[str, dict[str, float]]
) -> None:
    """Cut and raked in turn, until no weight is above the limit and every margin is met."""
    raked = Design(people, "w").adjust(ResponseClasses("answered", "region"), Rake(margins))
    done = raked.adjust(Trim("mean", 1.8, recalibrate=Rake(margins)))
    limit = 1.8 * raked.weights[raked.weights > 0].mean()
    assert raked.weights.max() > limit
    assert done.weights.max() <= limit * (1 + 1e-6)
    sums = people.assign(now=done.weights).groupby("age")["now"].sum().to_dict()
    assert sums == pytest.approx(margins["age"], rel=1e-10)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Trim("given", limit=2), "have to add up to 12"),
        (Trim("given"), "a limit with rule 'given'"),
        (Trim("mean", limit=3), "a limit with rule 'given'"),
        (Trim("median"), "median_iqr, mean or given"),  # type: ignore[arg-type]
        (Trim("mean", k=-1), "above zero"),
        (Trim("given", limit=5, recalibrate=Rake({"sex": {"f": 20, "m": 2}})), "do not agree after"),
    ],
)
def test_limits_that_cannot_be_are_refused(step: Trim, said: str) -> None:
    """Too low for the sum, for the margins, or not said as it should be."""
    data = pd.DataFrame({"w": [1.0, 3, 8], "sex": ["f", "m", "m"]})
    with pytest.raises(SurveylabError, match=said):
        Design(data, "w").adjust(step)
