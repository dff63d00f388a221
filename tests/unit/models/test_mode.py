"""The rough mode that the sampler's coordinates are built on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from surveylab import registry
from surveylab.design.experiment import Priors
from surveylab.models import Cells
from surveylab.models._cells import indicator
from surveylab.models._mode import Mode, mode
from surveylab.models._predictor import predictor

Build = Callable[..., Cells]
FAMILIES = registry.names("models")


def found(family: str, cells: Cells) -> tuple[Mode, np.ndarray, np.ndarray]:
    """The mode, the slope of the log posterior there, and the design."""
    model, terms = registry.load("models", family), predictor(cells, Priors())
    arms = indicator(cells) if model.SPREAD else np.zeros((0, len(cells.n)))
    data = {"n": cells.n, "total": cells.total, "squares": cells.squares, "arms": arms}
    design = terms.rows(cells.arm, {name: index for name, (_, index) in cells.groups.items()})
    result = mode(model, design, data, terms)
    sd = terms.fixed + terms.loading.sum(axis=1)
    shift = result.pull / (result.information + sd**-2)
    phi = result.log_sd if model.SPREAD else None
    slope, _ = model.derivatives(design @ (terms.location + shift), phi, data)
    return result, design.T @ slope - shift / sd**2, design


@pytest.mark.parametrize("family", FAMILIES)
def test_the_mode_is_where_the_slope_is_zero(family: str, by_region: Build) -> None:
    """Likelihood and prior balance there."""
    cells = by_region([[50, 40, 30], [50, 60, 70]], [[5, 20, 8], [25, 30, 10]], [[60, 50, 40], [70, 80, 90]])
    _, slope, _ = found(family, cells)
    np.testing.assert_allclose(slope, 0, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("size", [1.0, 1e3, 1e9])
def test_extremes_stay_finite(family: str, size: float, by_region: Build) -> None:
    """Cells of 0 % and 100 %, without variation, of a thousand million cases."""
    n = size * np.ones((2, 3))
    result, _, _ = found(family, by_region(n, n * [[0.0], [1.0]], n * [[0.0], [1.0]]))
    for values in (result.information, result.pull, result.log_sd, result.log_sd_sd):
        assert np.isfinite(values).all()
