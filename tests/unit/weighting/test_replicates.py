"""Replicate variances are those of their definitions, with every adjustment repeated in every replicate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from surveylab.errors import SurveylabError
from surveylab.weighting import Calibrate, Design, Propensity, Rake, ResponseClasses, Trim, mean, quantile, total
from surveylab.weighting.estimation import weighted_quantile

Margins = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def design(people: pd.DataFrame) -> Design:
    """Sites in regions, without replacement."""
    return Design(people, "w", "region", "site", "sites")


def test_the_jackknife_of_a_mean_by_hand() -> None:
    """JK1 of an equal-probability mean is s^2 / n, times 1 - f."""
    data = pd.DataFrame({"y": [2.0, 3, 5, 5, 6, 9], "w": [10.0] * 6, "N": [60] * 6})
    design = Design(data, "w", fpc="N").with_replicates("JK1")
    found = mean(design, "y").frame
    assert found["se"][0] == pytest.approx((0.9 * 6.0 / 6) ** 0.5, rel=1e-12)
    assert found["df"][0] == 5
    assert design.replication is not None
    assert design.replication.weights[:, 0].tolist() == [0, 12, 12, 12, 12, 12]


@pytest.mark.parametrize("centre", ["replicates", "estimate"])
def test_the_stratified_jackknife_leaves_one_site_out(people: pd.DataFrame, design: Design, centre: str) -> None:
    """Written out: factors 12/11 in the stratum, c = (1 - f) 11/12, around either centre."""
    w, y = people["w"].to_numpy(), people["score"].to_numpy()
    estimates, coefficients = [], []
    for site, region in people.groupby("site")["region"].first().items():
        factor = np.where(people["region"] == region, 12 / 11, 1.0) * (people["site"] != site)
        estimates.append((w * factor) @ y / (w @ factor))
        coefficients.append((1 - 12 / people["sites"][people["region"] == region].iloc[0]) * 11 / 12)
    middle = np.mean(estimates) if centre == "replicates" else w @ y / w.sum()
    expected = np.array(coefficients) @ (np.array(estimates) - middle) ** 2
    found = mean(design.with_replicates("JKn", centre=centre), "score").frame  # type: ignore[arg-type]
    assert found["se"][0] == pytest.approx(expected**0.5, rel=1e-11)
    assert found["df"][0] == 44


def test_of_a_total_the_jackknife_is_the_linearised_variance(
    people: pd.DataFrame, design: Design, variance: Callable[..., float]
) -> None:
    """For a linear statistic both are the same (Wolter 2007, 4.5), fpc included."""
    found = total(design.with_replicates("JKn"), "score").frame["se"][0]
    assert found == pytest.approx(variance((people["w"] * people["score"]).to_numpy(), people) ** 0.5, rel=1e-11)


def test_paired_schemes_are_exact_for_totals_of_two_units_in_a_stratum() -> None:
    """BRR, Fay's BRR and JK2 give sum_h (u_h1 - u_h2)^2."""
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"h": np.repeat(np.arange(6), 2), "w": rng.uniform(1, 4, 12), "y": rng.normal(5, 2, 12)})
    u = (data["w"] * data["y"]).to_numpy().reshape(6, 2)
    expected = float(((u[:, 0] - u[:, 1]) ** 2).sum()) ** 0.5
    design = Design(data, "w", "h")
    assert total(design, "y").frame["se"][0] == pytest.approx(expected, rel=1e-12)
    for kind, fay in (("BRR", 0.0), ("BRR", 0.3), ("JK2", 0.0)):
        replicated = design.with_replicates(kind, fay=fay, centre="estimate")
        assert total(replicated, "y").frame["se"][0] == pytest.approx(expected, rel=1e-11)
        assert replicated.df == 6


def test_the_bootstrap_rescales_as_rao_and_wu(people: pd.DataFrame, design: Design) -> None:
    """11 of 12 sites with replacement, times 12/11; whole sites together; c = 1/(R - 1); the same for the same seed."""
    made = design.with_replicates("bootstrap", 50, seed=3)
    assert made.replication is not None
    factors = made.replication.weights / people["w"].to_numpy()[:, None]
    counts = (factors * 11 / 12).round()
    assert factors == pytest.approx(counts * 12 / 11, rel=1e-12)
    by_site = pd.DataFrame(counts).groupby(people["site"])
    assert (by_site.min() == by_site.max()).to_numpy().all()
    drawn = by_site.first().groupby(people.groupby("site")["region"].first()).sum()
    assert drawn.to_numpy() == pytest.approx(11.0)
    assert made.replication.coefficients == pytest.approx(1 / 49)
    again, other = (design.with_replicates("bootstrap", 50, seed=seed).replication for seed in (3, 4))
    assert again is not None
    assert other is not None
    assert (again.weights == made.replication.weights).all()
    assert (other.weights != made.replication.weights).any()


def test_the_bootstrap_estimates_the_variance_with_replacement(
    people: pd.DataFrame, design: Design, variance: Callable[..., float]
) -> None:
    """1,000 replicates of a total: the relative error of the variance is within z = 4 of sqrt(2 / R)."""
    found = total(design.with_replicates("bootstrap", 1000, seed=1), "score").frame["se"][0] ** 2
    exact = variance((people["w"] * people["score"]).to_numpy(), people, finite=False)
    assert abs(found / exact - 1) < 4 * (2 / 1000) ** 0.5


def test_every_adjustment_is_repeated_in_every_replicate(people: pd.DataFrame, margins: Margins) -> None:
    """Each replicate is what the same steps make of its base weights; before or after makes no difference."""
    design = Design(people, "w", "region", "site", "sites")
    steps = (
        ResponseClasses("answered", "region"),
        Rake(margins),
        Trim("mean", 2.0),
        Calibrate(margins, method="logit", bounds=(0.3, 3)),
    )
    base = design.with_replicates("JKn")
    late, early = design.adjust(*steps).with_replicates("JKn"), base.adjust(*steps)
    assert base.replication is not None
    assert late.replication is not None
    assert early.replication is not None
    assert (late.replication.weights == early.replication.weights).all()
    for number in (0, 17, 47):
        alone = people.assign(w=base.replication.weights[:, number])
        expected = Design(alone, "w", zero_weights="keep").adjust(*steps).weights
        assert late.replication.weights[:, number] == pytest.approx(expected, rel=1e-9)
    sums = pd.DataFrame(late.replication.weights).groupby(people["age"]).sum()
    assert sums.loc["old"].to_numpy() == pytest.approx(margins["age"]["old"], rel=1e-9)


def test_repeated_raking_keeps_its_gain(people: pd.DataFrame, margins: Margins) -> None:
    """A total that was calibrated to has no replicate variance; with weights taken as fixed it would have one."""
    one = Design(people.assign(old=(people["age"] == "old") * 1.0), "w", "region", "site", "sites").adjust(
        Rake(margins)
    )
    assert total(one.with_replicates("JKn"), "old").frame["se"][0] == pytest.approx(0, abs=1e-5)
    fixed = Design(one.data.assign(w=one.weights), "w", "region", "site", "sites")
    assert total(fixed.with_replicates("JKn"), "old").frame["se"][0] > 10


def test_linearised_and_jackknife_errors_agree_after_calibration(people: pd.DataFrame, margins: Margins) -> None:
    """Residuals and repetition are two ways to one thing: within 5 % here."""
    raked = Design(people, "w", "region", "site", "sites").adjust(Rake(margins))
    one, other = (mean(each, "score", by="arm").frame["se"] for each in (raked, raked.with_replicates("JKn")))
    assert other.to_numpy() == pytest.approx(one.to_numpy(), rel=0.05)


def test_quantiles_by_replicates(people: pd.DataFrame, design: Design) -> None:
    """Woodruff's interval takes the replicate error of the share; or the quantile is found in each replicate."""
    made = design.with_replicates("bootstrap", 80, seed=2)
    y, w = people["score"].to_numpy(), people["w"].to_numpy()
    assert made.replication is not None
    each = [weighted_quantile(y, column, 0.5) for column in made.replication.weights.T]
    found = quantile(made, "score", interval="replicates").frame
    assert found["se"][0] == pytest.approx(np.std(each, ddof=1), rel=1e-11)
    at = weighted_quantile(y, w, 0.5)
    share = mean(
        Design(people.assign(low=(y <= at) * 1.0), "w", "region", "site").with_replicates("bootstrap", 80, seed=2),
        "low",
    )
    low = share.frame["lower"][0]
    assert quantile(made, "score").frame["lower"][0] == weighted_quantile(y, w, low)
    with pytest.raises(SurveylabError, match="bootstrap or BRR"):
        quantile(design.with_replicates("JKn"), "score", interval="replicates")


def test_design_effects_of_replicate_variances(design: Design) -> None:
    """The same denominator as the linearised one."""
    linear, made = mean(design, "score", deff="wr"), mean(design.with_replicates("JKn"), "score", deff="wr")
    ratio = (made.frame["se"][0] / linear.frame["se"][0]) ** 2
    assert made.frame["deff"][0] == pytest.approx(linear.frame["deff"][0] * ratio, rel=1e-11)


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("JK3", {}, "one of JK1, JKn, JK2, BRR, bootstrap"),
        ("JK1", {}, "without strata; use JKn"),
        ("JKn", {"n": 10}, "follows from the design otherwise"),
        ("bootstrap", {}, "is said for the bootstrap"),
        ("bootstrap", {"n": 1}, "two replicates or more"),
        ("JKn", {"fay": 0.5}, "is for BRR"),
        ("JKn", {"centre": "mean"}, "centre is replicates or estimate"),
        ("bootstrap", {"n": 10_000_000}, "up to 833,333 replicates"),
    ],
)
def test_replicates_that_a_design_does_not_have(
    design: Design, kind: str, options: dict[str, object], said: str
) -> None:
    """The reason is told."""
    with pytest.raises(SurveylabError, match=said):
        design.with_replicates(kind, **options)  # type: ignore[arg-type]


def test_lonely_and_odd_strata_have_no_replicates_of_their_own(people: pd.DataFrame) -> None:
    """Refused, or left as they are where that is said."""
    data = people.assign(region=np.where(people["site"] == 0, "alone", people["region"]))
    with pytest.raises(SurveylabError, match=r"region=alone.*certainty"):
        Design(data, "w", "region", "site").with_replicates("JKn")
    with pytest.raises(SurveylabError, match="odd in region=north"):
        Design(people[people["site"] != 0], "w", "region", "site").with_replicates("BRR")
    design = Design(data, "w", "region", "site", lonely="certainty")
    linear, made = total(design, "score").frame["se"][0], total(design.with_replicates("JKn"), "score").frame["se"][0]
    assert made == pytest.approx(linear, rel=1e-11)


def test_a_step_that_a_replicate_cannot_repeat_is_told(people: pd.DataFrame) -> None:
    """Only one site has the category: the replicate without it has nobody to stand for it."""
    data = people.assign(rare=np.where(people["site"] == 3, "yes", "no"))
    size = float(people["w"].sum())
    step = Rake({"rare": {"yes": 0.02 * size, "no": 0.98 * size}})
    with pytest.raises(
        SurveylabError, match=r"raking cannot be repeated in replicate \d+ of 48: No weight is left in rare=yes"
    ):
        Design(data, "w", "region", "site").adjust(step).with_replicates("JKn")


def test_a_domain_that_a_replicate_does_not_have_is_refused(people: pd.DataFrame) -> None:
    """All of it in one site: no jackknife replicate without that site has an estimate."""
    design = Design(people.assign(here=(people["site"] == 7) * 1), "w", "region", "site").with_replicates("JKn")
    with pytest.raises(SurveylabError, match="here=1 has no units in 1 of the replicates"):
        mean(design, "score", by="here")


def test_propensities_are_fitted_anew_in_every_replicate(people: pd.DataFrame) -> None:
    """A replicate's weights are those of its own model."""
    design = Design(people, "w", "region", "site")
    made = design.adjust(Propensity("answered", ("age",))).with_replicates("JKn")
    rates = design.with_replicates("JKn").adjust(ResponseClasses("answered", "age"))
    assert made.replication is not None
    assert rates.replication is not None
    assert made.replication.weights == pytest.approx(rates.replication.weights, rel=1e-8)
