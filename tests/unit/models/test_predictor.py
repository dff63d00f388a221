"""Coding and priors of the linear predictor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from surveylab.design.experiment import Effect, Priors
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.models import Cells
from surveylab.models._predictor import predictor, shifts, zero_sum

Build = Callable[..., Cells]
N = np.ones((2, 3))


def thirds(*levels: str) -> dict[str, Fraction]:
    """Levels of equal weight."""
    return {level: Fraction(1, len(levels)) for level in levels}


@pytest.mark.parametrize("size", [2, 3, 7])
def test_zero_sum_contrasts_give_every_level_the_same_prior(size: int) -> None:
    """Columns are orthogonal and sum to zero; every level's marginal prior variance is the scale's square."""
    coding = zero_sum("f", tuple(map(str, range(size)))).coding
    levels, at_zero = coding[:-1], coding[-1]
    np.testing.assert_allclose(levels.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(levels.T @ levels, np.eye(size - 1) * size / (size - 1), atol=1e-12)
    np.testing.assert_allclose((levels**2).sum(axis=1), 1)
    assert not at_zero.any()


def test_every_interaction_cell_has_the_scale_as_its_prior_sd(
    factorial: Callable[..., tuple[Arm, ...]], by_region: Build
) -> None:
    """Main effects, two-way and three-way interactions: prior sd of each cell's effect is exactly the scale."""
    arms = factorial(a=thirds("x", "y"), b=thirds("x", "y", "z"), c=thirds("x", "y"))
    cells = replace(by_region(N, N), arms=arms, groups={}, shares={})
    model = predictor(cells, Priors(main=0.5, interactions=0.25))
    assert model.scale_names == ("a", "b", "c", "a × b", "a × c", "b × c", "a × b × c")
    rows = model.rows(np.arange(12), {})
    variances = np.array([rows**2 @ (model.loading[:, g] ** 2) for g in range(7)])
    np.testing.assert_allclose(variances, np.repeat([[0.25], [0.0625]], [3, 4], axis=0) * np.ones(12))
    assert np.linalg.matrix_rank(rows) == 12


def test_the_reference_is_what_the_design_says_wherever_the_arms_begin(by_region: Build) -> None:
    """A fraction may begin with another level: a prior of `new` is a shift against `plain`, not the other way round."""
    cells = by_region(N, N)
    turned = replace(cells, arms=cells.arms[::-1], levels={"wording": ("plain", "new")})
    given = Priors(effects={"wording": {"new": Effect(1.0, 0.1)}})
    assert predictor(turned, given).levels == {"wording": ("plain", "new")}
    shift = predictor(turned, given).rows(np.array([0, 1]), {}) @ predictor(turned, given).location
    assert shift[0] - shift[1] == pytest.approx(1.0)
    with pytest.raises(SurveylabError, match="wording"):
        predictor(replace(turned, levels=None), given)


def test_shifts_are_differences_from_the_first_level() -> None:
    """A coefficient of a factor with given priors is level minus first level, and the mean is untouched."""
    coding = shifts("f", ("one", "two", "three")).coding[:-1]
    np.testing.assert_allclose(coding[1:] - coding[0], np.eye(2))
    np.testing.assert_allclose(coding.sum(axis=0), 0, atol=1e-12)


def test_given_priors_are_fixed_and_others_default(factorial: Callable[..., tuple[Arm, ...]], by_region: Build) -> None:
    """A named level has its prior, another one of the factor N(0, main), and the factor has no scale."""
    arms = factorial(f=thirds("one", "two", "three"))
    priors = Priors(main=0.5, effects={"f": {"three": Effect(0.4, 0.1)}})
    model = predictor(replace(by_region(N, N), arms=arms, groups={}, shares={}), priors)
    np.testing.assert_allclose(model.location, [0.0, 0.0, 0.4])
    np.testing.assert_allclose(model.fixed, [1.5, 0.5, 0.1])
    assert model.scale_names == ()


def test_a_group_with_one_label_and_a_scale_of_zero_leave_no_term(by_region: Build) -> None:
    """Nothing is estimated of what does not vary, nor of what is not believed in."""
    cells = by_region(N, N)
    single = replace(cells, groups={**cells.groups, "wave": (("first",), np.zeros(6, dtype=np.intp))})
    model = predictor(single, Priors(groups=0.0), (("wording", "region"), ("wording", "wave")))
    assert [term.name for term in model.terms] == ["intercept", "wording", "wording × region"]


def test_a_group_that_is_not_given_is_at_zero(by_region: Build) -> None:
    """Averaging over a group at zero is the mean of the rows over its labels."""
    model = predictor(by_region(N, N), Priors(), (("wording", "region"),))
    labelled = model.rows(np.array([1, 1, 1]), {"region": np.array([0, 1, 2])})
    np.testing.assert_allclose(model.rows(np.array([1]), {})[0], labelled.mean(axis=0), atol=1e-12)


def test_effects_are_named_by_their_labels(by_region: Build) -> None:
    """Names carry factor and level, and rows are those of the design."""
    model = predictor(by_region(N, N), Priors(), (("wording", "region"),))
    names, rows = model.terms[-1].effects()
    assert names[0] == "wording=plain × region=north"
    assert rows.shape == (6, 2)


@pytest.mark.parametrize(
    ("priors", "pairs", "says"),
    [
        (Priors(), (("wording", "regoin"),), "heterogeneity of 'wording' over 'regoin'"),
        (Priors(effects={"wording": {"plain": Effect(0, 1)}}), (), "priors.effects.wording.plain"),
        (Priors(effects={"colour": {"red": Effect(0, 1)}}), (), "priors.effects.colour.red"),
        (Priors(intercept=Effect(0, 0)), (), "sd of a prior must be positive"),
        (Priors(main=-1), (), "must not be negative"),
        (Priors(main=0, effects={"wording": {"new": Effect(0, 1)}}), (), "priors.main must be positive"),
    ],
)
def test_what_is_not_there_is_named(
    by_region: Build, priors: Priors, pairs: tuple[tuple[str, str], ...], says: str
) -> None:
    """A misspelt name or an impossible prior is one clear error."""
    with pytest.raises(SurveylabError, match=says):
        predictor(by_region(N, N), priors, pairs)
