"""Variance from joint inclusion probabilities, for schemes of fixed size that have them all above zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from surveylab.errors import SurveylabError
from surveylab.weighting._columns import Array, rows


@dataclass(frozen=True)
class PairwiseEstimate:
    """An estimate with its Sen-Yates-Grundy variance."""

    statistic: str
    estimate: float
    variance: float
    se: float
    n: int

    @property
    def frame(self) -> pd.DataFrame:
        """One row."""
        return pd.DataFrame([vars(self)])

    def _repr_html_(self) -> str:
        return str(self.frame.to_html(index=False))


def sen_yates_grundy(
    y: ArrayLike, pi: ArrayLike, joint: ArrayLike, statistic: Literal["total", "mean"] = "total"
) -> PairwiseEstimate:
    """V = -1/2 sum_i sum_j (pi_ij - pi_i pi_j)/pi_ij (y_i/pi_i - y_j/pi_j)^2 (Sen 1953; Yates and Grundy 1953).

    R: ``svydesign(pps = ppsmat(joint), variance = "YG")``.

    Args:
        y: values, shape (n,).
        pi: inclusion probabilities, shape (n,), in (0, 1].
        joint: of pairs, shape (n, n), symmetric; its diagonal is not read.
        statistic: the total sum y/pi, or the mean, linearised as (y - mean) / sum(1/pi).

    Raises:
        SurveylabError: shapes that do not fit, a pair that cannot be drawn together (systematic samples have
            such), probabilities that are none, or a negative variance.
    """
    values, chance, pairs = (np.asarray(each, dtype=np.float64) for each in (y, pi, joint))
    n = len(values)
    if chance.shape != (n,) or pairs.shape != (n, n):
        raise SurveylabError(
            "y, pi and joint have to be of shapes (n,), (n,) and (n, n), not "
            f"{values.shape}, {chance.shape} and {pairs.shape}."
        )
    if statistic not in ("total", "mean"):
        raise SurveylabError(f"The statistic is total or mean, not {statistic!r}.")
    if n < 2:
        raise SurveylabError("One unit has no pairs; its variance is unknown.")
    if np.isnan(values).any():
        raise SurveylabError(f"y is missing in {rows(np.isnan(values))}.")
    bad = ~((chance > 0) & (chance <= 1))
    if bad.any():
        raise SurveylabError(f"Inclusion probabilities are not above 0 and up to 1 in {rows(bad)}.")
    _check_pairs(chance, pairs)
    w = 1.0 / chance
    estimate = float(w @ values)
    if statistic == "mean":
        estimate /= float(w.sum())
        expanded = w * (values - estimate) / w.sum()
    else:
        expanded = w * values
    share = 1.0 - np.outer(chance, chance) / np.where(np.eye(n, dtype=bool), 1.0, pairs)
    np.fill_diagonal(share, 0.0)
    variance = float(expanded @ share @ expanded - share.sum(axis=1) @ expanded**2)
    if variance < -1e-12 * max(float(np.abs(share).sum(axis=1) @ expanded**2), 1e-300):
        raise SurveylabError(
            f"The Sen-Yates-Grundy variance is negative ({variance:.6g}): pairs are drawn together more often than "
            "independence would have it. Use a scheme with pi_ij <= pi_i pi_j (Sampford's), or replicates."
        )
    return PairwiseEstimate(statistic, estimate, max(variance, 0.0), float(np.sqrt(max(variance, 0.0))), n)


def _check_pairs(chance: Array, pairs: Array) -> None:
    n = len(chance)
    off = ~np.eye(n, dtype=bool)
    if not np.allclose(pairs, pairs.T, rtol=1e-9, atol=0):
        raise SurveylabError("The matrix of joint probabilities is not symmetric.")
    never = off & ~(pairs > 0)
    if never.any():
        i, j = np.argwhere(never)[0].tolist()
        raise SurveylabError(
            f"{int(never.sum()) // 2:,} pairs can never be drawn together (rows {i} and {j} the first), so no unbiased "
            "variance exists. Use successive differences, or a scheme with all pairs possible."
        )
    high = off & (pairs > np.minimum.outer(chance, chance) * (1 + 1e-9))
    if high.any():
        i, j = np.argwhere(high)[0].tolist()
        raise SurveylabError(f"Rows {i} and {j} are more often drawn together than one of them is drawn at all.")
