"""The sampler's coordinates are an exact change of variables, and its gate refuses what it must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from surveylab import registry
from surveylab.design.experiment import Priors
from surveylab.design.results import Diagnostics
from surveylab.errors import GateError
from surveylab.models import Cells
from surveylab.models._mode import FREEDOM
from surveylab.models._predictor import Predictor, predictor
from surveylab.models._sampler import ATTEMPTS, Attempt, _arrays, _shape, build, refused, rounded, sample

Build = Callable[..., Cells]
FAMILIES = registry.names("models")
COUNTS = [[50.0, 40, 30], [50, 60, 0]], [[0.0, 20, 30], [25, 30, 0]], [[60.0, 50, 40], [70, 80, 0]]


def density(family: str, cells: Cells, terms: Predictor) -> tuple[Callable[..., float], dict[str, np.ndarray]]:
    """The model's log density (and gradient) as it is sampled, at (z, tau, w), and its data."""
    model = registry.load("models", family)
    arrays = _arrays(model, cells, terms)
    built = build(model.log_likelihood, _shape(arrays))
    built.set_data("cells", arrays["cells"])
    built.set_data("coefficients", arrays["coefficients"])
    if model.SPREAD:
        built.set_data("residuals", arrays["residuals"])
    value = built.compile_fn([built.logp(), built.dlogp()], inputs=built.value_vars, mode="FAST_COMPILE")

    def at(z: np.ndarray, tau: np.ndarray, w: np.ndarray) -> list[np.ndarray]:
        return value({"z": z, "tau_log__": np.log(tau)} | ({"w": w} if model.SPREAD else {}))

    return at, arrays


@pytest.mark.parametrize("family", FAMILIES)
def test_the_coordinates_change_nothing(family: str, by_region: Build) -> None:
    """The density in z is that of the coefficients, by SciPy, times the Jacobian: at every point."""
    cells = replace(by_region(*COUNTS))
    terms = predictor(cells, Priors(), (("wording", "region"),))
    at, arrays = density(family, cells, terms)
    model, rng = registry.load("models", family), np.random.default_rng(1)
    (size, scales, _), (p, g) = _shape(arrays), terms.loading.shape
    gaps = []
    for _ in range(5):
        z, tau, w = rng.normal(0, 1, size), np.exp(rng.normal(-1, 1, scales)), rng.normal(0, 1, 2)
        fixed, information, pull = arrays["coefficients"][:3, :p]
        sd = fixed + terms.loading @ tau[:g]
        q = 1 + information * sd**2
        b = terms.location + sd * (z[:p] / np.sqrt(q) + sd * pull / q)
        direct = stats.norm.logpdf(b, terms.location, sd).sum() + np.log(sd / np.sqrt(q)).sum()
        direct += stats.halfnorm.logpdf(tau).sum() + np.log(tau).sum() + stats.norm.logpdf(z[p:]).sum()
        design = terms.rows(cells.arm, {"region": cells.groups["region"][1]})
        eta = design @ b
        if model.SPREAD:
            centre, spread = arrays["residuals"]
            variance = np.exp(2 * (centre + spread * w))
            prior = stats.invgamma.logpdf(variance, FREEDOM / 2, scale=FREEDOM / 2) + np.log(variance)
            rest = cells.squares - 2 * eta * cells.total + cells.n * eta**2
            of_arm = np.array([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
            direct += (prior - 0.5 * (of_arm @ cells.n) * np.log(variance) - 0.5 * (of_arm @ rest) / variance).sum()
        else:
            direct += (cells.total * eta - cells.n * np.logaddexp(0, eta)).sum()
        gaps.append(at(z, tau, w)[0] - direct)
    np.testing.assert_allclose(gaps, gaps[0], atol=1e-7)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("far", [-8.0, 8.0])
def test_gradients_are_finite_far_out(family: str, far: float, by_region: Build) -> None:
    """Coordinates eight sds away, scales from e^-20 to e^5, cells of 0 % and 100 % and an empty one."""
    cells = by_region(*COUNTS)
    at, arrays = density(family, cells, predictor(cells, Priors()))
    size, scales, arms = _shape(arrays)
    for log_tau in (-20.0, 5.0):
        value, gradient = at(np.full(size, far), np.full(scales, np.exp(log_tau)), np.full(arms, far))
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()


def test_sizes_are_rounded_to_few() -> None:
    """The next of 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, ..."""
    assert [rounded(size, 2) for size in (0, 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33)] == [
        2,
        2,
        2,
        3,
        4,
        6,
        8,
        12,
        16,
        24,
        32,
        48,
    ]
    assert rounded(3, 8) == 8


@pytest.mark.parametrize(
    ("diagnostics", "says"),
    [
        (Diagnostics(1.02, 900, 0), "R-hat is 1.020"),
        (Diagnostics(float("nan"), 900, 0), "R-hat is nan"),
        (Diagnostics(1.001, 399, 0), "bulk ESS is 399"),
        (Diagnostics(1.001, 900, 1), "1 draws diverged .at most 0"),
    ],
)
def test_the_gate_names_what_failed(diagnostics: Diagnostics, says: str) -> None:
    """One reason for each quantity beyond its limit; not a number is beyond it."""
    (reason,) = refused(diagnostics, ATTEMPTS[0])
    assert says in reason.replace("(", ".")


def test_the_last_attempt_may_have_one_divergence_in_a_thousand() -> None:
    """8 of 8,000 pass, 9 do not; a sound run has no reason."""
    assert not refused(Diagnostics(1.001, 900, 8), ATTEMPTS[-1])
    assert refused(Diagnostics(1.001, 900, 9), ATTEMPTS[-1])


def test_a_run_of_twenty_draws_is_refused(by_region: Build) -> None:
    """The gate looks at real draws: too few of them give no estimate, and the message says what to do."""
    cells, stages = by_region([[50, 40, 30], [50, 60, 70]], [[5, 20, 8], [25, 30, 10]]), []
    terms = predictor(cells, Priors())
    with pytest.raises(GateError, match=r"did not converge: .*bulk ESS.* no estimate.*tighter priors"):
        sample("binary", cells, terms, seed=1, attempts=[Attempt(20, 20, 0.8)] * 2, say=stages.append)
    assert stages == ["compiling", "sampling", "sampling again, in smaller steps"]
