"""Fits that are really sampled, of one shape a family, held against what is known without sampling."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from surveylab.design.experiment import Effect, Priors
from surveylab.design.terms import Scale
from surveylab.models import Cells, contrast, fit

Build = Callable[..., Cells]
N = [[20_000.0, 12_000, 8_000], [20_000, 12_000, 8_000]]
TOTAL = [[6_000.0, 4_200, 2_000], [7_000, 4_600, 2_400]]


@pytest.fixture(scope="module")
def cells(by_region: Build) -> Cells:
    """40,000 cases an arm, in regions with the shares of the frame."""
    return by_region(N, TOTAL)


def test_a_large_balanced_fit_is_the_closed_form(cells: Cells) -> None:
    """Difference of proportions and its standard error, stratified; 4 Monte-Carlo errors and 8 % of the sd."""
    draws = contrast(
        fit("binary", cells, Priors(), heterogeneity=(("wording", "region"),), seed=1),
        "wording",
        "new",
        "plain",
        Scale.RISK_DIFFERENCE,
    )
    shares = np.array(TOTAL) / np.array(N)
    weights = cells.shares["region"]
    difference = weights @ (shares[1] - shares[0])
    error = np.sqrt((weights**2 * (shares * (1 - shares) / np.array(N))).sum())
    assert draws.mean() == pytest.approx(difference, abs=0.2 * error)
    assert draws.std() == pytest.approx(error, rel=0.08)


def test_means_have_the_standard_error_of_their_own_arm(by_region: Build) -> None:
    """Unequal residual sds: the interval is Welch's, and the scale of the values does not matter."""
    n, mean, sd = np.array(N), np.array([[40.0], [43.0]]), np.array([[10.0], [30.0]])
    values = by_region(n, n * mean, n * (mean**2 + sd**2))
    found = fit("continuous", values, Priors(), seed=1)
    draws = contrast(found, "wording", "new", "plain", Scale.DIFFERENCE)
    error = np.sqrt((sd**2 / 40_000).sum())
    assert draws.mean() == pytest.approx(3.0, abs=0.2 * error)
    assert draws.std() == pytest.approx(error, rel=0.08)
    residual = found.posterior.posterior["residual_sd"].mean(("chain", "draw"))
    np.testing.assert_allclose(residual, [10, 30], rtol=0.02)


def test_times_give_the_ratio_of_typical_times(by_region: Build) -> None:
    """Logs that differ by log 0.8 are a ratio of 0.8."""
    n, mean = np.array(N), np.array([[5.0], [5.0 + np.log(0.8)]])
    found = fit("duration", by_region(n, n * mean, n * (mean**2 + 0.25)), Priors(), seed=1)
    draws = contrast(found, "wording", "new", "plain", Scale.RATIO)
    assert draws.mean() == pytest.approx(0.8, abs=0.002)
    assert found.level_mean("wording", "plain").mean() == pytest.approx(np.exp(5), rel=0.002)


def test_an_arm_without_variation_is_harmless(by_region: Build) -> None:
    """All zeros in one arm: its mean is zero, and the fit passes the gate."""
    n, mean = np.array(N) / 100, np.array([[0.0], [0.2]])
    found = fit("continuous", by_region(n, n * mean, n * mean * 0.5), Priors(), seed=1)
    assert found.level_mean("wording", "plain").mean() == pytest.approx(0, abs=0.005)


def test_the_same_data_and_seed_give_the_same_digits(cells: Cells) -> None:
    """In any order of cells; another seed gives others."""
    order = np.array([3, 5, 0, 1, 4, 2])
    index = cells.groups["region"][1]
    shuffled = replace(
        cells,
        arm=cells.arm[order],
        n=cells.n[order],
        total=cells.total[order],
        squares=cells.squares[order],
        groups={"region": (cells.groups["region"][0], index[order])},
    )
    one, same, other = (
        fit("binary", data, Priors(), seed=seed).level_mean("wording", "new")
        for data, seed in ((cells, 5), (shuffled, 5), (cells, 6))
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_given_priors_rule_where_data_are_few(by_region: Build) -> None:
    """One case an arm: the shift has its prior, N(0.7, 0.05) on the log odds."""
    few = by_region([[1, 0, 0], [1, 0, 0]], [[1, 0, 0], [0, 0, 0]])
    found = fit("binary", few, Priors(effects={"wording": {"new": Effect(0.7, 0.05)}}), seed=2)
    effect = found.posterior.posterior["effect"]
    shift = effect.sel(effect_of="wording=new") - effect.sel(effect_of="wording=plain")
    assert float(shift.mean()) == pytest.approx(0.7, abs=0.01)
    assert float(shift.std()) == pytest.approx(0.05, rel=0.1)


def test_the_posterior_has_names(cells: Cells) -> None:
    """Named dimensions; effects of a batch sum to zero; arm means are those of ``arm_means``."""
    found = fit("binary", cells, Priors(), heterogeneity=(("wording", "region"),), seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        posterior = found.posterior.posterior
    assert list(posterior["batch"].to_numpy()) == ["wording", "region", "wording × region"]
    regions = [f"region={label}" for label in cells.groups["region"][0]]
    np.testing.assert_allclose(posterior["effect"].sel(effect_of=regions).sum("effect_of"), 0, atol=1e-9)
    for arm, draws in found.arm_means().items():
        np.testing.assert_array_equal(posterior["arm_mean"].sel(arm=arm.key).to_numpy().ravel(), draws)
    assert found.posterior.sample_stats["diverging"].shape == (4, 1000)
    assert found.engine == "nuts"
