"""Numbers told of posterior draws: mean, sd and interval, who is best, what a wrong choice costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from surveylab.design.results import Summary
from surveylab.models import Array


def summary(draws: Array, level: float = 0.95) -> Summary:
    """Posterior mean, sd and central interval of draws (S,)."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Summary(float(np.mean(draws)), float(np.std(draws, ddof=1)), (float(low), float(high)))


def p_best(levels: Mapping[str, Array], sign: int = 1) -> dict[str, float]:
    """Level -> share of draws in which it is the best; ``sign`` -1 where less is better. Ties are shared."""
    values = sign * np.array(list(levels.values()))
    best = values == values.max(axis=0)
    shares = (best / best.sum(axis=0)).mean(axis=1)
    return dict(zip(levels, map(float, shares), strict=True))


def expected_loss(levels: Mapping[str, Array], sign: int = 1) -> dict[str, float]:
    """Level -> E[best level - this level], in natural units: what choosing it costs on average.

    Never negative; ``sign`` is -1 where less is better.
    """
    values = sign * np.array(list(levels.values()))
    losses = (values.max(axis=0) - values).mean(axis=1)
    return dict(zip(levels, map(float, losses), strict=True))
