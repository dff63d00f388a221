"""Trimming: no weight above a limit, what was cut off spread over the others, and what that does to the spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from surveylab.errors import SurveylabError
from surveylab.weighting._columns import Array
from surveylab.weighting.calibration import Calibrate, PostStratify, PreparedCalibration, Rake
from surveylab.weighting.spread import spread

Rule = Literal["median_iqr", "mean", "given"]
ROUNDS = 200


@dataclass(frozen=True)
class Trim:
    """Cap the weights, and keep their sum or the margins.

    Args:
        rule: the limit is the median plus ``k`` interquartile ranges of the positive weights
            (``median_iqr``), ``k`` times their mean (``mean``), or ``limit`` itself (``given``).
            Quartiles are those of R's ``quantile`` (type 7). In a replicate the limit follows from its weights.
        k: 6 for ``median_iqr`` and 5 for ``mean`` where it is not given.
        limit: for ``given``.
        redistribute: what was cut off is added to the weights that were not cut: ``equal`` parts
            (R: ``trimWeights(strict = TRUE)``), in proportion to them, or to nobody (None).
        recalibrate: a calibration that is repeated after each cut, until no weight is above the limit
            and the margins are met; nothing is redistributed then.
    """

    rule: Rule = "median_iqr"
    k: float | None = None
    limit: float | None = None
    redistribute: Literal["equal", "proportional"] | None = "equal"
    recalibrate: Calibrate | Rake | PostStratify | None = None

    def prepare(self, data: pd.DataFrame, weights: Array) -> PreparedTrim:
        """The limit; SurveylabError where there can be none."""
        if self.rule not in ("median_iqr", "mean", "given"):
            raise SurveylabError(f"The rule of trimming is median_iqr, mean or given, not {self.rule!r}.")
        if (self.rule == "given") != (self.limit is not None):
            raise SurveylabError("Trimming has a limit with rule 'given', and only then.")
        if self.k is not None and self.k <= 0:
            raise SurveylabError(f"k of trimming has to be above zero, and is {self.k}.")
        again = self.recalibrate.prepare(data, weights) if self.recalibrate else None
        return PreparedTrim(self, again, _report(self, again, weights))

    def of(self, weights: Array) -> float:
        """The limit for these weights."""
        used = weights[weights > 0]
        if self.limit is not None:
            return self.limit
        if self.rule == "mean":
            return (5.0 if self.k is None else self.k) * float(used.mean())
        low, middle, high = np.quantile(used, (0.25, 0.5, 0.75))
        return float(middle + (6.0 if self.k is None else self.k) * (high - low))


@dataclass(frozen=True, eq=False)
class PreparedTrim:
    """Trimming that has met its data."""

    step: Trim
    again: PreparedCalibration | None
    report: pd.DataFrame

    @property
    def name(self) -> str:
        """For reports."""
        return "trimming" if self.again is None else f"trimming and {self.again.name}"

    @property
    def auxiliary(self) -> Array | None:
        """Of the calibration that is repeated, if one is."""
        return self.again.auxiliary if self.again else None

    def weigh(self, weights: Array) -> Array:
        """The trimmed weights."""
        return _trimmed(self.step, self.again, weights)


def _trimmed(step: Trim, again: PreparedCalibration | None, weights: Array) -> Array:
    limit = step.of(weights)
    if again is not None:
        return _recalibrated(again, weights, limit)
    positive = weights > 0
    if limit * positive.sum() < weights.sum() and step.redistribute:
        raise SurveylabError(
            f"No weight can be up to {limit:,.6g}: {positive.sum():,} of them have to add up to {weights.sum():,.6g}."
        )
    w, cut = weights.copy(), np.zeros(len(weights), dtype=bool)
    while (over := w > limit * (1 + 1e-12)).any():
        excess = float((w[over] - limit).sum())
        cut |= over
        w[over] = limit
        free = positive & ~cut
        if step.redistribute is None:
            break
        if not free.any():
            raise SurveylabError(
                f"Every weight reaches the limit of {limit:,.6g}; nobody is left to take what was cut."
            )
        w[free] += excess / free.sum() if step.redistribute == "equal" else excess * w[free] / w[free].sum()
    return w


def _recalibrated(again: PreparedCalibration, weights: Array, limit: float) -> Array:
    w = weights
    for _ in range(ROUNDS):
        w = again.weigh(np.minimum(w, limit))
        if w.max() <= limit * (1 + 1e-6):
            return w
    raise SurveylabError(
        f"Trimming to {limit:,.6g} and {again.name} do not agree after {ROUNDS} rounds: a weight of {w.max():,.6g} is "
        "needed to meet the margins. Raise the limit or merge categories."
    )


def _report(step: Trim, again: PreparedCalibration | None, weights: Array) -> pd.DataFrame:
    after = _trimmed(step, again, weights)
    limit = step.of(weights)
    table = pd.DataFrame([spread(weights), spread(after)], index=["before", "after"])
    table["limit"] = limit
    table["above_limit"] = [int((weights > limit).sum()), int((after > limit * (1 + 1e-6)).sum())]
    return table
