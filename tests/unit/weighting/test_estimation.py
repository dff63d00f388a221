"""Estimates and their linearised standard errors are those of their definitions, and of svy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy
from scipy.stats import t

from surveylab.errors import SurveylabError
from surveylab.weighting import Calibrate, Design, PostStratify, Rake, Trim, mean, proportion, quantile, ratio, total
from surveylab.weighting.estimation import weighted_quantile

Variance = Callable[..., float]


@pytest.fixture(scope="module")
def design(people: pd.DataFrame) -> Design:
    """Sites in regions, without replacement."""
    return Design(people, "w", strata="region", cluster="site", fpc="sites")


def test_an_equal_probability_sample_by_hand() -> None:
    """Six values, N = 60: mean 5, s^2 = 6, se^2 = (1 - 6/60) 6 / 6; total 60 times as much."""
    data = pd.DataFrame({"y": [2.0, 3, 5, 5, 6, 9], "w": [10.0] * 6, "N": [60] * 6})
    design = Design(data, "w", fpc="N")
    found = mean(design, "y", deff="wor").frame
    assert found["estimate"][0] == pytest.approx(5.0)
    assert found["se"][0] == pytest.approx((0.9 * 6.0 / 6) ** 0.5)  # squares: 9 + 4 + 0 + 0 + 1 + 16 = 30, over 5
    assert found["df"][0] == 5
    assert found["deff"][0] == pytest.approx(1.0)
    half = t.ppf(0.975, 5) * found["se"][0]
    assert (found["lower"][0], found["upper"][0]) == pytest.approx((5 - half, 5 + half))
    assert total(design, "y").frame["se"][0] == pytest.approx(60 * found["se"][0])


def test_mean_total_and_ratio_are_linearised_by_their_definitions(
    people: pd.DataFrame, design: Design, variance: Variance
) -> None:
    """Scores y - mean, y, and y - R x, over the sums of weights, within strata and sites."""
    w, y, x = (people[name].to_numpy() for name in ("w", "score", "size"))
    at, r = w @ y / w.sum(), w @ y / (w @ x)
    for found, estimate, score in (
        (mean(design, "score"), at, w * (y - at) / w.sum()),
        (total(design, "score"), w @ y, w * y),
        (ratio(design, "score", "size"), r, w * (y - r * x) / (w @ x)),
    ):
        assert found.frame["estimate"][0] == pytest.approx(estimate, rel=1e-13)
        assert found.frame["se"][0] == pytest.approx(variance(score, people) ** 0.5, rel=1e-11)


def test_domains_keep_the_whole_design_and_differences_their_covariance(
    people: pd.DataFrame, design: Design, variance: Variance
) -> None:
    """Scores are zero outside of an arm; the difference has the score of the difference."""
    w, y = people["w"].to_numpy(), people["score"].to_numpy()
    scores = {}
    for arm in ("labelled", "plain"):
        own = w * (people["arm"] == arm).to_numpy()
        scores[arm] = own * (y - own @ y / own.sum()) / own.sum()
    found = mean(design, "score", by="arm")
    assert found.frame["arm"].tolist() == ["labelled", "plain"]
    for arm, se in zip(found.frame["arm"], found.frame["se"], strict=True):
        assert se == pytest.approx(variance(scores[arm], people) ** 0.5, rel=1e-11)
    difference = found.differences(reference="plain").frame
    assert difference[["arm", "reference"]].to_numpy().tolist() == [["labelled", "plain"]]
    apart = variance(scores["labelled"] - scores["plain"], people) ** 0.5
    assert difference["se"][0] == pytest.approx(apart, rel=1e-11)
    assert difference["df"][0] == 44
    assert difference["estimate"][0] == pytest.approx(found.frame["estimate"][0] - found.frame["estimate"][1])


def test_differences_stand_within_the_other_domains(design: Design) -> None:
    """By arm and sex, the arms are compared among women and among men."""
    found = mean(design, "score", by=["sex", "arm"])
    apart = found.differences("arm", reference="plain").frame
    assert apart["sex"].tolist() == ["f", "m"]
    means = found.frame.set_index(["sex", "arm"])["estimate"]
    assert apart["estimate"][0] == pytest.approx(means["f", "labelled"] - means["f", "plain"])
    same = found.contrast([1, -1, 0, 0]).frame
    assert (same["estimate"][0], same["se"][0]) == pytest.approx((apart["estimate"][0], apart["se"][0]))


def test_a_proportion_is_the_mean_of_its_indicator(people: pd.DataFrame, design: Design) -> None:
    """Categories in order, each with the standard error of its indicator; the interval is the logit's."""
    found = proportion(design, "age", by="arm").frame
    assert found["category"].tolist() == ["middle", "old", "young"] * 2
    old = Design(people.assign(old=(people["age"] == "old").astype(float)), "w", "region", "site", "sites")
    same = mean(old, "old", by="arm").frame
    for column in ("estimate", "se"):
        assert found[column][found["category"] == "old"].tolist() == pytest.approx(same[column].tolist(), rel=1e-11)
    p, se, df = found.loc[0, ["estimate", "se", "df"]]
    logit = np.log(p / (1 - p)) - t.ppf(0.975, df) * se / (p * (1 - p))
    assert found["lower"][0] == pytest.approx(1 / (1 + np.exp(-logit)))


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_quantiles_and_woodruff_intervals_are_those_of_svy(people: pd.DataFrame, design: Design, p: float) -> None:
    """Weighted, by arm: value, standard error and both limits."""
    theirs = svy.Sample(pl.from_pandas(people), svy.Design(stratum="region", psu="site", wgt="w", pop_size="sites"))
    expected = theirs.estimation.quantile("score", p=p, by="arm").to_dicts()
    found = quantile(design, "score", p, by="arm").frame
    for row, other in zip(found.to_dict("records"), sorted(expected, key=lambda each: each["by_level"]), strict=True):
        same = [other[name] for name in ("est", "se", "lci", "uci", "df")]
        names = ("estimate", "se", "lower", "upper", "df")
        assert [row[name] for name in names] == pytest.approx(same, rel=1e-12, nan_ok=True)


def test_a_median_by_hand() -> None:
    """F reaches one half at 2 (weights 1, 1, 2), and exactly at 1 with weights 2, 1, 1."""
    assert weighted_quantile(np.array([3.0, 1, 2]), np.array([2.0, 1, 1]), 0.5) == 2
    assert weighted_quantile(np.array([3.0, 1, 2]), np.array([1.0, 2, 1]), 0.5) == 1
    assert weighted_quantile(np.array([3.0, 1, 2]), np.array([0.0, 1, 3]), 1.0) == 2


@pytest.mark.parametrize("weight", [0.1, 33.847, 1 / 3, 30.97])
@pytest.mark.parametrize("n", [10, 182, 1000])
def test_a_quantile_of_equal_weights_is_exact(weight: float, n: int) -> None:
    """Half and a quarter of n values with one weight end at the values n/2 and n/4, whatever rounding does to sums."""
    y, w = np.arange(1.0, n + 1), np.full(n, weight)
    assert weighted_quantile(y, w, 0.5) == n // 2
    assert weighted_quantile(y, w, 0.25) == np.ceil(n / 4)


def test_negative_weights_of_linear_calibration_count_as_they_are(people: pd.DataFrame) -> None:
    """R and svy take them; means, totals and errors do here too. Quantiles and further steps refuse them."""
    total_size = 0.35 * float(people["w"] @ people["size"])
    adjusted = Design(people, "w", "region").adjust(Calibrate(totals={"size": total_size}, size=people["w"].sum()))
    w, y = adjusted.weights, people["score"].to_numpy()
    assert (w < 0).any()
    assert mean(adjusted, "score").frame["estimate"][0] == pytest.approx(w @ y / w.sum())
    assert total(adjusted, "size").frame["estimate"][0] == pytest.approx(total_size)
    assert total(adjusted, "size").frame["se"][0] == pytest.approx(0, abs=1e-6)
    assert adjusted.spread.minimum < 0
    with pytest.raises(SurveylabError, match="negative weights has no quantiles"):
        quantile(adjusted, "score")
    with pytest.raises(SurveylabError, match=r"negative in \d+ rows.*bounds, or by raking"):
        adjusted.adjust(Trim())


@pytest.mark.parametrize("step", ["post", "rake", "linear", "logit", "trimmed"])
def test_after_calibration_the_variance_is_of_residuals(
    step: str, people: pd.DataFrame, margins: dict[str, dict[str, float]], design: Design, variance: Variance
) -> None:
    """Scores less their regression on the auxiliary variables with the weights before, times the weights after."""
    cells = {("sex", "age"): {(s, a): 100.0 for s in "fm" for a in ("young", "middle", "old")}}
    income = float(people["w"] @ people["size"]) * 1.05
    steps = {
        "post": [PostStratify(cells)],
        "rake": [Rake(margins)],
        "linear": [Calibrate(margins, {"size": income})],
        "logit": [Calibrate(margins, method="logit", bounds=(0.4, 2.5))],
        "trimmed": [Rake(margins), Trim("mean", 1.5)],
    }
    adjusted = design.adjust(*steps[step])
    dummies = pd.get_dummies(people["sex"] + people["age"] if step == "post" else people["age"]).to_numpy(float)
    x = [dummies] if step == "post" else [dummies, (people[["sex"]] == "m").to_numpy(float)]
    if step == "linear":
        x.append(people[["size"]].to_numpy())
    matrix, d, w, y = np.hstack(x), people["w"].to_numpy(), adjusted.weights, people["score"].to_numpy()
    root = np.sqrt(d)

    def residual(score: np.ndarray) -> np.ndarray:
        beta = np.linalg.lstsq(matrix * root[:, None], score * root, rcond=None)[0]
        return w * (score - matrix @ beta)

    at = w @ y / w.sum()
    found = mean(adjusted, "score")
    assert found.frame["estimate"][0] == pytest.approx(at, rel=1e-12)
    assert found.frame["se"][0] == pytest.approx(variance(residual((y - at) / w.sum()), people) ** 0.5, rel=1e-9)
    assert "residuals" in found.variance
    plain = np.where(people["arm"] == "plain", 1.0, 0.0)
    part = (w * plain) @ y / (w @ plain)
    domain = mean(adjusted, "score", by="arm").frame
    score = residual(plain * (y - part) / (w @ plain))
    assert domain["se"][1] == pytest.approx(variance(score, people) ** 0.5, rel=1e-9)


def test_a_total_that_was_calibrated_to_has_no_error(design: Design, margins: dict[str, dict[str, float]]) -> None:
    """The size of a margin's category is known, so its standard error is nothing."""
    counted = design.adjust(Rake(margins))
    data = counted.data.assign(one=1.0)
    found = total(Design(data, "w", "region", "site", "sites").adjust(Rake(margins)), "one", by="sex").frame
    assert found["estimate"].tolist() == pytest.approx(list(margins["sex"].values()), rel=1e-10)
    assert found["se"].tolist() == pytest.approx([0, 0], abs=1e-6)


def test_two_stages_without_replacement(people: pd.DataFrame) -> None:
    """Sites of a region, then 5 people of 20 in a site: the second stage adds f_h times its own variance."""
    data = people.assign(person=np.arange(len(people)), staff=20)
    found = total(Design(data, "w", "region", ["site", "person"], ["sites", "staff"]), "score").frame["se"][0]
    u, expected = data["w"] * data["score"], 0.0
    for _, region in data.assign(u=u).groupby("region"):
        sums, f = region.groupby("site")["u"].sum(), 12 / region["sites"].iloc[0]
        expected += (1 - f) * 12 / 11 * ((sums - sums.mean()) ** 2).sum()
        for _, site in region.groupby("site"):
            expected += f * (1 - 5 / 20) * 5 / 4 * ((site["u"] - site["u"].mean()) ** 2).sum()
    assert found == pytest.approx(expected**0.5, rel=1e-11)


def test_design_effects_name_their_denominator(people: pd.DataFrame, design: Design) -> None:
    """Against simple random sampling with replacement: se^2 n / s^2; without, times N / (N - n)."""
    w, y, n = people["w"].to_numpy(), people["score"].to_numpy(), len(people)
    at = w @ y / w.sum()
    s2 = w @ (y - at) ** 2 / w.sum() * n / (n - 1)
    replacing, without = (mean(design, "score", deff=deff) for deff in ("wr", "wor"))  # type: ignore[arg-type]
    se = replacing.frame["se"][0]
    assert replacing.frame["deff"][0] == pytest.approx(se**2 / (s2 / n), rel=1e-10)
    assert without.frame["deff"][0] == pytest.approx(se**2 / (s2 / n * (1 - n / w.sum())), rel=1e-10)
    assert "with replacement" in replacing.variance
    assert "without replacement" in without.variance


def lonely(people: pd.DataFrame) -> pd.DataFrame:
    """One site stands alone in its stratum."""
    return people.assign(region=np.where(people["site"] == 0, "alone", people["region"]))


def test_a_lonely_stratum_is_refused_unless_it_is_said_what_it_adds(people: pd.DataFrame, variance: Variance) -> None:
    """Nothing; its squared deviation from the mean of all sites; or the mean of the others."""
    data = lonely(people)
    u = (data["w"] * data["score"]).to_numpy()
    others = data["region"] != "alone"
    rest = variance(u[others], data[others], finite=False)
    own, grand = u[~others].sum(), u.sum() / 48
    expected = {"certainty": rest, "adjust": rest + (own - grand) ** 2, "average": rest * 5 / 4}
    for rule, value in expected.items():
        found = total(Design(data, "w", "region", "site", lonely=rule), "score")  # type: ignore[arg-type]
        assert found.frame["se"][0] == pytest.approx(value**0.5, rel=1e-11)
    with pytest.raises(SurveylabError, match=r"1 strata have one first-stage unit \(region=alone\)"):
        total(Design(data, "w", "region", "site"), "score")


def test_a_lonely_stratum_of_which_all_was_drawn_is_none(people: pd.DataFrame) -> None:
    """Where N_h = n_h = 1 there is nothing to estimate."""
    data = lonely(people)
    data["sites"] = np.where(data["region"] == "alone", 1.0, data["sites"])
    found = [total(Design(data, "w", "region", "site", "sites", rule), "score") for rule in ("fail", "certainty")]  # type: ignore[arg-type]
    assert found[0].frame["se"][0] == found[1].frame["se"][0]


def test_missing_values_are_refused_or_leave_the_domain(people: pd.DataFrame) -> None:
    """Left out, they are as rows outside of ``where``; the design stays whole."""
    gaps = people.assign(score=people["score"].where(people["answered"] == 1))
    design = Design(gaps, "w", "region", "site", "sites")
    with pytest.raises(SurveylabError, match=r"'score' is missing in \d+ rows"):
        mean(design, "score")
    dropped = mean(design, "score", missing="drop", by="arm").frame
    inside = mean(Design(people, "w", "region", "site", "sites"), "score", where="answered", by="arm").frame
    pd.testing.assert_frame_equal(dropped, inside, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "call", "said"),
    [
        ({}, {"variable": "scor"}, "no column 'scor'. Did you mean 'score'"),
        ({}, {"variable": "sex"}, r"'sex' \(variable\) has to be numbers"),
        ({}, {"by": "arms"}, "no column 'arms'"),
        ({"arm": None}, {"by": "arm"}, r"'arm' \(domain\) is missing"),
        ({"in": 0}, {"where": "in"}, "domain 'in' has no units"),
        ({"in": 2}, {"where": "in"}, "has to be 0 or 1"),
        ({"here": 1}, {"deff": "kish"}, "deff is against wor or wr"),
        ({}, {"level": 95}, "between 0 and 1"),
        ({"score": pd.Timestamp("2026-01-01")}, {}, "has to be numbers, and holds times"),
        ({"w": 0.5}, {"deff": "wor"}, "sum is no greater than the sample size"),
    ],
)
def test_what_cannot_be_estimated_is_told(
    people: pd.DataFrame, change: dict[str, object], call: dict[str, object], said: str
) -> None:
    """Unknown columns, words for numbers, domains that are no partition or empty."""
    design = Design(people.assign(**change), "w", "region", "site")
    with pytest.raises(SurveylabError, match=said):
        mean(design, **{"variable": "score", **call})  # type: ignore[arg-type]


def test_a_domain_without_units_is_named(people: pd.DataFrame) -> None:
    """A category that nobody has, and one that only nonrespondents have."""
    arms = pd.CategoricalDtype(["plain", "labelled", "blue"])
    with pytest.raises(SurveylabError, match=r"without units.*arm=blue"):
        mean(Design(people.astype({"arm": arms}), "w"), "score", by="arm")
    silent = people.assign(answered=(people["arm"] == "plain").astype(int))
    with pytest.raises(SurveylabError, match=r"without units.*arm=labelled"):
        mean(Design(silent.assign(w=silent["w"] * silent["answered"]), "w", zero_weights="keep"), "score", by="arm")
    assert mean(Design(silent, "w"), "score", by="arm", where="answered").frame["arm"].tolist() == ["plain"]


def test_a_name_of_two_columns_is_refused(people: pd.DataFrame) -> None:
    """Nobody can know which is meant."""
    twice = pd.concat([people, people[["score"]]], axis="columns")
    with pytest.raises(SurveylabError, match="several columns called 'score'"):
        mean(Design(twice, "w"), "score")


def test_a_ratio_needs_a_denominator(people: pd.DataFrame) -> None:
    """A denominator of zero in a domain is told."""
    with pytest.raises(SurveylabError, match="denominator 'none' adds up to zero"):
        ratio(Design(people.assign(none=0), "w"), "score", "none", by="arm")


def test_what_cannot_be_compared_is_told(design: Design) -> None:
    """No domains, an unknown level, an unknown column."""
    with pytest.raises(SurveylabError, match="no domains"):
        mean(design, "score").differences()
    found = mean(design, "score", by=["arm", "sex"])
    with pytest.raises(SurveylabError, match="Say which of arm, sex"):
        found.differences()
    with pytest.raises(SurveylabError, match=r"no level 'plane'. Did you mean 'plain'"):
        found.differences("arm", reference="plane")


def test_results_show_themselves_in_a_notebook(design: Design) -> None:
    """A table with where it comes from."""
    shown = mean(design, "score", by="arm")._repr_html_()
    assert "labelled" in shown
    assert "Taylor linearisation" in shown
