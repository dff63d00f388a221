"""The upper tail of chi-square. SciPy is loaded when it is asked for: pages are served without it."""

from __future__ import annotations


def upper_tail(statistic: float, degrees: int) -> float:
    """P(X >= statistic) of a chi-square distribution with so many degrees of freedom."""
    from scipy.stats import chi2

    return float(chi2.sf(statistic, degrees))
