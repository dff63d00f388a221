"""Respondents stand for those who did not answer, by class or by propensity."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy

from surveylab.errors import SurveylabError
from surveylab.weighting import Collapse, Design, Propensity, ResponseClasses, mean


def test_weighting_classes_by_hand() -> None:
    """In a, weight 3 of 6 answered: factor 2; in b all of it."""
    data = pd.DataFrame({"w": [1.0, 2, 3, 4], "r": [1, 1, 0, 1], "c": ["a", "a", "a", "b"]})
    done = Design(data, "w").adjust(ResponseClasses("r", "c"))
    assert done.weights.tolist() == [2.0, 4.0, 0.0, 4.0]
    report = done.adjustments[0].report
    assert report["response_rate"].tolist() == [0.5, 1.0]
    assert report["factor"].tolist() == [2.0, 1.0]
    assert (report["sampled"].tolist(), report["respondents"].tolist()) == ([3, 1], [2, 1])


def test_classes_keep_their_weight(people: pd.DataFrame) -> None:
    """Each crossed class weighs what it weighed; nonrespondents weigh nothing."""
    done = Design(people, "w").adjust(ResponseClasses("answered", ["region", "age"]))
    now = people.assign(now=done.weights).groupby(["region", "age"])[["w", "now"]].sum()
    assert now["now"].to_numpy() == pytest.approx(now["w"].to_numpy(), rel=1e-12)
    assert (done.weights[people["answered"] == 0] == 0).all()


def test_small_classes_merge_with_the_nearest_rate() -> None:
    """B has one respondent of four (rate 0.25); c answers by 0.3 and a by 0.9: b goes to c."""
    sizes = {"a": (30, 27), "b": (4, 1), "c": (30, 9)}
    rows = [(name, int(k < answered)) for name, (n, answered) in sizes.items() for k in range(n)]
    data = pd.DataFrame(rows, columns=["c", "r"]).assign(w=1.0)
    done = Design(data, "w").adjust(ResponseClasses("r", "c", Collapse(fewest=5, largest=4.0)))
    report = done.adjustments[0].report.set_index("class")
    assert report["merged_into"].to_dict() == {"c=a": "", "c=b": "", "c=c": "c=b"}
    assert report["factor"].tolist() == pytest.approx([30 / 27, 3.4, 3.4])
    assert done.weights.sum() == pytest.approx(64)


def test_a_factor_that_is_too_large_is_merged_away() -> None:
    """Rates 0.2 and 0.5 with at most threefold weights: one class of 0.35."""
    data = pd.DataFrame({"c": ["a"] * 100 + ["b"] * 100, "r": [1] * 20 + [0] * 80 + [1] * 50 + [0] * 50, "w": 1.0})
    done = Design(data, "w").adjust(ResponseClasses("r", "c", Collapse(fewest=10, largest=3.0)))
    assert np.unique(done.weights).tolist() == pytest.approx([0, 200 / 70])


def test_classes_of_different_arms_stay_apart() -> None:
    """Three respondents of b in the arm x go to a of x, though b of y answers as they do."""
    sizes = {("x", "a"): (30, 27), ("x", "b"): (10, 3), ("y", "a"): (30, 27), ("y", "b"): (100, 30)}
    rows = [(arm, name, int(k < answered)) for (arm, name), (n, answered) in sizes.items() for k in range(n)]
    data = pd.DataFrame(rows, columns=["arm", "c", "r"]).assign(w=1.0)
    done = Design(data, "w").adjust(ResponseClasses("r", "c", Collapse(fewest=5, largest=4.0), within="arm"))
    report = done.adjustments[0].report.set_index("class")
    assert report["merged_into"].to_dict()["arm=x, c=b"] == "arm=x, c=a"
    assert report["factor"].tolist() == pytest.approx([40 / 30, 40 / 30, 30 / 27, 100 / 30])


def test_propensities_are_those_of_a_weighted_logistic_regression(people: pd.DataFrame) -> None:
    """Coefficients are those of svy; weights are w / rho."""
    done = Design(people, "w").adjust(Propensity("answered", ("age", "size")))
    sample = svy.Sample(pl.from_pandas(people), svy.Design(wgt="w"))
    fit = sample.glm.fit(y="answered", x=[svy.Cat("age", ref="middle"), "size"], family="binomial")
    beta = np.array([each["estimate"] for each in fit.to_polars().to_dicts()])
    x = np.column_stack(
        [np.ones(len(people)), people["age"] == "old", people["age"] == "young", people["size"]]
    ).astype(float)
    rho = 1 / (1 + np.exp(-x @ beta))
    answered = people["answered"] == 1
    assert done.weights[answered] == pytest.approx((people["w"] / rho)[answered].to_numpy(), rel=1e-6)
    own = np.where(answered, people["w"] / np.where(answered, done.weights, 1.0), 0)[answered]
    assert own.max() < 1


def test_a_saturated_propensity_is_the_rate_of_its_class(people: pd.DataFrame) -> None:
    """With one categorical covariate both ways are the same, and so are three classes of it."""
    design = Design(people, "w")
    rates = design.adjust(ResponseClasses("answered", "age")).weights
    assert design.adjust(Propensity("answered", ("age",))).weights == pytest.approx(rates, rel=1e-9)


def test_quintile_classes_divide_by_their_rates(people: pd.DataFrame) -> None:
    """Five classes of 48, each keeping its weight."""
    done = Design(people, "w").adjust(Propensity("answered", ("age", "size"), classes=5))
    report = done.adjustments[0].report
    assert report["sampled"].tolist() == [48] * 5
    assert report["lowest"].is_monotonic_increasing
    assert done.weights.sum() == pytest.approx(people["w"].sum())
    answered = people["answered"] == 1
    factor = done.weights[answered] / people["w"][answered]
    assert sorted(set(np.round(factor, 9))) == pytest.approx(sorted(1 / report["response_rate"]), rel=1e-6)


def test_adjustment_removes_the_bias_that_its_classes_explain() -> None:
    """Answers depend on age alone: the adjusted mean is within 4 standard errors of the truth, the raw one is not."""
    rng = np.random.default_rng(4)
    age = rng.choice(["young", "old"], 20_000)
    data = pd.DataFrame({"w": 1.0, "age": age, "y": rng.normal(size=20_000) + (age == "old")})
    data["r"] = (rng.uniform(size=20_000) < np.where(age == "old", 0.6, 0.3)).astype(int)
    design = Design(data, "w")
    adjusted = mean(design.adjust(ResponseClasses("r", "age")), "y").frame
    raw = mean(design, "y", where="r").frame
    truth = data["y"].mean()
    assert abs(adjusted["estimate"][0] - truth) < 4 * adjusted["se"][0]
    assert abs(raw["estimate"][0] - truth) > 4 * raw["se"][0]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (ResponseClasses("r", "c"), "Nobody answered in c=b"),
        (ResponseClasses("none", "c"), "Nobody answered in c=a; c=b"),
        (ResponseClasses("r", "d"), "no column 'd'"),
        (ResponseClasses("x", "c"), "has to be 0 or 1"),
        (ResponseClasses("none", "c", Collapse()), "Nobody answered; there is nobody to adjust"),
        (Propensity("r", ("c",)), "In c=b nobody answered"),
        (Propensity("r", ()), "needs covariates"),
        (Propensity("none", ("x",)), "Nobody answered; there is no response to model"),
        (Propensity("r", ("x", "x2")), "x2 follows from intercept; x"),
        (Propensity("r", ("x",), classes=1), "two or more, not 1"),
        (Propensity("r", ("order",)), "tells exactly who answers"),
    ],
)
def test_what_cannot_be_adjusted_is_told(step: ResponseClasses, said: str) -> None:
    """Classes and categories without respondents, and models that do not exist."""
    data = pd.DataFrame({"w": [1.0] * 6, "r": [1, 0, 1, 0, 0, 0], "c": list("aaaabb"), "none": 0})
    data = data.assign(x=[1.0, 2, 4, 3, 1, 2]).assign(x2=lambda each: 2 * each["x"], order=[5, 1, 6, 2, 3, 4])
    with pytest.raises(SurveylabError, match=said):
        Design(data, "w").adjust(step)
