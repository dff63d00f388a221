"""Means and contrasts of a posterior that is written by hand: nothing is sampled here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from surveylab.design.experiment import Priors
from surveylab.design.factors import Arm
from surveylab.design.results import Diagnostics
from surveylab.design.terms import Scale
from surveylab.errors import SurveylabError
from surveylab.models import Cells, Fit, contrast
from surveylab.models._cells import Unit
from surveylab.models._predictor import predictor
from surveylab.models._sampler import Draws

Build = Callable[..., Cells]
RAW = Unit()


def by_hand(
    cells: Cells, family: str, heterogeneity: tuple[tuple[str, str], ...] = (), unit: Unit = RAW
) -> tuple[Fit, np.ndarray]:
    """A fit of two chains of three draws with arbitrary coefficients, (6, P)."""
    terms = predictor(cells, Priors(), heterogeneity)
    coefficients = np.random.default_rng(8).normal(0, 0.7, (2, 3, len(terms.fixed)))
    tau = np.ones((2, 3, len(terms.scale_names)))
    draws = Draws(coefficients, tau, np.zeros((2, 3, 0)), {}, Diagnostics(1.0, 1000, 0))
    return Fit(family, cells, terms, unit, draws), coefficients.reshape(6, -1)


@pytest.fixture
def crossed(factorial: Callable[..., tuple[Arm, ...]]) -> Cells:
    """Factor a (1/2, 1/2) by factor b (1/4, 3/4), strata s of shares .8 and .2, and a block."""
    quarter = Fraction(1, 4)
    arms = factorial(a={"x": Fraction(1, 2), "y": Fraction(1, 2)}, b={"u": quarter, "v": 3 * quarter})
    index = np.arange(4)
    return Cells(
        arms=arms,
        arm=index,
        n=np.ones(4),
        total=np.ones(4),
        squares=np.ones(4),
        groups={"s": (("big", "small"), index % 2), "block": (("1", "2", "3"), index % 3)},
        shares={"s": np.array([0.8, 0.2])},
    )


def eta(fit: Fit, coefficients: np.ndarray, arm: int, stratum: int) -> np.ndarray:
    """The linear predictor of one arm and stratum at block zero."""
    return coefficients @ fit.predictor.rows(np.array([arm]), {"s": np.array([stratum])})[0]


def test_shares_are_averaged_by_assignment_and_frame(crossed: Cells) -> None:
    """P(a = y) averages four probabilities with weights 1/4, 3/4 times .8, .2."""
    fit, coefficients = by_hand(crossed, "binary", (("a", "s"),))
    weights = {(2, 0): 0.2, (2, 1): 0.05, (3, 0): 0.6, (3, 1): 0.15}
    wanted = sum(w / (1 + np.exp(-eta(fit, coefficients, *place))) for place, w in weights.items())
    np.testing.assert_allclose(fit.level_mean("a", "y"), wanted)


def test_a_level_is_averaged_over_what_is_assigned_and_not_over_its_own_arms(crossed: Cells) -> None:
    """Of three arms x·u, y·u and y·v the other factor of x is u in all; its mean is that of u and v as assigned."""
    pairs = (("x", "u", "1/2"), ("y", "u", "1/4"), ("y", "v", "1/4"))
    three = tuple(Arm((("a", a), ("b", b)), Fraction(share)) for a, b, share in pairs)
    index, one = np.arange(3), np.ones(3)
    cells = Cells(three, index, one, one, one, groups={}, shares={})
    fit, coefficients = by_hand(cells, "binary")
    whole, draws = by_hand(replace(crossed, groups={}, shares={}), "binary")
    np.testing.assert_array_equal(coefficients, draws)  # the same coding: the levels stand in the same order
    share = {(a, b): 1 / (1 + np.exp(-eta(whole, draws, place, 0))) for place, (a, b) in enumerate(product("xy", "uv"))}
    np.testing.assert_allclose(fit.level_mean("a", "x"), 0.75 * share["x", "u"] + 0.25 * share["x", "v"])
    np.testing.assert_allclose(fit.level_mean("b", "v"), 0.5 * share["x", "v"] + 0.5 * share["y", "v"])


def test_within_a_stratum_only_its_own_share_counts(crossed: Cells) -> None:
    """The label's effect and heterogeneity are in; the other label is not."""
    fit, coefficients = by_hand(crossed, "binary", (("a", "s"),))
    wanted = sum(w / (1 + np.exp(-eta(fit, coefficients, arm, 1))) for arm, w in ((0, 0.25), (1, 0.75)))
    np.testing.assert_allclose(fit.level_mean("a", "x", ("s", "small")), wanted)


def test_within_a_block_has_its_effect_in(crossed: Cells) -> None:
    """A group without shares is at zero unless it is asked for."""
    fit, coefficients = by_hand(crossed, "continuous")
    effect = (
        coefficients
        @ (fit.predictor.rows(np.array([0]), {"block": np.array([2])}) - fit.predictor.rows(np.array([0]), {})).ravel()
    )
    np.testing.assert_allclose(fit.level_mean("a", "x", ("block", "3")), fit.level_mean("a", "x") + effect)


def test_times_are_averaged_as_logs_in_raw_units(crossed: Cells) -> None:
    """The geometric mean over the frame: exp of centre + sd times the weighted mean of eta."""
    fit, coefficients = by_hand(crossed, "duration", unit=Unit(5.0, 0.5))
    weights = {(0, 0): 0.2, (0, 1): 0.05, (1, 0): 0.6, (1, 1): 0.15}
    mean = sum(w * eta(fit, coefficients, *place) for place, w in weights.items())
    np.testing.assert_allclose(fit.level_mean("a", "x"), np.exp(5 + 0.5 * mean))


def test_means_of_arms_make_the_mean_of_a_level(crossed: Cells) -> None:
    """Arms of a level weigh as they are assigned, for shares too."""
    for family in ("binary", "continuous"):
        fit, _ = by_hand(crossed, family)
        first, second = list(fit.arm_means().values())[:2]
        np.testing.assert_allclose(fit.level_mean("a", "x"), 0.25 * first + 0.75 * second)


def test_contrasts_on_the_five_scales(crossed: Cells) -> None:
    """Difference, ratio and odds ratio of the two standardised shares."""
    fit, _ = by_hand(crossed, "binary")
    y, x = fit.level_mean("a", "y"), fit.level_mean("a", "x")
    wanted = {
        Scale.DIFFERENCE: y - x,
        Scale.RISK_DIFFERENCE: y - x,
        Scale.RATIO: y / x,
        Scale.RISK_RATIO: y / x,
        Scale.ODDS_RATIO: (y / (1 - y)) / (x / (1 - x)),
    }
    assert set(wanted) == set(Scale)
    for scale, draws in wanted.items():
        np.testing.assert_allclose(contrast(fit, "a", "y", "x", scale), draws)


def test_scales_without_meaning_are_refused(crossed: Cells) -> None:
    """No odds of means, and no ratio to a mean that may be zero."""
    fit, _ = by_hand(crossed, "continuous")
    with pytest.raises(SurveylabError, match="odds ratio is of shares"):
        contrast(fit, "a", "y", "x", Scale.ODDS_RATIO)
    with pytest.raises(SurveylabError, match="Ask for a difference"):
        contrast(fit, "a", "y", "x", Scale.RATIO)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("c", "x", None), "no factor called 'c'"),
        (("a", "z", None), "no level of a called 'z'"),
        (("a", "x", ("t", "big")), "no group called 't'"),
        (("a", "x", ("s", "bigg")), "Did you mean 'big'"),
    ],
)
def test_what_is_not_there_is_named(crossed: Cells, asked: tuple[str, str, tuple[str, str] | None], says: str) -> None:
    """A wrong name is one clear error."""
    fit, _ = by_hand(crossed, "binary")
    with pytest.raises(SurveylabError, match=says):
        fit.level_mean(*asked)
