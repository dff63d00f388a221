"""What an estimation says: values with their standard errors, their covariance, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from surveylab.errors import SurveylabError, hint
from surveylab.weighting._columns import Array

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates of one statistic, one per domain (and category, for proportions).

    ``frame`` has the columns of the domains, ``category`` for proportions, then ``estimate``,
    ``se``, ``lower``, ``upper``, ``df`` (of the domain), ``n`` (rows of positive weight behind it) and, where it was
    asked for, ``deff``. ``covariance`` is theirs, in the same order, shape (rows, rows); ``df`` is of the design.
    """

    statistic: str
    frame: pd.DataFrame
    covariance: Array = field(repr=False)
    by: tuple[str, ...]
    df: float
    variance: str
    """How the standard errors were found."""
    level: float = LEVEL

    def __len__(self) -> int:
        """Estimates, counted."""
        return len(self.frame)

    def _repr_html_(self) -> str:
        caption = f"{self.statistic}; {self.variance}; {self.level:.0%} intervals"
        return str(self.frame.style.format(precision=4).hide(axis="index").set_caption(caption).to_html())

    def contrast(self, coefficients: Sequence[float], name: str = "contrast") -> Estimates:
        """A linear combination of the estimates, with the variance a'Ca and the design's degrees of freedom."""
        a = np.asarray(coefficients, dtype=np.float64)
        if a.shape != (len(self),):
            raise SurveylabError(f"A contrast has one coefficient per estimate: {len(self)}, not {a.size}.")
        rows = [{"contrast": name, **self._combined(a)}]
        return self._of(pd.DataFrame(rows), a[None, :], ("contrast",))

    def differences(self, of: str | None = None, reference: Any = None) -> Estimates:
        """Each level of a domain column less the reference, within every combination of the other columns.

        Args:
            of: one of ``by``; the only one where there is one.
            reference: the level that the others are compared with; the first where none is said.

        Raises:
            SurveylabError: there are no domains, or no such column or level.
        """
        column = self._column(of)
        levels = list(dict.fromkeys(self.frame[column]))
        base = levels[0] if reference is None else reference
        if base not in levels:
            raise SurveylabError(f"{column!r} has no level {base!r}.{hint(str(base), map(str, levels))}")
        keys = [name for name in (*self.by, "category") if name != column and name in self.frame]
        places = {
            (row[column], *(row[key] for key in keys)): number
            for number, row in enumerate(self.frame.to_dict("records"))
        }
        rows, matrix = [], []
        for (level, *rest), number in places.items():
            other = places.get((base, *rest))
            if level == base or other is None:
                continue
            a = np.zeros(len(self))
            a[number], a[other] = 1.0, -1.0
            matrix.append(a)
            rows.append({**dict(zip(keys, rest, strict=True)), column: level, "reference": base, **self._combined(a)})
        if not rows:
            raise SurveylabError(f"{column!r} has one level; there is nothing to compare.")
        return self._of(pd.DataFrame(rows), np.array(matrix), (*[k for k in keys if k != "category"], column))

    def _column(self, of: str | None) -> str:
        if not self.by:
            raise SurveylabError("These estimates have no domains; estimate by= what is to be compared.")
        if of is None and len(self.by) > 1:
            raise SurveylabError(f"Say which of {', '.join(self.by)} is to be compared (of=).")
        column = of or self.by[0]
        if column not in self.by:
            raise SurveylabError(f"The domains are by {', '.join(self.by)}, not by {column!r}.{hint(column, self.by)}")
        return column

    def _combined(self, a: Array) -> dict[str, float]:
        value = float(a @ self.frame["estimate"].to_numpy(dtype=np.float64))
        se = float(np.sqrt(max(float(a @ self.covariance @ a), 0.0))) if not np.isnan(self.covariance).any() else np.nan
        return {"estimate": value, "se": se, **interval(value, se, self.df, self.level), "df": self.df}

    def _of(self, frame: pd.DataFrame, matrix: Array, by: tuple[str, ...]) -> Estimates:
        covariance = matrix @ self.covariance @ matrix.T
        return Estimates(f"difference of {self.statistic}", frame, covariance, by, self.df, self.variance, self.level)


def interval(value: float, se: float, df: float, level: float) -> dict[str, float]:
    """Estimate -+ t se with ``df`` degrees of freedom; NaN where there are none."""
    half = float(t.ppf(0.5 + level / 2, df)) * se if df > 0 else np.nan
    return {"lower": value - half, "upper": value + half}
