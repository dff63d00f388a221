"""R-indicators are those of their definitions, written out for one covariate and for two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveylab.errors import SurveylabError
from surveylab.weighting import Design, ResponseClasses, representativity

SIZES = {"a": (100, 80), "b": (200, 100), "c": (100, 30)}


@pytest.fixture(scope="module")
def one() -> pd.DataFrame:
    """400 of 4,000, one covariate with three categories: rates 0.8, 0.5 and 0.3."""
    rows = [(name, int(k < answered)) for name, (n, answered) in SIZES.items() for k in range(n)]
    return pd.DataFrame(rows, columns=["group", "r"]).assign(w=10.0)


def test_one_covariate_by_hand(one: pd.DataFrame) -> None:
    """Propensities are the rates; z'V z adds up to sum_g rho (1 - rho); and everything follows."""
    n, size, rate = np.array([100, 200, 100]), 4000.0, np.array([0.8, 0.5, 0.3])
    rho = np.repeat(rate, n)
    middle = rho.mean()
    s2 = 10 * ((rho - middle) ** 2).sum() / (size - 1)
    bias = (rate * (1 - rate)).sum() / 400 - rho.var(ddof=1) * (1 / 400 - 1 / size)
    found = representativity(Design(one, "w"), "r", ["group"])
    row = found.frame.iloc[0]
    assert row["r_unadjusted"] == pytest.approx(1 - 2 * s2**0.5, rel=1e-9)
    assert row["r"] == pytest.approx(1 - 2 * (s2 - bias) ** 0.5, rel=1e-9)
    assert row["cv"] == pytest.approx((s2 - bias) ** 0.5 / middle, rel=1e-9)
    assert row["response_rate"] == pytest.approx(middle)
    assert found.maximal_bias(0.5)[0] == pytest.approx(0.5 * row["cv"])
    between = n / 400 * (rate - middle) ** 2
    variables, categories = found.variables.iloc[0], found.categories.set_index("category")
    assert variables["unconditional_unadjusted"] == pytest.approx(between.sum() ** 0.5, rel=1e-9)
    assert variables["unconditional"] == pytest.approx((between.sum() * (1 - bias / s2)) ** 0.5, rel=1e-9)
    signed = np.sign(rate - middle) * between**0.5
    assert categories["unconditional_unadjusted"].tolist() == pytest.approx(signed.tolist(), rel=1e-9)
    assert variables["conditional_unadjusted"] == pytest.approx(between.sum() ** 0.5, rel=1e-9)


def test_the_linearised_error_by_hand(one: pd.DataFrame) -> None:
    """4 A'VA + 2 tr(BVBV) + (1 - f) C over n^2 S^2, with the indicators of the groups as covariates."""
    groups = pd.get_dummies(one["group"]).to_numpy(float)
    rate = np.array([0.8, 0.5, 0.3])
    rho, n = groups @ rate, 400
    z = (rho * (1 - rho))[:, None] * groups
    v = np.linalg.inv(z.T @ groups)
    a = (n - 1) * np.array([np.cov(z[:, k], rho)[0, 1] for k in range(3)])
    b, c = (n - 1) * np.cov(z.T), (n - 1) * np.var((rho - rho.mean()) ** 2, ddof=1)
    variance = (4 * a @ v @ a + 2 * np.trace(b @ v @ b @ v) + 0.9 * c) / rho.var(ddof=1) / n**2
    found = representativity(Design(one, "w"), "r", ["group"]).frame["r_se"][0]
    assert found == pytest.approx(variance**0.5, rel=1e-8)


def test_conditional_indicators_look_within_the_other_covariates(people: pd.DataFrame) -> None:
    """Variance of the propensities within the categories of the other covariate, by category of the own."""
    found = representativity(Design(people, "w"), "answered", ["sex", "age"])
    x = np.column_stack([np.ones(240), people["sex"] == "m", people["age"] == "old", people["age"] == "young"]).astype(
        float
    )
    w, r, beta = people["w"].to_numpy(), people["answered"].to_numpy(), np.zeros(4)
    for _ in range(30):
        rho = 1 / (1 + np.exp(-x @ beta))
        beta += np.linalg.solve((x * (w * rho * (1 - rho))[:, None]).T @ x, x.T @ (w * (r - rho)))
    table = people.assign(rho=rho, wr=w * rho)
    means = table.groupby("sex")["wr"].transform("sum") / table.groupby("sex")["w"].transform("sum")
    part = (w / w.sum() * (rho - means) ** 2).groupby(people["age"]).sum()
    own = found.categories[found.categories["variable"] == "age"]
    assert own["conditional_unadjusted"].tolist() == pytest.approx((part**0.5).tolist(), rel=1e-7)
    whole = found.variables.set_index("variable").loc["age"]
    assert whole["conditional_unadjusted"] == pytest.approx(part.sum() ** 0.5, rel=1e-7)
    assert whole["conditional"] == pytest.approx((part.sum() * found.frame["factor"][0]) ** 0.5, rel=1e-7)


def test_arms_are_compared_on_the_same_covariates(people: pd.DataFrame) -> None:
    """Each arm is what it is alone."""
    both = representativity(Design(people, "w"), "answered", ["sex", "age"], by="arm")
    alone = representativity(Design(people[people["arm"] == "plain"], "w"), "answered", ["sex", "age"])
    assert both.frame["arm"].tolist() == ["labelled", "plain"]
    assert both.frame["r"][1] == pytest.approx(alone.frame["r"][0], rel=1e-10)
    assert "plain" in both._repr_html_()


def test_the_adjustment_takes_the_bias_away() -> None:
    """Everybody has the same propensity, 0.5, so S^2 is 0. Of 150 samples of 400 the raw S^2 is above it on average.

    The published adjustment also takes off the variance of the mean propensity, 0.25 / 400: to that within z = 4.
    """
    rng, adjusted, raw = np.random.default_rng(11), [], []
    data = pd.DataFrame({"group": np.repeat(list("abcde"), 80), "w": 10.0})
    for _ in range(150):
        data["r"] = (rng.uniform(size=400) < 0.5).astype(int)
        rate = data.groupby("group")["r"].mean()
        s2 = 10 * 80 * float(((rate - rate.mean()) ** 2).sum()) / 3999
        row = representativity(Design(data, "w"), "r", ["group"]).frame.iloc[0]
        assert row["r_unadjusted"] == pytest.approx(1 - 2 * s2**0.5, abs=1e-8)
        bias = float((rate * (1 - rate)).sum()) / 400 - s2 * 0.9 / 400
        adjusted.append(s2 - bias)
        raw.append(s2)
        assert row["r"] == pytest.approx(1 - 2 * max(s2 - bias, 0) ** 0.5, abs=1e-4)
    error = np.std(adjusted) / 150**0.5
    assert abs(np.mean(adjusted) + 0.25 / 400) < 4 * error
    assert np.mean(raw) > 4 * error


def test_replicates_give_every_indicator_an_error(people: pd.DataFrame) -> None:
    """Of R, CV and the partial ones, with the model fitted anew in each replicate."""
    design = Design(people, "w", "region", "site")
    made = representativity(design.with_replicates("JKn"), "answered", ["sex", "age"])
    assert (made.frame[["r_se", "cv_se"]] > 0).to_numpy().all()
    assert (made.categories[["unconditional_se", "conditional_se"]] > 0).to_numpy().all()
    linear = representativity(design, "answered", ["sex", "age"])
    assert linear.categories["conditional_se"].isna().all()
    assert made.frame["r"][0] == linear.frame["r"][0]
    assert "48 replicates" in made.variance


def test_a_replicate_error_is_that_of_its_definition(one: pd.DataFrame) -> None:
    """JK1 over 400 people: R from the rates without each of them."""
    made = representativity(Design(one, "w").with_replicates("JK1", centre="estimate"), "r", ["group"])

    def s(sizes: dict[str, tuple[int, int]], weight: float) -> float:
        n, got = (np.array(each, dtype=float) for each in zip(*sizes.values(), strict=True))
        rate, size = got / n, n.sum() * weight
        return float((weight * n @ (rate - got.sum() / n.sum()) ** 2 / (size - 1)) ** 0.5)

    whole, expected = s(SIZES, 10.0), 0.0
    for name, (n, got) in SIZES.items():
        for answered, count in ((1, got), (0, n - got)):
            without = SIZES | {name: (n - 1, got - answered)}
            expected += count * (s(without, 10.0 * 400 / 399) - whole) ** 2
    assert made.frame["r_se"][0] == pytest.approx(2 * (399 / 400 * expected) ** 0.5, rel=1e-6)


def test_a_category_in_which_everybody_answered_has_the_propensity_1() -> None:
    """The formulas hold with rates 1, 0.5 and 0, which no logistic regression reaches but goes to."""
    rate = np.array([1.0, 0.5, 0.0])
    rows = [(name, int(k < 100 * p)) for name, p in zip("abc", rate, strict=True) for k in range(100)]
    data = pd.DataFrame(rows, columns=["group", "r"]).assign(w=10.0)
    found = representativity(Design(data, "w"), "r", ["group"]).frame.iloc[0]
    s2 = 1000 * ((rate - 0.5) ** 2).sum() / 2999
    bias = (rate * (1 - rate)).sum() / 300 - np.repeat(rate, 100).var(ddof=1) * (1 / 300 - 1 / 3000)
    assert found["r_unadjusted"] == pytest.approx(1 - 2 * s2**0.5, rel=1e-7)
    assert found["r"] == pytest.approx(1 - 2 * (s2 - bias) ** 0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("on", "by", "said"),
    [
        (["grup"], None, r"no column 'grup'. Did you mean 'group'"),
        ([], None, "needs covariates"),
        (["group"], "half", "In half=late: Nobody answered"),
        (["group"], "third", "In third=late: Nobody has group=c, which others of the sample have"),
    ],
)
def test_what_has_no_indicator_is_told(one: pd.DataFrame, on: list[str], by: str | None, said: str) -> None:
    """Unknown covariates, and an arm in which nobody answered."""
    half = np.where(one["r"] == 0, "late", "early")
    half[:1], half[-1:] = "early", "early"
    third = np.where((one["group"] == "a") | ((one["group"] == "b") & (one["r"] == 0)), "late", "early")
    third[:2] = "early"
    with pytest.raises(SurveylabError, match=said):
        representativity(Design(one.assign(half=half, third=third), "w"), "r", on, by=by)


def test_nonrespondents_have_to_be_there(people: pd.DataFrame) -> None:
    """Behind an adjustment for nonresponse they weigh nothing."""
    adjusted = Design(people, "w").adjust(ResponseClasses("answered", "region"))
    with pytest.raises(SurveylabError, match="before it was adjusted"):
        representativity(adjusted, "answered", ["sex"])
