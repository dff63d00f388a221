"""Every family, present and future, keeps the contract of models/ and is the density it says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats

from surveylab import registry

FAMILIES = registry.names("models")
Rows = list[np.ndarray]


def bernoulli(rows: Rows, eta: np.ndarray, sd: np.ndarray) -> float:
    """Rows of 0 and 1."""
    shares = 1 / (1 + np.exp(-eta))
    return float(sum(stats.bernoulli.logpmf(y, p).sum() for y, p in zip(rows, shares, strict=True)))


def normal(rows: Rows, eta: np.ndarray, sd: np.ndarray) -> float:
    """Rows of values."""
    return float(sum(stats.norm.logpdf(y, m, s).sum() for y, m, s in zip(rows, eta, sd, strict=True)))


def lognormal(rows: Rows, eta: np.ndarray, sd: np.ndarray) -> float:
    """Rows of times."""
    each = zip(rows, eta, sd, strict=True)
    return float(sum(stats.lognorm.logpdf(y, s, scale=np.exp(m)).sum() for y, m, s in each))


# A family is held against a density of single rows that somebody else wrote.
DIRECT: dict[str, Callable[[Rows, np.ndarray, np.ndarray], float]] = {
    "binary": bernoulli,
    "continuous": normal,
    "duration": lognormal,
}


def rows_of(family: str) -> Rows:
    """Raw values of three cells, the last one empty; the first two are of two arms."""
    rng = np.random.default_rng(4)
    if family == "binary":
        return [rng.integers(0, 2, 7).astype(float), np.ones(4), np.zeros(0)]
    rows = [rng.normal(1, 2, 7), rng.normal(0, 1, 4), np.zeros(0)]
    return [np.exp(each) if registry.load("models", family).LOGGED else each for each in rows]


def data_of(family: str, rows: Rows) -> dict[str, np.ndarray]:
    """The sufficient statistics of the rows."""
    model = registry.load("models", family)
    values = [np.log(each) if model.LOGGED else each for each in rows]
    return {
        "n": np.array([float(len(each)) for each in values]),
        "total": np.array([each.sum() for each in values]),
        "squares": np.array([np.square(each).sum() for each in values]),
        "arms": np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
    }


def density(family: str, data: dict[str, np.ndarray]) -> Callable[[np.ndarray, np.ndarray], Any]:
    """(log likelihood, its gradient in eta) as a function of eta and phi."""
    model = registry.load("models", family)
    eta, phi = pt.dvector("eta"), pt.dvector("phi")
    constants = {name: pt.as_tensor(values) for name, values in data.items()}
    value = model.log_likelihood(eta, phi if model.SPREAD else None, constants)
    outputs = [value, pytensor.grad(value, eta)]
    return pytensor.function([eta, phi], outputs, mode="FAST_COMPILE", on_unused_input="ignore")


def test_a_family_is_held_against_a_density_of_rows() -> None:
    """Each file of models/ has its row density here."""
    assert set(DIRECT) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_has_what_the_contract_asks_for(family: str) -> None:
    """The registry loads it, and its docstring says what it is."""
    module = registry.load("models", family)
    assert registry.lacking("models", module) == []
    assert module.__doc__


@pytest.mark.parametrize("family", FAMILIES)
def test_the_likelihood_of_statistics_is_that_of_rows(family: str) -> None:
    """Up to a constant that depends on no parameter: differences between points are equal."""
    rows, rng = rows_of(family), np.random.default_rng(5)
    function = density(family, data_of(family, rows))
    gaps = []
    for _ in range(6):
        eta, phi = rng.normal(0, 1, 3), rng.normal(0, 0.5, 2)
        gaps.append(function(eta, phi)[0] - DIRECT[family](rows, eta, np.exp(phi)[[0, 1, 0]]))
    np.testing.assert_allclose(gaps, gaps[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_empty_cell_says_exactly_nothing(family: str) -> None:
    """Its predictor may be anything: the same value to the last digit, and gradient zero."""
    function = density(family, data_of(family, rows_of(family)))
    low, high = (function(np.array([0.2, -0.3, far]), np.zeros(2)) for far in (-300.0, 300.0))
    assert low[0] == high[0]
    assert low[1][2] == high[1][2] == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_derivatives_are_those_of_the_likelihood(family: str) -> None:
    """The first is the gradient; the second the gradient's negative slope."""
    data, model = data_of(family, rows_of(family)), registry.load("models", family)
    function, eta, phi, step = density(family, data), np.array([0.4, -0.7, 0.1]), np.array([0.2, -0.1]), 1e-5
    first, second = model.derivatives(eta, phi if model.SPREAD else None, data)
    np.testing.assert_allclose(first, function(eta, phi)[1], rtol=1e-9)
    slope = (function(eta + step, phi)[1] - function(eta - step, phi)[1]) / (2 * step)
    np.testing.assert_allclose(second, -slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("far", [-700.0, -40.0, 40.0, 700.0])
def test_gradients_are_finite_at_extremes(family: str, far: float) -> None:
    """No overflow where a sampler may start, with cells of 0 % and 100 % among the data."""
    data = data_of(family, rows_of(family))
    value, gradient = density(family, data)(np.full(3, far), np.array([-20.0, 20.0]))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_natural_mean_rises_with_the_predictor(family: str) -> None:
    """Strictly, so that a positive effect is a positive contrast."""
    natural = registry.load("models", family).natural(np.linspace(-8, 8, 101))
    assert (np.diff(natural) > 0).all()


def test_families_are_read_without_pymc() -> None:
    """Who asks a family for LOGGED pays for no sampler."""
    code = (
        "import sys; from surveylab import models, registry; "
        "[registry.load('models', each) for each in registry.names('models')]; "
        "sys.exit(bool({'pymc', 'pytensor', 'arviz', 'nutpie'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
