"""Base weights: the inverse of the probability of inclusion (Horvitz and Thompson 1952)."""

from __future__ import annotations

import pandas as pd

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns


def base_weights(data: pd.DataFrame, probability: str = "inclusion_probability") -> pd.Series[float]:
    """1 / pi for every row, on the index of ``data``.

    Raises:
        SurveylabError: a row has no probability (the sample is none of probability: nothing
            design-based can be said of it), or one that is not in (0, 1].
    """
    pi = _columns.numbers(data, probability, "inclusion probability")
    if pd.isna(pi).any():
        raise SurveylabError(
            f"{probability!r} is missing in {_columns.rows(pd.isna(pi))}: this is not a probability sample. Such units "
            "(quotas, arrivals by an open link) have no design weight and no design-based error; describe them by a "
            "model, or leave them out."
        )
    wrong = (pi <= 0) | (pi > 1)
    if wrong.any():
        raise SurveylabError(
            f"{probability!r} is not above 0 and up to 1 in {_columns.rows(wrong)}; a unit that cannot be drawn cannot "
            "be in the sample."
        )
    return pd.Series(1.0 / pi, index=data.index, name="base_weight")
