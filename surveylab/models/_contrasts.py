"""Contrasts of two levels, on the natural scales on which people talk about them."""

from __future__ import annotations

import numpy as np

from surveylab.design.terms import Scale
from surveylab.errors import SurveylabError
from surveylab.models import Array
from surveylab.models._fit import Fit, Within


def contrast(  # noqa: PLR0917 - read as one sentence: this level against that one, on this scale, within that stratum
    fit: Fit, factor: str, level: str, reference: str, scale: Scale, within: Within | None = None
) -> Array:
    """Draws (S,) of ``level`` against ``reference``, both standardised as in ``Fit.level_mean``.

    A difference is level - reference; a ratio level / reference; an odds ratio the ratio of the
    odds of the two standardised (marginal) shares.

    Raises:
        SurveylabError: the scale has no meaning for the family or for means that may be zero.
    """
    first, second = (fit.level_mean(factor, each, within) for each in (level, reference))
    match scale:
        case Scale.DIFFERENCE | Scale.RISK_DIFFERENCE:
            return first - second
        case Scale.RATIO | Scale.RISK_RATIO:
            _positive(second, factor, reference)
            return first / second
        case Scale.ODDS_RATIO:
            if fit.family != "binary":
                raise SurveylabError(
                    f"An odds ratio is of shares, and {fit.family} has none; ask for a difference or a ratio."
                )
            if not (((first < 1) & (second > 0)).all()):
                raise SurveylabError(
                    f"An odds ratio of {factor}={level} has no meaning: a share is 0 or 1 in some draws."
                )
            return np.asarray(first * (1 - second) / ((1 - first) * second))


def _positive(draws: Array, factor: str, level: str) -> None:
    if not (draws > 0).all():
        raise SurveylabError(
            f"A ratio to {factor}={level} has no meaning: its mean may be zero or negative. Ask for a difference."
        )
